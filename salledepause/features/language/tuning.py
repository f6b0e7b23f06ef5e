"""Learns what is added to an encoder (`additions.py`) from texts whose goals are known, by the slopes that `backward.py` gives.

Each step (AdamW, Loshchilov and Hutter 2019) is taken on a batch of texts of near lengths. A batch has two halves: a forked
process works out the slopes of one of them where there are two processors, and they are summed in one order, so that the same
texts give the same bytes whoever is first and however many work.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from mmap import mmap
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import additions, backward
from salledepause.features.language.additions import ENDS, Additions
from salledepause.features.language.backward import Batch, Room, Way
from salledepause.features.language.cores import on_one_core
from salledepause.features.language.transformer import Model, Rows

PASSES, TEXTS, NEAR = 3, 32, 50
"""How often all texts are read, how many a step, and among how many batches those of near lengths go together."""
RATE, RISE, LEAST = 1e-3, 0.06, 0.02
"""How far a step goes, in which share of the steps that is reached, and which share of it is left in the end."""
FIRST, SECOND, TINY = 0.9, 0.98, 1e-8
"""How much of the mean slope, and of its mean square, is kept from step to step."""
DECAY, LONGEST = 0.01, 1.0
"""How fast what is added to steps fades, and the length at which slopes are cut."""
SHARES = np.repeat(np.array([1, 0.7, 0.5, 1], np.float32), np.diff([0, *ENDS]))
"""How much kinds, zones, targets and `hostile` count."""
MOST = 1024
"""Pieces that are read together, so that long texts take no more memory than short ones."""
PART = 1 << 16
"""Numbers that take a step together: as many as stay near the core."""
SEED = 7


class _Work(NamedTuple):
    """What both processes know, and where they write."""

    model: Model
    texts: Sequence[Sequence[int]]
    relations: NDArray[np.int64]
    goals: Rows
    batches: list[NDArray[np.int64]]
    numbers: Rows
    """All that is learned, shared."""
    slopes: Rows
    """Of each half, shared."""
    losses: Rows
    """Likewise."""


def tune(
    model: Model,
    texts: Sequence[Sequence[int]],
    relations: NDArray[np.int64],
    goals: NDArray[np.generic],
    told: Callable[[int, float], None],
) -> Additions:
    """Return what is added to a model so that it tells the goals of texts (rows of nought and one, in the order of `GOALS`).

    After each pass `told` hears its number and the mean loss.
    """
    count = additions.size(model)
    batches = _batches([len(one) for one in texts])
    shared = [_shared(count), _shared(2, count), _shared(2)]
    work = _Work(model, texts, relations, goals.astype(np.float32), batches, *shared)
    additions.begin(additions.laid(model, work.numbers), np.random.default_rng(SEED))
    steps, each, lost = _Steps(work.numbers, additions.firm(model)), len(batches) // PASSES, 0.0
    with on_one_core(), _both(work) as both:
        for turn in range(len(batches)):
            both(turn)
            lost += float(work.losses.sum())
            steps.take(work.slopes, RATE * min(1, (turn + 1) / (RISE * len(batches))) * max(LEAST, 1 - turn / len(batches)))
            if (turn + 1) % each == 0:
                told((turn + 1) // each, lost / each)
                lost = 0.0
    return additions.laid(model, work.numbers.copy())


def _batches(lengths: Sequence[int]) -> list[NDArray[np.int64]]:
    """Return which texts go together, pass after pass."""
    chance, made, sizes = np.random.default_rng(SEED), [], np.array(lengths)
    for _ in range(PASSES):
        order, found = chance.permutation(len(sizes)), []
        for start in range(0, len(order), NEAR * TEXTS):
            near = order[start : start + NEAR * TEXTS]
            near = near[np.argsort(sizes[near], kind="stable")]
            found += [near[at : at + TEXTS] for at in range(0, len(near), TEXTS)]
        made += [found[at] for at in chance.permutation(len(found))]
    return made


def _shared(*shape: int) -> Rows:
    """Return noughts that a forked process sees change."""
    made: Rows = np.frombuffer(mmap(-1, 4 * int(np.prod(shape))), np.float32).reshape(shape)
    return made


@contextmanager
def _both(work: _Work) -> Iterator[Callable[[int], None]]:
    """Give what has the slopes of both halves of a batch written, by two processes where that serves."""
    alone = sys.platform != "linux" or len(os.sched_getaffinity(0)) == 1
    with nullcontext() if alone else _helper(work) as helper:
        room = Room()

        def both(turn: int) -> None:
            if helper:
                helper.send(turn)
            _half(work, room, 0, turn)
            if helper:
                helper.recv()
            else:
                _half(work, room, 1, turn)

        yield both


@contextmanager
def _helper(work: _Work) -> Iterator[Connection]:
    """Give a line to a process that does second halves."""
    ours, theirs = Pipe()
    other = ForkProcess(target=_help, args=(work, ours, theirs), daemon=True)
    other.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        other.join()


def _help(work: _Work, ours: Connection, theirs: Connection) -> None:
    """Do the second half of each batch that is named, until the first process hangs up."""
    ours.close()
    room = Room()
    with on_one_core():
        while True:
            try:
                turn = theirs.recv()
            except EOFError:
                return
            _half(work, room, 1, turn)
            theirs.send(None)


def _half(work: _Work, room: Room, which: int, turn: int) -> None:
    """Write the slopes of every second text of a batch, and what it lost."""
    texts, slopes = work.batches[turn], work.slopes[which]
    slopes[:] = 0
    work.losses[which] = 0
    given = additions.laid(work.model, work.numbers)
    way = Way(additions.merged(work.model, given), given, room, np.random.default_rng((SEED, turn, which)))
    more = room.rows("slopes", len(slopes))
    for part in _parts(work.texts, texts[which::2]):
        batch = _batch(work, part)
        said = backward.through(way, batch)
        change = additions.chances(said.scores)
        work.losses[which] -= (SHARES * batch.goals * np.log(change + TINY)).sum() / len(texts)
        work.losses[which] -= (SHARES[-1] * (1 - batch.goals[:, -1]) * np.log(1 - change[:, -1] + TINY)).sum() / len(texts)
        change -= batch.goals
        change *= SHARES / np.float32(len(texts))
        backward.back(way, batch, said, change, additions.laid(work.model, more))
        slopes += more


def _parts(texts: Sequence[Sequence[int]], places: NDArray[np.int64]) -> list[list[int]]:
    """Return texts, shortest first, by as many as are read together."""
    made: list[list[int]] = []
    for at in places.tolist():
        if made and (len(made[-1]) + 1) * len(texts[at]) <= MOST:
            made[-1].append(at)
        else:
            made.append([at])
    return made


def _batch(work: _Work, places: list[int]) -> Batch:
    counts = np.array([len(work.texts[at]) for at in places])
    ids = np.zeros((len(places), counts.max()), np.int64)
    for row, at in enumerate(places):
        ids[row, : counts[row]] = work.texts[at]
    return Batch(ids, counts, work.relations[places], work.goals[places])


class _Steps:
    """AdamW, in place."""

    def __init__(self, numbers: Rows, firm: int) -> None:
        self._numbers, self._firm, self._taken = numbers, firm, 0
        self._first, self._second = np.zeros_like(numbers), np.zeros_like(numbers)

    def take(self, slopes: Rows, rate: float) -> None:
        """Take a step against the sum of slopes, which are spent."""
        self._taken += 1
        slope = slopes[0]
        slope += slopes[1]
        slope *= min(1.0, LONGEST / (float(np.sqrt(slope @ slope)) + 1e-6))
        self._numbers[: self._firm] *= 1 - rate * DECAY
        for at in range(0, len(slope), PART):
            self._part(slice(at, at + PART), slope[at : at + PART], rate)

    def _part(self, part: slice, slope: Rows, rate: float) -> None:
        first, second = self._first[part], self._second[part]
        first *= FIRST
        first += (1 - FIRST) * slope
        slope *= slope
        slope *= 1 - SECOND
        second *= SECOND
        second += slope
        np.sqrt(second, out=slope)
        slope *= (1 - SECOND**self._taken) ** -0.5
        slope += TINY
        np.divide(first, slope, out=slope)
        slope *= rate / (1 - FIRST**self._taken)
        self._numbers[part] -= slope
