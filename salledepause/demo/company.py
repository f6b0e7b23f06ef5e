"""Company of the demonstration: a rota with gaps, somebody who waits for a word, one who got one, and what hosts are to read."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from salledepause.demo import script
from salledepause.features import company, posts
from salledepause.features.posts import Draft, Kind
from salledepause.kernel.db import Tx


class Habit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours that somebody takes every week, on the clock of Paris; Monday is 1."""

    by: str
    weekday: int
    hours: list[int]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody answers."""

    by: str
    text: str
    advice: bool = False


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who asks for a word."""

    by: str
    text: str
    answers: list[Answer] = []


class Waiting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What waits for a host to look at it."""

    by: str
    text: str


class Company(msgspec.Struct, forbid_unknown_fields=True):
    """The rota, the calls, and what the hosts are to read."""

    habit: list[Habit]
    asking: list[Asking]
    waiting: list[Waiting] = []


def all_said() -> list[tuple[str, str]]:
    """Return (handle, text) of everything said; raises BadScript."""
    said = []
    for found in script.decoded("company", Company):
        for one in found.asking:
            said += [(one.by, one.text), *((answer.by, answer.text) for answer in one.answers)]
        said += [(one.by, one.text) for one in found.waiting]
    return said


async def keep(tx: Tx, ids: Mapping[str, int]) -> int:
    """Write the rota, and have words asked for and given; return how many posts were written. Raises BadScript."""
    said = 0
    for found in script.decoded("company", Company):
        for habit in found.habit:
            await company.repeat(tx, ids[habit.by], habit.weekday, habit.hours)
        for one in found.asking:
            asked = await posts.publish(tx, ids[one.by], Draft(text=one.text, kind=Kind.STORY))
            await company.ask(tx, ids[one.by], asked)
            for answer in one.answers:
                reply = await posts.publish(tx, ids[answer.by], Draft(text=answer.text, parent_id=asked))
                if answer.advice:
                    await company.advise(tx, ids[answer.by], reply)
            said += 1 + len(one.answers)
        for held in found.waiting:
            await posts.publish(tx, ids[held.by], Draft(text=held.text))
        said += len(found.waiting)
    return said
