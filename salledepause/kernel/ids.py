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
from typing import TYPE_CHECKING

from salledepause.kernel.errors import Missing

if TYPE_CHECKING:
    from salledepause.kernel.db import Tx

MAXIMUM = 2**63 - 1
DRAWN = 256
"""Numbers that a process draws at once."""
LASTS = 10.0
"""Seconds that they are good for: far less than the sequence takes to come round to the same 16 bits."""
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

    __slots__ = ("_at", "_numbers", "_read")

    def __init__(self) -> None:
        """Hold nothing."""
        self._numbers: list[int] = []
        self._at = datetime.min.replace(tzinfo=UTC)
        self._read = 0.0

    def fill(self, numbers: list[int], at: datetime, read: float) -> None:
        """Hold new numbers; it was `at` for the database when this process's monotonic clock said `read`."""
        self._numbers, self._at, self._read = numbers, at, read

    def take(self, at: datetime | None) -> tuple[int, datetime] | None:
        """Return an id of an instant, now unless given, and the instant; `None` when nothing good is left."""
        age = time.monotonic() - self._read
        if not self._numbers or age > LASTS:
            return None
        instant = at or self._at + timedelta(seconds=age)
        return floor(instant) | self._numbers.pop(), instant


async def fresh(tx: Tx, at: datetime | None = None) -> tuple[int, datetime]:
    """Return a new id and its instant: `at`, or now by the database's clock; it is asked once for many ids."""
    while (made := tx.stock.take(at)) is None:
        asked = time.monotonic()
        for numbers, now in await tx.rows(DRAW, [DRAWN]):
            tx.stock.fill(numbers, now, (asked + time.monotonic()) / 2)
    return made
