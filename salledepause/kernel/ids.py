"""Time-ordered 64-bit ids: milliseconds since 1970 in the upper 48 bits, a shared sequence in the lower 16.

The numbers come from one sequence of the database, whoever makes the id: its own `next_id()` (the first migration), or a process
that drew some ahead (`fresh`), so that what it writes is named before it is sent. Same layout as Mastodon's snowflakes, which
apps sort by length then text.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import inf
from typing import TYPE_CHECKING

from salledepause.kernel.errors import Missing

if TYPE_CHECKING:
    from salledepause.kernel.db import Tx

MAXIMUM = 2**63 - 1
DRAWN = 256
"""Numbers that a process draws at once."""
LASTS = 10.0
"""Seconds that they are good for: far less than the sequence takes to come round to the same 16 bits."""
SURE, TRIES = 0.02, 3
"""Seconds that a trip may take to tell the time, and how often a slower one is tried again."""
DRIFT = 1e-4
"""Seconds that two clocks part in a second, at most."""
SET_BACK = timedelta(seconds=1)
"""What a clock goes back by when somebody set it."""
DRAW = "SELECT array_agg(nextval('ids') & 65535), clock_timestamp() FROM generate_series(1, %s)"
_DIGITS = re.compile(r"[0-9]{1,19}")


def floor(instant: datetime) -> int:
    """Return the smallest id made at `instant`."""
    return int(instant.timestamp() * 1000) << 16


def made_at(identifier: int) -> datetime:
    """Return when an id was made, to the millisecond."""
    return datetime.fromtimestamp((identifier >> 16) / 1000, UTC)


def parse(text: str) -> int:
    """Return the id that a client wrote; raises Missing when it can be nobody's."""
    if not _DIGITS.fullmatch(text) or (number := int(text)) > MAXIMUM:
        raise Missing
    return number


def several(texts: Iterable[str]) -> list[int]:
    """Return the ids that a client wrote, each once; what can be nobody's is left out."""
    return list(dict.fromkeys(int(one) for one in texts if _DIGITS.fullmatch(one) and int(one) <= MAXIMUM))


class Stock:
    """Numbers that a process drew ahead, and how far its clock is from the database's, which tells the time of ids."""

    __slots__ = ("_drawn", "_latest", "_numbers", "_told", "_trip", "_zero")

    def __init__(self) -> None:
        """Hold nothing."""
        self._numbers: list[int] = []
        self._drawn = self._told = 0.0
        self._trip = inf
        self._zero = self._latest = datetime.min.replace(tzinfo=UTC)

    def fill(self, numbers: list[int], at: datetime, asked: float, answered: float) -> bool:
        """Hold new numbers; it was `at` for the database between two moments of this process's monotonic clock.

        The nearer they are, the surer one is of its time: a trip may have waited for a lock, or the machine been busy. The
        surest is kept, as clocks drift little. Return whether one is sure enough.
        """
        self._numbers = sorted(numbers, reverse=True)  # of one millisecond, the smallest is taken first
        self._drawn, trip = answered, answered - asked
        if trip <= self._trip + DRIFT * (answered - self._told):
            self._zero, self._trip, self._told = at - timedelta(seconds=(asked + answered) / 2), trip, answered
        return self._trip < SURE

    def take(self, at: datetime | None) -> tuple[int, datetime] | None:
        """Return an id of an instant, now unless given, and the instant; `None` when nothing good is left."""
        now = time.monotonic()
        if not self._numbers or now - self._drawn > LASTS:
            return None
        return floor(instant := at or self._now(now)) | self._numbers.pop(), instant

    def _now(self, now: float) -> datetime:
        """Return the present instant, no earlier than the one before unless the database's clock was set back."""
        instant = self._zero + timedelta(seconds=now)
        if not instant < self._latest < instant + SET_BACK:
            self._latest = instant
        return self._latest


async def fresh(tx: Tx, at: datetime | None = None) -> tuple[int, datetime]:
    """Return a new id and its instant: `at`, or now by the database's clock; it is asked once for many ids."""
    while (made := tx.stock.take(at)) is None:
        for _ in range(TRIES):
            asked = time.monotonic()
            ((numbers, now),) = await tx.rows(DRAW, [DRAWN])
            if tx.stock.fill(numbers, now, asked, time.monotonic()):
                break
    return made
