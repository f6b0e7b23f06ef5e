"""SQL of the signposts that administrators wrote, and of what people say of them."""

from __future__ import annotations

from collections.abc import Sequence

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


async def refuse(tx: Tx, account_id: int, post_id: int, key: str, words: Sequence[str]) -> None:
    """Note that somebody says a message is not for a signpost, by which words it was proposed; they confirm it no more."""
    query = """WITH gone AS (DELETE FROM signpost_confirmations
            WHERE account_id = %(who)s AND post_id = %(post)s AND key = %(key)s)
        INSERT INTO signpost_refusals (account_id, post_id, key, words) VALUES (%(who)s, %(post)s, %(key)s, %(words)s)
        ON CONFLICT (account_id, post_id) DO UPDATE SET key = excluded.key, words = excluded.words"""
    await tx.run(query, {"who": account_id, "post": post_id, "key": key, "words": list(words)})


async def unrefuse(tx: Tx, account_id: int, post_id: int) -> None:
    """Forget what somebody said a message is not for."""
    await tx.run("DELETE FROM signpost_refusals WHERE account_id = %s AND post_id = %s", [account_id, post_id])


async def confirm(tx: Tx, account_id: int, post_id: int, key: str, words: Sequence[str]) -> None:
    """Note that somebody says a message is for a signpost, by which words; they do not refuse it any more."""
    query = "DELETE FROM signpost_refusals WHERE account_id = %s AND post_id = %s AND key = %s"
    await tx.run(query, [account_id, post_id, key])
    if words:
        query = """INSERT INTO signpost_confirmations (account_id, post_id, key, words) VALUES (%s, %s, %s, %s)
            ON CONFLICT (account_id, post_id) DO UPDATE SET key = excluded.key, words = excluded.words"""
        await tx.run(query, [account_id, post_id, key, list(words)])


async def refused(tx: Tx, account_id: int) -> list[tuple[int, str]]:
    """Return (post id, key) of what somebody refused."""
    query = "SELECT post_id, key FROM signpost_refusals WHERE account_id = %s"
    return [(row[0], row[1]) for row in await tx.rows(query, [account_id])]


async def forget_words(tx: Tx, key: str) -> int:
    """Forget by which words people refused and confirmed a signpost; return of how many gestures."""
    query = "UPDATE signpost_refusals SET words = '{}' WHERE key = %s AND words <> '{}'"
    return await tx.run(query, [key]) + await tx.run("DELETE FROM signpost_confirmations WHERE key = %s", [key])
