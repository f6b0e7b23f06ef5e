"""A database whose events are kept, for tests of accounts at the level of the feature."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from salledepause.features import accounts
from salledepause.features.accounts import (
    AccessRevoked,
    AccountErased,
    Hasher,
    ProfileChanged,
    Restored,
    SignedUp,
    SignUp,
    Suspended,
)
from salledepause.kernel.db import Database, Tx
from salledepause.kernel.events import Event, Wiring
from salledepause.kernel.jobs import Jobs

QUICK = Hasher(1, 64)
PASSWORD = "une longue nuit tranquille"
KINDS = (AccessRevoked, AccountErased, ProfileChanged, Restored, SignedUp, Suspended)


class Told:
    """A database, and what was emitted in it."""

    def __init__(self, url: str) -> None:
        self.events: list[Event] = []
        wiring = Wiring(now=dict.fromkeys(KINDS, (self._hear,)), later={}, aloud=frozenset(), jobs=Jobs(url))
        self.db = Database(url, size=4, wiring=wiring)

    async def _hear(self, _: Tx, event: Event) -> None:
        self.events.append(event)

    def of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if type(event) is kind]

    async def member(self, handle: str, password: str = PASSWORD) -> int:
        """Sign somebody up, quickly."""
        async with self.db.transaction() as tx:
            return (await accounts.sign_up(tx, "open", SignUp(handle=handle, password=password), QUICK))[0]


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Told]:
    """Open a database for a block."""
    told = Told(url)
    async with told.db:
        yield told
