"""Reading verifications: one's own standing, and for hosts the proofs that wait."""

from __future__ import annotations

from pathlib import Path

from salledepause.features import accounts
from salledepause.features.verification import store
from salledepause.features.verification.actions import NAME, folder
from salledepause.features.verification.model import Request, Standing
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Forbidden, Missing
from salledepause.kernel.marks import Subject
from salledepause.kernel.site import Site


async def standing(tx: Tx, me: int) -> Standing:
    """Return what one proved oneself, and what one waits for; raises Missing."""
    tx.stands_on(Subject.PERSON, me)
    tx.stands_on(Subject.ACCOUNT, me)
    found = await store.standing(tx, me)
    if found is None:
        raise Missing
    return found


async def waiting(tx: Tx, host_id: int) -> list[Request]:
    """Return the proofs that wait, oldest first, for hosts; raises Forbidden."""
    if not (await accounts.one(tx, host_id)).keeps_house:
        raise Forbidden
    return await store.waiting(tx)


async def proof(tx: Tx, site: Site, host_id: int, request_id: int) -> Path:
    """Return where a proof that waits is, for hosts but its own person; raises Forbidden, Missing."""
    if not (await accounts.one(tx, host_id)).keeps_house:
        raise Forbidden
    found = await store.proof(tx, request_id)
    if found is None or found[0] == host_id or not NAME.fullmatch(found[2]):
        raise Missing
    path = folder(site) / found[2]
    if not path.is_file():
        raise Missing
    return path
