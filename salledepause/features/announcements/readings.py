"""What of the announcements a person may read now."""

from __future__ import annotations

from salledepause.features.announcements import store
from salledepause.features.announcements.model import Shown
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing


async def shown(tx: Tx, viewer: int | None) -> list[Shown]:
    """Return what is announced now, in time order."""
    return await _shown(tx, viewer, None)


async def one_shown(tx: Tx, viewer: int | None, announcement_id: int) -> Shown:
    """Return one announcement; raises Missing for what is a draft, past or gone."""
    for found in await _shown(tx, viewer, announcement_id):
        return found
    raise Missing


async def _shown(tx: Tx, viewer: int | None, announcement_id: int | None) -> list[Shown]:
    found = await store.current(tx, viewer or 0, announcement_id)
    reactions = await store.reactions(tx, viewer or 0, [one.id for one, _ in found]) if found else {}
    return [Shown(one, read, reactions.get(one.id, ())) for one, read in found]
