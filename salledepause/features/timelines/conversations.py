"""Conversations: the threads of direct posts that somebody takes part in, the latest first.

A conversation is shown through its latest direct post that the viewer may see; putting it away hides it until the next one.
https://docs.joinmastodon.org/methods/conversations/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from salledepause.features import graph, posts
from salledepause.features.posts import Seen
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Listed, Page, listed


class Conversation(msgspec.Struct, frozen=True):
    """A conversation as one of its people sees it; `people` are the others, the first to come in first."""

    id: int
    last: Seen
    unread: bool
    people: tuple[int, ...]


class _Row(NamedTuple):
    id: int
    last_id: int
    unread: bool


MINE = f"""p.audience = 'direct' AND NOT p.held AND a.state = 'active' AND p.account_id <> ALL({graph.HIDDEN_FROM})
    AND p.id <> ALL({posts.COVERED}) AND (p.account_id = %(viewer)s
        OR EXISTS (SELECT FROM mentions m WHERE m.post_id = p.id AND m.account_id = %(viewer)s))"""
CANDIDATES = """p.id IN (SELECT id FROM posts WHERE account_id = %(viewer)s AND audience = 'direct'
    UNION ALL SELECT post_id FROM mentions WHERE account_id = %(viewer)s)"""
LATEST = f"""SELECT DISTINCT ON (p.conversation_id) p.conversation_id, p.id, p.account_id
    FROM posts p JOIN accounts a ON a.id = p.account_id WHERE {CANDIDATES} AND {MINE}"""
ROWS = """SELECT c.conversation_id, c.id, c.account_id <> %(viewer)s AND c.id > coalesce(k.read_id, 0)
    FROM ({latest} ORDER BY p.conversation_id, p.id DESC) c
    LEFT JOIN conversation_marks k ON k.account_id = %(viewer)s AND k.conversation_id = c.conversation_id"""


async def conversations(tx: Tx, me: int, page: Page) -> Listed[Conversation]:
    """Return a page of one's conversations; cursors are the ids of their latest posts."""
    query = f"""{ROWS.format(latest=LATEST)} WHERE c.id > coalesce(k.hidden_id, 0) AND {page.where("c.id")}
        ORDER BY {page.order("c.id")}"""
    rows = await tx.all(_Row, query, page.params | {"viewer": me})
    shown = listed(rows, [row.last_id for row in rows], page)
    return shown.map(await _whole(tx, me, shown.items))


async def conversation(tx: Tx, me: int, conversation_id: int) -> Conversation:
    """Return one of one's conversations, put away or not; raises Missing."""
    latest = f"{LATEST} AND p.conversation_id = %(conversation)s"
    values: dict[str, Any] = {"viewer": me, "conversation": conversation_id}
    found = await _whole(tx, me, await tx.all(_Row, ROWS.format(latest=latest), values))
    if not found:
        raise Missing
    return found[0]


async def read_conversation(tx: Tx, me: int, conversation_id: int) -> Conversation:
    """Note that one has read a conversation to its end, and return it; raises Missing."""
    found = await conversation(tx, me, conversation_id)
    await _mark(tx, me, found, "read_id")
    return msgspec.structs.replace(found, unread=False)


async def hide_conversation(tx: Tx, me: int, conversation_id: int) -> None:
    """Put a conversation away until somebody speaks in it again; raises Missing."""
    await _mark(tx, me, await conversation(tx, me, conversation_id), "hidden_id")


async def _mark(tx: Tx, me: int, one: Conversation, column: str) -> None:
    await tx.send(
        f"""INSERT INTO conversation_marks (account_id, conversation_id, {column}) VALUES (%s, %s, %s)
        ON CONFLICT (account_id, conversation_id) DO UPDATE SET {column} = excluded.{column}""",
        [me, one.id, one.last.post.id],
    )


async def _whole(tx: Tx, me: int, rows: Sequence[_Row]) -> list[Conversation]:
    seen = {one.post.id: one for one in await posts.visible(tx, [row.last_id for row in rows], me)} if rows else {}
    people = await _people(tx, me, [row.id for row in rows])
    return [Conversation(row.id, seen[row.last_id], row.unread, people.get(row.id, ())) for row in rows if row.last_id in seen]


async def _people(tx: Tx, me: int, conversation_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return the others of each conversation, by the direct posts that one may see."""
    if not conversation_ids:
        return {}
    rows = await tx.rows(
        f"""SELECT x.conversation_id, array_agg(x.who ORDER BY x.first) FROM (
            SELECT p.conversation_id, n.who, min(p.id) AS first FROM posts p JOIN accounts a ON a.id = p.account_id,
                LATERAL (SELECT p.account_id AS who UNION SELECT o.account_id FROM mentions o WHERE o.post_id = p.id) n
            WHERE p.conversation_id = ANY(%(conversations)s) AND {MINE} AND n.who <> %(viewer)s
            GROUP BY p.conversation_id, n.who) x GROUP BY x.conversation_id""",
        {"viewer": me, "conversations": list(conversation_ids)},
    )
    return {conversation_id: tuple(who) for conversation_id, who in rows}
