"""Quiet hours on the wall clock of Paris: no hole, no night too long, in any night of the year and in both that change clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salledepause.features.notifications import quiet
from salledepause.features.notifications.quiet import DAY, NIGHT, Quiet
from salledepause.kernel import clock

SPRING = datetime(2026, 3, 29, 1, tzinfo=UTC)
"""2 h becomes 3 h in Paris."""
AUTUMN = datetime(2026, 10, 25, 1, tzinfo=UTC)
"""3 h becomes 2 h."""
MINUTES = st.integers(0, DAY - 1)
AROUND = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes), st.sampled_from([SPRING, AUTUMN]), st.integers(-2 * DAY, 2 * DAY)
)
ANY_TIME = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


def shown(instant: datetime) -> int:
    """Return the minutes after midnight that a clock in Paris shows."""
    local = instant.astimezone(clock.PARIS)
    return local.hour * 60 + local.minute


def within(asked: Quiet, minutes: int) -> bool:
    if asked.start < asked.end:
        return asked.start <= minutes < asked.end
    return asked.start != asked.end and (minutes >= asked.start or minutes < asked.end)


@given(AROUND | ANY_TIME, MINUTES, MINUTES)
@example(AUTUMN + timedelta(minutes=10), 1320, 150)
@example(SPRING - timedelta(minutes=10), 150, 360)
def test_whatever_the_clock_shows_within_the_hours_is_quiet(instant: datetime, start: int, end: int) -> None:
    asked = Quiet(True, start, end)
    if within(asked, shown(instant)):
        assert quiet.until(asked, instant) is not None


@given(AROUND | ANY_TIME, MINUTES, MINUTES)
def test_quiet_hours_end_and_last_no_longer_than_asked_for_but_for_a_change(instant: datetime, start: int, end: int) -> None:
    asked = Quiet(True, start, end)
    ends = quiet.until(asked, instant)
    if ends is None:
        return
    assert instant < ends <= instant + timedelta(minutes=(end - start) % DAY + 120)
    after = quiet.until(asked, ends)
    assert after is None or (start - end) % DAY <= 60, "the next night begins as this one ends"


@given(AROUND | ANY_TIME, MINUTES, MINUTES)
def test_until_its_turn_what_is_quiet_is_quiet_and_what_is_not_is_not(instant: datetime, start: int, end: int) -> None:
    asked = Quiet(True, start, end)
    turn = quiet.turn(asked, instant)
    if turn is None:
        assert start == end
        return
    assert instant < turn <= instant + timedelta(days=1, hours=1)
    before = turn - timedelta(microseconds=1)
    for between in (instant + (before - instant) / 2, before):
        assert (quiet.until(asked, between) is None) == (quiet.until(asked, instant) is None)


@given(AROUND | ANY_TIME, MINUTES, MINUTES)
def test_far_from_its_bounds_what_is_not_night_is_not_quiet(instant: datetime, start: int, end: int) -> None:
    asked = Quiet(True, start, end)
    around = [instant + timedelta(minutes=minutes) for minutes in (-61, 0, 61)]
    if not any(within(asked, shown(one)) for one in around) and (end - start) % DAY > 122:
        assert quiet.until(asked, instant) is None


@pytest.mark.parametrize(("change", "hours"), [(SPRING, 7), (AUTUMN, 9), (datetime(2026, 6, 1, tzinfo=UTC), 8)])
def test_a_night_by_default_lasts_what_it_lasts(change: datetime, hours: int) -> None:
    evening = datetime.combine(change.astimezone(clock.PARIS).date() - timedelta(days=1), datetime.min.time(), clock.PARIS)
    minutes = [evening + timedelta(hours=18)]
    silent = 0
    instant = minutes[0].astimezone(UTC)
    for _ in range(20 * 60):
        silent += quiet.until(NIGHT, instant) is not None
        instant += timedelta(minutes=1)
    assert silent == hours * 60
    inside = change.replace(hour=1)
    assert shown(quiet.until(NIGHT, inside) or inside) == 6 * 60


def test_no_hours_or_hours_alike_are_never_quiet() -> None:
    instant = datetime(2026, 6, 1, 1, tzinfo=UTC)
    assert quiet.until(NIGHT, instant) is not None
    assert quiet.until(Quiet(False), instant) is None
    assert quiet.until(Quiet(True, 60, 60), instant) is None
