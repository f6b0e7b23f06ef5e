"""What a call, an hour of the rota and a gap in it are; how instants and the clock of Paris meet: frozen records, pure rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from salledepause.kernel.clock import PARIS
from salledepause.kernel.events import Event

PAGED_AFTER = timedelta(minutes=20)
"""How long a call waits for its answer before a host is paged."""
NEXT_AFTER = timedelta(minutes=10)
"""How long a paged host has before the next one is."""
CLAIMED_FOR = timedelta(minutes=10)
"""How long whoever said to be answering is waited for."""
AN_HOUR = timedelta(hours=1)
AHEAD = 7
"""Days of the rota that are shown, and looked through for gaps."""
FARTHEST = timedelta(days=28)
"""How far ahead an hour is taken."""
KEPT = timedelta(days=30)
"""How long answered calls and hours that passed are kept, for who wants to look back."""


class Call(msgspec.Struct, frozen=True):
    """Somebody asks for a word; field order is the order of `store.CALL`."""

    post_id: int
    account_id: int
    conversation_id: int
    asked_at: datetime
    answered_at: datetime | None
    claimed_by: int | None
    claimed_until: datetime | None
    paged: int

    def claimant(self, now: datetime) -> int | None:
        """Return who is waited for, having said that they answer."""
        return self.claimed_by if self.claimed_until and self.claimed_until > now else None


class Hour(NamedTuple):
    """An hour of the rota as one volunteer sees it: never who else is there."""

    starts: datetime
    mine: bool
    weekly: bool
    """Whether one's own week has it."""
    covered: bool
    """Whether somebody is there, oneself included."""


class Gap(NamedTuple):
    """Hours on end for which nobody is there."""

    starts: datetime
    ends: datetime


class Queue(msgspec.Struct, frozen=True):
    """What a volunteer sees: off shift no call, and when their next hour begins."""

    on_shift: bool
    until: datetime | None
    """When the hours that one has on end are over."""
    next: datetime | None
    calls: tuple[Call, ...] = ()


class Standing(msgspec.Struct, frozen=True):
    """How a call stands, to somebody who may read its post."""

    call: Call
    mine: bool
    told: bool
    """Whether somebody was told of it."""
    may_claim: bool
    """Whether one may say that one answers: on shift, or paged."""
    claims: bool
    """Whether one said so, and is waited for."""
    taken: bool
    """Whether somebody else did."""


class Rung(Event, frozen=True):
    """Somebody asks for a word, and these are to be told at once."""

    post_id: int
    account_ids: tuple[int, ...]


def hour_of(instant: datetime) -> datetime:
    """Return when the hour of an instant began, in UTC; the clock of Paris is whole hours away from it."""
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def wall(starts: datetime) -> tuple[int, int]:
    """Return (weekday from 1 for Monday, hour) as the clock of Paris shows an instant; in autumn two hours show the same."""
    local = starts.astimezone(PARIS)
    return local.isoweekday(), local.hour


def hours(now: datetime, days: int = AHEAD) -> list[datetime]:
    """Return the hours from that of `now` to the same time of a day `days` later: one less in spring, one more in autumn."""
    first = hour_of(now)
    last = (first.astimezone(PARIS) + timedelta(days=days)).astimezone(UTC)
    return [first + place * AN_HOUR for place in range(round((last - first) / AN_HOUR))]


def gaps(covered: Collection[datetime], among: Sequence[datetime]) -> list[Gap]:
    """Return the hours among some that nobody covers, those on end together."""
    found: list[Gap] = []
    for starts in among:
        if starts in covered:
            continue
        if found and found[-1].ends == starts:
            found[-1] = Gap(found[-1].starts, starts + AN_HOUR)
        else:
            found.append(Gap(starts, starts + AN_HOUR))
    return found
