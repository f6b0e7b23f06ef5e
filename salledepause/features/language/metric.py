"""Learns what makes two wordings the same remark, on some cards, so that it holds for cards that were never seen.

Each step draws wordings of every card: the mean of a few stands for the card, the others should be nearer to it than to any
other card's, and near misses of a card should be nearer to nobody (Snell, Swersky and Zemel, Prototypical networks for
few-shot learning, 2017). What is learned is one matrix, begun at the identity and held near it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
Places = NDArray[np.int64]
FEW, ASKED, NEARLY = 5, 6, 3
"""Wordings that stand for a card, that are asked, and near misses, at each step."""
SHARP, NOBODY, OF_NEAR = 12.0, 0.25, 0.5
"""How sharply the nearest is told, how near nobody is, and how much near misses count."""
RATE, HELD, LEFT = 1e-3, 1e-3, 0.1
"""How far a step goes, how much the identity pulls, and which share of numbers is left out at each."""


class Drawn(NamedTuple):
    """Texts of one step: those that stand for cards, card by card, then those that are asked, with their cards."""

    standing: Places
    asked: Places
    cards: Places
    """Place of the card of each that is asked; the number of cards for nobody."""
    counted: Rows


def sharpened(given: Rows, wordings: Sequence[Places], near: Sequence[Places], steps: int) -> Rows:
    """Return the matrix by which rows of `given` should be multiplied; `wordings` and `near` are places in it, card by card."""
    chance, width = np.random.default_rng(3), given.shape[1]
    start = np.eye(width, dtype=np.float32)
    found, speed, size = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for step in range(1, steps + 1):
        drawn = _drawn(chance, wordings, near)
        kept = (chance.random(width) > LEFT).astype(np.float32) / (1 - LEFT)
        slope = _slope(found, given[drawn.standing] * kept, given[drawn.asked] * kept, drawn) + HELD * (found - start)
        speed, size = 0.9 * speed + 0.1 * slope, 0.999 * size + 0.001 * slope * slope
        move = speed / (1 - 0.9**step) / (np.sqrt(size / (1 - 0.999**step)) + 1e-8)
        found = (found - RATE * move).astype(np.float32)
    return found


def _drawn(chance: np.random.Generator, wordings: Sequence[Places], near: Sequence[Places]) -> Drawn:
    orders = [chance.permutation(own) for own in wordings]
    asked = [order[FEW : FEW + ASKED] for order in orders]
    missed = [chance.permutation(own)[:NEARLY] for own in near]
    cards = np.repeat(np.arange(len(orders)), [len(own) for own in asked])
    count = sum(map(len, missed))
    counted = np.concatenate([np.full(len(cards), 1 / max(1, len(cards))), np.full(count, OF_NEAR / max(1, count))])
    return Drawn(
        np.concatenate([order[:FEW] for order in orders]),
        np.concatenate([*asked, *missed]),
        np.concatenate([cards, np.full(count, len(orders))]),
        counted.astype(np.float32),
    )


def _slope(found: Rows, standing: Rows, asked: Rows, drawn: Drawn) -> Rows:
    """Return how what is missed changes with the matrix."""
    stood, stood_length = _unit(standing @ found)
    told, told_length = _unit(asked @ found)
    means, means_length = _unit(stood.reshape(-1, FEW, found.shape[1]).mean(axis=1))
    near = np.hstack([SHARP * told @ means.T, np.full((len(told), 1), SHARP * NOBODY, np.float32)])
    chances = np.exp(near - near.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    chances[np.arange(len(told)), drawn.cards] -= 1
    missed = SHARP * (chances * drawn.counted[:, None])[:, :-1]
    of_means = _through(means, means_length, missed.T @ told)
    of_stood = np.repeat(of_means / FEW, FEW, axis=0)
    made: Rows = asked.T @ _through(told, told_length, missed @ means) + standing.T @ _through(stood, stood_length, of_stood)
    return made


def _unit(rows: Rows) -> tuple[Rows, Rows]:
    length = np.sqrt((rows * rows).sum(axis=1, keepdims=True)) + 1e-6
    return rows / length, length


def _through(rows: Rows, length: Rows, slope: Rows) -> Rows:
    """Return a slope before rows were brought to length one."""
    made: Rows = (slope - rows * (slope * rows).sum(axis=1, keepdims=True)) / length
    return made
