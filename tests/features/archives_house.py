"""A house that archives come into, and what is asked of it afterwards."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from salledepause.features import accounts, archives, graph, posts, timelines
from salledepause.features.archives import Outcome, Step, What
from salledepause.features.posts import Poll, Post, Seen
from salledepause.features.timelines import Profile
from salledepause.kernel.config import Settings
from salledepause.kernel.page import Page
from salledepause.kernel.site import Site
from salledepause.kernel.trips import Row
from salledepause.main import site_of

ALL = Page(500)


class Importing:
    """The process of an import, and readings of what it left."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def bring(self, path: Path, to: str = "") -> list[Step]:
        """Bring an archive in; return every step."""
        return [step async for step in archives.bring(self.site, path, to)]

    async def table(self, me: int, what: What, path: Path) -> list[Step]:
        """Bring a table in; return every step."""
        return [step async for step in archives.bring_table(self.site, me, what, path)]

    async def export(self, handle: str, path: Path) -> list[Step]:
        """Write an archive; return every step."""
        return [step async for step in archives.export(self.site, handle, path)]

    async def export_table(self, handle: str, what: What, path: Path) -> bytes:
        """Write a table; return it."""
        async for step in archives.export_table(self.site, handle, what, path):
            assert step.outcome is Outcome.DONE
        return await asyncio.to_thread(path.read_bytes)

    async def person(self, handle: str, **columns: Any) -> int:
        """Put somebody into the house."""
        async with self.site.db.transaction() as tx:
            made = await accounts.create(tx, handle, None)
            for name, value in columns.items():
                await tx.run(f"UPDATE accounts SET {name} = %s WHERE id = %s", [value, made])
            return made

    async def say(self, who: int, text: str, **more: Any) -> int:
        """Publish a post; return its id."""
        async with self.site.db.transaction() as tx:
            return await posts.publish(tx, who, posts.Draft(text=text, **more))

    async def do(self, act: Any, *given: Any, **more: Any) -> Any:
        """Do something in a transaction of its own."""
        async with self.site.db.transaction() as tx:
            return await act(tx, *given, **more)

    async def who(self, handle: str) -> accounts.Account:
        """Return an account."""
        async with self.site.db.reading() as tx:
            return await accounts.by_handle(tx, handle, "")

    async def seen(self, me: int, viewer: int | None = None) -> list[Seen]:
        """Return what an account posted as a viewer sees it, the oldest first."""
        async with self.site.db.reading() as tx:
            found = (await timelines.of_account(tx, me, me if viewer is None else viewer, ALL, Profile())).items
            return list(reversed(found))

    async def said(self, me: int) -> list[Post]:
        """Return the posts of an account, boosts left out, the oldest first."""
        seen = [one.post.id for one in await self.seen(me) if not one.original]
        async with self.site.db.reading() as tx:
            found = await posts.load(tx, seen)
        return [found[one] for one in seen]

    async def quotes(self, me: int) -> list[Row]:
        """Return (what quotes, what it quotes) of an account."""
        query = """SELECT p.text, o.text FROM quotes q JOIN posts p ON p.id = q.post_id JOIN posts o ON o.id = q.quoted_id
            WHERE p.account_id = %s ORDER BY p.id"""
        return await self.sql(query, me)

    async def poll(self, post_id: int, viewer: int) -> Poll:
        """Return the poll of a post."""
        async with self.site.db.reading() as tx:
            return (await posts.polls.of(tx, [post_id], viewer))[post_id]

    async def gestures(self, me: int) -> tuple[list[int], list[int]]:
        """Return what somebody favoured and bookmarked, the oldest gesture first."""
        async with self.site.db.reading() as tx:
            liked = (await timelines.favourites(tx, me, ALL)).items
            kept = (await timelines.bookmarks(tx, me, ALL)).items
        return [one.post.id for one in reversed(liked)], [one.post.id for one in reversed(kept)]

    async def tie(self, me: int, other: int) -> graph.Relationship:
        """Return what ties two people."""
        async with self.site.db.reading() as tx:
            return await graph.relationship(tx, me, other)

    async def sql(self, query: str, *params: Any) -> list[Row]:
        """Return the rows of a query."""
        async with self.site.db.reading() as tx:
            return await tx.rows(query, params)


@asynccontextmanager
async def importing(settings: Settings) -> AsyncIterator[Importing]:
    """Open the process of an import for a block."""
    site = site_of(settings, importing=True)
    async with site.db:
        yield Importing(site)


def sums(steps: list[Step], file: str = "outbox.json") -> dict[Outcome, int]:
    """Return how many things of a file had each outcome."""
    return dict(Counter(step.outcome for step in steps if step.file == file))


def refusals(steps: list[Step]) -> list[tuple[str, int, str]]:
    """Return (file, place, why) of what was refused."""
    return [(step.file, step.place, str(step.why)) for step in steps if step.outcome is Outcome.REFUSED]
