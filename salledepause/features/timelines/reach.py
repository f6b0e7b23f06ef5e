"""Where a post that has just appeared shows: which open timelines, tags and lists, so that streams can be told.

It decides nothing about who may read: every stream still passes each post through the gate for its own viewer.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from salledepause.features.timelines.reactions import NEAR
from salledepause.features.timelines.readings import OPEN_ROOM
from salledepause.kernel.db import Tx


class Reach(msgspec.Struct, frozen=True):
    """Where a post shows, beyond homes. `people` are those of a direct post; `many`: its homes are written by a job."""

    author_id: int
    public: bool
    has_media: bool
    many: bool
    conversation_id: int
    tags: Sequence[str]
    people: Sequence[int]
    room_id: int | None


async def reach(tx: Tx, post_id: int) -> Reach | None:
    """Return where a post shows; `None` when it is gone already."""
    return await tx.one(
        Reach,
        f"""SELECT p.account_id, {OPEN_ROOM} AND a.state = 'active', p.has_media, a.followers_count > {NEAR}, p.conversation_id,
            ARRAY(SELECT tag FROM post_tags t WHERE t.post_id = p.id), CASE WHEN p.audience = 'direct'
                THEN ARRAY(SELECT account_id FROM mentions m WHERE m.post_id = p.id) || p.account_id ELSE '{{}}' END, p.room_id
        FROM posts p JOIN accounts a ON a.id = p.account_id WHERE p.id = %s""",
        [post_id],
    )


async def lists_reached(tx: Tx, post_id: int, list_ids: Sequence[int]) -> list[int]:
    """Return those of the lists that a post belongs to, by who wrote it and by what they show of answers."""
    return await tx.values(
        """SELECT l.id FROM posts p JOIN list_members m ON m.account_id = p.account_id JOIN lists l ON l.id = m.list_id
        WHERE p.id = %(post)s AND l.id = ANY(%(lists)s) AND p.audience NOT IN ('direct', 'room') AND (
            p.parent_account_id IS NULL OR CASE l.replies_policy
                WHEN 'none' THEN p.parent_account_id = p.account_id
                WHEN 'list' THEN p.parent_account_id = l.account_id OR EXISTS (
                    SELECT FROM list_members o WHERE o.list_id = l.id AND o.account_id = p.parent_account_id)
                ELSE p.parent_account_id = l.account_id OR EXISTS (
                    SELECT FROM follows f WHERE f.account_id = l.account_id AND f.target_id = p.parent_account_id) END)""",
        {"post": post_id, "lists": list(list_ids)},
    )


async def lists_holding(tx: Tx, account_id: int, list_ids: Sequence[int]) -> list[int]:
    """Return those of the lists that an account is in."""
    query = "SELECT list_id FROM list_members WHERE account_id = %s AND list_id = ANY(%s)"
    return await tx.values(query, [account_id, list(list_ids)])
