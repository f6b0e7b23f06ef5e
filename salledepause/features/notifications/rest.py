"""Rest from notifications: quiet hours each night, and going away, when what comes is kept aside until one returns."""

from __future__ import annotations

from datetime import datetime

from salledepause.features.notifications import rest_store as store
from salledepause.features.notifications.model import Admitted
from salledepause.features.notifications.quiet import DAY, Quiet, turn, until
from salledepause.features.notifications.rest_store import Kept, Rest
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import emit
from salledepause.kernel.text import clean, fits

NOTE_LENGTH = 200
"""Characters of what others read while one is away."""


async def rest(tx: Tx, me: int) -> Rest:
    """Return somebody's quiet hours, and whether they are away."""
    return await store.rest(tx, me)


async def keep_quiet(tx: Tx, me: int, quiet: Quiet) -> None:
    """Set one's quiet hours. Raises BadInput for times that no clock shows."""
    if not (0 <= quiet.start < DAY and 0 <= quiet.end < DAY):
        raise BadInput("Heure refusée : attendu par exemple 22:00.")
    await store.keep_quiet(tx, me, quiet)


async def go_away(tx: Tx, me: int, note: str) -> None:
    """Keep notifications aside from now on; `note` is told on one's profile, when there is one. Raises BadInput."""
    told = " ".join(clean(note).split())
    if not fits(told, NOTE_LENGTH):
        raise BadInput("Message d'absence trop long : au plus {most} caractères.", most=NOTE_LENGTH)
    await store.go_away(tx, me, told)


async def come_back(tx: Tx, me: int) -> int | None:
    """Come back: what was kept aside is among one's notifications again. Return the id from which one was away, if one was."""
    since = await store.come_back(tx, me)
    if since is not None:
        await emit(tx, Admitted(me))
    return since


async def kept(tx: Tx, me: int) -> Kept:
    """Return how much is kept aside of who is away."""
    return await store.kept(tx, me)


async def empty(tx: Tx, me: int) -> int:
    """Put away unread what is kept aside; return how many there were."""
    return await store.empty(tx, me)


async def hushed(tx: Tx, me: int) -> bool:
    """Tell whether nothing is to ring for somebody just now."""
    found, now = await store.rest(tx, me), clock.now()
    tx.changes_at(turn(found.quiet, now))
    return found.away_from is not None or until(found.quiet, now) is not None


async def held_until(tx: Tx, me: int) -> datetime | None:
    """Return when what is told now may ring, `None` for at once: after the quiet hours."""
    return until((await store.rest(tx, me)).quiet, clock.now())
