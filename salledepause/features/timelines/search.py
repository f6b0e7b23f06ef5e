"""Finding posts and tags by what one types, never by likeness: French words without accents, operators, beginnings of tags.

A post is found when it is public and its author agreed to be found (`indexable`), or when it is in one's library: what one
wrote, was named in, favoured, boosted, bookmarked or voted in, or in a room that is searched — and, always, when the gate lets
it through. A tag is found when somebody used it in a public post that the viewer may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from datetime import time as hour
from typing import Any

import msgspec

from salledepause.features import accounts, graph, posts
from salledepause.features.posts import Gesture, Seen, Source
from salledepause.features.timelines.query_model import ME, Query
from salledepause.features.timelines.readings import OPEN_ROOM
from salledepause.kernel import ids
from salledepause.kernel.clock import PARIS
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Page
from salledepause.kernel.text import tag_key

FAREST = 400
"""Entries that one may skip in a search; beyond, narrow it."""

TOUCHED = """SELECT post_id FROM gestures WHERE account_id = %(viewer)s
    UNION ALL SELECT post_id FROM mentions WHERE account_id = %(viewer)s
    UNION ALL SELECT q.post_id FROM poll_votes v JOIN polls q ON q.id = v.poll_id WHERE v.account_id = %(viewer)s"""
LIBRARY = f"p.id IN ({TOUCHED} UNION ALL SELECT id FROM posts WHERE account_id = %(viewer)s)"
PUBLIC = "(p.audience = 'public' AND a.indexable AND NOT a.silenced)"
IN_A_ROOM = "(p.room_id IS NULL OR EXISTS (SELECT FROM rooms r WHERE r.id = p.room_id AND r.searchable))"
"""Nothing is found in a room that is not searched, one's own words included."""
SCOPES = {
    "all": f"({PUBLIC} OR p.audience = 'room' OR p.account_id = %(viewer)s OR p.id IN ({TOUCHED}))",
    "library": LIBRARY,
    "public": PUBLIC,
}
TAGS_HELD = "SELECT count(*) FROM post_tags t WHERE t.post_id = p.id AND t.tag = ANY"


async def search_posts(tx: Tx, me: int, query: Query, page: Page, skipped: int = 0) -> list[Seen]:
    """Return the posts that a query asks for, newest first, `skipped` of them left out."""
    if query.empty:
        return []
    authors = await _authors(tx, me, query)
    if authors == []:
        return []
    skipped = min(skipped, FAREST)
    wider = msgspec.structs.replace(page, limit=page.limit + skipped)
    values = {
        "words": query.wanted,
        "marks": query.marked,
        "authors": authors,
        "without_authors": await _people(tx, me, query.without_authors),
        "tags": list(query.tags),
        "without_tags": list(query.without_tags),
        "since": first_id(query.since),
        "until": first_id(query.until),
    }
    source = Source("posts p", where=_where(query.scope, values), varies=True)
    found = await posts.listing(tx, source, wider, me, **values)
    return found.items[skipped : skipped + page.limit]


def _where(scope: str, values: dict[str, Any]) -> str:
    """Return the conditions that these values fill; there are few such shapes, whatever is typed."""
    conditions = {
        "authors": "p.account_id = ANY(%(authors)s)",
        "without_authors": "p.account_id <> ALL(%(without_authors)s)",
        "tags": f"""p.id IN (SELECT post_id FROM post_tags WHERE tag = (%(tags)s::text[])[1])
            AND ({TAGS_HELD}(%(tags)s)) = cardinality(%(tags)s::text[])""",
        "without_tags": f"({TAGS_HELD}(%(without_tags)s)) = 0",
        "since": "p.id >= %(since)s",
        "until": "p.id < %(until)s",
    }
    parts = ["p.boost_of_id IS NULL", *(sql for name, sql in conditions.items() if values[name]), SCOPES[scope], IN_A_ROOM]
    words = ["to_tsquery('salledepause', %(words)s)"] if values["words"] else []
    if values["marks"]:
        words.append("%(marks)s::tsquery")
    return " AND ".join([*parts, f"p.words @@ ({' && '.join(words)})"] if words else parts)


async def _authors(tx: Tx, me: int, query: Query) -> list[int] | None:
    """Return whose posts are looked for, `None` for everybody's."""
    if not query.authors:
        return None if query.author_id is None else [query.author_id]
    named = await _people(tx, me, query.authors)
    return named if query.author_id is None else [one for one in named if one == query.author_id]


async def _people(tx: Tx, me: int, handles: Sequence[str]) -> list[int]:
    """Return the ids of people by handle; `ME` is oneself."""
    named = [one for one in handles if one != ME]
    found = list(await accounts.reachable(tx, named, tx.domain)) if named else []
    return [*found, *([me] if ME in handles else [])]


def first_id(day: date | None) -> int | None:
    """Return the first id of a day in the community's time zone; cursors of every list are such ids."""
    return min(ids.floor(datetime.combine(day, hour(), PARIS)), ids.MAXIMUM) if day else None


async def search_tags(tx: Tx, viewer: int | None, beginning: str, limit: int, skipped: int = 0) -> list[str]:
    """Return the keys of the tags that begin so, the shortest first, then in alphabetical order."""
    if not beginning:
        return []
    return await tx.values(
        f"""SELECT t.tag FROM post_tags t WHERE t.tag LIKE %(like)s AND EXISTS (
            SELECT FROM posts p JOIN accounts a ON a.id = p.account_id
            WHERE p.id = t.post_id AND {OPEN_ROOM} AND a.state = 'active' AND p.account_id <> ALL({graph.HIDDEN_FROM}))
        GROUP BY t.tag ORDER BY length(t.tag), t.tag LIMIT %(limit)s OFFSET %(skipped)s""",
        {"like": begins(tag_key(beginning)), "viewer": viewer or 0, "limit": limit, "skipped": min(skipped, FAREST)},
    )


async def lively_tags(tx: Tx, limit: int, skipped: int = 0) -> list[str]:
    """Return the keys of the tags that three people or more used in public within seven days, those of most people first."""
    return await tx.values(
        f"""SELECT t.tag FROM posts p JOIN accounts a ON a.id = p.account_id JOIN post_tags t ON t.post_id = p.id
        WHERE p.id >= floor(extract(epoch FROM now() - interval '7 days') * 1000)::bigint << 16
            AND {OPEN_ROOM} AND a.state = 'active'
        GROUP BY t.tag HAVING count(DISTINCT p.account_id) >= {FEWEST_PEOPLE}
        ORDER BY count(DISTINCT p.account_id) DESC, count(*) DESC, t.tag LIMIT %(limit)s OFFSET %(skipped)s""",
        {"limit": limit, "skipped": min(skipped, FAREST)},
    )


async def lively_posts(tx: Tx, viewer: int | None, limit: int, skipped: int = 0) -> list[Seen]:
    """Return the public posts of seven days that three people or more favoured or boosted, those of most people first.

    Of authors who agree to be found; never a doubt, which shows no score; nobody counts for their own.
    """
    ids = await tx.values(
        f"""SELECT p.id FROM posts p JOIN accounts a ON a.id = p.account_id
            JOIN gestures g ON g.post_id = p.id AND g.kind IN ({int(Gesture.FAVOURITE)}, {int(Gesture.BOOST)})
            JOIN accounts who ON who.id = g.account_id AND who.state = 'active' AND who.id <> p.account_id
        WHERE p.id >= floor(extract(epoch FROM now() - interval '7 days') * 1000)::bigint << 16
            AND {OPEN_ROOM} AND a.state = 'active' AND a.discoverable AND p.kind <> 'doubt'
            AND p.favourites_count + p.boosts_count >= {FEWEST_PEOPLE} AND p.account_id <> ALL({graph.HIDDEN_FROM})
            AND p.account_id <> ALL({graph.LIMITED})
        GROUP BY p.id HAVING count(DISTINCT g.account_id) >= {FEWEST_PEOPLE}
        ORDER BY count(DISTINCT g.account_id) DESC, p.id DESC LIMIT %(limit)s OFFSET %(skipped)s""",
        {"viewer": viewer or 0, "limit": limit, "skipped": min(skipped, FAREST)},
    )
    return await posts.visible(tx, ids, viewer) if ids else []


FEWEST_PEOPLE = 3
"""Below, a tag or a post would tell of one person."""


def begins(key: str) -> str:
    r"""Return the LIKE pattern of what begins with `key`: its `_`, `%` and `\` mean themselves."""
    return key.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
