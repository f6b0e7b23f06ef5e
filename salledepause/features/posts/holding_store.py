"""SQL of media held from view, and of what media look like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from salledepause.kernel.db import Tx


class Kept(NamedTuple):
    """Where the files of a medium lie: keys while it is in view, private names while it is held."""

    id: int
    account_id: int
    post_id: int | None
    original: str | None
    small: str | None
    source: str | None
    held_small: str | None


async def lock(tx: Tx, ids: Sequence[int], state: Literal["ready", "held", "refused"], *, waits: bool = True) -> list[Kept]:
    """Return those of the media that are in a state, held until the commit."""
    query = f"""SELECT id, account_id, post_id, original, small, source, held_small FROM media
        WHERE id = ANY(%s) AND state = %s ORDER BY id {"FOR UPDATE" if waits else ""}"""
    return await tx.all(Kept, query, [list(ids), state])


async def hold(tx: Tx, media_id: int, original: str | None, small: str | None) -> None:
    """Take a medium out of view, its files under private names."""
    query = "UPDATE media SET state = 'held', source = %s, held_small = %s, original = NULL, small = NULL WHERE id = %s"
    await tx.run(query, [original, small, media_id])


async def restore(tx: Tx, media_id: int, original: str | None, small: str | None) -> None:
    """Give a medium back, under these keys."""
    query = "UPDATE media SET state = 'ready', original = %s, small = %s, source = NULL, held_small = NULL WHERE id = %s"
    await tx.run(query, [original, small, media_id])


async def refuse(tx: Tx, media_id: int) -> None:
    """Forget where the files of a medium lie, and how it looks."""
    query = """UPDATE media SET state = 'refused', source = NULL, held_small = NULL, blurhash = NULL, likeness = NULL
        WHERE id = %s"""
    await tx.run(query, [media_id])


async def lose(tx: Tx, media_id: int) -> None:
    """Write that a medium is refused no more, and gone."""
    await tx.run("UPDATE media SET state = 'lost' WHERE id = %s", [media_id])


async def number(tx: Tx) -> int:
    """Return how many media are in view."""
    return int(await tx.value("SELECT count(*) FROM media WHERE state = 'ready'"))


async def batch(tx: Tx, after: int, most: int) -> list[int]:
    """Return the next media in view, by id."""
    return await tx.values("SELECT id FROM media WHERE id > %s AND state = 'ready' ORDER BY id LIMIT %s", [after, most])


async def unlike(tx: Tx, ids: Sequence[int]) -> list[tuple[int, str]]:
    """Return (id, key of the still) of the media that nobody looked at yet."""
    query = """SELECT id, coalesce(small, original) FROM media
        WHERE id = ANY(%s) AND likeness IS NULL AND state = 'ready' AND coalesce(small, original) IS NOT NULL"""
    return [(row[0], row[1]) for row in await tx.rows(query, [list(ids)])]


async def learn(tx: Tx, media_id: int, bits: str) -> None:
    """Write what a medium looks like."""
    await tx.run("UPDATE media SET likeness = %s::text::bit(256) WHERE id = %s", [bits, media_id])
