"""SQL of edits: what a post said before is kept, and what it says now is written; what ends stays closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from salledepause.features.posts import sealing
from salledepause.features.posts.media_model import Media
from salledepause.features.posts.model import Post
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject


async def keep_edit(tx: Tx, post_id: int, media: Sequence[Media], options: Sequence[str] | None) -> None:
    """Keep what a post says now, before it changes."""
    query = """INSERT INTO post_edits (post_id, text, warning, sealed, sensitive, options, media, created_at)
        SELECT id, text, warning, sealed, sensitive, %(options)s, %(media)s::jsonb, coalesce(edited_at, created_at)
        FROM posts WHERE id = %(post)s"""
    kept = msgspec.json.encode(media).decode()
    await tx.send(query, {"post": post_id, "media": kept, "options": list(options) if options else None})


async def rewrite(tx: Tx, now: Post, values: dict[str, Any]) -> None:
    """Change the given columns of a post, its words among them, and note that it was edited."""
    post_id, values = now.id, values | sealing.columns(tx, now.id, now.expires_at, values)
    columns = ", ".join(f"{name} = %({name})s" for name in values)
    tx.touches(Subject.POST, post_id)
    await tx.send(
        f"UPDATE posts SET {columns}, edited_at = now(), version = version + 1 WHERE id = %(id)s", values | {"id": post_id}
    )


async def edits(tx: Tx, post_id: int) -> list[tuple[Any, ...]]:
    """Return (text, warning, sensitive, options, media, created_at) of each earlier version, oldest first."""
    query = "SELECT text, warning, sensitive, options, media, created_at, sealed FROM post_edits WHERE post_id = %s ORDER BY id"
    said = [
        ((sealing.opened(tx, post_id, sealed) if sealed else row[:2]), row) for *row, sealed in await tx.rows(query, [post_id])
    ]
    return [(*words, *row[2:]) for words, row in said if words]
