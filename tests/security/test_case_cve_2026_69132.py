"""CVE-2026-69132: state kept for each stranger without end. The counts of visitors are one table that never grows."""

from __future__ import annotations

import tracemalloc
from datetime import timedelta

import pytest

from salledepause.kernel import clock
from salledepause.kernel.errors import TooMany
from salledepause.kernel.tallies import Tallies
from salledepause.surfaces import limits
from salledepause.surfaces.limits import Limiter


def test_a_million_peers_take_no_more_room_than_a_few() -> None:
    limiter = Limiter(10_000, Tallies())
    limiter.count("192.0.2.7", "auth")
    tracemalloc.start()
    for number in range(20_000):
        limiter.count(str(number))
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 20_000
    counted = limiter.count("192.0.2.7", "auth")
    assert counted is not None
    assert counted.remaining == counted.limit - 2, "a crowd changes nothing to anybody's own count"


def test_a_window_ends_with_all_its_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    limiter = Limiter(1, Tallies())
    limiter.count("192.0.2.7")
    with pytest.raises(TooMany):
        limiter.count("192.0.2.7")
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=limits.WINDOW))
    assert limiter.count("192.0.2.7") is not None
