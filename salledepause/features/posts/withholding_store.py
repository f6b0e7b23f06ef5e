"""SQL of posts that wait for a host, and are given to whom they were meant for."""

from __future__ import annotations

from salledepause.features.posts.model import Audience, Post, QuotePolicy
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject


async def open_to(tx: Tx, post: Post, audience: Audience, policy: QuotePolicy) -> None:
    """Give a post the audience it was meant for; what it answers, where that is there still, has one answer more."""
    tx.touches(Subject.POST, post.id, post.parent_id or 0)
    query = "UPDATE posts SET held = false, audience = %s, quote_policy = %s, version = version + 1 WHERE id = %s AND held"
    await tx.run(query, [audience, policy, post.id])
    if post.parent_id is not None:
        counted = "UPDATE posts SET replies_count = replies_count + 1, version = version + 1 WHERE id = %s"
        await tx.run(counted, [post.parent_id])
