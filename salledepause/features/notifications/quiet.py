"""Quiet hours: from when to when, on the wall clock of Paris, nothing rings; right through the nights when clocks change.

A wall clock shows some times twice in autumn, and leaps over some in spring: quiet begins at the earliest instant that could be
meant and ends at the latest, so that no night has a hole.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import msgspec

from salledepause.kernel import clock

HOUR, DAY = 60, 24 * 60
A_DAY = timedelta(days=1)


class Quiet(msgspec.Struct, frozen=True):
    """Whether there are quiet hours, and their bounds in minutes after midnight; those alike mean none."""

    on: bool = True
    start: int = 22 * HOUR
    end: int = 6 * HOUR


NIGHT = Quiet()
"""Of who never chose: 22 h to 6 h."""


def until(quiet: Quiet, instant: datetime) -> datetime | None:
    """Return when the quiet hours that an instant falls into end, in UTC; `None` when it falls into none."""
    if not quiet.on or quiet.start == quiet.end:
        return None
    today = instant.astimezone(clock.PARIS).date()
    spans = (_span(quiet, day) for day in (today - A_DAY, today, today + A_DAY))
    return max((end for start, end in spans if start <= instant < end), default=None)


def turn(quiet: Quiet, instant: datetime) -> datetime | None:
    """Return when quiet hours next begin or end after an instant, in UTC; `None` when there are none."""
    if not quiet.on or quiet.start == quiet.end:
        return None
    today = instant.astimezone(clock.PARIS).date()
    bounds = (bound for day in (today - A_DAY, today, today + A_DAY) for bound in _span(quiet, day))
    return min(bound for bound in bounds if bound > instant)


def _span(quiet: Quiet, day: date) -> tuple[datetime, datetime]:
    """Return the first instant of the quiet hours that begin on a day, and the first after them."""
    last = day if quiet.start < quiet.end else day + A_DAY
    return min(meant(day, quiet.start)), max(meant(last, quiet.end))


def meant(day: date, minutes: int) -> tuple[datetime, datetime]:
    """Return both instants that a time of a wall clock may mean; they differ only when clocks change."""
    wall = datetime.combine(day, time(minutes // HOUR, minutes % HOUR), clock.PARIS)
    return wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
