"""A database with the real reactions and its events kept, for tests of people at the level of the features."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from salledepause.features import graph, moderation, notifications, posts
from salledepause.kernel.blobs import Blobs
from salledepause.kernel.config import Settings
from salledepause.kernel.db import Tx
from salledepause.kernel.events import Bus, Event, Now
from salledepause.kernel.jobs import Jobs
from salledepause.kernel.page import Page
from salledepause.kernel.pool import Database
from salledepause.kernel.site import Site
from salledepause.kernel.trips import Row
from salledepause.kernel.windows import Windows
from salledepause.main import wiring

KINDS: tuple[type[Event], ...] = (
    graph.Followed,
    graph.Unfollowed,
    graph.FollowRequested,
    graph.RequestDecided,
    graph.Blocked,
    graph.Unblocked,
    graph.Limited,
    graph.Muted,
    graph.Unmuted,
    moderation.ReportFiled,
    notifications.Notified,
    posts.PostPublished,
    posts.PostEdited,
    posts.Favourited,
    posts.Boosted,
    posts.PollEnded,
)
PAGE = Page(80)
DOMAIN = "salle.test"


class Social:
    """A database, the people in it, and what was emitted."""

    def __init__(self, url: str) -> None:
        self.events: list[Event] = []
        jobs = Jobs(url)
        real = wiring(jobs, DOMAIN)
        self.reactions = real.now
        now: dict[type[Event], Sequence[Now]] = {kind: (self._hear, *real.now.get(kind, ())) for kind in {*KINDS, *real.now}}
        wired = msgspec.structs.replace(real, now=now, aloud=frozenset())
        self.db = Database(url, size=8, wiring=wired)
        self.site = Site(Settings(), self.db, Bus(url, self.db.marks), jobs, Blobs(Path()), Windows(self.db.marks))

    async def _hear(self, tx: Tx, event: Event) -> None:
        del tx
        self.events.append(event)

    async def person(self, handle: str, **columns: Any) -> int:
        """Put somebody into the house, with these columns."""
        given = {"handle": handle, "family": "autre"} | columns
        names, marks = ", ".join(given), ", ".join(f"%({name})s" for name in given)
        async with self.db.transaction() as tx:
            return int(await tx.value(f"INSERT INTO accounts ({names}) VALUES ({marks}) RETURNING id", given))

    async def people(self, *handles: str) -> list[int]:
        """Put several people into the house."""
        return [await self.person(handle) for handle in handles]

    async def do(self, act: Callable[..., Awaitable[Any]], *given: Any, **more: Any) -> Any:
        """Do something in a transaction of its own."""
        async with self.db.transaction() as tx:
            return await act(tx, *given, **more)

    async def report(self, who: int, complaint: moderation.Complaint) -> None:
        """Report somebody to the hosts."""
        await self.do(moderation.report, self.site, who, complaint)

    async def read(self, act: Callable[..., Awaitable[Any]], *given: Any, **more: Any) -> Any:
        """Read something."""
        async with self.db.reading() as tx:
            return await act(tx, *given, **more)

    async def sql(self, query: str, *params: Any) -> list[Row]:
        """Return the rows of a query, or none of a statement that gives none."""
        async with self.db.transaction() as tx:
            if query.lstrip().upper().startswith("SELECT"):
                return await tx.rows(query, params)
            await tx.run(query, params)
            return []

    async def say(self, who: int, text: str, **more: Any) -> int:
        """Publish a post; return its id."""
        return int(await self.do(posts.publish, who, posts.Draft(text=text, **more)))

    async def change(self, who: int, **columns: Any) -> None:
        """Change columns of an account."""
        for name, value in columns.items():
            await self.sql(f"UPDATE accounts SET {name} = %s WHERE id = %s", value, who)

    async def tie(self, me: int, other: int) -> graph.Relationship:
        """Return what ties two people."""
        return (await self.read(graph.relationships, me, [other]))[0]  # type: ignore[no-any-return]

    async def told(self, who: int) -> list[tuple[str, int, int | None]]:
        """Return what somebody may read of their notifications, (kind, from, post), the newest first."""
        found = (await self.read(notifications.notifications, who, PAGE)).items
        return [(one.told.kind, one.told.from_id, one.seen.post.id if one.seen else None) for one in found]


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Social]:
    """Open a database for a block."""
    social = Social(url)
    async with social.db:
        yield social
