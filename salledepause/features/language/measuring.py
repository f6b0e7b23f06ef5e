"""How near texts are to each other: meanings by the encoder, words by the table, letters by their pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import ngrams
from salledepause.features.language.encoder import Encoder
from salledepause.features.language.ngrams import Sparse
from salledepause.features.language.static import Table

Rows = NDArray[np.float32]


class Space(NamedTuple):
    """What was learned of how to compare texts."""

    encoder: Encoder | None
    """Tuned to remarks; None where only the first pass is asked."""
    mean: Rows
    """Of what it makes of texts."""
    head: Rows
    """What tells of that whether it is a remark: numbers and one constant, in a column."""
    rarity: Rows
    table: Table
    shares: tuple[float, float, float]
    """How much meanings, words and letters count."""
    bend: float = 0.0
    """How fast nearness of meanings fades (a Gaussian of what is between them); 0 for the plain cosine."""


class Points(NamedTuple):
    """Texts in a space."""

    meanings: Rows
    """Empty (no columns) where only the first pass was asked."""
    said: Rows
    letters: Sparse
    sounds: Rows
    """How much the encoder hears a remark in each; noughts without it."""

    @property
    def size(self) -> int:
        """How many rows."""
        return len(self.said)


def points(space: Space, texts: Sequence[str]) -> Points:
    """Return texts in a space."""
    width = 0 if space.encoder is None else len(space.mean)
    meanings, sounds = np.zeros((len(texts), width), np.float32), np.zeros(len(texts), np.float32)
    if space.encoder is not None and texts:
        vectors = space.encoder.encode(texts)
        meanings, sounds = centred(space, vectors), (vectors @ space.head[:-1] + space.head[-1])[:, 0]
    letters = ngrams.sparse((ngrams.hashed(ngrams.plain(text)) for text in texts), space.rarity)
    return Points(meanings, space.table.encode(texts), letters, sounds)


def centred(space: Space, vectors: Rows) -> Rows:
    """Return what texts mean as the space compares it, rows of length one."""
    return unit(vectors - space.mean)


def unit(rows: Rows) -> Rows:
    """Return rows of length one; a row of zeros stays."""
    length = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    made: Rows = (rows / np.where(length == 0, 1, length)).astype(np.float32)
    return made


def nearness(space: Space, left: Points, right: Points) -> Rows:
    """Return how near each text on the left is to each on the right."""
    _, said, letters = space.shares
    made = said * (left.said @ right.said.T) + letters * letters_nearness(left.letters, right.letters)
    if left.meanings.shape[1] and right.meanings.shape[1]:
        made = made + meanings_nearness(space, left.meanings, right.meanings)
    return made


def meanings_nearness(space: Space, left: Rows, right: Rows) -> Rows:
    """Return how near meanings are, as much as they count."""
    cosine = left @ right.T
    made: Rows = space.shares[0] * (np.exp(-space.bend * (1 - cosine)) if space.bend else cosine)
    return made


def letters_nearness(left: Sparse, right: Sparse) -> Rows:
    """Return how many pieces of words texts share, weighed."""
    made = np.zeros((left.size, right.size), np.float32)
    if left.size > MANY:
        _by_bucket(left, right, made)
        return made
    spread = np.zeros(ngrams.BUCKETS, np.float32)
    full = right.starts[1:] > right.starts[:-1]
    for row in range(left.size if full.any() else 0):
        part = slice(left.starts[row], left.starts[row + 1])
        spread[left.buckets[part]] = left.weights[part]
        made[row, full] = np.add.reduceat(right.weights * spread[right.buckets], right.starts[:-1][full])
        spread[left.buckets[part]] = 0
    return made


MANY = 64
"""Texts on the left from which on it pays to lay out the right by bucket first."""


def _by_bucket(left: Sparse, right: Sparse, made: Rows) -> None:
    order = np.argsort(right.buckets, kind="stable")
    owners = np.repeat(np.arange(right.size), np.diff(right.starts))[order]
    weights = right.weights[order]
    firsts = np.searchsorted(right.buckets[order], np.arange(ngrams.BUCKETS + 1))
    for row in range(left.size):
        part = slice(left.starts[row], left.starts[row + 1])
        begin, end = firsts[left.buckets[part]], firsts[left.buckets[part] + 1]
        counts = end - begin
        places = np.repeat(begin - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(counts.sum())
        shared = np.repeat(left.weights[part], counts) * weights[places]
        made[row] = np.bincount(owners[places], weights=shared, minlength=right.size)
