"""Report an account and some of its posts to the hosts."""

from __future__ import annotations

from salledepause.features import accounts, posts
from salledepause.features.moderation import images, store
from salledepause.features.moderation.model import Complaint, Report, ReportFiled, checked
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site


async def report(tx: Tx, site: Site, me: int, complaint: Complaint) -> Report:
    """Report an account and some of its posts; pictures reported for the rule about them are held from view at once.

    Raises BadInput, or Missing for what the reporter may not see.
    """
    complaint = checked(complaint)
    target = await accounts.one(tx, complaint.target_id)
    if target.state == "pending":
        raise Missing
    await _check_posts(tx, me, complaint)
    filed = await store.insert(tx, me, complaint)
    await images.hold_reported(tx, site, filed)
    await emit(tx, ReportFiled(filed.id))
    return filed


async def _check_posts(tx: Tx, me: int, complaint: Complaint) -> None:
    """Refuse posts that the reporter may not see or that are somebody else's: a report must confirm nothing."""
    seen = await posts.visible(tx, complaint.post_ids, me) if complaint.post_ids else []
    if {row.post.id for row in seen if row.post.account_id == complaint.target_id} != set(complaint.post_ids):
        raise Missing
