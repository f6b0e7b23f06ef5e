"""SQL of what came from elsewhere, and of finding what an address means here."""

from __future__ import annotations

from salledepause.kernel.db import Tx


async def alone(tx: Tx, account_id: int) -> None:
    """Wait until no other import writes into an account; the next one waits for this commit."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended('archives', %s))", [account_id])


async def remember(tx: Tx, account_id: int, uri: str, post_id: int) -> None:
    """Keep the address that a post had elsewhere."""
    await tx.send("INSERT INTO post_origins (uri, account_id, post_id) VALUES (%s, %s, %s)", [uri, account_id, post_id])


async def imported(tx: Tx, account_id: int, uri: str) -> int | None:
    """Return the post of an account that had an address elsewhere."""
    found = await tx.value("SELECT post_id FROM post_origins WHERE uri = %s AND account_id = %s", [uri, account_id])
    return None if found is None else int(found)


async def claimed(tx: Tx, account_id: int, uri: str) -> int | None:
    """Return the post that had an address elsewhere: one's own first, else the only one; `None` when several say so."""
    query = """SELECT post_id, account_id = %(me)s FROM post_origins WHERE uri = %(uri)s
        ORDER BY account_id = %(me)s DESC LIMIT 2"""
    rows = await tx.rows(query, {"me": account_id, "uri": uri})
    return int(rows[0][0]) if rows and (rows[0][1] or len(rows) == 1) else None


async def author_of(tx: Tx, post_id: int) -> int | None:
    """Return who wrote a post."""
    found = await tx.value("SELECT account_id FROM posts WHERE id = %s", [post_id])
    return None if found is None else int(found)


async def was(tx: Tx, account_id: int, uri: str) -> bool:
    """Tell whether an account was already known to be this one elsewhere."""
    query = "SELECT EXISTS (SELECT FROM account_origins WHERE account_id = %s AND uri = %s)"
    return bool(await tx.value(query, [account_id, uri]))


async def recognise(tx: Tx, account_id: int, uri: str) -> None:
    """Keep who an account was elsewhere."""
    query = "INSERT INTO account_origins (account_id, uri) VALUES (%s, %s) ON CONFLICT DO NOTHING"
    await tx.send(query, [account_id, uri])
