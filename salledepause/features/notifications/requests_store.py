"""SQL of policies, permissions and requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from salledepause.features.notifications.model import Aside, Choice, Policy
from salledepause.features.notifications.sieve import waits
from salledepause.features.notifications.store import FROM, READABLE
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject
from salledepause.kernel.page import Listed, Page, listed

MOST_COUNTED = 100
"""People counted among those whose notifications were put aside."""
PARTS = Policy.__struct_fields__
COLUMNS = ", ".join(PARTS)


class Waiting(NamedTuple):
    """A request's row, with what the notifications put aside say of it."""

    id: int
    from_id: int
    size: int
    newest_id: int
    post_id: int | None


async def policy(tx: Tx, me: int) -> Policy:
    """Return one's policy."""
    found = await tx.one(Policy, f"SELECT {COLUMNS} FROM notification_policies WHERE account_id = %s", [me])
    return found or Policy()


async def keep_policy(tx: Tx, me: int, changes: dict[str, Choice]) -> Policy:
    """Write parts of a policy over what was, or over the defaults; return the whole."""
    given = {name: changes.get(name) for name in PARTS}
    default = {f"{name}_at_first": getattr(Policy(), name) for name in PARTS}
    values = ", ".join(f"coalesce(%({name})s, %({name}_at_first)s)" for name in PARTS)
    kept = ", ".join(f"{name} = coalesce(%({name})s, p.{name})" for name in PARTS)
    query = f"""INSERT INTO notification_policies AS p (account_id, {COLUMNS}) VALUES (%(me)s, {values})
        ON CONFLICT (account_id) DO UPDATE SET {kept} RETURNING {COLUMNS}"""
    return await tx.one(Policy, query, {"me": me, **given, **default}) or Policy()


async def aside(tx: Tx, me: int) -> Aside:
    """Return from how many people, up to a hundred, and how many of their notifications were put aside."""
    query = f"""SELECT count(*), coalesce(sum(x.number), 0)::bigint FROM (SELECT count(*) AS number {FROM}
        WHERE {waits("n")} AND {READABLE} GROUP BY n.from_id LIMIT {MOST_COUNTED}) AS x"""
    return await tx.one(Aside, query, {"me": me}) or Aside(0, 0)


REQUESTS = f"""SELECT r.id, r.from_id, held.size, held.newest_id, held.post_id
    FROM notification_requests r CROSS JOIN LATERAL (SELECT count(*) AS size, max(n.id) AS newest_id,
        (array_agg(n.post_id ORDER BY n.id DESC) FILTER (WHERE n.post_id IS NOT NULL))[1] AS post_id
        {FROM} WHERE n.from_id = r.from_id AND {waits("n")} AND {READABLE}) AS held
    WHERE r.account_id = %(me)s AND held.size > 0"""


async def requests(tx: Tx, me: int, page: Page) -> Listed[Waiting]:
    """Return a page of requests that still hold something."""
    query = f"{REQUESTS} AND {page.where('r.id')} ORDER BY {page.order('r.id')}"
    rows = await tx.all(Waiting, query, page.params | {"me": me})
    return listed(rows, [row.id for row in rows], page)


async def one(tx: Tx, me: int, request_id: int) -> list[Waiting]:
    """Return one request, or none."""
    return await tx.all(Waiting, f"{REQUESTS} AND r.id = %(id)s", {"me": me, "id": request_id})


async def accept(tx: Tx, me: int, request_ids: Sequence[int]) -> int:
    """Turn requests into permissions, and what they hold into notifications like others; return how many there were."""
    people = await _close(tx, me, request_ids)
    tx.touches(Subject.NOTIFIED, me)
    query = """INSERT INTO notification_permissions (account_id, from_id) SELECT %s, unnest(%s::bigint[])
        ON CONFLICT DO NOTHING"""
    await tx.send(query, [me, people])
    await tx.send(
        "UPDATE notifications SET filtered = false WHERE account_id = %s AND from_id = ANY(%s) AND filtered", [me, people]
    )
    return len(people)


async def refuse(tx: Tx, me: int, request_ids: Sequence[int]) -> int:
    """Drop requests and put away what they hold; return how many there were."""
    people = await _close(tx, me, request_ids)
    tx.touches(Subject.NOTIFIED, me)
    query = f"""UPDATE notifications n SET dismissed = true
        WHERE account_id = %s AND from_id = ANY(%s) AND {waits("n")} AND NOT dismissed"""
    await tx.send(query, [me, people])
    return len(people)


async def set_apart(tx: Tx, me: int, from_id: int) -> None:
    """Drop a permission, and make a request of what somebody was told of an account."""
    await withdraw(tx, me, from_id)
    tx.touches(Subject.NOTIFIED, me)
    query = """INSERT INTO notification_requests (account_id, from_id) SELECT %(me)s, %(from)s WHERE EXISTS (
            SELECT FROM notifications WHERE account_id = %(me)s AND from_id = %(from)s AND NOT dismissed)
        ON CONFLICT (account_id, from_id) DO NOTHING"""
    await tx.send(query, {"me": me, "from": from_id})


async def withdraw(tx: Tx, me: int, from_id: int) -> None:
    """Drop a permission."""
    await tx.send("DELETE FROM notification_permissions WHERE account_id = %s AND from_id = %s", [me, from_id])


async def _close(tx: Tx, me: int, request_ids: Sequence[int]) -> list[int]:
    query = "DELETE FROM notification_requests WHERE account_id = %s AND id = ANY(%s) RETURNING from_id"
    return await tx.values(query, [me, list(request_ids)])
