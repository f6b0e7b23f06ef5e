"""CVE-2026-69132: state kept for each stranger without end. Buckets of visitors are bounded, and gone with their window."""

from __future__ import annotations

import tracemalloc
from datetime import timedelta

import pytest

from salledepause.kernel import clock
from salledepause.kernel.errors import TooMany
from salledepause.surfaces import limits
from salledepause.surfaces.limits import Limiter


def test_a_million_peers_take_no_more_room_than_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEYS", 1000)
    limiter = Limiter(10_000)
    for number in range(2000):
        limiter.count(str(number))
    tracemalloc.start()
    refused = 0
    for number in range(2000, 22_000):
        try:
            limiter.count(str(number))
        except TooMany:
            refused += 1
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 20_000
    assert refused > 5000, "those who come late share one bucket"


def test_a_window_ends_with_all_its_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    limiter = Limiter(1)
    limiter.count("192.0.2.7")
    with pytest.raises(TooMany):
        limiter.count("192.0.2.7")
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=limits.WINDOW))
    assert limiter.count("192.0.2.7") is not None
