"""What rooms ask of the table of posts: when somebody last spoke there, what is over, what is to be shown anew."""

from __future__ import annotations

from datetime import datetime

from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject


async def last_said(tx: Tx, account_id: int, room_id: int) -> datetime | None:
    """Return when somebody last spoke in a room; whoever asks it for them next waits until this transaction ends."""
    await tx.send("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"{room_id}", account_id])
    query = "SELECT max(created_at) FROM posts WHERE room_id = %s AND account_id = %s"
    found: datetime | None = await tx.value(query, [room_id, account_id])
    return found


async def expired(tx: Tx, limit: int) -> list[int]:
    """Return posts that are over, the oldest first."""
    return await tx.values("SELECT id FROM posts WHERE expires_at <= now() ORDER BY expires_at LIMIT %s", [limit])


async def first_over(tx: Tx) -> datetime | None:
    """Return when the next post is over, of all that end."""
    found: datetime | None = await tx.value("SELECT min(expires_at) FROM posts WHERE expires_at IS NOT NULL")
    return found


async def spoken_in(tx: Tx, room_id: int) -> bool:
    """Tell whether something is said in a room; who is speaking there in this moment is waited for."""
    await tx.send("SELECT FROM rooms WHERE id = %s FOR UPDATE", [room_id])
    query = "SELECT EXISTS (SELECT FROM posts WHERE room_id = %s AND (expires_at IS NULL OR expires_at > now()))"
    return bool(await tx.value(query, [room_id]))


async def say_room_anew(tx: Tx, room_id: int) -> list[int]:
    """Raise the version of every post of a room; return them."""
    ids = await tx.values("UPDATE posts SET version = version + 1 WHERE room_id = %s RETURNING id", [room_id])
    tx.touches(Subject.POST, *ids, 0)
    tx.touches(Subject.ROOM, room_id)
    return ids
