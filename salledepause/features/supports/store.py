"""SQL of words of support; a row goes with its post."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from salledepause.features import rooms
from salledepause.features.supports.model import Word
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject


def _changes(tx: Tx, post_id: int, account_id: int) -> None:
    tx.touches(Subject.POST, post_id)
    tx.touches(Subject.PERSON, account_id)


async def write(tx: Tx, post_id: int, account_id: int, word: Word) -> bool:
    """Write somebody's word, in the place of another; return whether the post is still there."""
    _changes(tx, post_id, account_id)
    query = """INSERT INTO supports (post_id, account_id, word) SELECT id, %s, %s FROM posts WHERE id = %s FOR KEY SHARE
        ON CONFLICT (post_id, account_id) DO UPDATE SET word = excluded.word"""
    return await tx.run(query, [account_id, word, post_id]) > 0


async def begin(tx: Tx, post_id: int, account_id: int) -> None:
    """Write the word that a favourite says, where the room of a post counts nothing and somebody said none yet."""
    query = """INSERT INTO supports (post_id, account_id, word) SELECT p.id, %s, %s FROM posts p JOIN rooms r ON r.id = p.room_id
        WHERE p.id = %s AND NOT r.scores ON CONFLICT (post_id, account_id) DO NOTHING"""
    await tx.send(query, [account_id, Word.HERE, post_id])


async def drop(tx: Tx, post_id: int, account_id: int) -> None:
    """Take somebody's word back."""
    await tx.send("DELETE FROM supports WHERE post_id = %s AND account_id = %s", [post_id, account_id])


async def seen(tx: Tx, viewer: int, post_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return (post id, word, whether it is one's own, family or `None`): one's own words, and those that one's posts got."""
    query = """SELECT s.post_id, s.word, s.account_id = %(viewer)s, CASE WHEN a.shows_family THEN a.family END
        FROM supports s JOIN posts p ON p.id = s.post_id JOIN accounts a ON a.id = s.account_id
        WHERE s.post_id = ANY(%(ids)s) AND (s.account_id = %(viewer)s OR p.account_id = %(viewer)s AND a.state = 'active')"""
    return await tx.rows(query, {"viewer": viewer, "ids": list(post_ids)})


async def waiting(tx: Tx, account_id: int) -> list[tuple[str, str]]:
    """Return (handle, name) of the rooms that somebody may read, where what they said within three days got support."""
    query = f"""SELECT DISTINCT r.handle, r.name FROM posts p JOIN rooms r ON r.id = p.room_id AND NOT r.scores
        WHERE p.account_id = %(me)s AND r.id = ANY({rooms.read_by("%(me)s")})
            AND p.created_at > now() - interval '3 days' AND (p.expires_at IS NULL OR p.expires_at > now())
            AND EXISTS (SELECT FROM supports s JOIN accounts a ON a.id = s.account_id
                WHERE s.post_id = p.id AND a.state = 'active') ORDER BY r.name"""
    return [(row[0], row[1]) for row in await tx.rows(query, {"me": account_id})]
