"""A room read with its calm posts first, over all its pages.

Calm posts stand above all others in one order of numbers, `CALM` higher than their ids: a cursor says by itself which of both
parts a page is in, and pages go on from one into the other.
"""

from __future__ import annotations

from typing import Final

import msgspec

from salledepause.features import barometer, posts
from salledepause.features.posts import Seen
from salledepause.features.timelines.readings import Wish, in_room
from salledepause.kernel.db import Tx
from salledepause.kernel.page import CURSORS, Listed, Page

CALM: Final = 1 << 62
"""More than any id."""


async def of_room_calmly(tx: Tx, viewer: int | None, room_id: int, page: Page, wish: Wish = Wish()) -> Listed[Seen]:  # noqa: B008
    """Return a page of a room, its calm posts first, each part by time; raises Missing for one that the viewer may not read.

    Cursors are the page's own, not ids.
    """
    room, source = await in_room(tx, viewer, room_id, wish)
    values = {"room": room, "kinds": list(wish.kinds), "sharp": await barometer.sharp_in(tx, room)}
    left, found = page.limit, dict.fromkeys((CALM, 0), Listed[Seen]([]))
    for higher in sorted(found, reverse=not page.upwards):
        one = "p.id <> ALL(%(sharp)s)" if higher else "p.id = ANY(%(sharp)s)"
        part = msgspec.structs.replace(source, where=f"{source.where} AND {one}")
        if left > 0:
            found[higher] = await posts.listing(tx, part, _lowered(page, higher, left), viewer, **values)
            left -= len(found[higher].items)
    ends = [(one.first + higher, one.last + higher) for higher, one in found.items() if one.first and one.last]
    items = [seen for one in found.values() for seen in one.items]
    return Listed(items, ends[0][0], ends[-1][1], left <= 0) if ends else Listed([])


def _lowered(page: Page, by: int, limit: int) -> Page:
    """Return the part of a page, in numbers of a part of the list; a bound in the other one leaves all or nothing of it."""
    bounds = {name: bound - by for name in CURSORS if (bound := getattr(page, name)) is not None}
    return msgspec.structs.replace(page, limit=limit, **bounds)
