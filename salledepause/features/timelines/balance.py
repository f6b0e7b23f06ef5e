"""Reading one's home balanced: two pages of it, through the gate like any, dealt together (balance_model.py)."""

from __future__ import annotations

import msgspec

from salledepause.features.posts import Kind, Seen
from salledepause.features.timelines import readings
from salledepause.features.timelines.balance_model import HEAVY, OTHERS, Edge, Pile, deal, following, preceding
from salledepause.features.timelines.readings import Wish
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Page


class Balanced(msgspec.Struct, frozen=True):
    """A page of a balanced home; where the older one begins, if there is one, and the newer one, unless it is the newest."""

    items: list[Seen]
    older: Edge | None = None
    newer: Edge | None = None


async def balanced(tx: Tx, me: int, edge: Edge | None, size: int) -> Balanced:
    """Return the page of one's home that begins at an edge, the newest one without."""
    heavy = await _part(tx, me, HEAVY, Page(size + 1, max_id=edge.heavy if edge else None))
    others = await _part(tx, me, OTHERS, Page(size + 1, max_id=edge.others if edge else None))
    below = Pile([one.cursor for one in heavy], [one.cursor for one in others])
    page = deal(below, size)
    seen = {one.cursor: one for one in (*heavy, *others)}
    more = len(seen) > len(page.order)
    newer = await _newer(tx, me, edge, size) if edge and edge.way else None
    return Balanced([seen[one] for one in page.order], following(edge, below, page) if more else None, newer)


async def _newer(tx: Tx, me: int, edge: Edge, size: int) -> Edge | None:
    heavy = await _part(tx, me, HEAVY, Page(size + 1, min_id=edge.heavy - 1))
    others = await _part(tx, me, OTHERS, Page(size + 1, min_id=edge.others - 1))
    return preceding(edge, Pile([one.cursor for one in heavy], [one.cursor for one in others]), size)


async def _part(tx: Tx, me: int, kinds: tuple[Kind, ...], page: Page) -> list[Seen]:
    return (await readings.home(tx, me, page, Wish(kinds))).items
