"""SQL of who closed what: the climb from an answer to what stands above it, and the closing itself."""

from __future__ import annotations

from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject

CLOSERS = """CASE WHEN p.closed OR EXISTS (SELECT FROM posts c WHERE c.conversation_id = p.conversation_id AND c.closed)
    THEN ARRAY(WITH RECURSIVE above (id, account_id, parent_id, closed) AS (
            SELECT p.id, p.account_id, p.parent_id, p.closed
            UNION SELECT u.* FROM above, LATERAL (
                SELECT id, account_id, parent_id, closed FROM posts WHERE id = above.parent_id
                UNION ALL SELECT id, NULL, parent_id, false FROM tombstones WHERE id = above.parent_id) AS u)
        SELECT DISTINCT account_id FROM above WHERE closed)
    ELSE '{}' END"""
"""Who closed row `p` or what it answers, through erased posts; only a thread with a closed post is climbed."""


async def set_closed(tx: Tx, post_id: int, conversation_id: int, *, closed: bool) -> None:
    """Close or open a post: after the answers that are on their way in its thread, and before those that follow."""
    tx.touches(Subject.POST, post_id)
    tx.touches(Subject.THREAD, conversation_id)
    await tx.send("SELECT FROM conversations WHERE id = %s FOR UPDATE", [conversation_id])
    await tx.send("UPDATE posts SET closed = %s, version = version + 1 WHERE id = %s", [closed, post_id])
