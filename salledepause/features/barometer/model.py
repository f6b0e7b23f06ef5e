"""How tense a room is: signs that people gave, what they come to, when the state changes; pure rules, told on a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from salledepause.features.rooms import Room
from salledepause.kernel.events import Event


class State(StrEnum):
    """How tense a room is, in this order."""

    CALM = "calm"
    TENSE = "tense"
    RED = "red"


RANKS: Final = {State.CALM: 0, State.TENSE: 1, State.RED: 2}
WINDOW: Final = timedelta(minutes=60)
"""A sign counts whole when it is given, half after half of this, and no more after it."""
FEWEST: Final = 5
"""Fewer people move nothing, and are never counted aloud."""
SHARE: Final = 4
"""At least one person in so many, of those who take part, must give signs."""
VOLUME: Final = 10
"""It takes a point for so many posts: what the engine takes wrongly for sharp, in a room where much is said, is no tension."""
MOST_OF_ONE: Final = 3.0
"""What one person counts at most."""
WEIGHTS: Final = {"sharp": 1.0, "grave": 3.0, "crowd": 1.0, "report": 1.0}
"""What signs count: sharp words; a threat, hatred, sexual words; to be one of many who answer one person; to report."""
CROWD: Final = 10
CROWDED_WITHIN: Final = timedelta(minutes=10)
"""So many people who answer one person, within so long, are a crowd: half of what slows an open thread, where all come in."""
HEAT: Final = {State.TENSE: 4.0, State.RED: 8.0}
"""From what on a room becomes tense, and red."""
LEFT_BELOW: Final = {State.TENSE: 2.0, State.RED: 5.0}
"""Below what it is so no more."""
REST: Final = timedelta(minutes=10)
"""How long a state lasts at least before a calmer one."""
BRAKE: Final = timedelta(minutes=3)
"""Between two posts of one person in a room that is red."""


class Reddened(Event, frozen=True):
    """A room has become red: who keeps it is to know."""

    room_id: int
    account_ids: tuple[int, ...]


class Said(NamedTuple):
    """A post of the last hour in a room: by whom, when, answering whom, how sharp (`vert`, `orange`, `rouge`)."""

    account_id: int
    at: datetime
    to_id: int | None
    zone: str
    counts: bool
    """Whether its author's account is old enough."""


class Sign(NamedTuple):
    """That somebody gave a sign of tension."""

    account_id: int
    kind: str
    at: datetime


class Reason(msgspec.Struct, frozen=True):
    """Why a room is tense: a kind of sign, and from how many people at least, a multiple of five."""

    kind: str
    people: int


class Gauge(NamedTuple):
    """What the signs of an hour come to."""

    heat: float
    people: int
    share_met: bool
    """Whether that is much, beside how many take part and how much is said."""
    reasons: tuple[Reason, ...]


def gauged(room: Room) -> bool:
    """Tell whether a room has a barometer: not where words end, nor where nothing is counted, nor where there is a term."""
    rules = room.rules
    return not room.closed and rules.expires_hours is None and rules.scores and rules.ends_at is None


def rounded(people: int) -> int:
    """Return a number of people as it is said: rounded down to fives, so that nobody is told apart."""
    return people - people % FEWEST


def signs_of(said: Sequence[Said]) -> list[Sign]:
    """Return the signs that posts give; those of accounts that are too young are none."""
    kinds = {"orange": "sharp", "rouge": "grave"}
    found = [Sign(one.account_id, kinds[one.zone], one.at) for one in said if one.counts and one.zone in kinds]
    return found + _crowds([one for one in said if one.counts and one.to_id not in {None, one.account_id}])


def _crowds(answers: Sequence[Said]) -> list[Sign]:
    """Return a sign for each answer that is one of a crowd's."""
    by_target = defaultdict(list)
    for one in sorted(answers, key=lambda answer: answer.at):
        by_target[one.to_id].append(one)
    found: set[Sign] = set()
    for together in by_target.values():
        first = 0
        for last, one in enumerate(together):
            while one.at - together[first].at > CROWDED_WITHIN:
                first += 1
            near = together[first : last + 1]
            if len({answer.account_id for answer in near}) >= CROWD:
                found |= {Sign(answer.account_id, "crowd", answer.at) for answer in near}
    return sorted(found)


def measured(signs: Sequence[Sign], said: Sequence[Said], now: datetime) -> Gauge:
    """Return what signs come to now: each by its age, each person up to a bound, beside all that was said by who counts."""
    by_person: dict[int, float] = defaultdict(float)
    by_kind: dict[str, set[int]] = defaultdict(set)
    for one in signs:
        if (left := _left(one.at, now)) > 0:
            by_person[one.account_id] += WEIGHTS[one.kind] * left
            by_kind[one.kind].add(one.account_id)
    heat = sum(min(weight, MOST_OF_ONE) for weight in by_person.values())
    counted = [one for one in said if one.counts]
    present = {one.account_id for one in counted} | by_person.keys()
    much = len(by_person) * SHARE >= len(present) and heat * VOLUME >= sum(_left(one.at, now) for one in counted)
    reasons = [Reason(kind, rounded(len(by_kind[kind]))) for kind in WEIGHTS if len(by_kind[kind]) >= FEWEST]
    return Gauge(heat, len(by_person), much, tuple(reasons))


def _left(at: datetime, now: datetime) -> float:
    """Return what is left, from 1 to 0, of what came at an instant."""
    return max(0.0, 1 - max(now - at, timedelta(0)) / WINDOW)


def settled(before: State, since: datetime, gauge: Gauge, now: datetime) -> State:
    """Return the state that follows one: up at once, down after a rest and at a lower bar; too few people hold nothing up."""
    if (risen := _reached(gauge, HEAT)) and RANKS[risen] > RANKS[before]:
        return risen
    held = _reached(gauge, LEFT_BELOW) or State.CALM
    return held if RANKS[held] < RANKS[before] and now - since >= REST else before


def _reached(gauge: Gauge, bars: dict[State, float]) -> State | None:
    if gauge.people < FEWEST or not gauge.share_met:
        return None
    return next((state for state in (State.RED, State.TENSE) if gauge.heat >= bars[state]), None)


def zone_of(ground: str, *, hostile: bool, softer: bool) -> str:
    """Return how sharp a post is: rouge on the grounds of limits, orange for what the engine is sure that hurts."""
    return "rouge" if ground else "orange" if hostile or softer else "vert"
