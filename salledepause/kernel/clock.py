"""The only clock, so that tests can set the hour and every timestamp is in UTC."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
"""The wall clock of the community, for days, nights and printed dates."""


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.fromtimestamp(time.time(), UTC)


def iso(instant: datetime) -> str:
    """Return an instant as Mastodon writes it: `2026-11-22T03:14:00.000Z` (API page «Status», `created_at`)."""
    utc = instant.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def iso_day(instant: datetime) -> str:
    """Return the day of an instant at midnight, for timestamps of accounts that must stay day-precise."""
    return f"{instant.astimezone(UTC):%Y-%m-%d}T00:00:00.000Z"


def today() -> date:
    """Return the day that it is in Paris."""
    return now().astimezone(PARIS).date()
