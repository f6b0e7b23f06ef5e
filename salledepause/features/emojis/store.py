"""SQL of the emojis of the house."""

from __future__ import annotations

from salledepause.features.emojis.model import Prepared
from salledepause.kernel.db import Tx
from salledepause.kernel.site import Emoji


async def all_of_them(tx: Tx, *, resting: bool) -> list[Emoji]:
    """Return every emoji in use, or that rests, by category, then by code."""
    query = "SELECT code, picture, still, category FROM emojis WHERE resting = %s ORDER BY category NULLS FIRST, code"
    return await tx.all(Emoji, query, [resting])


async def number(tx: Tx) -> int:
    """Return how many there are."""
    return int(await tx.value("SELECT count(*) FROM emojis"))


async def insert(tx: Tx, code: str, made: Prepared, category: str | None) -> bool:
    """Write an emoji; return whether its code was free."""
    query = "INSERT INTO emojis (code, picture, still, category) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
    return await tx.run(query, [code, made.picture, made.still, category]) > 0


async def delete(tx: Tx, code: str) -> Prepared | None:
    """Erase an emoji; return the keys of its pictures, `None` when there is none."""
    return await tx.one(Prepared, "DELETE FROM emojis WHERE code = %s RETURNING picture, still", [code])


async def sort(tx: Tx, code: str, category: str | None) -> bool:
    """Put an emoji under a heading; return whether it is there."""
    return await tx.run("UPDATE emojis SET category = %s WHERE code = %s", [category, code]) > 0


async def rest(tx: Tx, code: str, *, resting: bool) -> bool:
    """Have an emoji rest or be in use; return whether it is there."""
    return await tx.run("UPDATE emojis SET resting = %s WHERE code = %s", [resting, code]) > 0
