"""SQL of the servers that people block."""

from __future__ import annotations

from salledepause.kernel.db import Tx
from salledepause.kernel.page import Listed, Page, listed


async def insert(tx: Tx, me: int, domain: str, most: int) -> bool:
    """Keep a server; return whether it is kept, now or before: not when there are `most` others."""
    query = """INSERT INTO blocked_domains (account_id, domain) SELECT %(me)s, %(domain)s
        WHERE (SELECT count(*) FROM blocked_domains WHERE account_id = %(me)s) < %(most)s ON CONFLICT DO NOTHING"""
    if await tx.run(query, {"me": me, "domain": domain, "most": most}):
        return True
    kept = "SELECT EXISTS (SELECT FROM blocked_domains WHERE account_id = %s AND domain = %s)"
    return bool(await tx.value(kept, [me, domain]))


async def delete(tx: Tx, me: int, domain: str) -> None:
    """Forget a server."""
    await tx.run("DELETE FROM blocked_domains WHERE account_id = %s AND domain = %s", [me, domain])


async def blocked(tx: Tx, me: int, page: Page) -> Listed[str]:
    """Return a page of servers, the latest first."""
    query = f"""SELECT domain, id FROM blocked_domains WHERE account_id = %(me)s AND {page.where("id")}
        ORDER BY {page.order("id")}"""
    rows = await tx.rows(query, page.params | {"me": me})
    return listed([row[0] for row in rows], [row[1] for row in rows], page)
