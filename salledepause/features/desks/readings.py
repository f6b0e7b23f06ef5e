"""What one reads of desks: one's own, those that one may ask, what waits grouped with why, cards with what they said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from salledepause.features import posts
from salledepause.features.desks import actions, elsewhere_store, remarks_store, store
from salledepause.features.desks import cards as card_actions
from salledepause.features.desks.model import Card, Desk, Group, Member, Remark, Version, Wording, grouped, words_of
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing

MOST_SHOWN = 300
"""Remarks that are shown at once."""
MOST_WORDINGS = 200
MOST_DESKS = 80


class Asked(msgspec.Struct, frozen=True):
    """A remark as a member reads it."""

    remark: Remark
    text: str
    answered_at: datetime | None
    """When the nearest card was last said to the same person: « réponse déjà donnée »."""
    writing: bool = False
    """Whether somebody is writing an answer just now."""
    stranger: str = ""
    """Who asks, `somebody@server`, where it is not an account of the house."""


class Pile(msgspec.Struct, frozen=True):
    """Remarks that one answer would serve; `card` is the nearest to all of them."""

    card: Card | None
    asked: tuple[Asked, ...]


class Counter(msgspec.Struct, frozen=True):
    """What a desk has spared: how often its cards were said, and the minutes that this saved."""

    said: int
    minutes: int


async def mine(tx: Tx, me: int) -> list[tuple[Desk, bool]]:
    """Return the desks that one owns (true) or is invited to."""
    return await store.of_account(tx, me)


async def to_ask(tx: Tx) -> list[Desk]:
    """Return the desks that anybody may ask."""
    return await store.open_to_all(tx, MOST_DESKS)


async def one(tx: Tx, me: int, desk_id: int) -> tuple[Desk, Member | None]:
    """Return a desk, and what one is to it; raises Missing for one that one may neither ask nor own."""
    desk = await store.one(tx, desk_id)
    if desk is None:
        raise Missing
    mine_ = next((one for one in await store.members(tx, desk_id) if one.account_id == me), None)
    if mine_ is None and not desk.asked:
        raise Missing
    return desk, mine_


async def to_watch(tx: Tx, wanted: str | None) -> Desk:
    """Return the desk of a number or a name, the only one where none is said; raises BadInput where that is not one desk."""
    every = await store.every(tx)
    found = [one for one in every if wanted in {None, str(one.id), one.name}]
    if len(found) != 1:
        names = ", ".join(f"{one.id} ({one.name})" for one in every) or "aucun"
        raise BadInput("Dites de quel guichet il s'agit, par --desk. Il y a : {names}.", names=names)
    return found[0]


async def members(tx: Tx, me: int, desk_id: int) -> list[Member]:
    """Return who owns a desk that one owns, or is invited to it. Raises Missing."""
    return (await actions.owned(tx, me, desk_id))[1]


async def rota(tx: Tx, me: int, desk_id: int) -> list[tuple[int, int, int]]:
    """Return (account id, weekday, hour) of the week of a desk that one owns. Raises Missing."""
    await actions.owned(tx, me, desk_id)
    return await store.hours(tx, desk_id)


async def cards(tx: Tx, me: int, desk_id: int) -> list[Card]:
    """Return the cards of a desk that one owns, those said most often first. Raises Missing."""
    await actions.owned(tx, me, desk_id)
    return await store.cards(tx, desk_id)


async def card(tx: Tx, me: int, card_id: int) -> tuple[Card, list[Version], list[Wording]]:
    """Return a card, what it said, and its latest wordings. Raises Missing."""
    found = await card_actions.met(tx, me, card_id)
    return found, await store.versions(tx, card_id), await store.wordings(tx, card_id, MOST_WORDINGS)


def counter(cards_: Sequence[Card]) -> Counter:
    """Return what some cards have spared."""
    return Counter(sum(one.said for one in cards_), sum(one.saved for one in cards_))


async def waiting(tx: Tx, me: int, desk_id: int) -> list[Pile]:
    """Return what waits at a desk that one owns, by the nearest card, the largest pile first. Raises Missing.

    What one may not read, since it is a post of who blocks one, or gone, is left out.
    """
    await actions.owned(tx, me, desk_id)
    found = await remarks_store.waiting(tx, desk_id, MOST_SHOWN, me)
    texts = await _texts(tx, me, found)
    known = {one.id: one for one in await store.cards(tx, desk_id)}
    given = await remarks_store.given(tx, desk_id, sorted({one.person_id for one in found}))
    strangers = await elsewhere_store.addresses(tx, [one.stranger_id for one in found if one.stranger_id])
    shown = [_known(one, known) for one in found if texts.get(one.id)]

    def asked(group: Group) -> tuple[Asked, ...]:
        now = clock.now()
        return tuple(
            Asked(
                one,
                texts[one.id],
                given.get((group.card_id or 0, one.person_id)),
                one.writer(now) is not None,
                strangers.get(one.stranger_id or 0, ""),
            )
            for one in group.remarks
        )

    return [Pile(known.get(group.card_id or 0), asked(group)) for group in grouped(shown)]


def _known(remark: Remark, cards_: dict[int, Card]) -> Remark:
    """Return a remark with those of its nearest cards that are there."""
    return msgspec.structs.replace(remark, candidates=[one for one in remark.candidates if one.card_id in cards_])


async def remark(tx: Tx, me: int, remark_id: int) -> Asked:
    """Return a remark of a desk that one owns. Raises Missing."""
    found = await remarks_store.met(tx, remark_id)
    if found is None:
        raise Missing
    await actions.owned(tx, me, found.desk_id)
    text = (await _texts(tx, me, [found])).get(found.id, "")
    if not text:
        raise Missing
    known = {one.id: one for one in await store.cards(tx, found.desk_id)}
    found = _known(found, known)
    given = await remarks_store.given(tx, found.desk_id, [found.person_id])
    nearest = found.candidates[0].card_id if found.candidates else 0
    strangers = await elsewhere_store.addresses(tx, [found.stranger_id] if found.stranger_id else [])
    writing = found.writer(clock.now()) is not None
    return Asked(found, text, given.get((nearest, found.person_id)), writing, strangers.get(found.stranger_id or 0, ""))


async def _texts(tx: Tx, me: int, remarks: Sequence[Remark]) -> dict[int, str]:
    """Return what remarks say, by id, those that one may read."""
    wanted = [one.post_id for one in remarks if one.post_id]
    seen = [one.post.id for one in await posts.visible(tx, wanted, me)] if wanted else []
    said = {one: words_of(post.text) for one, post in (await posts.load(tx, seen)).items()}
    return {one.id: one.text or said.get(one.post_id or 0, "") for one in remarks}


async def own(tx: Tx, me: int) -> tuple[list[Card], list[Remark]]:
    """Return the cards that one owns and what one asked desks, for who leaves with what is theirs."""
    return await store.cards_of(tx, me), await remarks_store.of_account(tx, me)


async def sent_by_desk(tx: Tx, post_ids: Sequence[int]) -> set[int]:
    """Return those of some posts that a desk sent by itself. It asks no gate: ids come from `posts`."""
    return await remarks_store.ours(tx, post_ids) if post_ids else set()
