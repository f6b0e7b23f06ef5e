"""The processes of a house: forked from one, watched, brought back when they die, stopped together.

A forked process has all modules loaded and starts in milliseconds; that is why who keeps a crew stays free of threads
(fork(2): a child has only the thread that forked, and every lock as it was).
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess, SpawnProcess
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from salledepause.kernel import logs
from salledepause.kernel.doors import Door

log = structlog.get_logger(__name__)

Process = ForkProcess if sys.platform == "linux" else SpawnProcess
YOUNG = (10_000, 20, 20)
"""After how many new objects memory is searched for circles, and how seldom among older ones (gc.set_threshold): hundreds of
requests at once hold more than the seven hundred at which the library would search them all."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
QUICK = 0.3
"""Seconds: a process that dies sooner than this did not come up."""
LONGEST_PAUSE = 5.0
"""Seconds at most before one that does not come up is tried again."""
DIE_WITH_PARENT, NAME = 1, 15
"""PR_SET_PDEATHSIG and PR_SET_NAME (prctl(2))."""
GROUP = Path("/proc/self/autogroup")
STEP_BACK = 5
"""How nice our session is to others: a third of their weight when all want the processor (sched(7))."""


def give_way() -> None:
    """Let the database go before us where Linux shares the processor between sessions (sched(7), « The autogroup feature »).

    It sleeps between two statements, and of a busy machine a session that often sleeps gets little at first: a post waited for
    80 ms on a server whose turn did not come, while those who waited for it ran. A session that is not ours alone, such as that
    of somebody's terminal, is left as it is.
    """
    if os.getsid(0) == os.getpid() and GROUP.exists():
        with suppress(OSError):  # a container may show it and forbid it
            GROUP.write_text(str(STEP_BACK))


class Duty(NamedTuple):
    """What one process does as long as the house stands; `ps` and `top` show its name (15 bytes at most)."""

    name: str
    act: Callable[..., None]
    given: tuple[Any, ...] = ()
    door: Door | None = None
    """Where it lets people in: opened before it begins, shut once it died."""


class Hand:
    """The process of one duty: the one that runs, or the next one when it died."""

    def __init__(self, duty: Duty, doors: Sequence[Door]) -> None:
        """Start the process; `doors` are those of the whole house."""
        self.duty = duty
        self._others = [door for door in doors if door is not duty.door]
        self.failures = 0
        self.due = 0.0
        self.start()

    def start(self) -> None:
        """Start a process for the duty; signals wait until it has its own way with them."""
        self.born = time.monotonic()
        if self.duty.door:
            self.duty.door.open()
        self.process = Process(target=_take_up, args=(self.duty, os.getpid(), self._others), name=self.duty.name, daemon=True)
        with _signals_waiting():
            self.process.start()

    def tend(self) -> None:
        """Bring the process back when it died: at once when it had come up, ever later when it had not."""
        if self.process.is_alive():
            return
        now = time.monotonic()
        if not self.due:
            if self.duty.door:
                self.duty.door.shut()
            came_up = now - self.born > QUICK
            self.failures = 0 if came_up else self.failures + 1
            self.due = now + (0 if came_up else min(LONGEST_PAUSE, 0.05 * 2**self.failures))
            log.warning("process.lost", name=self.duty.name, code=self.process.exitcode)
        if now >= self.due:
            self.process.join()
            self.due = 0.0
            self.start()


class Crew:
    """All the processes of a house."""

    def __init__(self, duties: Sequence[Duty]) -> None:
        """Start one process a duty."""
        gc.set_threshold(*YOUNG)
        gc.freeze()  # what is loaded already is shared with every process: no collector need visit it, nor copy its pages
        self.doors = [duty.door for duty in duties if duty.door]
        self._hands = [Hand(duty, self.doors) for duty in duties]

    def numbers(self) -> list[tuple[int, bool]]:
        """Return its processes that live, and whether each has a door."""
        alive = [hand for hand in self._hands if hand.process.is_alive()]
        return [(hand.process.pid, hand.duty.door is not None) for hand in alive if hand.process.pid]

    def tend(self, seconds: float) -> None:
        """Wait until a process dies, `seconds` at most, then bring back those who died."""
        alive = [hand.process.sentinel for hand in self._hands if hand.process.is_alive()]
        wait(alive, seconds if len(alive) == len(self._hands) else QUICK / 10)
        for hand in self._hands:
            hand.tend()

    def stop(self, seconds: float) -> None:
        """Ask all of them to finish what they have begun; kill those who have not after `seconds`."""
        for door in self.doors:
            door.shut()
        for hand in self._hands:
            hand.process.terminate()
        last = time.monotonic() + seconds
        for hand in self._hands:
            hand.process.join(max(0.0, last - time.monotonic()))
            if hand.process.is_alive():
                log.warning("process.killed", name=hand.duty.name)
                hand.process.kill()
                hand.process.join()


@contextmanager
def _signals_waiting() -> Iterator[None]:
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def _take_up(duty: Duty, parent: int, others: Sequence[Door]) -> None:
    """Begin a process: it stops when told or when its parent dies; Ctrl-C is for the parent, who tells in order.

    It holds no door but its own: the line at one whose process died must end with it.
    """
    for door in others:
        door.shut()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if sys.platform == "linux":
        system = ctypes.CDLL(None)
        system.prctl(DIE_WITH_PARENT, signal.SIGTERM)
        system.prctl(NAME, duty.name.encode())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    if os.getppid() != parent:
        return
    logs.configure()
    try:
        duty.act(*duty.given)
    except Exception:
        log.exception("process.failed", name=duty.name)
        raise SystemExit(1) from None
