"""What a desk does by itself, in the worker: learns, finds the nearest cards, answers what is sure, tells that remarks wait.

What was learned is loaded by who thinks alone: a web process carries no desk. A desk is learned anew whenever something was
confirmed, refused or rewritten since; what was refused is learned as a card that answers nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from salledepause.features import accounts, language, posts
from salledepause.features.desks import remarks_store, store
from salledepause.features.desks.model import (
    AN_HOUR,
    Card,
    Desk,
    Near,
    Remark,
    Waiting,
    Wording,
    may_ring,
    words_of,
)
from salledepause.features.desks.sending import deliver, stopped
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site

AT_ONCE = 64
"""Remarks that are looked at together."""
TAUGHT = 25
"""Wordings of each card that are learned, the latest; as many that are not it."""
NOBODY = "0"
"""The card that answers nothing: what was refused."""


class Taught(NamedTuple):
    """What a desk learns from; equal where nothing changed."""

    cards: tuple[tuple[int, str, str], ...]
    """(id, remark, answer)"""
    fits: tuple[tuple[int, str], ...]
    refused: tuple[str, ...]


class Judged(NamedTuple):
    """What the engine says of a remark: the nearest cards, the one that surely answers, why."""

    near: list[Near]
    sure: int | None
    reason: str


def taught(cards: Sequence[Card], wordings: Sequence[Wording]) -> Taught:
    """Return what a desk learns: what was said of its texts; what fits one card is refused of none."""
    fits = tuple((one.card_id, one.text) for one in wordings if one.fits)
    known = {text for _, text in fits}
    refused = tuple(dict.fromkeys(one.text for one in wordings if not one.fits and one.text not in known))
    return Taught(tuple((one.id, one.remark, one.answer) for one in cards), fits, refused)


@lru_cache(maxsize=8)
def _learned(known: Taught) -> language.Desk:
    """Learn a desk; the same again costs nothing."""
    cards = [language.Card(str(card_id), remark, answer) for card_id, remark, answer in known.cards]
    examples = [language.Example(str(card_id), text) for card_id, text in known.fits]
    if known.refused:
        cards.append(language.Card(NOBODY, known.refused[0]))
        examples += [language.Example(NOBODY, text) for text in known.refused[1:]]
    return language.desk(cards, examples)


def judged(known: Taught, texts: Sequence[str]) -> list[Judged]:
    """Return what the engine says of each text."""
    if not known.cards:
        return [Judged([], None, "") for _ in texts]
    found = []
    for verdict in language.remarks(_learned(known), texts):
        near = [Near(int(one.card), one.score, one.example) for one in verdict.candidates if one.card != NOBODY]
        sure = int(verdict.card) if verdict.card not in {None, NOBODY} else None
        found.append(Judged(near, sure, verdict.reason))
    return found


async def consider(site: Site) -> None:
    """Look at what desks were asked since, and at what waits anew where they learned something; send what is sure."""
    async with site.db.reading() as tx:
        found = await remarks_store.due(tx)
    for desk_id in found:
        await look_at(site, desk_id)
        await deliver(site, desk_id)


async def look_at(site: Site, desk_id: int) -> None:
    """Propose cards for what a desk was asked since it last learned something, and have what is sure answered."""
    while await _consider(site, desk_id):
        pass


async def _consider(site: Site, desk_id: int) -> bool:
    """Look at some remarks of a desk; return whether there were as many as are looked at together."""
    async with site.db.reading() as tx:
        desk = await store.one(tx, desk_id)
        if desk is None:
            return False
        remarks = await remarks_store.unread(tx, desk_id, desk.version, AT_ONCE)
        cards = await store.cards(tx, desk_id)
        known = taught(cards, await store.taught(tx, desk_id, TAUGHT))
        texts = await _texts(tx, remarks)
    if not remarks:
        return False
    said = await asyncio.to_thread(judged, known, texts)
    async with site.db.transaction() as tx:
        for remark, one in zip(remarks, said, strict=True):
            await remarks_store.propose(tx, remark.id, desk.version, one.near, one.reason)
            await _answer(tx, desk, remark, {card.id: card for card in cards}.get(one.sure or 0))
        if any(remark.learned == 0 for remark in remarks):
            await ring(tx, desk_id)
    return len(remarks) == AT_ONCE


async def _texts(tx: Tx, remarks: Sequence[Remark]) -> list[str]:
    """Return what remarks say; what is in posts is read as it is now."""
    said = await posts.load(tx, [one.post_id for one in remarks if one.post_id])
    return [one.text or (words_of(said[one.post_id].text) if one.post_id in said else "") for one in remarks]


async def _answer(tx: Tx, desk: Desk, remark: Remark, card: Card | None) -> None:
    """Have a remark answered by the card that surely does, where its owner and the desk let it be so, and not too often."""
    if card is None or not (desk.answers and card.automatic and card.sendable(clock.today())):
        return
    if await stopped(tx, desk, remark):
        return
    if (card.id, remark.person_id) in await remarks_store.given(tx, desk.id, [remark.person_id]):
        return
    if await remarks_store.automated_since(tx, desk.id, clock.now() - AN_HOUR) < desk.pace:
        await remarks_store.send_off(tx, [remark.id], card.id, None)


async def ring(tx: Tx, desk_id: int) -> None:
    """Tell who is there at this hour that remarks wait, or everybody where nobody is; nobody too often."""
    if not await remarks_store.waiting(tx, desk_id, 1):
        return
    now = clock.now()
    local = now.astimezone(clock.PARIS)
    hour = (local.isoweekday(), local.hour)
    owners = [one.account_id for one in await store.members(tx, desk_id) if one.joined]
    await accounts.hold(tx, owners)
    there = {account_id for account_id, *at in await store.hours(tx, desk_id) if tuple(at) == hour}
    rung = await store.rung(tx, owners, now - AN_HOUR)
    wanted = tuple(one for one in owners if (one in there or not there) and may_ring(rung[one], now))
    if wanted:
        await store.ring(tx, wanted, now)
        await emit(tx, Waiting(wanted))
