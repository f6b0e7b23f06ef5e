"""What a text is made of, as sparse vectors: words, pairs of words and pieces of words, hashed so that no vocabulary is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from salledepause.kernel.text import folded

BUCKETS = 1 << 16
LONGEST = 4_000
"""Characters of a text that are looked at."""
WORD = re.compile(r"[^\W_]+(?:'(?=\s|$))?|[!?…]+|[\U0001F300-\U0001FAFF☀-➿]")
SHORTEST, WIDEST = 3, 5
"""Letters of the pieces of words."""


class Sparse(NamedTuple):
    """Rows of (bucket, weight), one after another."""

    starts: NDArray[np.int64]
    """Where each row starts, and where the last one ends."""
    buckets: NDArray[np.int32]
    weights: NDArray[np.float32]

    @property
    def size(self) -> int:
        """How many rows."""
        return len(self.starts) - 1

    def taken(self, rows: NDArray[np.int64]) -> Sparse:
        """Return some of the rows."""
        starts, ends = self.starts[:-1][rows], self.starts[1:][rows]
        inside = np.concatenate([np.zeros(0, np.int64), *map(np.arange, starts, ends)])
        return Sparse(np.concatenate([[0], np.cumsum(ends - starts)]), self.buckets[inside], self.weights[inside])

    def scaled(self, share: float) -> Sparse:
        """Return rows that are so many times as long."""
        return self._replace(weights=self.weights * np.float32(share))

    def times(self, dense: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the product with a matrix of `BUCKETS` rows."""
        made = np.zeros((self.size, dense.shape[1]), np.float32)
        for row in range(self.size):
            part = slice(self.starts[row], self.starts[row + 1])
            made[row] = self.weights[part] @ dense[self.buckets[part]].astype(np.float32)
        return made

    def turned(self, dense: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the product of its transpose with a matrix of as many rows."""
        made = np.zeros((BUCKETS, dense.shape[1]), np.float32)
        for row in range(self.size):
            part = slice(self.starts[row], self.starts[row + 1])
            made[self.buckets[part]] += self.weights[part, None] * dense[row]
        return made


def plain(text: str) -> str:
    """Return a text in small letters without accents, its apostrophes straight."""
    return folded(text[:LONGEST]).replace("’", "'")


def words(text: str) -> list[str]:
    """Return the words, marks and pictures of a plain text."""
    return WORD.findall(text)


def pieces(text: str) -> Iterator[str]:
    """Give the features of a plain text, as often as they occur."""
    said = words(text)
    yield from said
    yield from (f"{left} {right}" for left, right in zip(["^", *said], [*said, "$"], strict=True))
    for word in said:
        if len(word) >= SHORTEST:
            edged = f"<{word}>"
            for size in range(SHORTEST, WIDEST + 1):
                yield from (f"#{edged[at : at + size]}" for at in range(len(edged) - size + 1))


def hashed(text: str) -> dict[int, int]:
    """Return how often each bucket occurs in a plain text."""
    return Counter(crc32(piece.encode()) % BUCKETS for piece in pieces(text))


def sparse(rows: Iterable[dict[int, int]], rarity: NDArray[np.float32]) -> Sparse:
    """Return rows of length one: how often, dampened, times how rare. Rows are let go one by one: many of them are heavy."""
    starts, buckets, weights = [0], [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
    for row in rows:
        at = np.fromiter(row, np.int32, len(row))
        counts = np.fromiter(row.values(), np.float32, len(row))
        value = (1 + np.log(counts)) * rarity[at]
        length = float(np.sqrt(value @ value)) or 1.0
        buckets.append(at)
        weights.append((value / length).astype(np.float32))
        starts.append(starts[-1] + len(row))
    return Sparse(np.array(starts, np.int64), np.concatenate(buckets), np.concatenate(weights))


def rarities(rows: Iterable[dict[int, int]]) -> NDArray[np.float32]:
    """Return how rare each bucket is among rows: inverse document frequency, smoothed."""
    seen, count = np.zeros(BUCKETS, np.float32), 0
    for row in rows:
        seen[np.fromiter(row, np.int32, len(row))] += 1
        count += 1
    made: NDArray[np.float32] = np.log((1 + count) / (1 + seen)).astype(np.float32) + np.float32(1)
    return made
