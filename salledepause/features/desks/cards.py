"""What one can do about cards: write, change, erase, say which texts are their remark and which are not."""

from __future__ import annotations

from salledepause.features.desks import actions, store
from salledepause.features.desks.model import (
    LONGEST_WORDING,
    MOST_CARDS,
    Card,
    Written,
    check_words,
    checked,
    key_of,
)
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Forbidden, Missing

TEXTS = ("remark", "answer", "nuance", "sources", "as_of", "expires_on")
"""What makes a new version when it changes."""
NOT_OWNER = "Seul·e qui a écrit la fiche décide si le guichet la dit tout seul, et en public."


async def write(tx: Tx, me: int, desk_id: int, written: Written) -> int:
    """Write a card at a desk that one owns; return its id. Raises Missing, BadInput."""
    await actions.owned(tx, me, desk_id, held=True)
    if len(await store.cards(tx, desk_id)) >= MOST_CARDS:
        raise BadInput("Un guichet tient {most} fiches au plus.", most=MOST_CARDS)
    whole = checked(written, clock.today())
    card_id = await store.add_card(tx, desk_id, me, whole, clock.now())
    await store.learned_anew(tx, desk_id)
    return card_id


async def met(tx: Tx, me: int, card_id: int, *, held: bool = False) -> Card:
    """Return a card of a desk that one owns; raises Missing."""
    card = await store.card(tx, card_id, held=held)
    if card is None:
        raise Missing
    await actions.owned(tx, me, card.desk_id)
    return card


async def change(tx: Tx, me: int, card_id: int, written: Written) -> None:
    """Change a card; what it said is kept. Who has no owner any more is taken over. Raises Missing, BadInput, Forbidden."""
    card = await met(tx, me, card_id, held=True)
    whole = checked(written, clock.today(), card)
    owner_id = me if card.owner_id is None else card.owner_id
    if owner_id != me and (whole.automatic, whole.public) != (card.automatic, card.public):
        raise Forbidden(NOT_OWNER)
    await store.change_card(tx, card_id, whole, owner_id)
    before = [getattr(card, name) for name in TEXTS]
    if before != [getattr(whole, name) for name in TEXTS]:
        await store.next_version(tx, card_id, me, clock.now())
    await store.learned_anew(tx, card.desk_id)


async def erase(tx: Tx, me: int, card_id: int) -> None:
    """Forget a card and how often it was said. Raises Missing."""
    card = await met(tx, me, card_id)
    await store.erase_card(tx, card_id)
    await store.learned_anew(tx, card.desk_id)


async def word(tx: Tx, me: int, card_id: int, text: str, *, fits: bool | None) -> None:
    """Say that a text is the remark of a card, or is not (`None`: neither, forget it); the last word holds.

    Raises Missing, BadInput.
    """
    card = await met(tx, me, card_id)
    text = check_words(text, LONGEST_WORDING)
    if fits is None:
        await store.unword(tx, card_id, key_of(text))
    else:
        await store.word(tx, card_id, [(key_of(text), text)], fits=fits)
    await store.learned_anew(tx, card.desk_id)
