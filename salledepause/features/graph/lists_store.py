"""SQL of lists and their members."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features.graph.model import People
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Listed, Page, listed

COLUMNS = "l.id, l.title, l.replies_policy, l.exclusive"
"""What `People` takes, in its order."""


async def owned(tx: Tx, me: int) -> list[People]:
    """Return one's lists, by title."""
    return await tx.all(People, f"SELECT {COLUMNS} FROM lists l WHERE l.account_id = %s ORDER BY lower(l.title), l.id", [me])


async def holding(tx: Tx, me: int, account_id: int) -> list[People]:
    """Return one's lists that hold an account, by title."""
    query = f"""SELECT {COLUMNS} FROM lists l JOIN list_members m ON m.list_id = l.id
        WHERE l.account_id = %s AND m.account_id = %s ORDER BY lower(l.title), l.id"""
    return await tx.all(People, query, [me, account_id])


async def one(tx: Tx, me: int, list_id: int) -> People | None:
    """Return one of one's lists."""
    return await tx.one(People, f"SELECT {COLUMNS} FROM lists l WHERE l.id = %s AND l.account_id = %s", [list_id, me])


async def lock(tx: Tx, me: int, list_id: int) -> bool:
    """Lock one of one's lists while its members are counted; return whether it is there."""
    return await tx.value("SELECT id FROM lists WHERE id = %s AND account_id = %s FOR NO KEY UPDATE", [list_id, me]) is not None


async def number(tx: Tx, me: int) -> int:
    """Return how many lists somebody has."""
    return int(await tx.value("SELECT count(*) FROM lists WHERE account_id = %s", [me]))


async def insert(tx: Tx, me: int, title: str, replies_policy: str, *, exclusive: bool) -> People:
    """Write a list."""
    query = "INSERT INTO lists (account_id, title, replies_policy, exclusive) VALUES (%s, %s, %s, %s) RETURNING id"
    return People(int(await tx.value(query, [me, title, replies_policy, exclusive])), title, replies_policy, exclusive)


async def update(tx: Tx, changed: People) -> None:
    """Rewrite a list."""
    query = "UPDATE lists SET title = %s, replies_policy = %s, exclusive = %s WHERE id = %s"
    await tx.send(query, [changed.title, changed.replies_policy, changed.exclusive, changed.id])


async def erase(tx: Tx, me: int, list_id: int) -> bool:
    """Drop one of one's lists; return whether it was there."""
    return await tx.run("DELETE FROM lists WHERE id = %s AND account_id = %s", [list_id, me]) > 0


async def members(tx: Tx, list_id: int, page: Page) -> Listed[int]:
    """Return the active accounts of a list, by id, the latest account first."""
    query = f"""SELECT m.account_id FROM list_members m JOIN accounts a ON a.id = m.account_id
        WHERE m.list_id = %(list)s AND a.state = 'active' AND {page.where("m.account_id")}
        ORDER BY {page.order("m.account_id")}"""
    found = await tx.values(query, page.params | {"list": list_id})
    return listed(found, found, page)


async def followed_among(tx: Tx, me: int, wanted: Sequence[int]) -> list[int]:
    """Return those of the accounts that `me` follows, the follows held until the end of the transaction."""
    query = "SELECT target_id FROM follows WHERE account_id = %s AND target_id = ANY(%s) ORDER BY target_id FOR KEY SHARE"
    return await tx.values(query, [me, list(wanted)])


async def add(tx: Tx, list_id: int, wanted: Sequence[int]) -> None:
    """Write members; those already there stay."""
    query = "INSERT INTO list_members (list_id, account_id) SELECT %s, unnest(%s::bigint[]) ON CONFLICT DO NOTHING"
    await tx.send(query, [list_id, list(wanted)])


async def remove(tx: Tx, list_id: int, unwanted: Sequence[int]) -> None:
    """Drop members."""
    await tx.send("DELETE FROM list_members WHERE list_id = %s AND account_id = ANY(%s)", [list_id, list(unwanted)])


async def size(tx: Tx, list_id: int) -> int:
    """Return how many accounts a list holds."""
    return int(await tx.value("SELECT count(*) FROM list_members WHERE list_id = %s", [list_id]))
