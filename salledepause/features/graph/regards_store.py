"""SQL of notes to oneself, recommendations, and people who know somebody."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features.graph.store import HIDDEN_FROM
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Listed, Page, listed

MOST_FAMILIAR = 40
"""People named for one account."""


async def note(tx: Tx, me: int, target_id: int, comment: str) -> None:
    """Write a note over the one before; an empty one is dropped."""
    if not comment:
        await tx.send("DELETE FROM account_notes WHERE account_id = %s AND target_id = %s", [me, target_id])
        return
    query = """INSERT INTO account_notes (account_id, target_id, comment) VALUES (%s, %s, %s)
        ON CONFLICT (account_id, target_id) DO UPDATE SET comment = excluded.comment"""
    await tx.send(query, [me, target_id, comment])


async def endorse(tx: Tx, me: int, target_id: int) -> bool:
    """Write a recommendation of somebody one follows; return whether one does."""
    query = """INSERT INTO endorsements AS e (account_id, target_id)
        SELECT account_id, target_id FROM follows WHERE account_id = %s AND target_id = %s
        ON CONFLICT (account_id, target_id) DO UPDATE SET id = e.id"""
    return await tx.run(query, [me, target_id]) > 0


async def unendorse(tx: Tx, me: int, target_id: int) -> None:
    """Drop a recommendation."""
    await tx.send("DELETE FROM endorsements WHERE account_id = %s AND target_id = %s", [me, target_id])


async def endorsed_number(tx: Tx, me: int) -> int:
    """Return how many people somebody recommends."""
    return int(await tx.value("SELECT count(*) FROM endorsements WHERE account_id = %s", [me]))


async def endorsed(tx: Tx, account_id: int, viewer: int, page: Page) -> Listed[int]:
    """Return whom somebody recommends, newest first: to others no reader, nobody that the viewer is hidden from."""
    query = f"""SELECT e.id, a.id FROM endorsements e JOIN accounts a ON a.id = e.target_id
        WHERE e.account_id = %(account)s AND a.state = 'active'
            AND (%(account)s = %(viewer)s OR a.mode <> 'reader' AND a.id <> ALL({HIDDEN_FROM}))
            AND {page.where("e.id")} ORDER BY {page.order("e.id")}"""
    rows = await tx.rows(query, page.params | {"account": account_id, "viewer": viewer})
    return listed([row[1] for row in rows], [row[0] for row in rows], page)


async def familiar(tx: Tx, me: int, ids: Sequence[int]) -> dict[int, list[int]]:
    """Return by account those that `me` follows who follow it, the latest to follow first: no reader, nobody who hides it."""
    query = f"""SELECT wanted.id, ARRAY(SELECT f.account_id FROM follows mine
            JOIN follows f ON f.account_id = mine.target_id AND f.target_id = wanted.id
            JOIN accounts a ON a.id = f.account_id
            WHERE mine.account_id = %(viewer)s AND a.state = 'active' AND a.mode = 'contributor' AND NOT a.hide_collections
                AND a.id <> ALL({HIDDEN_FROM}) ORDER BY f.id DESC LIMIT {MOST_FAMILIAR})
        FROM unnest(%(ids)s::bigint[]) AS wanted (id)"""
    return dict(await tx.rows(query, {"viewer": me, "ids": list(ids)}))
