"""Ids drawn ahead keep the order in which they are taken, however busy the machine was when the time was asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from salledepause.kernel import ids
from salledepause.kernel.ids import Stock

NIGHT = datetime(2026, 11, 29, 3, tzinfo=UTC)
A_TRIP = 0.001


class Clock:
    """The monotonic clock of a process, which stands still."""

    now = 500.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr(ids, "time", standing)
    return standing


def filled(stock: Stock, clock: Clock, trip: float, numbers: range = range(20)) -> bool:
    """Have the time told at the end of a trip that begins now: the truth is `NIGHT` at 500."""
    asked, clock.now = clock.now, clock.now + trip
    return stock.fill([one & 65535 for one in numbers], NIGHT + timedelta(seconds=clock.now - 500), asked, clock.now)


def error(stock: Stock, clock: Clock) -> float:
    """Return how many seconds the instant of a new id is ahead of the truth."""
    taken = stock.take(None)
    assert taken is not None
    return (taken[1] - NIGHT).total_seconds() - (clock.now - 500)


def test_ids_of_one_moment_come_in_the_order_in_which_they_are_taken(clock: Clock) -> None:
    stock = Stock()
    filled(stock, clock, A_TRIP, range(65530, 65550))
    for at in (None, NIGHT):
        taken = [stock.take(at) for _ in range(8)]
        assert all(one and other and one[0] < other[0] for one, other in pairwise(taken))


def test_a_slow_trip_does_not_set_the_clock_of_who_had_a_quick_one(clock: Clock) -> None:
    stock = Stock()
    assert not filled(stock, clock, 4.0)
    assert error(stock, clock) == pytest.approx(2, abs=0.01)
    assert filled(stock, clock, A_TRIP)
    clock.now += 2.5  # the time was told too early, and goes on once the truth is past it
    assert abs(error(stock, clock)) < A_TRIP
    assert filled(stock, clock, 4.0)
    assert abs(error(stock, clock)) < A_TRIP


def test_the_clock_of_ids_goes_back_for_nobody_but_who_sets_it(clock: Clock) -> None:
    stock = Stock()
    filled(stock, clock, A_TRIP)
    (first, latest), back = stock.take(None) or (0, NIGHT), timedelta(milliseconds=300)
    stock.fill([40, 41], latest - back, clock.now, clock.now)
    assert stock.take(None) == (ids.floor(latest) | 40, latest)
    assert ids.floor(latest) | 40 > first
    stock.fill([50], latest - timedelta(hours=1), clock.now, clock.now)
    assert stock.take(None) == (ids.floor(latest - timedelta(hours=1)) | 50, latest - timedelta(hours=1))
