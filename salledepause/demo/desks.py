"""The desk of the demonstration: three people, cards that were said before, remarks that wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from salledepause.demo import script
from salledepause.features import desks
from salledepause.kernel import clock
from salledepause.kernel.db import Tx


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A card: who answers for it, what it says, how it is asked; `days` ago it was checked."""

    by: str
    remark: str
    answer: str
    sources: list[str]
    nuance: str = ""
    days: int = 30
    lasts: int = 365
    wordings: list[str] = []


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who asks the desk."""

    by: str
    text: str


class Desk(msgspec.Struct, forbid_unknown_fields=True):
    """A desk, who owns it, the first of them opened it."""

    name: str
    purpose: str
    owners: list[str]
    card: list[Card]
    asking: list[Asking]


async def keep(tx: Tx, ids: Mapping[str, int]) -> None:
    """Open the desks, write their cards and have them asked; the worker finds what is nearest. Raises BadScript."""
    for found in script.decoded("desks", Desk):
        first, *others = found.owners
        desk_id = await desks.create(tx, ids[first], found.name, found.purpose)
        for handle in others:
            await desks.invite(tx, ids[first], desk_id, handle)
            await desks.join(tx, ids[handle], desk_id)
        for one in found.card:
            as_of = clock.today() - timedelta(days=one.days)
            written = desks.Written(
                remark=one.remark,
                answer=one.answer,
                nuance=one.nuance,
                sources=one.sources,
                as_of=as_of,
                expires_on=as_of + timedelta(days=one.lasts),
            )
            card_id = await desks.write(tx, ids[one.by], desk_id, written)
            for text in one.wordings:
                await desks.word(tx, ids[one.by], card_id, text, fits=True)
        for asked in found.asking:
            await desks.ask(tx, ids[asked.by], desk_id, asked.text)
