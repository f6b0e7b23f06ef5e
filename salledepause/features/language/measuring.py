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
    """What was learned of how to compare texts.

    `within` whitens the encoder's vectors by how wordings of one remark differ (Hatch, Kajarekar and Stolcke, Within-class
    covariance normalisation, 2006): directions in which they differ anyway count less. It was learned on some cards and serves
    others.
    """

    mean: Rows
    within: Rows
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

    @property
    def size(self) -> int:
        """How many rows."""
        return len(self.said)


def points(space: Space, texts: Sequence[str], encoder: Encoder | None) -> Points:
    """Return texts in a space; without an encoder, by the first pass alone."""
    meanings = np.zeros((len(texts), 0), np.float32) if encoder is None else centred(space, encoder.encode(texts))
    letters = ngrams.sparse((ngrams.hashed(ngrams.plain(text)) for text in texts), space.rarity)
    return Points(meanings, space.table.encode(texts), letters)


def centred(space: Space, vectors: Rows) -> Rows:
    """Return encoded vectors as the space compares them, rows of length one."""
    return unit(((vectors - space.mean) @ space.within).astype(np.float32))


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


def within(vectors: Rows, groups: NDArray[np.int64], softness: float) -> Rows:
    """Return what whitens vectors by how those of one group differ among themselves."""
    spread = np.zeros((vectors.shape[1], vectors.shape[1]))
    for group in np.unique(groups):
        inside = vectors[groups == group].astype(np.float64)
        inside -= inside.mean(axis=0)
        spread += inside.T @ inside
    values, directions = np.linalg.eigh(spread / len(vectors))
    made: Rows = (directions * (values + softness * values.mean()) ** -0.5).astype(np.float32)
    return made
