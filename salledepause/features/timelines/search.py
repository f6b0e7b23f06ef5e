"""Finding posts and tags by what one types, never by likeness: French words without accents, beginnings of tags; what is lively.

A post is found when it is public and its author agreed to be found (`indexable`), or when it is one's own. A tag is found when
somebody used it in a public post that the viewer may see.
"""

from __future__ import annotations

import msgspec

from salledepause.features import graph, posts
from salledepause.features.posts import Gesture, Seen, Source
from salledepause.features.timelines.readings import OPEN_ROOM
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Page
from salledepause.kernel.text import tag_key

LONGEST = 500
"""Characters of a query."""
FAREST = 400
"""Entries that one may skip in a search; beyond, narrow it."""


class Sought(msgspec.Struct, frozen=True):
    """What is looked for in posts: words, or one tag (as written), maybe of one author only."""

    words: str = ""
    tag: str = ""
    author_id: int | None = None


WORDS = "to_tsvector('salledepause', text) @@ websearch_to_tsquery('salledepause', %(words)s)"
"""As the index of the migration writes it."""
FOUND_WORDS = f"""p.id IN (
    SELECT id FROM posts WHERE audience = 'public' AND boost_of_id IS NULL AND {WORDS}
    UNION SELECT id FROM posts WHERE account_id = %(viewer)s AND boost_of_id IS NULL AND {WORDS})"""
FOUND_TAG = "p.boost_of_id IS NULL AND p.id IN (SELECT post_id FROM post_tags WHERE tag = %(tag)s)"
FINDABLE = "(p.account_id = %(viewer)s OR (p.audience = 'public' AND a.indexable AND NOT a.silenced))"


async def search_posts(tx: Tx, me: int, sought: Sought, page: Page, skipped: int = 0) -> list[Seen]:
    """Return the posts that hold what is sought, newest first, `skipped` of them left out."""
    if not sought.words and not sought.tag:
        return []
    skipped = min(skipped, FAREST)
    where = [FOUND_TAG if sought.tag else FOUND_WORDS, FINDABLE]
    if sought.author_id is not None:
        where.append("p.account_id = %(author)s")
    source = Source("posts p", "p.id", " AND ".join(where))
    wider = msgspec.structs.replace(page, limit=page.limit + skipped)
    values = {"words": sought.words[:LONGEST], "tag": tag_key(sought.tag), "author": sought.author_id}
    found = await posts.listing(tx, source, wider, me, **values)
    return found.items[skipped : skipped + page.limit]


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
