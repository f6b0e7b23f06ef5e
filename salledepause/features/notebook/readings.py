"""What one reads of one's notebook: its pages, what one looks for in it, and each post through the gate like any reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from salledepause.features import accounts, posts, timelines
from salledepause.features.notebook import store
from salledepause.features.notebook.model import Entry, Shown
from salledepause.features.posts import Source
from salledepause.features.timelines import ME, Query
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Listed, Page, listed
from salledepause.kernel.site import Site

PAGE = 200
HELD = "SELECT count(*) FROM post_tags t WHERE t.post_id = p.id AND t.tag = ANY"
SAID = {
    "words": "(l.words || p.words) @@ to_tsquery('salledepause', %(words)s)",
    "marks": "p.words @@ %(marks)s::tsquery",
    "tags": f"({HELD}(%(tags)s)) = cardinality(%(tags)s::text[])",
    "without_tags": f"({HELD}(%(without_tags)s)) = 0",
}
"""What is asked of a note and its post together, by what was typed."""
NOTED = {"words": "l.words @@ to_tsquery('salledepause', %(words)s)"}
"""What is asked of a note alone."""
BOUNDS = {
    "since": "l.id >= %(since)s",
    "until": "l.id < %(until)s",
    "authors": "lower(l.handle) = ANY(%(authors)s)",
    "without_authors": "lower(l.handle) <> ALL(%(without_authors)s)",
}


async def entry(tx: Tx, me: int, post_id: int) -> Entry:
    """Return one's entry about a post; raises Missing."""
    for one in await store.of_posts(tx, me, [post_id]):
        return one
    raise Missing


async def marked(tx: Tx, me: int, post_ids: Sequence[int]) -> dict[int, Entry]:
    """Return one's entries about these posts, by post."""
    return {one.post_id: one for one in await store.of_posts(tx, me, post_ids)} if post_ids else {}


async def entries(tx: Tx, me: int, page: Page, query: Query | None = None) -> Listed[Entry]:
    """Return one page of one's notebook, the latest first; of a query, the entries that answer it.

    An entry answers by its note, or by its note and its post together where the post may still be read. Dates are those of the
    notebook.
    """
    if query is None:
        rows = await store.page_of(tx, me, page, "true", {})
        return listed(rows, [one.id for one in rows], page)
    values = await _values(tx, me, query)
    found: dict[int, Entry] = {}
    if not (values["marks"] or values["tags"] or values["without_tags"]):
        found = {one.id: one for one in await store.page_of(tx, me, page, _where(NOTED | BOUNDS, values), values)}
    if any(values[name] for name in SAID):
        source = Source("learned l JOIN posts p ON p.id = l.post_id", "l.id", _mine(values), tastes=False, varies=True)
        answering = await posts.listing(tx, source, page, me, **values)
        found |= {one.id: one for one in await store.of_ids(tx, me, [seen.cursor for seen in answering.items])}
    rows = [found[one] for one in sorted(found, reverse=not page.upwards)[: page.limit]]
    return listed(rows, [one.id for one in rows], page)


def _where(conditions: dict[str, str], values: dict[str, Any]) -> str:
    return " AND ".join(["true", *(sql for name, sql in conditions.items() if values[name])])


def _mine(values: dict[str, Any]) -> str:
    return f"l.account_id = %(viewer)s AND {_where(SAID | BOUNDS, values)}"


async def _values(tx: Tx, me: int, query: Query) -> dict[str, Any]:
    return {
        "words": query.wanted,
        "marks": query.marked,
        "tags": list(query.tags),
        "without_tags": list(query.without_tags),
        "since": timelines.first_id(query.since),
        "until": timelines.first_id(query.until),
        "authors": await _handles(tx, me, query.authors),
        "without_authors": await _handles(tx, me, query.without_authors),
    }


async def _handles(tx: Tx, me: int, typed: Sequence[str]) -> list[str]:
    mine = [(await accounts.one(tx, me)).handle] if ME in typed else []
    named = [accounts.local_handle(one, tx.domain) or one for one in typed if one != ME]
    return [one.lower() for one in (*named, *mine)]


async def shown(tx: Tx, me: int, found: Sequence[Entry]) -> list[Shown]:
    """Return entries with their posts, as far as one may read them."""
    seen = await posts.visible(tx, [one.post_id for one in found], me) if found else []
    said = await posts.load(tx, [one.post.id for one in seen])
    return [Shown(one, said.get(one.post_id)) for one in found]


async def whole(site: Site, me: int) -> list[Shown]:
    """Return all of one's notebook, the oldest entry first."""
    found: list[Shown] = []
    after: int | None = 0
    while after is not None:
        async with site.db.reading() as tx:
            part = await entries(tx, me, Page(PAGE, min_id=after))
            found += reversed(await shown(tx, me, part.items))
        after = part.first if part.full else None
    return found
