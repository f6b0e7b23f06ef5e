"""Rest from notifications: quiet hours each night, and going away, when what comes is kept aside until one returns."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

from salledepause.features import posts
from salledepause.features.notifications import away_store
from salledepause.features.notifications import rest_store as store
from salledepause.features.notifications.model import Admitted
from salledepause.features.notifications.quiet import DAY, Quiet, turn, until
from salledepause.features.notifications.rest_store import Absence, Kept, Rest
from salledepause.features.posts import Audience, Draft
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Refusal
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site
from salledepause.kernel.text import clean, fits, scan

NOTE_LENGTH, REPLY_LENGTH = 200, 500
"""Characters of what others read while one is away: on one's profile, and as an answer."""


async def rest(tx: Tx, me: int) -> Rest:
    """Return somebody's quiet hours, and whether they are away."""
    return await store.rest(tx, me)


async def keep_quiet(tx: Tx, me: int, quiet: Quiet) -> None:
    """Set one's quiet hours. Raises BadInput for times that no clock shows."""
    if not (0 <= quiet.start < DAY and 0 <= quiet.end < DAY):
        raise BadInput("Heure refusée : attendu par exemple 22:00.")
    await store.keep_quiet(tx, me, quiet)


async def go_away(tx: Tx, me: int, note: str, reply: str = "", until: date | None = None) -> None:
    """Keep notifications aside from now on; `note` is told on one's profile, when there is one.

    `reply`, when there is one, is sent once to each who writes in private, `until` a last day (Paris). Raises BadInput.
    """
    told, said = " ".join(clean(note).split()), clean(reply).strip()
    if not fits(told, NOTE_LENGTH):
        raise BadInput("Message d'absence trop long : au plus {most} caractères.", most=NOTE_LENGTH)
    if not fits(said, REPLY_LENGTH):
        raise BadInput("Réponse automatique trop longue : au plus {most} caractères.", most=REPLY_LENGTH)
    if scan(said).mentions:
        raise BadInput("Une réponse automatique ne nomme personne : retirez les @.")
    if until and until < clock.today():
        raise BadInput("Ce jour est passé.")
    await store.go_away(tx, me, Absence(told, said, until))


async def answer(site: Site, account_id: int, post_id: int) -> None:
    """Send the automatic answer of who is away to a private mention, where it is still due; twice equals once."""
    with suppress(Refusal):  # what was answered is gone meanwhile, or its reader no longer writes
        async with site.db.transaction() as tx:
            due = await away_store.claim(tx, account_id, post_id)
            if due is not None:
                text = f"@{due.handle} {due.text}"
                draft = Draft(text=text, audience=Audience.DIRECT, parent_id=post_id, automated=True)
                await posts.publish(tx, account_id, draft)


async def come_back(tx: Tx, me: int) -> int | None:
    """Come back: what was kept aside is among one's notifications again. Return the id from which one was away, if one was."""
    since = await store.come_back(tx, me)
    await away_store.forget(tx, me)
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
