"""How many times something was done lately, counted in memory that every process of a host shares; nothing is kept of who did it.

A sketch (Cormode and Muthukrishnan, «An improved data stream summary: the count-min sketch», 2005): a key is hashed to one word
in each of a few rows, and its tally is the least of them. The hash is keyed by a secret that dies with the process, so that
nobody can aim at the words of somebody else; the table never grows and holds no key. Two processes that count in the same
instant may count once: what is counted here is a bound on haste, not a sum.
"""

from __future__ import annotations

from hashlib import blake2b
from mmap import mmap
from secrets import token_bytes
from struct import unpack
from typing import NamedTuple

ROWS = 4
WORDS = 1 << 17
"""Words in a row; all rows together hold 4 MiB."""
MOST = (1 << 24) - 1
"""A word is the second since which it counts, then 24 bits of count."""


class Tally(NamedTuple):
    """How many times, and since which second."""

    times: int
    since: int


class Tallies:
    """The table; processes forked after it was made share it."""

    def __init__(self) -> None:
        """Make an empty table."""
        self._table = memoryview(mmap(-1, ROWS * WORDS * 8)).cast("Q")
        self._secret = token_bytes(32)

    def __reduce__(self) -> tuple[type[Tallies], tuple[()]]:
        """Where processes are not forked, each counts what reaches it."""
        return (Tallies, ())

    def add(self, key: str, oldest: int, now: int) -> Tally:
        """Count once more; what began before the second `oldest` begins anew at `now`."""
        table, places = self._table, self._places(key)
        found = [Tally(table[place] & MOST, table[place] >> 24) for place in places]
        grown = [Tally(min(times + 1, MOST), since) if since >= oldest else Tally(1, now) for times, since in found]
        for place, (times, since) in zip(places, grown, strict=True):
            table[place] = since << 24 | times
        return min(grown)

    def forget(self, key: str) -> None:
        """Begin anew."""
        for place in self._places(key):
            self._table[place] = 0

    def _places(self, key: str) -> list[int]:
        mixed = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4 * ROWS, key=self._secret).digest()
        return [row * WORDS + number % WORDS for row, number in enumerate(unpack(f"{ROWS}I", mixed))]
