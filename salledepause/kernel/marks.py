"""What changed lately, said in memory that every process of a host shares: how a remembered answer knows that it is stale.

A mark is one slot of a fixed table. Whoever writes about a subject stamps its slot after the commit; whoever remembers an answer
keeps the state of the slots it stands on, and compares. Two subjects may share a slot: an answer is then read anew for nothing.
Stamps are drawn at random, so that no two are alike: a slot that was stamped never looks as it did before. Other hosts, and
whatever a killed process could not stamp, are told by the bus (kernel/events.py), which may be late: what it says again of what
this host stamped changes nothing, and what it says anew is stamped with a number of the hearer's own.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from enum import IntEnum
from itertools import count
from mmap import mmap
from operator import itemgetter
from secrets import randbits
from typing import NamedTuple

SLOTS = 1 << 18
EVERYTHING, TICK = 0, 1
"""The slot that every answer stands on, and the one that every stamp writes first."""
KNOWN = 1 << 12
"""Words that say which stamps this host made of late: a bus that is later than so many changes stamps once for nothing."""
_WORD = (1 << 64) - 1


class Subject(IntEnum):
    """What a mark is about; `PUBLIC` is one, each other has an identifier (an account's, a post's, a thread's …)."""

    PUBLIC = 1
    """What everybody may read in the public room."""
    POST = 2
    """What a post says, its counts, its poll, whether it is there."""
    ACCOUNT = 3
    """What an account shows of itself, its counts."""
    PERSON = 4
    """What is somebody's own: whom they follow, block, mute or are blocked by, their lists and gestures."""
    POSTS_OF = 5
    """Which posts somebody wrote, and when."""
    THREAD = 6
    """Which posts a conversation has."""
    NOTIFIED = 7
    """What somebody was told of."""
    ACCESS = 8
    """Which tokens and sessions an account or an app has."""
    FILTERS = 9
    """Which filters somebody has."""
    AUTHOR = 10
    """What writing needs of somebody: what their account shows and wishes, who follows them, but not how many posts they have."""
    MARKERS = 11
    """How far somebody has read."""
    ANNOUNCED = 12
    """What the hosts announce, who put it away, how it was received."""
    ROOM = 13
    """Which posts a room has, its rules, who is in it."""
    CALLS = 14
    """Who asks for a word, who answers, who is on shift."""
    WAVE = 20
    """Of a victory, the wave that congratulates it; of an account, what it has left to give today."""


class State(NamedTuple):
    """How some slots looked at a moment."""

    look: itemgetter[Sequence[int]]
    seen: int


def slot(subject: Subject, identifier: int = 0) -> int:
    """Return the slot of a subject, the same in every process of every host."""
    mixed = (identifier * 0x9E3779B97F4A7C15 + subject * 0xC2B2AE3D27D4EB4F) & _WORD
    return 2 + (mixed >> 40) % (SLOTS - 2)


class Marks:
    """The table; processes forked after it was made share it."""

    def __init__(self) -> None:
        """Make a table of `SLOTS` words of 64 bits."""
        self._table = memoryview(mmap(-1, SLOTS * 8)).cast("Q")
        self._known = memoryview(mmap(-1, KNOWN * 8)).cast("Q")
        self._process = 0
        self._stamps = count()

    def __reduce__(self) -> tuple[type[Marks], tuple[()]]:
        """Where processes are not forked, each has a table of its own and learns from the bus."""
        return (Marks, ())

    def stamp(self) -> int:
        """Return a number that no process has ever stamped."""
        if self._process != os.getpid():
            self._process, self._stamps = os.getpid(), count(randbits(62))
        return next(self._stamps)

    def touch(self, slots: Collection[int], stamp: int) -> None:
        """Stamp slots with a number that none of them ever bore."""
        self._write(slots, stamp)
        self._known[stamp % KNOWN] = stamp

    def heed(self, slots: Collection[int], stamp: int) -> None:
        """Stamp slots that some process says it touched, unless it is of this host, where they share the table.

        With a number of our own: `stamp` written again after a later one would make slots look as they did in between, and what
        was remembered then look right.
        """
        if self._known[stamp % KNOWN] != stamp:
            self._write(slots, self.stamp())

    def _write(self, slots: Collection[int], number: int) -> None:
        table = self._table
        if slots:
            table[TICK] = number
        for one in slots:
            table[one] = number

    def touch_all(self) -> None:
        """Make every remembered answer stale."""
        self.touch((EVERYTHING,), self.stamp())

    def tick(self) -> int:
        """Return what the latest stamp was; take it before reading what a `state` will stand for."""
        return self._table[TICK]

    def state(self, slots: Iterable[int], tick: int) -> State | None:
        """Return how slots look, or `None` when anything was stamped since `tick`: what was read may be older than the slots."""
        look: itemgetter[Sequence[int]] = itemgetter(EVERYTHING, *slots, EVERYTHING)
        seen = hash(look(self._table))
        return State(look, seen) if self._table[TICK] == tick else None

    def unchanged(self, state: State) -> bool:
        """Tell whether slots still look as they did."""
        return hash(state.look(self._table)) == state.seen
