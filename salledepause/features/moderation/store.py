"""SQL of reports."""

from __future__ import annotations

from collections.abc import Collection

from salledepause.features.moderation.model import Complaint, Report
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Listed, Page, listed

COLUMNS = "id, account_id, target_id, post_ids, rule_ids, category, comment, resolved_at, created_at"
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


async def open_ones(tx: Tx, page: Page) -> Listed[Report]:
    """Return the reports that nobody settled, the latest first."""
    query = f"SELECT {COLUMNS} FROM reports WHERE resolved_at IS NULL AND {page.where('id')} ORDER BY {page.order('id')}"
    found = await tx.all(Report, query, page.params)
    return listed(found, [one.id for one in found], page)


async def resolve(tx: Tx, host_id: int, report_id: int) -> bool:
    """Note who settled a report, the first time only; return whether it is there."""
    query = """UPDATE reports SET resolved_by = CASE WHEN resolved_at IS NULL THEN %s ELSE resolved_by END,
        resolved_at = coalesce(resolved_at, now()) WHERE id = %s"""
    return await tx.run(query, [host_id, report_id]) > 0
