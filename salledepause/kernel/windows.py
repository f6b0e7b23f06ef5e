"""What this process remembers of what it read, each thing as long as nothing that it stands on changed, a minute at most.

What an answer stands on is said by the readings that made it (`Tx.stands_on`), what a writing changes by the writing
(`Tx.touches`); kernel/marks.py compares. What changes by itself at a known hour says it (`Tx.changes_at`); the minute bounds the
rest: a mute that ends.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from salledepause.kernel import clock
from salledepause.kernel.marks import Marks, State

SECONDS = 60.0
"""How long something is remembered at most."""
BYTES = 64 * 1024 * 1024
"""What all that one process remembers may weigh."""
ENTRY, POINTER = 600, 8
"""Bytes that one thing weighs by itself, and for each slot that it stands on."""


class Stood(NamedTuple):
    """What something stands on: slots, the tick before it was read, and when it changes by itself, where that is known."""

    slots: Iterable[int]
    tick: int
    ends: datetime | None = None


class Window(NamedTuple):
    """One thing remembered."""

    value: Any
    state: State
    until: float
    weight: int


class Windows:
    """What one process remembers; the oldest leaves first."""

    def __init__(self, marks: Marks, most: int = BYTES) -> None:
        """Remember things that weigh `most` bytes together."""
        self.marks = marks
        self._most = most
        self._weight = 0
        self._kept: dict[Hashable, Window] = {}

    def recall(self, key: Hashable) -> Any | None:
        """Return what is remembered and still right."""
        window = self._kept.get(key)
        if window is None:
            return None
        if time.monotonic() < window.until and self.marks.unchanged(window.state):
            return window.value
        self._drop(key)
        return None

    def keep(self, key: Hashable, value: Any, weight: int, stood: Stood) -> None:
        """Remember a value of `weight` bytes, unless what it stands on changed since it was read."""
        named = tuple(stood.slots)
        state = self.marks.state(named, stood.tick)
        seconds = min(SECONDS, (stood.ends - clock.now()).total_seconds()) if stood.ends else SECONDS
        if state is None or seconds <= 0:
            return
        if key in self._kept:
            self._drop(key)
        whole = ENTRY + POINTER * len(named) + weight
        self._kept[key] = Window(value, state, time.monotonic() + seconds, whole)
        self._weight += whole
        while self._weight > self._most:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        self._weight -= self._kept.pop(key).weight
