"""SQL of the signposts that administrators wrote."""

from __future__ import annotations

from salledepause.features.signposts.model import Signpost
from salledepause.kernel.db import Tx


async def rows(tx: Tx) -> list[tuple[Signpost, bool]]:
    """Return what administrators wrote, by name, and whether they took it out."""
    query = "SELECT key, name, desk, does, reply, source, address, words, hints, gone FROM signposts ORDER BY key"
    return [(Signpost._make([*row[:7], tuple(row[7]), tuple(row[8]), False]), row[9]) for row in await tx.rows(query)]


async def write(tx: Tx, post: Signpost, *, gone: bool = False) -> None:
    """Write a signpost in the place of what its key named."""
    query = """INSERT INTO signposts (key, name, desk, does, reply, source, address, words, hints, gone)
        VALUES (%(key)s, %(name)s, %(desk)s, %(does)s, %(reply)s, %(source)s, %(address)s, %(words)s, %(hints)s, %(gone)s)
        ON CONFLICT (key) DO UPDATE SET name = excluded.name, desk = excluded.desk, does = excluded.does,
            reply = excluded.reply, source = excluded.source, address = excluded.address, words = excluded.words,
            hints = excluded.hints, gone = excluded.gone"""
    values = post._asdict() | {"words": list(post.words), "hints": list(post.hints), "gone": gone}
    await tx.run(query, values)


async def erase(tx: Tx, key: str) -> None:
    """Erase what an administrator wrote."""
    await tx.run("DELETE FROM signposts WHERE key = %s", [key])
