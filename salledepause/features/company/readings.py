"""What one reads of calls: the queue while one is on shift, how a call stands on its post's page, one's own."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features import posts
from salledepause.features.company import rota, store
from salledepause.features.company.model import Call, Queue, Standing
from salledepause.features.posts import Source
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject
from salledepause.kernel.page import Page

MOST = 200
"""Calls that are shown at once."""
WAITING = Source("company_calls c JOIN posts p ON p.id = c.post_id", "p.id", "c.answered_at IS NULL")


async def on_shift(tx: Tx, me: int) -> bool:
    """Tell whether somebody is on shift now."""
    until, _ = await rota.shift(tx, me)
    return until is not None


async def queue(tx: Tx, me: int) -> Queue:
    """Return who waits for a word, the longest first, to who is on shift; to anybody else no call.

    One's own, what one may not read, and whom one blocks or mutes, are left out.
    """
    until, following = await rota.shift(tx, me)
    if until is None:
        return Queue(on_shift=False, until=None, next=following)
    found = [call for call in await store.waiting(tx) if call.account_id != me]
    seen = {one.post.id for one in (await posts.listing(tx, WAITING, Page(MOST, min_id=0), me)).items}
    return Queue(on_shift=True, until=until, next=following, calls=tuple(call for call in found if call.post_id in seen))


async def waiting(tx: Tx, me: int) -> int:
    """Return how many calls wait for who is on shift, those left out that somebody else is answering; 0 off shift."""
    tx.stands_on(Subject.PERSON, me)
    until, _ = await rota.shift(tx, me)
    if until is None:
        return 0
    now, number = clock.now(), 0
    for call in await store.waiting(tx):
        claimant = call.claimant(now)
        tx.changes_at(call.claimed_until if claimant else None)
        number += call.account_id != me and claimant in {None, me}
    return number


async def standing(tx: Tx, post_id: int, viewer: int | None) -> Standing | None:
    """Return how the call of a post stands, `None` where there is none. It asks no gate: who asks may read the post."""
    call = await store.one(tx, post_id)
    if call is None:
        return None
    now, told = clock.now(), await store.told(tx, post_id)
    claimant = call.claimant(now)
    tx.changes_at(call.claimed_until if claimant else None)
    may_claim = False
    if viewer is not None and viewer != call.account_id and call.answered_at is None:
        may_claim = viewer in told or await on_shift(tx, viewer)
    return Standing(
        call=call,
        mine=viewer == call.account_id,
        told=bool(told),
        may_claim=may_claim,
        claims=claimant is not None and claimant == viewer,
        taken=claimant is not None and claimant != viewer,
    )


async def advice_among(tx: Tx, post_ids: Sequence[int]) -> set[int]:
    """Return those of some posts whose authors said that they give advice. It asks no gate: ids come from `posts`."""
    return await store.advice_among(tx, post_ids) if post_ids else set()


async def called(tx: Tx, me: int, post_ids: Sequence[int]) -> dict[int, bool]:
    """Return which of some posts are calls that somebody was rung for, and whether each still waits."""
    return await store.told_among(tx, me, post_ids) if post_ids else {}


async def calls_of(tx: Tx, me: int) -> list[Call]:
    """Return one's own calls, the oldest first, those answered in the last thirty days included."""
    return await store.of_account(tx, me)
