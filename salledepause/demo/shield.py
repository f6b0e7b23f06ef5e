"""The shield of the demonstration: worn, with what waits behind it, a helper who was asked, a duel that is proposed."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from salledepause.demo import script
from salledepause.features import posts, shield
from salledepause.features.posts import Audience, Draft
from salledepause.kernel.db import Tx


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A private word to the wearer; the worker judges it."""

    by: str
    text: str


class Duel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who proposes to a friend that they tease each other."""

    by: str
    whom: str = msgspec.field(name="with")


class Worn(msgspec.Struct, forbid_unknown_fields=True):
    """A shield, whom its wearer asks to help, the words they count, what is said to them."""

    wearer: str
    helper: str
    words: list[str]
    said: list[Said]
    duel: list[Duel] = []


def all_said() -> list[tuple[str, str]]:
    """Return (handle, text) of everything said; raises BadScript."""
    return [(one.by, one.text) for found in script.decoded("shield", Worn) for one in found.said]


async def keep(tx: Tx, ids: Mapping[str, int]) -> int:
    """Have the shields worn, and said what waits behind them; return how many posts were written. Raises BadScript."""
    number = 0
    for found in script.decoded("shield", Worn):
        wearer = ids[found.wearer]
        await shield.wear(tx, wearer)
        for word in found.words:
            await shield.add_word(tx, wearer, word)
        await shield.trusted.ask(tx, wearer, ids[found.helper])
        for one in found.said:
            await posts.publish(tx, ids[one.by], Draft(text=one.text, audience=Audience.DIRECT))
        for duel in found.duel:
            await shield.duels.ask(tx, ids[duel.by], ids[duel.whom])
        number += len(found.said)
    return number
