"""SQL of limits: whom one meets only where one goes to look."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject
from salledepause.kernel.page import Listed, Page, listed


async def limit(tx: Tx, me: int, target: int) -> bool:
    """Write a limit; return whether it is new."""
    query = "INSERT INTO limits (account_id, target_id) VALUES (%s, %s) ON CONFLICT (account_id, target_id) DO NOTHING"
    return await tx.run(query, [me, target]) > 0


async def unlimit(tx: Tx, me: int, target: int) -> bool:
    """Drop a limit; return whether there was one."""
    return await tx.run("DELETE FROM limits WHERE account_id = %s AND target_id = %s", [me, target]) > 0


async def limited(tx: Tx, me: int, page: Page) -> Listed[int]:
    """Return whom `me` limits, newest first."""
    query = f"SELECT id, target_id FROM limits WHERE account_id = %(me)s AND {page.where('id')} ORDER BY {page.order('id')}"
    rows = await tx.rows(query, page.params | {"me": me})
    return listed([row[1] for row in rows], [row[0] for row in rows], page)


async def limited_among(tx: Tx, me: int, ids: Sequence[int]) -> set[int]:
    """Return those of the accounts that `me` limits."""
    tx.stands_on(Subject.PERSON, me)
    return set(await tx.values("SELECT target_id FROM limits WHERE account_id = %s AND target_id = ANY(%s)", [me, list(ids)]))


async def limiting(tx: Tx, viewers: Sequence[int], authors: Sequence[int]) -> set[int]:
    """Return those of the viewers who limit one of the authors."""
    query = "SELECT account_id FROM limits WHERE account_id = ANY(%s) AND target_id = ANY(%s)"
    return set(await tx.values(query, [list(viewers), list(authors)]))
