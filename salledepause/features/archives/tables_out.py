"""The tables that Mastodon exports as CSV, written a page at a time from the oldest entry on; our notebook, whole."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import IO, TypeVar

from salledepause.features import accounts, graph, notebook, timelines
from salledepause.features.archives.model import What
from salledepause.features.archives.tables_in import HEADERS
from salledepause.features.posts import Seen
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Listed, Page
from salledepause.kernel.site import Site

T = TypeVar("T")

PAGE = 200
TITLED = {What.FOLLOWS, What.MUTES}
"""Tables that Mastodon writes with a first line of titles."""
Cells = tuple[str, ...]
Rows = AsyncIterator[list[Cells]]


async def write_table(site: Site, me: int, what: What, target: IO[bytes]) -> AsyncIterator[int]:
    """Write a table of an account's; yield the number of lines so far."""
    if what is What.NOTEBOOK:
        found = await notebook.whole(site, me)
        target.write(notebook.table(site, found))
        yield len(found)
        return
    if what in TITLED:
        target.write(_line(HEADERS[what]))
    number = 0
    async for page in ROWS[what](site, me):
        for cells in page:
            target.write(_line(cells))
        number += len(page)
        yield number


def _line(cells: Sequence[str]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow([" ".join(cell.split()) for cell in cells])
    return written.getvalue().encode()


async def pages(site: Site, listing: Callable[[Tx, Page], Awaitable[Listed[T]]]) -> AsyncIterator[tuple[Tx, list[T]]]:
    """Yield the pages of a list from its oldest entry on, with what reads more of the same."""
    after: int | None = 0
    while after is not None:
        async with site.db.reading() as tx:
            found = await listing(tx, Page(PAGE, min_id=after))
            if found.items:
                yield tx, list(reversed(found.items))
            after = found.first if found.full else None


async def _people(tx: Tx, site: Site, ids: Sequence[int]) -> dict[int, str]:
    """Return the addresses of accounts: `name@domain`."""
    return {one.id: f"{one.handle}@{site.settings.domain}" for one in (await accounts.load(tx, ids)).values()}


async def _follows(site: Site, me: int) -> Rows:
    async for tx, ids in pages(site, lambda tx, page: graph.following(tx, me, me, page)):
        people = await _people(tx, site, ids)
        ties = await graph.relationships(tx, me, ids)
        yield [
            (people[one.id], _truth(one.boosts), _truth(one.notify), ", ".join(one.languages or ()))
            for one in ties
            if one.id in people
        ]


async def _lists(site: Site, me: int) -> Rows:
    async with site.db.reading() as tx:
        held = await graph.all_lists(tx, me)
    for one in held:
        manners = (one.replies_policy, _truth(one.exclusive))
        number = 0
        async for tx, ids in pages(site, partial(_members, me=me, list_id=one.id)):
            people = await _people(tx, site, ids)
            yield [(one.title, people[member], *manners) for member in ids if member in people]
            number += len(ids)
        if not number:
            yield [(one.title, "", *manners)]


async def _members(tx: Tx, page: Page, *, me: int, list_id: int) -> Listed[int]:
    return await graph.members(tx, me, list_id, page)


async def _mutes(site: Site, me: int) -> Rows:
    async for tx, quiets in pages(site, lambda tx, page: graph.muted(tx, me, page)):
        ends = {one.account_id: clock.iso(one.expires_at) if one.expires_at else "" for one in quiets}
        people = await _people(tx, site, list(ends))
        ties = await graph.relationships(tx, me, list(ends), suspended=True)
        yield [(people[one.id], _truth(one.muting_notifications), ends[one.id]) for one in ties if one.id in people]


async def _blocks(site: Site, me: int) -> Rows:
    async for tx, ids in pages(site, lambda tx, page: graph.blocked(tx, me, page)):
        people = await _people(tx, site, ids)
        yield [(people[one],) for one in ids if one in people]


async def _domains(site: Site, me: int) -> Rows:
    async for _, domains in pages(site, lambda tx, page: graph.blocked_domains(tx, me, page)):
        yield [(one,) for one in domains]


async def _bookmarks(site: Site, me: int) -> Rows:
    async for uris in addresses_of(site, lambda tx, page: timelines.bookmarks(tx, me, page)):
        yield [(one,) for one in uris]


async def addresses_of(site: Site, listing: Callable[[Tx, Page], Awaitable[Listed[Seen]]]) -> AsyncIterator[list[str]]:
    """Yield the addresses of the posts of a list, the oldest first, a page at a time."""
    async for tx, seen in pages(site, listing):
        people = await accounts.load(tx, [one.subject.account_id for one in seen])
        found = [one.subject for one in seen if one.subject.account_id in people]
        yield [site.post_url(people[one.account_id].handle, one.id) for one in found]


ROWS: dict[What, Callable[[Site, int], Rows]] = {
    What.FOLLOWS: _follows,
    What.LISTS: _lists,
    What.MUTES: _mutes,
    What.BLOCKS: _blocks,
    What.DOMAIN_BLOCKS: _domains,
    What.BOOKMARKS: _bookmarks,
}


def _truth(value: bool) -> str:
    return "true" if value else "false"
