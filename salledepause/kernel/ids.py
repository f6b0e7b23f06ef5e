"""Time-ordered 64-bit ids: milliseconds since 1970 in the upper 48 bits, a shared sequence in the lower 16.

The database makes them (`next_id()` in the first migration), so that every process draws from one sequence. Same layout as
Mastodon's snowflakes, which apps sort by length then text. This module reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from salledepause.kernel.errors import Missing

MAXIMUM = 2**63 - 1
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
