"""What is half shared between friends and others is what a matrix between all texts would give, with and without each fold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import ngrams, ridge, sharing
from salledepause.features.language.ngrams import Sparse

Rows = NDArray[np.float32]


def drawn(count: int) -> tuple[Rows, Sparse, NDArray[np.int64], Rows]:
    """Return texts made by chance: dense parts, letters, relations and two goals."""
    chance = np.random.default_rng(5)
    dense = chance.normal(size=(count, 6)).astype(np.float32)
    rows = [dict.fromkeys(chance.integers(0, 40, 5).tolist(), 1) for _ in range(count)]
    letters = ngrams.sparse(rows, np.ones(ngrams.BUCKETS, np.float32))
    return dense, letters, chance.integers(0, 4, count), chance.normal(size=(count, 2)).astype(np.float32)


def nearness(dense: Rows, letters: Sparse, relations: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the matrix between texts that is never made elsewhere."""
    pieces = letters.times(np.eye(40, ngrams.BUCKETS, dtype=np.float32).T)
    friends = relations == sharing.FRIEND
    near = (dense @ dense.T + pieces @ pieces.T) * np.where(friends[:, None] == friends, 1, sharing.SHARED)
    made: NDArray[np.float64] = near.astype(np.float64) + sharing.OF_RELATION * (relations[:, None] == relations)
    return made


def test_what_is_learned_is_what_a_matrix_between_texts_gives() -> None:
    dense, letters, relations, goals = drawn(80)
    folds = np.arange(80) % 4
    found = sharing.learn(sharing.made(dense, letters, relations), goals, folds, 1.5)
    near = nearness(dense, letters, relations)
    said = near @ ridge.solve(near, goals.astype(np.float64), 1.5).weights
    assert np.allclose(sharing.told(sharing.made(dense, letters, relations), found.weights), said, atol=0.02)
    for one in range(4):
        kept, asked = folds != one, folds == one
        weights = ridge.solve(near[np.ix_(kept, kept)], goals[kept].astype(np.float64), 1.5).weights
        assert np.allclose(found.left_out[asked], near[np.ix_(asked, kept)] @ weights, atol=0.02)


def test_new_texts_are_told_by_whose_they_are() -> None:
    dense, letters, relations, goals = drawn(60)
    found = sharing.learn(
        sharing.made(dense[:50], letters.taken(np.arange(50)), relations[:50]), goals[:50], np.arange(50) % 2, 1.0
    )
    near = nearness(dense, letters, relations)
    weights = ridge.solve(near[:50, :50], goals[:50].astype(np.float64), 1.0).weights
    told = sharing.told(sharing.made(dense[50:], letters.taken(np.arange(50, 60)), relations[50:]), found.weights)
    assert np.allclose(told, near[50:, :50] @ weights, atol=0.02)


def test_a_descent_ends_where_there_is_nothing_to_find() -> None:
    assert not ridge.descend(lambda rows: rows, np.zeros((3, 2), np.float32), 1.0).any()
