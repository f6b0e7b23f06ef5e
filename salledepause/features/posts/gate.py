"""The one visibility gate of posts: nothing else may fetch a post for somebody.

`listing` and `visible` return `Seen` rows, which only name versions; what they say is loaded and rendered once for everybody.
The viewer is an account id, or 0 for a visitor.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import msgspec

from salledepause.features import graph, rooms
from salledepause.features.posts.covering import COVERED
from salledepause.features.posts.model import Gesture, Glimpse, Seen
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.marks import Subject
from salledepause.kernel.page import CURSORS, Listed, Page, listed
from salledepause.kernel.trips import Row

BLOCKED_BY = "ARRAY(SELECT account_id FROM blocks WHERE target_id = %(viewer)s)"


def may_see(post: str, author: str) -> str:
    """Return the SQL condition that the viewer may read row `post` written by row `author`."""
    return f"({post}.account_id <> ALL({BLOCKED_BY}) AND {_may_see_unblocked(post, author)})"


def _may_see_unblocked(post: str, author: str) -> str:
    return f"""({author}.state = 'active' AND (
        {post}.audience IN ('public', 'unlisted') OR ({post}.room_id IS NULL AND {post}.account_id = %(viewer)s)
        OR ({post}.room_id IS NULL AND EXISTS (SELECT FROM mentions WHERE post_id = {post}.id AND account_id = %(viewer)s))
        OR ({post}.audience = 'followers' AND EXISTS (
            SELECT FROM follows WHERE account_id = %(viewer)s AND target_id = {post}.account_id))
        OR ({post}.room_id IS NOT NULL AND {_in_room(post)})))"""


def _in_room(post: str) -> str:
    """Return the condition that the viewer may read what is said in a room: by its rules, until it expires.

    A name in the text opens nothing there. One's own words stay readable to oneself, so that one may erase them. The hour is
    asked apart: beside a function that changes, PostgreSQL would no longer leave out what an index already says.
    """
    return f"""(({post}.expires_at IS NULL OR {post}.expires_at > (SELECT now()))
            AND ({post}.account_id = %(viewer)s OR {post}.room_id = ANY({rooms.read_by("%(viewer)s")})))"""


def _open(post: str, author: str) -> str:
    """Return what `may_see` comes to for a visitor, whom nobody follows, names or blocks."""
    return f"""({author}.state = 'active' AND ({post}.audience IN ('public', 'unlisted')
        OR {post}.audience = 'room' AND {_in_room(post)}))"""


READ_BY_ALL = "(a.state = 'active' AND p.audience IN ('public', 'unlisted'))"
"""That anybody may read post `p`, no boost, said in no room, written by `a`: for what features above count in the open."""
GATE = f"{may_see('p', 'a')} AND (o.id IS NULL OR {may_see('o', 'oa')})"
VISITOR_GATE = f"{_open('p', 'a')} AND (o.id IS NULL OR {_open('o', 'oa')})"
WANTED = f"""p.account_id <> ALL({graph.HIDDEN_FROM}) AND (o.id IS NULL OR o.account_id <> ALL({graph.HIDDEN_FROM}))
    AND coalesce(o.id, p.id) <> ALL({COVERED})"""
"""What the viewer does not want to meet in lists: blocked, muted; whoever blocks them; what waits behind their shield."""
WANTED_GATE = f"{_may_see_unblocked('p', 'a')} AND (o.id IS NULL OR {_may_see_unblocked('o', 'oa')}) AND {WANTED}"
"""The gate and the tastes together, asking once who blocks whom."""
FAR = f"p.account_id <> ALL({graph.LIMITED}) AND (o.id IS NULL OR o.account_id <> ALL({graph.LIMITED}))"
"""What the viewer does not want to meet where posts come to them by themselves: whom they limit."""
JOINS = """JOIN accounts a ON a.id = p.account_id
    LEFT JOIN posts o ON o.id = p.boost_of_id LEFT JOIN accounts oa ON oa.id = o.account_id"""
MUTED = f"""CASE WHEN coalesce(o.conversation_id, p.conversation_id) = ANY(
    ARRAY(SELECT conversation_id FROM conversation_mutes WHERE account_id = %(viewer)s)) THEN {int(Gesture.MUTE)} ELSE 0 END"""
QUOTABLE = f"""CASE WHEN coalesce(o.audience, p.audience) = 'direct' THEN 0
    WHEN coalesce(o.audience, p.audience) = 'room' AND coalesce(o.quote_policy, p.quote_policy) = 'nobody' THEN 0
    WHEN coalesce(o.account_id, p.account_id) = %(viewer)s THEN {int(Gesture.QUOTE)}
    WHEN coalesce(o.closed, p.closed) OR coalesce(o.quote_policy, p.quote_policy) = 'nobody' OR EXISTS (
        SELECT FROM blocks WHERE account_id = %(viewer)s AND target_id = coalesce(o.account_id, p.account_id)) THEN 0
    WHEN coalesce(o.quote_policy, p.quote_policy) = 'public' OR EXISTS (
        SELECT FROM follows WHERE account_id = %(viewer)s AND target_id = coalesce(o.account_id, p.account_id))
    THEN {int(Gesture.QUOTE)} ELSE 0 END"""
"""Whether the viewer may quote what they see: their own, and what its author opened to them."""
GESTURES = f"""coalesce((SELECT bit_or(kind) FROM gestures
    WHERE account_id = %(viewer)s AND post_id = coalesce(p.boost_of_id, p.id)), 0) | {MUTED} | {QUOTABLE}"""
VERSIONS = """p.id, p.version, p.account_id, a.version, p.has_poll, p.has_media, p.has_quote,
    o.id, o.version, o.account_id, oa.version, o.has_poll, o.has_media, o.has_quote"""
COLUMNS = f"{VERSIONS}, {GESTURES}"
VISITOR_COLUMNS = f"{VERSIONS}, 0"
NO_COLUMNS = ", ".join(["NULL"] * 15)


SOME = f"SELECT p.id, {COLUMNS} FROM posts p {JOINS} WHERE p.id = ANY(%(ids)s) AND {GATE}"
ONE = f"SELECT p.id, {COLUMNS} FROM posts p {JOINS} WHERE p.id = %(id)s AND {GATE}"
MANY = f"""SELECT v.id, {COLUMNS} FROM unnest(%(viewers)s::bigint[]) AS v (id) JOIN posts p ON p.id = %(id)s {JOINS}
    WHERE {WANTED_GATE}""".replace("%(viewer)s", "v.id")
"""One post before many viewers, each row as one viewer would get it."""
READERS = f"""SELECT v.id FROM unnest(%(viewers)s::bigint[]) AS v (id) JOIN posts p ON p.id = %(id)s {JOINS}
    WHERE {GATE}""".replace("%(viewer)s", "v.id")
VISITOR_ONE = f"SELECT p.id, {VISITOR_COLUMNS} FROM posts p {JOINS} WHERE p.id = %(id)s AND {VISITOR_GATE}"


class Source(msgspec.Struct, frozen=True):
    """Where a list takes its posts: tables giving `p`, the column that orders it, its conditions, and whether tastes apply.

    `comes` when it comes to the viewer by itself, so that whom they limit is left out too.
    `varies` when the best way to find them depends on what is looked for.
    """

    tables: str
    cursor: str = "p.id"
    where: str = "true"
    tastes: bool = True
    comes: bool = False
    varies: bool = False


async def listing(tx: Tx, source: Source, page: Page, viewer: int | None, **params: Any) -> Listed[Seen]:
    """Return one page of a list as the viewer may see it."""
    shape = msgspec.structs.replace(page, **{name: 1 for name in CURSORS if getattr(page, name) is not None})
    query = _listing_sql(source, shape, viewer is None)
    rows = await (tx.planned if source.varies else tx.rows)(query, page.params | {"viewer": viewer or 0} | params)
    found = [seen(row) for row in rows]
    stands_on(tx, found, viewer)
    return listed(found, [row[0] for row in rows], page)


async def visible(tx: Tx, ids: Sequence[int], viewer: int | None) -> list[Seen]:
    """Return those of the posts that the viewer may see, in the order of `ids`."""
    found = {row[0]: seen(row) for row in await tx.rows(SOME, {"ids": list(ids), "viewer": viewer or 0})}
    stands_on(tx, found.values(), viewer)
    return [found[one] for one in ids if one in found]


async def one_visible(tx: Tx, post_id: int, viewer: int | None) -> Seen:
    """Return a post that the viewer may see; raises Missing."""
    row = await tx.row(ONE if viewer else VISITOR_ONE, {"id": post_id, "viewer": viewer or 0})
    if row is None:
        raise Missing
    found = seen(row)
    stands_on(tx, [found], viewer)
    return found


async def met_by(tx: Tx, post_id: int, viewers: Sequence[int]) -> dict[int, Seen]:
    """Return a post as each of the viewers sees it who may read it and wants to meet it, by viewer; for open streams."""
    rows = await tx.rows(MANY, {"id": post_id, "viewers": list(viewers)})
    return {row[0]: seen((post_id, *row[1:])) for row in rows}


async def readers(tx: Tx, post_id: int, viewers: Sequence[int]) -> set[int]:
    """Return those of the viewers who may read a post, whether or not they want to meet it."""
    return set(await tx.values(READERS, {"id": post_id, "viewers": list(viewers)}))


def stands_on(tx: Tx, rows: Iterable[Seen], viewer: int | None) -> None:
    """Note that what is read stands on posts, their authors and who looks."""
    if viewer:
        tx.stands_on(Subject.PERSON, viewer)
    for row in rows:
        for one in (row.post, row.original) if row.original else (row.post,):
            tx.stands_on(Subject.POST, one.id)
            tx.stands_on(Subject.ACCOUNT, one.account_id)


async def subject(tx: Tx, post_id: int, viewer: int | None) -> int:
    """Return the id of the post that says something behind a post or a boost the viewer may see; raises Missing."""
    return (await one_visible(tx, post_id, viewer)).subject.id


def seen(row: Row) -> Seen:
    """Return a row of (cursor, COLUMNS) as a record."""
    original = Glimpse(*row[8:15]) if row[8] is not None else None
    return Seen(row[0], Glimpse(*row[1:8]), original, row[15])


@cache
def _listing_sql(source: Source, page: Page, visitor: bool) -> str:
    """Return the query of a list for pages of this shape (its limit, and which of its bounds are set)."""
    columns = VISITOR_COLUMNS if visitor else COLUMNS
    gate = VISITOR_GATE if visitor else WANTED_GATE if source.tastes else GATE
    if source.comes and not visitor:
        gate = f"{gate} AND {FAR}"
    return f"""SELECT {source.cursor}, {columns} FROM {source.tables} {JOINS}
        WHERE {source.where} AND {page.where(source.cursor)} AND {gate} ORDER BY {page.order(source.cursor)}"""
