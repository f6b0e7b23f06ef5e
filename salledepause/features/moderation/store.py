"""SQL of reports."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from salledepause.features.moderation.model import Complaint, Report, Sought
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Listed, Page, listed

COLUMNS = """id, account_id, target_id, post_ids, rule_ids, category, comment, resolved_at, created_at, resolved_by, assigned_to,
    updated_at"""
"""What `Report` takes, in its order."""


async def insert(tx: Tx, account_id: int, complaint: Complaint) -> Report:
    """Write a report."""
    query = f"""INSERT INTO reports (account_id, target_id, post_ids, rule_ids, category, comment)
        VALUES (%(account)s, %(target)s, %(posts)s, %(rules)s, %(category)s, %(comment)s) RETURNING {COLUMNS}"""
    values = {"account": account_id, "target": complaint.target_id, "category": complaint.category, "comment": complaint.comment}
    rows = await tx.rows(query, values | {"posts": list(complaint.post_ids), "rules": list(complaint.rule_ids)})
    return Report(*rows[0])


async def load(tx: Tx, ids: Collection[int]) -> dict[int, Report]:
    """Return reports by id; those that are gone are left out."""
    found = await tx.all(Report, f"SELECT {COLUMNS} FROM reports WHERE id = ANY(%s)", [list(ids)])
    return {one.id: one for one in found}


async def found(tx: Tx, host_id: int, sought: Sought, page: Page) -> Listed[Report]:
    """Return a page of reports, the latest first, but those about the host who looks."""
    state = "IS NOT NULL" if sought.resolved else "IS NULL"
    query = f"""SELECT {COLUMNS} FROM reports WHERE resolved_at {state} AND target_id <> %(host)s
        AND (%(account_id)s::bigint IS NULL OR account_id = %(account_id)s)
        AND (%(target_id)s::bigint IS NULL OR target_id = %(target_id)s) AND {page.where("id")} ORDER BY {page.order("id")}"""
    rows = await tx.all(Report, query, page.params | sought._asdict() | {"host": host_id})
    return listed(rows, [one.id for one in rows], page)


async def waiting(tx: Tx, host_id: int) -> int:
    """Return how many reports wait, but those about the host who looks."""
    query = "SELECT count(*) FROM reports WHERE resolved_at IS NULL AND target_id <> %s"
    return int(await tx.value(query, [host_id]))


async def resolve(tx: Tx, host_id: int, report_id: int) -> bool:
    """Note who settled a report, the first time only; return whether it waited until now."""
    query = """UPDATE reports SET resolved_by = %s, resolved_at = now(), updated_at = now()
        WHERE id = %s AND resolved_at IS NULL"""
    return await tx.run(query, [host_id, report_id]) > 0


async def resolve_about(tx: Tx, host_id: int, target_id: int) -> None:
    """Settle every report about an account that waits."""
    query = """UPDATE reports SET resolved_by = %s, resolved_at = now(), updated_at = now()
        WHERE target_id = %s AND resolved_at IS NULL"""
    await tx.run(query, [host_id, target_id])


async def reopen(tx: Tx, report_id: int) -> bool:
    """Open a report again; return whether it was settled."""
    query = """UPDATE reports SET resolved_by = NULL, resolved_at = NULL, updated_at = now()
        WHERE id = %s AND resolved_at IS NOT NULL"""
    return await tx.run(query, [report_id]) > 0


async def assign(tx: Tx, report_id: int, host_id: int | None) -> None:
    """Note who looks after a report."""
    await tx.run("UPDATE reports SET assigned_to = %s, updated_at = now() WHERE id = %s", [host_id, report_id])


async def sort(tx: Tx, report_id: int, category: str, rule_ids: Sequence[int]) -> None:
    """Note what a report is about."""
    query = "UPDATE reports SET category = %s, rule_ids = %s, updated_at = now() WHERE id = %s"
    await tx.run(query, [category, list(rule_ids), report_id])
