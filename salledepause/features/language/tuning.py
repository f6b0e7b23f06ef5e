"""Learns what is added to an encoder (`additions.py`) so that it serves an aim (`aims.py`), by slopes (`backward.py`).

Each step (AdamW, Loshchilov and Hutter 2019) is taken on two halves of a batch of texts: a forked process works out the slopes of
one of them where there are two processors, and they are summed in one order, so that the same texts give the same bytes whoever
is first and however many work.
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

from salledepause.features.language import additions, backward
from salledepause.features.language.additions import Additions
from salledepause.features.language.aims import SEED, Aim, Halves, Places
from salledepause.features.language.backward import Batch, Room, Way
from salledepause.features.language.cores import on_one_core
from salledepause.features.language.transformer import Model, Rows

RATE, RISE, LEAST = 1e-3, 0.06, 0.02
"""How far a step goes, in which share of the steps that is reached, and which share of it is left in the end."""
TOLD = 3
"""How often it is said how much is lost."""
FIRST, SECOND, TINY = 0.9, 0.98, 1e-8
"""How much of the mean slope, and of its mean square, is kept from step to step."""
DECAY, LONGEST = 0.01, 1.0
"""How fast what is added to steps fades, and the length at which slopes are cut."""
MOST = 1024
"""Pieces that are read together, so that long texts take no more memory than short ones."""
PART = 1 << 16
"""Numbers that take a step together: as many as stay near the core."""


class _Work(NamedTuple):
    """What both processes know, and where they write."""

    model: Model
    texts: Sequence[Sequence[int]]
    voices: Places
    aim: Aim
    batches: list[Halves]
    numbers: Rows
    """All that is learned, shared."""
    slopes: Rows
    """Of each half, shared."""
    losses: Rows
    """Likewise."""


def tune(model: Model, texts: Sequence[Sequence[int]], voices: Places, aim: Aim, told: Callable[[int, float], None]) -> Additions:
    """Return what is added to a model so that what it makes of texts, each by the row of one of the voices, serves an aim.

    After each third of the way `told` hears its number and the mean loss of a text.
    """
    count = additions.size(model, aim.form)
    batches = aim.batches()
    shared = [_shared(count), _shared(2, count), _shared(2)]
    work = _Work(model, texts, voices, aim, batches, *shared)
    additions.begin(additions.laid(model, aim.form, work.numbers), np.random.default_rng(SEED))
    steps, each, lost = _Steps(work.numbers, additions.firm(model)), len(batches) // TOLD, 0.0
    with on_one_core(), _both(work) as both:
        for turn in range(len(batches)):
            both(turn)
            lost += float(work.losses.sum())
            steps.take(work.slopes, RATE * min(1, (turn + 1) / (RISE * len(batches))) * max(LEAST, 1 - turn / len(batches)))
            if (turn + 1) % each == 0:
                told((turn + 1) // each, lost / each)
                lost = 0.0
    return additions.laid(model, aim.form, work.numbers.copy())


def aloud(name: str, heard: Callable[[str], None]) -> Callable[[int, float], None]:
    """Return what says how far the tuning of something is, and what is lost."""
    return lambda turn, lost: heard(f"{name}, {turn}/{TOLD} : {lost:.3f}")


def _shared(*shape: int) -> Rows:
    """Return noughts that a forked process sees change."""
    made: Rows = np.frombuffer(mmap(-1, 4 * int(np.prod(shape))), np.float32).reshape(shape)
    return made


@contextmanager
def _both(work: _Work) -> Iterator[Callable[[int], None]]:
    """Give what has the slopes of both halves of a batch written, by two processes where that serves."""
    alone = sys.platform != "linux" or len(os.sched_getaffinity(0)) == 1
    with nullcontext() if alone else _helper(work) as helper:
        rooms = list[Room]()

        def both(turn: int) -> None:
            if helper:
                helper.send(turn)
            _half(work, rooms, 0, turn)
            if helper:
                helper.recv()
            else:
                _half(work, rooms, 1, turn)

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
    rooms = list[Room]()
    with on_one_core():
        while True:
            try:
                turn = theirs.recv()
            except EOFError:
                return
            _half(work, rooms, 1, turn)
            theirs.send(None)


def _half(work: _Work, rooms: list[Room], which: int, turn: int) -> None:
    """Write the slopes of half a batch, and what it lost: what all its texts mean is known before any is gone back through."""
    halves, slopes = work.batches[turn], work.slopes[which]
    slopes[:] = 0
    given, into = (additions.laid(work.model, work.aim.form, numbers) for numbers in (work.numbers, slopes))
    model, chance, more = additions.merged(work.model, given), np.random.default_rng((SEED, turn, which)), np.empty_like(slopes)
    parts = _parts(work.texts, halves[which])
    rooms += [Room() for _ in parts[len(rooms) :]]
    ways = [Way(model, given, room, chance) for room, _ in zip(rooms, parts, strict=False)]
    read = [_batch(work, part) for part in parts]
    said = [backward.through(way, batch) for way, batch in zip(ways, read, strict=True)]
    means = np.concatenate([one.means for one in said])
    lost, change = work.aim.lost(given.head, means, np.concatenate(parts).astype(np.int64), into.head)
    share = np.float32(1 / sum(map(len, halves)))
    work.losses[which] = lost * share
    into.head[:] *= share
    starts = np.cumsum([0, *map(len, parts)])
    for at, (way, batch, one) in enumerate(zip(ways, read, said, strict=True)):
        back = additions.laid(work.model, work.aim.form, more)
        backward.back(way, batch, one, share * change[starts[at] : starts[at + 1]], back)
        firm = more.size - back.head.size
        slopes[:firm] += more[:firm]


def _parts(texts: Sequence[Sequence[int]], places: Places) -> list[list[int]]:
    """Return texts, shortest first, by as many as are read together."""
    made: list[list[int]] = []
    for at in sorted(places.tolist(), key=lambda at: len(texts[at])):
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
    return Batch(ids, counts, work.voices[places])


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
