"""Sending answers, in the worker: privately to who asked, never twice, never past the date, never where one said stop."""

from __future__ import annotations

from salledepause.features import accounts, posts
from salledepause.features.desks import elsewhere_store, remarks_store, stops_store, store
from salledepause.features.desks.model import Card, Desk, Remark, Told, message
from salledepause.features.posts import Audience, Draft
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Forbidden, Refusal
from salledepause.kernel.site import Site

AT_ONCE = 20
"""Answers that are sent in one transaction."""
AGAIN = "déjà dit à cette personne"
STOPPED = "on a dit stop"
LAPSED = "fiche incomplète ou périmée"
REFUSED = "envoi impossible"
HOW_TO_STOP = "Réponse automatique du guichet «\u00a0{name}\u00a0». Répondez «\u00a0stop\u00a0» pour n'en plus recevoir."
FOLDED = "Réponse automatique\u00a0: {remark}"


async def deliver(site: Site, desk_id: int) -> None:
    """Send what a desk answers, some at a time; done twice, each is sent once."""
    while True:
        async with site.db.transaction() as tx:
            desk = await store.one(tx, desk_id)
            found = await remarks_store.sending(tx, desk_id, AT_ONCE) if desk else []
            for remark in found:
                if desk:
                    await _deliver(tx, desk, remark)
        if len(found) < AT_ONCE:
            return


async def _deliver(tx: Tx, desk: Desk, remark: Remark) -> None:
    """Send one answer, or say why it does not leave."""
    card = await cleared(tx, desk, remark)
    if card is None:
        return
    try:
        async with tx.attempt():
            await _say(tx, desk, remark, card)
    except Refusal:
        await remarks_store.settle(tx, remark.id, "aside", REFUSED)
        return
    await remarks_store.settle(tx, remark.id, "answered")


async def cleared(tx: Tx, desk: Desk, remark: Remark) -> Card | None:
    """Return the card that may leave for a remark, held; else say why it does not. The rules of every server are these."""
    card = await store.card(tx, remark.card_id, held=True) if remark.card_id else None
    if card is None or not card.sendable(clock.today()):
        await remarks_store.settle(tx, remark.id, "waiting", LAPSED)
        return None
    if (card.id, remark.person_id) in await remarks_store.given(tx, desk.id, [remark.person_id]):
        await remarks_store.settle(tx, remark.id, "answered", AGAIN)
        return None
    automated = remark.by_id is None
    if automated and (not desk.answers or not card.automatic or await stopped(tx, desk, remark)):
        await remarks_store.settle(tx, remark.id, "waiting", STOPPED)
        return None
    return card


async def stopped(tx: Tx, desk: Desk, remark: Remark) -> bool:
    """Tell whether who asks, or anybody in the conversation, told the desk to answer by itself no more."""
    if remark.stranger_id:
        conversation = await elsewhere_store.thread_of(tx, remark.id)
    else:
        said = (await posts.load(tx, [remark.post_id])).get(remark.post_id) if remark.post_id else None
        conversation = said.conversation_id if said else None
    return await stops_store.refused(tx, desk.id, remark.person_id, conversation)


async def _say(tx: Tx, desk: Desk, remark: Remark, card: Card) -> None:
    """Say a card to who asked; where nobody chose it and its owner wants so, then folded in the open."""
    automated, number, now = remark.by_id is None, card.said + 1, clock.now()
    stop = HOW_TO_STOP.format(name=desk.name) if automated else ""
    by_id = remark.by_id or card.owner_id
    if by_id is None:
        return
    where = await publish(tx, by_id, remark, message(card, number, stop), automated=automated)
    told = Told(remark.account_id, *where)
    if automated and card.public and remark.post_id:
        warning = FOLDED.format(remark=card.remark)
        draft = Draft(text=message(card, number, stop), warning=warning, parent_id=remark.post_id, language="fr", automated=True)
        told = told._replace(open_post_id=await posts.publish(tx, by_id, draft))
    await remarks_store.count(tx, card.id, told, now, automated=automated)


async def publish(tx: Tx, by_id: int, remark: Remark, text: str, *, automated: bool) -> tuple[int, int]:
    """Write to who asked, below what they said where that may be answered; return (post id, conversation id)."""
    who = await accounts.one(tx, remark.person_id)
    draft = Draft(
        text=f"@{who.handle} {text}",
        audience=Audience.DIRECT,
        parent_id=remark.post_id,
        language="fr",
        automated=automated,
    )
    writer = await posts.writer(tx, by_id, None)
    if writer.account.state != "active":
        raise Forbidden
    made = await posts.publish_whole(tx, writer, draft)
    return made.post.id, made.post.conversation_id
