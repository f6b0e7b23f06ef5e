"""What an encoder is tuned to (`tuning.py`): what is lost by what texts mean to it, and how that changes with their means.

Goals of texts are told by the head, and lost as far as they are missed. Remarks are brought near to the other wordings of
their card and away from all else that is read with them (supervised contrastive learning, Khosla et al., 2020), near misses of
the same card included; the head tells remarks from near misses.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language.additions import Form
from salledepause.features.language.model import KINDS, LABELS, TARGETS, ZONES
from salledepause.features.language.transformer import Rows

Places = NDArray[np.int64]
Halves = tuple[Places, Places]
"""The texts that a step is taken on, by who works out their slopes."""
PASSES, TEXTS, NEAR = 3, 32, 50
"""How often all texts are read, how many a step, and among how many batches those of near lengths go together."""
STEPS, CARDS, EXAMPLES = 400, 32, 3
"""Steps on remarks; cards and examples of each a step, beside its remark and a near miss."""
STEEP, OF_HEAD = 10.0, 0.15
"""How fast nearness fades, and how much the head counts beside it."""
REMARK, EXAMPLE, MISS = 0, 1, 2
TINY = 1e-8
SEED = 7


class Aim(Protocol):
    """What is wanted of texts."""

    @property
    def form(self) -> Form:
        """What is added besides steps."""

    def batches(self) -> list[Halves]:
        """Return which texts go together, step after step."""

    def lost(self, head: Rows, means: Rows, places: Places, into: Rows) -> tuple[float, Rows]:
        """Return what is lost by some texts, and how it changes with the mean of each; write how it does with the head."""


class Groups(NamedTuple):
    """Goals of which one in each group is true, but of the last, which is by itself, what it is."""

    sizes: tuple[int, ...]
    shares: tuple[float, ...]
    """How much each group counts."""

    @property
    def ends(self) -> tuple[int, ...]:
        """Where each group ends."""
        return tuple(accumulate(self.sizes))


MENTIONS = Groups((len(KINDS), len(ZONES), len(TARGETS), 1), (1, 0.7, 0.5, 1))
"""Kinds, zones, targets, and whether it hurts."""
POSTS = Groups((len(LABELS), 1), (1, 1))
"""Labels, and whether somebody may be recognised."""


class Goals:
    """That goals of texts are told."""

    def __init__(self, texts: Sequence[Sequence[int]], goals: NDArray[np.generic], groups: Groups, voices: int) -> None:
        """Take pieces of texts, and their goals, nought or one."""
        self._sizes, self._goals, self._ends = np.array([len(one) for one in texts]), goals.astype(np.float32), groups.ends
        self._shares = np.repeat(np.array(groups.shares, np.float32), groups.sizes)
        self.form = Form(voices, self._ends[-1])

    def batches(self) -> list[Halves]:
        """Return texts of near lengths, pass after pass."""
        chance, made, sizes = np.random.default_rng(SEED), [], self._sizes
        for _ in range(PASSES):
            order, found = chance.permutation(len(sizes)), []
            for start in range(0, len(order), NEAR * TEXTS):
                near = order[start : start + NEAR * TEXTS]
                near = near[np.argsort(sizes[near], kind="stable")]
                found += [near[at : at + TEXTS] for at in range(0, len(near), TEXTS)]
            made += [found[at] for at in chance.permutation(len(found))]
        return [(one[::2], one[1::2]) for one in made]

    def lost(self, head: Rows, means: Rows, places: Places, into: Rows) -> tuple[float, Rows]:
        """Return what texts lose, each by itself."""
        change, goals, shares = chances(means @ head[:-1] + head[-1], self._ends), self._goals[places], self._shares
        lost = -float((shares * goals * np.log(change + TINY)).sum())
        lost -= float((shares[-1] * (1 - goals[:, -1]) * np.log(1 - change[:, -1] + TINY)).sum())
        change -= goals
        change *= shares
        np.matmul(means.T, change, out=into[:-1])
        np.sum(change, axis=0, out=into[-1])
        return lost, change @ head[:-1].T


def chances(said: Rows, ends: Sequence[int]) -> Rows:
    """Return the chances that scores stand for, in place: of one goal in each group, and of the last by itself."""
    start = 0
    for end in ends[:-1]:
        part = said[:, start:end]
        part -= part.max(axis=1, keepdims=True)
        np.exp(part, out=part)
        part /= part.sum(axis=1, keepdims=True)
        start = end
    said[:, -1] = 0.5 + 0.5 * np.tanh(0.5 * said[:, -1])
    return said


class Alike:
    """That wordings of one remark are near each other, and told from near misses."""

    form = Form(1, 1)

    def __init__(self, cards: Places, parts: Places) -> None:
        """Take the card of each text, and whether it is its remark, an example of it, or a near miss."""
        self._cards, self._parts = cards, parts
        self._own = [[np.flatnonzero((cards == card) & (parts == part)) for part in range(3)] for card in np.unique(cards)]

    def batches(self) -> list[Halves]:
        """Return some cards at a time, each but a few at the end before any comes again; halves hold other cards."""
        chance, made, count = np.random.default_rng(SEED), list[Halves](), min(CARDS, len(self._own))
        while len(made) < STEPS:
            order = chance.permutation(len(self._own)).tolist()
            for start in range(0, len(order) - count + 1, count):
                texts = [self._drawn(card, chance) for card in order[start : start + count]]
                made.append((np.concatenate(texts[::2]), np.concatenate(texts[1::2])))
        return made[:STEPS]

    def _drawn(self, card: int, chance: np.random.Generator) -> Places:
        remark, examples, misses = self._own[card]
        return np.concatenate([remark, chance.permutation(examples)[:EXAMPLES], chance.permutation(misses)[:1]])

    def lost(self, head: Rows, means: Rows, places: Places, into: Rows) -> tuple[float, Rows]:
        """Return what texts lose together: means are compared as they differ from what all have in common."""
        remarks = self._parts[places] != MISS
        apart, change = _apart(means, self._cards[places], remarks)
        missed, more = _told(head, means, remarks, into)
        return apart + missed, change + more


def _apart(means: Rows, cards: Places, remarks: NDArray[np.bool_]) -> tuple[float, Rows]:
    """Return what is lost where wordings of one remark are not nearer than all else, and how that changes with means."""
    rows = means - means.mean(axis=0)
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None] + means.dtype.type(TINY)
    rows /= length
    near = STEEP * (rows @ rows.T)
    np.fill_diagonal(near, -np.inf)
    near -= near.max(axis=1, keepdims=True)
    shares = np.exp(near)
    total = shares.sum(axis=1, keepdims=True)
    shares /= total
    wanted = ((cards[:, None] == cards) & remarks[:, None] & remarks & ~np.eye(len(cards), dtype=bool)).astype(means.dtype)
    count = wanted.sum(axis=1, keepdims=True)
    asked = count > 0
    wanted /= np.maximum(count, 1)
    np.fill_diagonal(near, 0)
    lost = float(((np.log(total) - (wanted * near).sum(axis=1, keepdims=True)) * asked).sum())
    change = STEEP * asked * (shares - wanted)
    change = change @ rows + change.T @ rows
    change -= rows * np.einsum("ij,ij->i", rows, change)[:, None]
    change /= length
    change -= change.mean(axis=0)
    return lost, change


def _told(head: Rows, means: Rows, remarks: NDArray[np.bool_], into: Rows) -> tuple[float, Rows]:
    """Return what is lost where the head does not tell remarks from near misses, which count as much as they do."""
    weight = np.where(remarks, 1, remarks.sum() / max(1, (~remarks).sum())).astype(means.dtype)[:, None] * OF_HEAD
    chance = 0.5 + 0.5 * np.tanh(0.5 * (means @ head[:-1] + head[-1]))
    goals = remarks[:, None]
    lost = -float((weight * np.log(np.where(goals, chance, 1 - chance) + TINY)).sum())
    change = weight * (chance - goals)
    np.matmul(means.T, change, out=into[:-1])
    np.sum(change, axis=0, out=into[-1])
    return lost, change @ head[:-1].T
