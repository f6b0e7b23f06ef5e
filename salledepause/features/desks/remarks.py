"""What one can do about remarks: ask a desk, answer many at once, share a draft, say what does not fit, put aside."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features import posts
from salledepause.features.desks import actions, elsewhere_store, remarks_store, store
from salledepause.features.desks.cards import met as card_met
from salledepause.features.desks.model import (
    AN_HOUR,
    ASKED_AT_MOST,
    LONGEST_REMARK,
    Near,
    Remark,
    check_words,
    key_of,
    words_of,
)
from salledepause.features.desks.sending import publish
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Missing, TooMany

DELIVER = "desks.deliver"
MOST_AT_ONCE = 500
UNSENDABLE = "Cette fiche ne part pas : il lui manque une source ou quelqu'un qui en réponde, ou sa date est passée."
ANSWERED = "On y a déjà répondu."


async def ask(tx: Tx, me: int, desk_id: int, text: str) -> int:
    """Ask a desk; the answer comes in private. Raises Missing, BadInput, TooMany."""
    desk = await store.one(tx, desk_id)
    if desk is None or not desk.asked:
        raise Missing
    text, now = check_words(text, LONGEST_REMARK), clock.now()
    if await remarks_store.asked_lately(tx, desk_id, me, now - AN_HOUR) >= ASKED_AT_MOST:
        raise TooMany("Vous avez beaucoup demandé à ce guichet : laissez-lui le temps de répondre.", retry_after=3600)
    return await remarks_store.ask(tx, desk_id, me, text, now)


async def text_of(tx: Tx, me: int, remark: Remark) -> str:
    """Return what a remark says, as a member may read it; empty when they may not."""
    if remark.post_id is None:
        return remark.text
    if not await posts.visible(tx, [remark.post_id], me):
        return ""
    said = (await posts.load(tx, [remark.post_id])).get(remark.post_id)
    return words_of(said.text) if said else ""


async def held(tx: Tx, me: int, remark_id: int) -> Remark:
    """Return a remark of a desk that one owns, held until the commit; raises Missing, Conflict when it was answered."""
    remark = await remarks_store.one(tx, remark_id)
    if remark is None:
        raise Missing
    await actions.owned(tx, me, remark.desk_id)
    if remark.state != "waiting":
        raise Conflict(ANSWERED)
    return remark


async def answer(tx: Tx, me: int, card_id: int, remark_ids: Sequence[int]) -> int:
    """Answer remarks by a card, in one's name, privately; return how many are sent. Each is learned as its wording.

    Those answered meanwhile are passed over. Raises Missing, BadInput for a card that may not be sent.
    """
    card = await card_met(tx, me, card_id)
    if not 0 < len(remark_ids) <= MOST_AT_ONCE:
        raise BadInput("Choisissez de 1 à {most} remarques.", most=MOST_AT_ONCE)
    if not card.sendable(clock.today()):
        raise BadInput(UNSENDABLE)
    found = [one for one in [await remarks_store.one(tx, remark_id) for remark_id in sorted(set(remark_ids))] if one]
    found = [one for one in found if one.desk_id == card.desk_id and one.state == "waiting"]
    for one in found:
        if text := await text_of(tx, me, one):
            await store.word(tx, card_id, [(key_of(text), text)], fits=True, remark_id=one.id)
    await remarks_store.send_off(tx, [one.id for one in found], card_id, me)
    if found:
        await store.learned_anew(tx, card.desk_id)
        await deliver_soon(tx, card.desk_id)
    return len(found)


async def deliver_soon(tx: Tx, desk_id: int) -> None:
    """Have the worker send what a desk answers."""
    if tx.wiring is not None:
        await tx.wiring.jobs.defer(tx, DELIVER, {"desk_id": desk_id})


async def answer_freely(tx: Tx, me: int, remark_id: int, text: str) -> None:
    """Answer one remark in one's own words, privately. Raises Missing, Conflict, BadInput, and what publishing raises."""
    remark = await held(tx, me, remark_id)
    text = check_words(text, posts.MOST_CHARACTERS // 2)
    if remark.stranger_id:
        await elsewhere_store.write(tx, remark.id, text)
        await remarks_store.send_off(tx, [remark.id], None, me)
        return
    await publish(tx, me, remark, text, automated=False)
    await remarks_store.settle(tx, remark.id, "answered")


async def draft(tx: Tx, me: int, remark_id: int, text: str) -> None:
    """Keep what one would answer, for the others to see; nothing gives it up. Raises Missing, Conflict, BadInput."""
    remark = await held(tx, me, remark_id)
    now = clock.now()
    if remark.writer(now) not in {None, me}:
        raise Conflict("Quelqu'un écrit déjà cette réponse. Si rien ne vient, ce sera à vous dans quelques minutes.")
    text = check_words(text, posts.MOST_CHARACTERS // 2) if text.strip() else ""
    await remarks_store.draft(tx, remark.id, text, me if text else None, now if text else None)


async def refuse(tx: Tx, me: int, remark_id: int, card_id: int) -> None:
    """Say that a card does not answer a remark: it is proposed for it no more, and learned. Raises Missing, Conflict."""
    remark = await held(tx, me, remark_id)
    card = await card_met(tx, me, card_id)
    if card.desk_id != remark.desk_id:
        raise Missing
    if text := await text_of(tx, me, remark):
        await store.word(tx, card_id, [(key_of(text), text)], fits=False, remark_id=remark.id)
    kept: list[Near] = [one for one in remark.candidates if one.card_id != card_id]
    await remarks_store.propose(tx, remark.id, remark.learned, kept, remark.reason)
    await store.learned_anew(tx, remark.desk_id)


async def put_aside(tx: Tx, me: int, remark_id: int) -> None:
    """Leave a remark without an answer. Raises Missing, Conflict."""
    remark = await held(tx, me, remark_id)
    await remarks_store.settle(tx, remark.id, "aside")
