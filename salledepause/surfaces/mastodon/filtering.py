"""What the viewer's filters catch in the statuses they are shown.

As in Mastodon, a status tells of every filter that catches it, with the contexts where the filter applies: apps keep the same
status in several lists, and choose. Whoever has no filter pays nothing: that there is none is remembered until one is made.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from salledepause.features.timelines import filters
from salledepause.features.timelines.filters import Filter
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject, slot
from salledepause.kernel.site import Site
from salledepause.kernel.windows import Stood
from salledepause.surfaces.mastodon.filters import result_entity

FILTER, ENTRY = 400, 200
"""Bytes that a filter weighs in memory, and each of its keywords and posts."""


class Filtering:
    """The filters of the people whom this process answers, as remembered answers are remembered."""

    def __init__(self, site: Site) -> None:
        self._windows = site.windows

    async def caught(self, tx: Tx, viewer: int, post_ids: Sequence[int]) -> dict[int, bytes]:
        """Return the FilterResults of the posts that the viewer's filters catch, as JSON, by post."""
        tx.stands_on(Subject.FILTERS, viewer)
        held: tuple[Filter, ...] | None = self._windows.recall((Subject.FILTERS, viewer))
        wanted = await self._read(tx, viewer) if held is None else held
        if not wanted:
            return {}
        found = await filters.catches(tx, wanted, post_ids)
        return {post_id: msgspec.json.encode([result_entity(one) for one in results]) for post_id, results in found.items()}

    async def whose(self, tx: Tx, viewers: Collection[int]) -> set[int]:
        """Return those of the viewers who have filters; of those nobody asked for lately, in one query."""
        held = {viewer: self._windows.recall((Subject.FILTERS, viewer)) for viewer in viewers}
        unknown = [viewer for viewer, found in held.items() if found is None]
        tick = self._windows.marks.tick()
        found = set(await filters.whose(tx, unknown)) if unknown else set()
        for viewer in unknown:
            if viewer not in found:
                self._keep(viewer, (), tick)
        return found | {viewer for viewer, wanted in held.items() if wanted}

    async def _read(self, tx: Tx, viewer: int) -> tuple[Filter, ...]:
        tick = self._windows.marks.tick()
        found = tuple(await filters.active(tx, viewer))
        self._keep(viewer, found, tick)
        return found

    def _keep(self, viewer: int, found: tuple[Filter, ...], tick: int) -> None:
        weight = sum(FILTER + ENTRY * (len(one.keywords) + len(one.posts)) for one in found)
        self._windows.keep((Subject.FILTERS, viewer), found, weight, Stood((slot(Subject.FILTERS, viewer),), tick))
