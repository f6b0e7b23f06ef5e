"""What an item of a noticeboard is, how it goes from rumour to fact or to nothing, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import Event
from salledepause.kernel.text import clean, fits

LONGEST_SOURCE = 300
"""Graphemes of a source: a link, a service, a document."""
MOST_PINNED = 50
"""Items on one board."""
REMEMBERED_DAYS = 30
"""How long it is remembered who was shown a rumour, since the last time."""


class State(StrEnum):
    """What is known of an item."""

    RUMOUR = "rumour"
    CHECKING = "checking"
    CONFIRMED = "confirmed"
    DENIED = "denied"


STATE_LABELS = {
    State.RUMOUR: "bruit de couloir",
    State.CHECKING: "à vérifier",
    State.CONFIRMED: "confirmé",
    State.DENIED: "démenti",
}
NEXT: Mapping[State, tuple[State, ...]] = {
    State.RUMOUR: (State.CHECKING, State.CONFIRMED, State.DENIED),
    State.CHECKING: (State.CONFIRMED, State.DENIED),
    State.CONFIRMED: (State.CHECKING, State.DENIED),
    State.DENIED: (State.CHECKING, State.CONFIRMED),
}
"""What may follow; nothing goes back to a rumour."""
UNDECIDED = (State.RUMOUR, State.CHECKING)
SOURCED = (State.CONFIRMED, State.DENIED)
"""What needs a source."""


class By(StrEnum):
    """As what somebody may decide; said instead of their name."""

    AUTHOR = "author"
    KEEPER = "keeper"
    HOST = "host"


class Item(NamedTuple):
    """An item as it stands; field order is the order of `store.COLUMNS`."""

    post_id: int
    room_id: int
    state: State
    changed_at: datetime
    source: str
    pinned: bool
    """Whether it is on the board still; its state shows wherever the post does, pinned or not."""


class Step(NamedTuple):
    """One change of an item; field order is the order of `store.STEPS`."""

    state: State
    at: datetime
    by: By
    source: str


class ItemDenied(Event, frozen=True):
    """What was said to be so is not: whoever was shown it as a rumour is to be told."""

    post_id: int


class ItemsMet(Event, frozen=True):
    """Items of which nothing is decided were shown to people: pairs, side by side."""

    post_ids: tuple[int, ...]
    account_ids: tuple[int, ...]


def check_step(now: State, then: State, source: str) -> None:
    """Raise BadInput for a state that may not follow, or that lacks its source."""
    if then not in NEXT[now]:
        raise BadInput("Cet état ne peut pas suivre celui d'aujourd'hui.")
    if then in SOURCED and not source:
        raise BadInput("Dites d'où cela vient : on ne confirme ni ne dément sans source.")


def sourced(typed: str) -> str:
    """Return a source on one line; raises BadInput when it is too long."""
    source = " ".join(clean(typed[: 40 * LONGEST_SOURCE]).split())
    if not fits(source, LONGEST_SOURCE):
        raise BadInput("Une source tient en {most} caractères au plus.", most=LONGEST_SOURCE)
    return source
