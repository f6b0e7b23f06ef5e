"""Ridge regression on what texts are made of, where half of each weight is shared, half apart for friends and for others.

The same words tease or hurt by who says them, and yet mean much the same: what is learned of either serves the other by half.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import ridge
from salledepause.features.language.model import RELATIONS
from salledepause.features.language.ngrams import Sparse

Rows = NDArray[np.float32]
FRIEND = RELATIONS.index("friend")
SHARED = np.float32(0.5)
"""How much of what is learned of friends serves others, and the other way round."""
OF_RELATION = 0.3
"""How much the relation itself says."""


class Half(NamedTuple):
    """What the texts of friends are made of, or of others, and which rows of all they are."""

    rows: NDArray[np.int64]
    dense: Rows
    letters: Sparse


class Made(NamedTuple):
    """What texts are made of: others' first, then friends'; and the relation of each, a column for each."""

    halves: tuple[Half, Half]
    relations: Rows


class Weights(NamedTuple):
    """What each part weighs; the first axis says whose (0 for others', 1 for a friend's), the last which goal."""

    dense: Rows
    letters: Rows
    """By bucket."""
    relation: Rows


class Learned(NamedTuple):
    """The weights, and what each text is told by what was learned without its fold."""

    weights: Weights
    left_out: Rows


def made(dense: Rows, letters: Sparse, relations: NDArray[np.int64]) -> Made:
    """Return texts as they are learned from; what `dense` and `letters` hold counts as much as it is long."""
    places = [np.flatnonzero((relations == FRIEND) == whose) for whose in (False, True)]
    others, friends = (Half(rows, dense[rows].astype(np.float32), letters.taken(rows)) for rows in places)
    return Made((others, friends), np.eye(len(RELATIONS), dtype=np.float32)[relations])


def learn(given: Made, goals: Rows, folds: NDArray[np.int64], stiffness: float) -> Learned:
    """Fit goals (texts by goals), once on all texts and once without each fold, in one descent."""
    width, count = goals.shape[1], int(folds.max()) + 1
    kept = np.stack([folds != one for one in range(-1, count)], axis=1)
    mask = np.repeat(kept.astype(np.float32), width, axis=1)
    weighs = ridge.descend(lambda each: told(given, gathered(given, each)) * mask, np.tile(goals, count + 1) * mask, stiffness)
    said = told(given, gathered(given, weighs)).reshape(len(goals), count + 1, width)
    return Learned(gathered(given, weighs[:, :width]), said[np.arange(len(goals)), folds + 1])


def gathered(given: Made, weighs: Rows) -> Weights:
    """Return what the parts of texts weigh together, of which each weighs so much (texts by goals)."""
    own = [(half.dense.T @ weighs[half.rows], half.letters.turned(weighs[half.rows])) for half in given.halves]
    dense, letters = (np.stack([one + SHARED * other, other + SHARED * one]) for one, other in zip(*own, strict=True))
    return Weights(dense, letters, (OF_RELATION * given.relations.T @ weighs).astype(np.float32))


def told(given: Made, weights: Weights) -> Rows:
    """Return what weights say of texts, a column for each goal."""
    said = given.relations @ weights.relation
    for whose, half in enumerate(given.halves):
        said[half.rows] += half.dense @ weights.dense[whose] + half.letters.times(weights.letters[whose])
    return said
