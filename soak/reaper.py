"""Kills processes of a running house at random, with no warning, and sees that they come back."""

from __future__ import annotations

import asyncio
import time
from random import Random

import psutil

from bench.process import WORKERS, Server
from soak.journal import Journal

KINDS = {"web": WORKERS, "work": 1}
"""How many processes of each kind there are."""
BACK = 30.0
"""Seconds within which a killed process must be back."""
PAUSE = 0.05
APART = (1.0, 4.0)
"""Seconds between two deaths."""


class Reaper:
    """Kills, one process at a time."""

    def __init__(self, server: Server, journal: Journal, dice: Random) -> None:
        """Look at a running server."""
        self.killed = 0
        self._parent = psutil.Process(server.process.pid)
        self._journal = journal
        self._dice = dice

    async def reap(self) -> None:
        """Kill until cancelled."""
        while True:
            await asyncio.sleep(self._dice.uniform(*APART))
            kind = self._dice.choice(["web", "web", "work"])
            self._dice.choice(self.alive(kind)).kill()
            self.killed += 1
            await self.whole()

    async def whole(self) -> None:
        """Wait until every process is there; note who is not back in time."""
        last = time.monotonic() + BACK
        while missing := [kind for kind, number in KINDS.items() if len(self.alive(kind)) != number]:
            if time.monotonic() > last:
                self._journal.problems.append(f"processes did not come back: {', '.join(missing)}")
                return
            await asyncio.sleep(PAUSE)

    def alive(self, kind: str) -> list[psutil.Process]:
        """Return the living processes of a kind."""
        return [one for one in self._parent.children() if _lives(one, f"salle-{kind}")]


def _lives(process: psutil.Process, name: str) -> bool:
    try:
        return process.name().startswith(name) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it ended while it was looked at
        return False
