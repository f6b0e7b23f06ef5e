"""What one can do about a call: ask for a word, take it back, say that one answers, say that an answer is advice."""

from __future__ import annotations

from datetime import datetime

from salledepause.features import posts, rooms
from salledepause.features.company import readings, store
from salledepause.features.company.model import CLAIMED_FOR, NEXT_AFTER, PAGED_AFTER, Call, Rung, hour_of
from salledepause.features.posts import OPEN, Post
from salledepause.features.rooms import Reads
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Forbidden, Missing
from salledepause.kernel.events import emit

PAGE = "company.page"
READABLE = {Reads.EVERYONE, Reads.SIGNED_IN}
UNREAD = "Pour que quelqu'un vous réponde, il faut qu'on puisse vous lire : écrivez pour tout le monde, ou dans la salle de nuit."
TAKEN = "Quelqu'un répond déjà. Si rien ne vient, ce sera à nouveau votre tour dans quelques minutes."
OFF_SHIFT = "Vous n'êtes pas de garde à cette heure."


async def ask(tx: Tx, me: int, post_id: int) -> None:
    """Ask for a word by a post of one's own: who is on shift is told at once. Twice equals once. Raises Missing, BadInput.

    Of several calls of one person in ten minutes, the first alone rings; each is in the queue, and has hosts paged.
    """
    post = await posts.source_of(tx, me, post_id)
    if not await _read_by_all(tx, post):
        raise BadInput(UNREAD)
    now = clock.now()
    rang = await store.of_account(tx, me, now - NEXT_AFTER)
    if not await store.insert(tx, Call(post_id, me, post.conversation_id, now, None, None, None, 0)):
        return
    if not rang:
        await ring(tx, post_id, await store.volunteers(tx, me, hour_of(now)), now)
    await page_at(tx, post_id, 1, now + PAGED_AFTER)


async def _read_by_all(tx: Tx, post: Post) -> bool:
    """Tell whether any volunteer may read a post."""
    if post.room is None:
        return post.audience in OPEN
    return (await rooms.rules(tx, post.room.id)).reads in READABLE


async def ring(tx: Tx, post_id: int, account_ids: list[int], at: datetime, *, paged: bool = False) -> None:
    """Tell some of a call."""
    if account_ids:
        await store.tell(tx, post_id, account_ids, at, paged=paged)
        await emit(tx, Rung(post_id, tuple(account_ids)))


async def page_at(tx: Tx, post_id: int, turn: int, at: datetime) -> None:
    """Have a host paged at an instant, if nobody answered by then."""
    if tx.wiring is not None:
        await tx.wiring.jobs.defer(tx, PAGE, {"post_id": post_id, "turn": turn}, at=at)


async def withdraw(tx: Tx, me: int, post_id: int) -> None:
    """Take one's call back: nothing of it stays but the post. Twice equals once. Raises Missing for somebody else's post."""
    await posts.own(tx, me, post_id)
    call = await store.held(tx, post_id)
    if call is not None:
        await store.withdraw(tx, call)


async def claim(tx: Tx, me: int, post_id: int) -> None:
    """Say that one answers: nobody else is asked to for ten minutes. Twice begins them again.

    Raises Missing for a call that is not there or that one may not read, Forbidden off shift, Conflict when it is answered or
    somebody else was quicker.
    """
    call = await _met(tx, me, post_id)
    now = clock.now()
    if call.account_id == me or not (await readings.on_shift(tx, me) or me in await store.told(tx, post_id)):
        raise Forbidden(OFF_SHIFT)
    if call.answered_at:
        raise Conflict("Quelqu'un a déjà répondu.")
    if call.claimant(now) not in {None, me}:
        raise Conflict(TAKEN)
    await store.claim(tx, call, me, now + CLAIMED_FOR)


async def release(tx: Tx, me: int, post_id: int) -> None:
    """Leave a call that one said to be answering to others; nothing when one did not. Raises Missing."""
    call = await _met(tx, me, post_id)
    if call.claimed_by == me:
        await store.claim(tx, call, None, None)


async def _met(tx: Tx, me: int, post_id: int) -> Call:
    await posts.one_visible(tx, post_id, me)
    call = await store.held(tx, post_id)
    if call is None:
        raise Missing
    return call


async def advise(tx: Tx, me: int, post_id: int) -> None:
    """Say that an answer of one's own to who asks for a word is advice: the call stays open. Raises Missing, BadInput."""
    await posts.own(tx, me, post_id)
    calls = [call for call in await store.of_conversation(tx, post_id) if call.account_id != me]
    if not calls:
        raise BadInput("« Soutien » ou « conseil » se dit d'une réponse à qui a besoin d'un mot.")
    await store.advise(tx, post_id)
    for call in calls:
        await store.settle(tx, call)
        if call.claimed_by == me:
            await store.claim(tx, call, None, None)
