"""A database whose events are kept, for tests of accounts at the level of the feature."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from salledepause.features import accounts
from salledepause.features.accounts import (
    AccessRevoked,
    AccountErased,
    Hasher,
    Policy,
    ProfileChanged,
    Restored,
    SignedUp,
    SignUp,
    Suspended,
)
from salledepause.kernel.blobs import Blobs
from salledepause.kernel.config import Settings
from salledepause.kernel.db import Tx
from salledepause.kernel.events import Bus, Event, Wiring
from salledepause.kernel.jobs import Jobs
from salledepause.kernel.pool import Database
from salledepause.kernel.site import Site
from salledepause.kernel.windows import Windows

P = ParamSpec("P")
T = TypeVar("T")

QUICK = Hasher(1, 64)
PASSWORD = "une longue nuit tranquille"
KINDS = (AccessRevoked, AccountErased, ProfileChanged, Restored, SignedUp, Suspended)


class Told:
    """A database, and what was emitted in it."""

    def __init__(self, url: str) -> None:
        self.events: list[Event] = []
        jobs = Jobs(url)
        wiring = Wiring(now=dict.fromkeys(KINDS, (self._hear,)), later={}, aloud=frozenset(), jobs=jobs)
        self.db = Database(url, size=4, wiring=wiring)
        self.site = Site(Settings(), self.db, Bus(url, self.db.marks), jobs, Blobs(Path()), Windows(self.db.marks))

    async def _hear(self, _: Tx, event: Event) -> None:
        self.events.append(event)

    def of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if type(event) is kind]

    async def do(self, act: Callable[Concatenate[Tx, P], Awaitable[T]], *given: P.args, **more: P.kwargs) -> T:
        """Do something in a transaction of its own."""
        async with self.db.transaction() as tx:
            return await act(tx, *given, **more)

    async def enter(self, handle: str = "ginette", policy: Policy = "open", **more: str) -> tuple[int, tuple[str, ...]]:
        """Sign somebody up, quickly; return their id and recovery words."""
        form = SignUp(handle=handle, **({"password": PASSWORD} | more))  # type: ignore[arg-type]
        keys = await accounts.draw_keys(self.site, form.password, QUICK)
        return await self.do(accounts.sign_up, policy, form, keys), keys.words

    async def sign_in(self, handle: str, password: str, hasher: Hasher = QUICK) -> int:
        """Sign somebody in; return whose session that opened."""
        token, _ = await accounts.sign_in(self.site, handle, password, hasher)
        session = await self.do(accounts.session, token)
        assert session
        return session.account_id


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Told]:
    """Open a database for a block."""
    told = Told(url)
    async with told.db:
        yield told
