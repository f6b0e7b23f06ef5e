"""The way in: what looks like a refused picture does not come, and whoever sent it is told."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features.red_line.model import CloseTo, TurnedAway
from salledepause.features.red_line.store import check
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site


async def admit(site: Site, account_id: int, likenesses: Sequence[str]) -> None:
    """Refuse what looks like a refused picture, outside any transaction; raises CloseTo, once who sent it is told why."""
    try:
        async with site.db.reading() as tx:
            await check(tx, likenesses)
    except CloseTo as refusal:
        async with site.db.transaction() as tx:
            await emit(tx, TurnedAway(account_id, refusal.picture_id, refusal.rule))
        raise
