"""Waves that open pages look at: whatever moves one is told to all of them together, two or three times a second at most.

Who looks is asked of the gate each time, once for all: a page whose person may no longer read the victory is closed.
"""

from __future__ import annotations

import asyncio
import re

import structlog

from salledepause.features import posts, waves
from salledepause.kernel.db import Tx
from salledepause.kernel.pool import Database
from salledepause.surfaces.web.live import Watch
from salledepause.surfaces.web.waves import standing

log = structlog.get_logger(__name__)

PAUSE = 0.4
"""Seconds in which what moves is told together: hundreds who clap at once are one word."""
PLACE = re.compile(r"/ronde/([0-9]{1,19})")


def post_of(place: str) -> int:
    """Return the victory whose wave a place is, 0 for any other place."""
    found = PLACE.fullmatch(place)
    return int(found[1]) if found else 0


class Rounds:
    """The waves that pages of one process look at."""

    def __init__(self, db: Database) -> None:
        """Look at none."""
        self._db = db
        self._watches: dict[int, dict[Watch, None]] = {}
        self._due: set[int] = set()
        self._telling: asyncio.Task[None] | None = None

    def open(self, watch: Watch) -> None:
        """Take in a page that looks at a wave, and tell it how the wave stands."""
        if post_id := post_of(watch.place):
            self._watches.setdefault(post_id, {})[watch] = None
            self.moved(post_id)

    def close(self, watch: Watch) -> None:
        """Forget a page."""
        post_id = post_of(watch.place)
        looking = self._watches.get(post_id, {})
        looking.pop(watch, None)
        if not looking:
            self._watches.pop(post_id, None)

    def moved(self, post_id: int) -> None:
        """Have the pages that look at a wave told how it stands."""
        if post_id in self._watches:
            self._due.add(post_id)
            if self._telling is None or self._telling.done():
                self._telling = asyncio.create_task(self._tell())

    def doubt(self) -> None:
        """Have every page told: something may have been missed."""
        for post_id in self._watches:
            self.moved(post_id)

    async def _tell(self) -> None:
        while self._due:
            await asyncio.sleep(PAUSE)  # before, so that who claps in this moment goes first
            due, self._due = self._due, set()
            try:
                async with self._db.reading() as tx:
                    for post_id in due:
                        await self._look(tx, post_id)
            except Exception:  # an edge: pages hear of the next thing
                log.exception("rounds.failed")

    async def _look(self, tx: Tx, post_id: int) -> None:
        looking = list(self._watches.get(post_id, ()))
        readers = await posts.readers(tx, post_id, list({one.viewer for one in looking}))
        wave = (await waves.of(tx, [post_id])).get(post_id)
        said = {language: standing(wave, language) for language in {one.language for one in looking}} if wave else {}
        for watch in looking:
            if watch.viewer not in readers:
                watch.closed.set()
            elif wave:
                watch.tell("wave", said[watch.language])
