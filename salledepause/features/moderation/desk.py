"""The hosts' desk: reports read, taken over, sorted, settled and opened again. Nobody finds those about themselves there."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features.moderation import hosts, journal, store
from salledepause.features.moderation.journal import Act
from salledepause.features.moderation.model import MOST_POSTS, MOST_RULES, Report, Sought, category_of
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.page import Listed, Page


async def reports(tx: Tx, host_id: int, sought: Sought, page: Page) -> Listed[Report]:
    """Return a page of reports, the latest first. Raises Forbidden for who is no host."""
    await hosts.keeper(tx, host_id)
    return await store.found(tx, host_id, sought, page)


async def open_reports(tx: Tx, host_id: int, page: Page) -> Listed[Report]:
    """Return the reports that wait, the latest first. Raises Forbidden for who is no host."""
    return await reports(tx, host_id, Sought(), page)


async def waiting_reports(tx: Tx, host_id: int) -> int:
    """Return how many reports wait that this host may settle. Raises Forbidden for who is no host."""
    await hosts.keeper(tx, host_id)
    return await store.waiting(tx, host_id)


async def one_report(tx: Tx, host_id: int, report_id: int) -> Report:
    """Return a report. Raises Forbidden for who is no host, Missing (also for one about oneself)."""
    await hosts.keeper(tx, host_id)
    found = (await store.load(tx, [report_id])).get(report_id)
    if found is None or found.target_id == host_id:
        raise Missing
    return found


async def sort(tx: Tx, host_id: int, report_id: int, category: str | None = None, rule_ids: Sequence[int] | None = None) -> None:
    """Say anew what a report is about; `None` leaves as it is, and only a violation has rules.

    Raises Forbidden, Missing, BadInput.
    """
    before = await one_report(tx, host_id, report_id)
    after = category_of(category) if category else before.category
    rules = list(dict.fromkeys(before.rule_ids if rule_ids is None else rule_ids))
    if len(rules) > MOST_RULES:
        raise BadInput("Au plus {posts} messages et {rules} règles par signalement.", posts=MOST_POSTS, rules=MOST_RULES)
    if after != "violation":
        rules = []
    if (after, rules) != (before.category, before.rule_ids):
        await store.sort(tx, report_id, after, rules)
        await _note(tx, host_id, before, "sort_report", after)


async def take_over(tx: Tx, host_id: int, report_id: int) -> None:
    """Look after a report; twice equals once. Raises Forbidden, Missing."""
    before = await one_report(tx, host_id, report_id)
    if before.assigned_to != host_id:
        await store.assign(tx, report_id, host_id)
        await _note(tx, host_id, before, "assign_report")


async def hand_back(tx: Tx, host_id: int, report_id: int) -> None:
    """Have nobody look after a report any more; twice equals once. Raises Forbidden, Missing."""
    before = await one_report(tx, host_id, report_id)
    if before.assigned_to is not None:
        await store.assign(tx, report_id, None)
        await _note(tx, host_id, before, "unassign_report")


async def resolve(tx: Tx, host_id: int, report_id: int) -> None:
    """Settle a report; twice equals once. Raises Forbidden for who is no host, Missing."""
    before = await one_report(tx, host_id, report_id)
    if await store.resolve(tx, host_id, report_id):
        await _note(tx, host_id, before, "resolve_report")


async def reopen(tx: Tx, host_id: int, report_id: int) -> None:
    """Open a settled report again; twice equals once. Raises Forbidden, Missing."""
    before = await one_report(tx, host_id, report_id)
    if await store.reopen(tx, report_id):
        await _note(tx, host_id, before, "reopen_report")


async def _note(tx: Tx, host_id: int, report: Report, act: str, reason: str = "") -> None:
    await journal.note(tx, Act(host_id=host_id, act=act, target_id=report.target_id, report_id=report.id, reason=reason))
