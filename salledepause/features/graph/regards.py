"""How one regards others: notes to oneself, people one recommends, people one follows who know somebody. Readers stay unnamed."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features import accounts
from salledepause.features.graph import readings, store
from salledepause.features.graph import regards_store as kept
from salledepause.features.graph.model import MOST_ENDORSED, note_of
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Forbidden, Missing
from salledepause.kernel.page import Listed, Page


async def note(tx: Tx, me: int, target_id: int, text: str) -> None:
    """Keep what one writes for oneself about somebody, or nothing any more when empty. Raises Missing, BadInput."""
    comment = note_of(text)
    await _met(tx, target_id)
    await kept.note(tx, me, target_id, comment)


async def endorse(tx: Tx, me: int, target_id: int) -> None:
    """Recommend somebody one follows on one's profile; twice equals once. Raises Missing, Forbidden, BadInput."""
    if me == target_id:
        raise Forbidden
    await _met(tx, target_id)
    await store.pair(tx, me, target_id)
    if not await kept.endorse(tx, me, target_id):
        raise BadInput("On recommande les personnes que l'on suit : suivez d'abord ce compte.")
    if await kept.endorsed_number(tx, me) > MOST_ENDORSED:
        raise BadInput("Au plus {most} personnes recommandées sur un profil.", most=MOST_ENDORSED)


async def unendorse(tx: Tx, me: int, target_id: int) -> None:
    """Take a recommendation back; nothing when there was none. Raises Missing."""
    await _met(tx, target_id)
    await kept.unendorse(tx, me, target_id)


async def endorsed(tx: Tx, account_id: int, viewer: int | None, page: Page) -> Listed[int]:
    """Return whom an account recommends (ids, newest first); to others nobody, when it is a reader or gone. Raises Missing."""
    one = await accounts.one(tx, account_id)
    if one.state == "pending" and viewer != account_id:
        raise Missing
    silent = one.state != "active" or one.reads_only
    if viewer != account_id and (silent or (viewer is not None and await store.barred_by(tx, account_id, viewer))):
        return Listed([])
    return await kept.endorsed(tx, account_id, viewer or 0, page)


async def familiar(tx: Tx, me: int, ids: Sequence[int]) -> dict[int, list[int]]:
    """Return by account, in the order of `ids`, those one follows who follow it: contributors that hide no tie.

    An account whose followers one may not read has none here; those that are gone are left out.
    """
    found = await kept.familiar(tx, me, ids) if ids else {}
    known = await accounts.load(tx, ids) if ids else {}
    open_ones = [one for one in dict.fromkeys(ids) if one in known and known[one].state == "active"]
    return {one: found.get(one, []) if await readings.shows_ties(tx, known[one], me) else [] for one in open_ones}


async def _met(tx: Tx, account_id: int) -> None:
    """Raise Missing for nobody and for who waits to be let in."""
    if (await accounts.one(tx, account_id)).state == "pending":
        raise Missing
