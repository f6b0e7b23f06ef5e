"""The first pass: a vector for each French word, distilled from the encoder, so that a text costs some tens of microseconds.

The recipe is Model2Vec's (Tulkens and van Dongen, 2024): each word is encoded alone, the mean and the strongest directions are
taken away, what is left is cut to fewer numbers, and a word weighs the less the more often it is said (Arora, Liang and Ma,
2017).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language.ngrams import plain, words

WIDTH, STRONGEST = 192, 2
OFTEN = 1e-3
SHORTEST = 4
"""Letters of the beginning by which a word that is not in the table may be known."""
RUNS, LEAST = (2, 3, 4), 3
"""Letters that are looked at together to tell French from other languages, and letters of a word that may be told."""


class Table(NamedTuple):
    """Words without accents, and their vectors, weighed."""

    places: Mapping[str, int]
    vectors: NDArray[np.int8]
    scale: float

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of length one for each text, of nothing but zeros where no word is known."""
        made = np.zeros((len(texts), self.vectors.shape[1]), np.float32)
        for row, text in enumerate(texts):
            found = [at for at in map(self._place, words(plain(text))) if at is not None]
            if found:
                total = self.vectors[found].sum(axis=0, dtype=np.int32).astype(np.float32)
                made[row] = total / (float(np.sqrt(total @ total)) or 1.0)
        return made

    def _place(self, word: str) -> int | None:
        at = self.places.get(word)
        if at is None:
            for size in range(len(word) - 1, max(SHORTEST, len(word) - 4) - 1, -1):
                at = self.places.get(word[:size])
                if at is not None:
                    break
        return at


def distilled(said: Sequence[str], encoded: NDArray[np.float32], counts: Mapping[str, int]) -> Table:
    """Return the table of words with their encodings; `counts` says how often each is said."""
    given = encoded.astype(np.float64) - encoded.mean(axis=0)
    _, _, directions = np.linalg.svd(given, full_matrices=False)
    kept = given @ directions[STRONGEST : STRONGEST + WIDTH].T
    every = sum(counts.values())
    weight = np.array([OFTEN / (OFTEN + (counts.get(word, 0) + 0.2) / every) for word in said])
    kept *= (weight / np.linalg.norm(kept, axis=1))[:, None]
    scale = float(np.abs(kept).max()) / 127
    return Table({word: at for at, word in enumerate(said)}, np.round(kept / scale).astype(np.int8), scale)


def french(candidates: Iterable[str], known: Iterable[str], most: int) -> list[str]:
    """Return those of `candidates` that are spelled most like `known` words, beside how the candidates at large are spelled.

    Runs of letters of French texts are compared with those of words of many languages (Cavnar and Trenkle, N-gram-based text
    categorization, 1994): no list of French words is needed.
    """
    told = [word for word in candidates if len(word) >= LEAST and word.isalpha() and word == word.lower()]
    here, away = Counter(run for word in known for run in _runs(word)), Counter(run for word in told for run in _runs(word))

    def likely(word: str) -> float:
        runs = _runs(word)
        return sum(float(np.log((here[run] + 0.1) / (away[run] + 1.0))) for run in runs) / len(runs)

    return sorted(told, key=likely, reverse=True)[:most]


def _runs(word: str) -> list[str]:
    edged = f"<{word}>"
    return [edged[at : at + size] for size in RUNS for at in range(len(edged) - size + 1)]
