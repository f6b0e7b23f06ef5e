"""What an open door is: when one may ask, write, answer, who keeps its diaries, and its hours as the clock shows them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import msgspec

from salledepause.features.rooms import Entry, In, Reads, Rings, Room, Rules, Speaks, Who
from salledepause.features.verification import CARERS
from salledepause.kernel import ids
from salledepause.kernel.clock import PARIS
from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import Event
from salledepause.kernel.text import clean, fits

SORT = "door"
"""What its room is called among rooms."""
AN_HOUR = timedelta(hours=1)
SHORTEST, LONGEST, AHEAD = timedelta(minutes=30), timedelta(hours=48), timedelta(days=90)
TITLE_LENGTH, QUESTION_LENGTH = 60, 500
MOST_DIARIES = 2
MOST_ASKED = 5
"""Questions of one person that wait behind one door."""
MOST_ENTRIES = 1000
"""Entries that a page, an export or an answer shows: a diary of 48 hours has some hundreds."""
READ_BY = (Reads.EVERYONE, Reads.SIGNED_IN, Reads.VERIFIED)
"""Who a door may be read by; `VERIFIED` means carers."""


class Stage(StrEnum):
    """Where a door is in its time."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Diary(NamedTuple):
    """One of the diaries behind a door; field order is the order of `store.DIARIES`."""

    room_id: int
    place: int
    account_id: int
    title: str
    kept: bool
    """Whether who was asked to keep it agreed; else nobody is named."""
    asked: bool
    """Whether their word is waited for."""


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """A door to open; `diaries` are (title, handle of who keeps it), one or two."""

    topic: str
    about: str = ""
    opens_at: datetime
    ends_at: datetime
    reads: Reads = Reads.EVERYONE
    diaries: tuple[tuple[str, str], ...]


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A door as one person meets it; `reads` is false for a host whom its rule does not let in, who may only end it."""

    room: Room
    diaries: tuple[Diary, ...]
    who: Who
    viewer: int | None
    reads: bool
    speaks: bool

    @property
    def stage(self) -> Stage:
        """Where it is in its time."""
        if self.room.closed:
            return Stage.AFTER
        return Stage.BEFORE if self.room.early else Stage.DURING

    @property
    def opens_at(self) -> datetime:
        """When it opens."""
        return self.room.rules.opens_at or ids.made_at(self.room.id)

    @property
    def ends_at(self) -> datetime:
        """When it ends, or did."""
        return self.room.rules.ends_at or self.opens_at + LONGEST

    @property
    def invited(self) -> bool:
        """Whether one is asked to keep a diary, and did not answer."""
        return self.who.standing is In.INVITED and self.stage is not Stage.AFTER

    @property
    def diarist(self) -> bool:
        """Whether one keeps one of its diaries."""
        return any(one.kept and one.account_id == self.viewer for one in self.diaries)

    @property
    def writes(self) -> bool:
        """Whether one may write in its diaries, and answer, now."""
        return self.diarist and self.speaks

    @property
    def asks(self) -> bool:
        """Whether one may ask a question now."""
        return self.reads and self.stage is Stage.DURING and self.who.contributor and not self.diarist

    @property
    def ends(self) -> bool:
        """Whether one may end it before its time."""
        return self.who.host and self.stage is not Stage.AFTER


class Question(NamedTuple):
    """A question without an answer; `account_id` is who asks, for the diarists alone."""

    id: int
    account_id: int
    text: str
    aside: bool
    also: bool
    """Whether others ask the same."""


class Asked(NamedTuple):
    """A question that an entry answers: nobody's name is in it."""

    text: str
    also: bool


class Own(NamedTuple):
    """What one asked oneself, for who leaves with what is theirs; `entry_id` answers it, `None` while nothing does."""

    door_id: int
    id: int
    topic: str
    text: str
    entry_id: int | None


class QuestionAnswered(Event, frozen=True):
    """An entry answers a question, and those that ask the same: whoever asked is to be told."""

    entry_id: int


class Hour(NamedTuple):
    """An hour of the one axis of time; `again`: the clock shows it for the second time, in autumn."""

    starts: datetime
    shown: int
    again: bool
    new_day: bool


def rules(opening: Opening) -> Rules:
    """Return the rules of a door's room: its diarists speak, between two instants."""
    return Rules(
        reads=opening.reads,
        speaks=Speaks.MEMBERS,
        families=CARERS if opening.reads is Reads.VERIFIED else (),
        entry=Entry.INVITATION,
        searchable=True,
        scores=False,
        rings=Rings.BARE,
        opens_at=opening.opens_at,
        ends_at=opening.ends_at,
    )


def check(opening: Opening, now: datetime) -> None:
    """Raise BadInput for a door that cannot be."""
    if opening.reads not in READ_BY:
        raise BadInput("Une porte se lit par tout le monde, par les membres, ou par les soignant·es vérifié·es.")
    if not 1 <= len(opening.diaries) <= MOST_DIARIES:
        raise BadInput("Derrière une porte, il y a un journal, ou deux.")
    if not all(title and fits(title, TITLE_LENGTH) for title, _ in opening.diaries):
        raise BadInput("Le titre d'un journal a de 1 à {most} caractères.", most=TITLE_LENGTH)
    if opening.ends_at <= now:
        raise BadInput("Une porte se ferme plus tard que maintenant.")
    if not SHORTEST <= opening.ends_at - opening.opens_at <= LONGEST:
        raise BadInput("Une porte reste ouverte de 30 minutes à 48 heures.")
    if opening.opens_at > now + AHEAD:
        raise BadInput("Une porte s'annonce au plus 90 jours à l'avance.")


def questioned(typed: str) -> str:
    """Return a question as it is kept; raises BadInput for an empty one, or one that is too long."""
    said = clean(typed[: 40 * QUESTION_LENGTH])
    if not said or not fits(said, QUESTION_LENGTH):
        raise BadInput("Une question a de 1 à {most} caractères.", most=QUESTION_LENGTH)
    return said


def hour_of(instant: datetime) -> datetime:
    """Return when the hour of an instant begins; the offsets of Paris are whole hours, so that UTC says the same."""
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def axis(first: datetime, last: datetime, also: Sequence[datetime] = ()) -> list[Hour]:
    """Return the hours from one instant up to another, and those of other instants: 23 or 25 on days when clocks change."""
    begins, ends = hour_of(first), hour_of(last - timedelta(microseconds=1))
    count = max(0, (ends - begins) // AN_HOUR + 1)
    starts = sorted({begins + place * AN_HOUR for place in range(count)} | {hour_of(one) for one in also})
    found, day = [], None
    for one in starts:
        local = one.astimezone(PARIS)
        found.append(Hour(one, local.hour, bool(local.fold), local.date() != day))
        day = local.date()
    return found
