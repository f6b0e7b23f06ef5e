"""Classifiers learned by one solve: kernel ridge regression, whose answers without each example are known exactly.

With few examples and many features the work is done between examples (a matrix of n by n). What each example would have been
given had it been left out follows from the same inverse, so that calibration needs no second training (Rifkin and Lippert,
Notes on Regularized Least Squares, 2007).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Rows = NDArray[np.float32]
STEPS, TOLERANCE = 60, 1e-9
DESCENT, ENOUGH = 100, 0.003


class Fitted(NamedTuple):
    """What a solve gives: `weights` of examples (n by classes) and `left_out`, the scores without each example."""

    weights: Matrix
    left_out: Matrix


def solve(kernel: Matrix, goals: Matrix, stiffness: float, groups: NDArray[np.int64] | None = None) -> Fitted:
    """Fit `goals` (n by classes) on a kernel (n by n); examples of a group are left out together."""
    inverse = np.linalg.inv(kernel + stiffness * np.eye(len(kernel)))
    weights = inverse @ goals
    if groups is None:
        return Fitted(weights, goals - weights / np.diag(inverse)[:, None])
    left_out = np.empty_like(goals)
    for group in np.unique(groups):
        inside = np.flatnonzero(groups == group)
        left_out[inside] = goals[inside] - np.linalg.solve(inverse[np.ix_(inside, inside)], weights[inside])
    return Fitted(weights, left_out)


def descend(product: Callable[[Rows], Rows], goals: Rows, stiffness: float) -> Rows:
    """Return what `product` of, and `stiffness` times itself, is `goals`, by conjugate gradients (Hestenes and Stiefel, 1952).

    Columns go each their own way. Of as many examples as one likes no matrix is made; it ends after a hundred steps at the
    latest, where of 24 000 mentions less than a tenth of what is sought is left.
    """
    made, left = np.zeros_like(goals), goals.copy()
    way, size = left.copy(), (left * left).sum(axis=0)
    first = size + np.float32(1e-12)
    for _ in range(DESCENT):
        met = product(way) + stiffness * way
        step = size / ((way * met).sum(axis=0) + np.float32(1e-12))
        made += step * way
        left -= step * met
        past, size = size, (left * left).sum(axis=0)
        if float((size / first).max()) < ENOUGH**2:
            break
        way = left + (size / (past + np.float32(1e-12))) * way
    return made


class Softmax(NamedTuple):
    """A small logistic regression over few features, standardised."""

    mean: Matrix
    scale: Matrix
    weights: Matrix
    """Features and one constant, by class."""

    def chances(self, rows: Matrix) -> Matrix:
        """Return the chance of each class, rows by classes."""
        given = np.hstack([(rows - self.mean) / self.scale, np.ones((len(rows), 1))])
        return _softmax(given @ self.weights)


def _softmax(scores: Matrix) -> Matrix:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    made: Matrix = raised / raised.sum(axis=1, keepdims=True)
    return made


def regress(rows: Matrix, goals: Matrix, decay: float, counted: Matrix | None = None) -> Softmax:
    """Fit a logistic regression of several classes by Newton's method; `counted` weighs the examples."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    given = np.hstack([(rows - mean) / scale, np.ones((len(rows), 1))])
    (count, width), classes = given.shape, goals.shape[1]
    share = np.ones(count) if counted is None else counted
    kept = np.full(width, decay)
    kept[-1] = 1e-6
    weights = np.zeros((width, classes))
    for _ in range(STEPS):
        chances = _softmax(given @ weights)
        slope = given.T @ ((chances - goals) * share[:, None]) + kept[:, None] * weights
        curve = np.zeros((width * classes, width * classes))
        for one in range(classes):
            for other in range(classes):
                spread = share * chances[:, one] * ((one == other) - chances[:, other])
                block = given.T @ (given * spread[:, None]) + np.diag(kept + 1e-6) * (one == other)
                curve[one * width : (one + 1) * width, other * width : (other + 1) * width] = block
        step = np.linalg.solve(curve, slope.T.reshape(-1)).reshape(classes, width).T
        weights = weights - step
        if float(np.abs(step).max()) < TOLERANCE:
            break
    return Softmax(mean, scale, weights)
