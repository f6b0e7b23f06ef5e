"""One house takes the place of another without refusing anybody: the same process, new code, its sockets in its hands.

Told by SIGUSR2, who keeps the crew first has the new code say whether it can open (its settings, its migrations), then becomes it
(execve(2): same number, same children, so that whoever watches over it sees nothing). The processes of before go on serving until
as many new ones do; then they let nobody in any more, finish what they accepted, and end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

import msgspec
import structlog

log = structlog.get_logger(__name__)

VARIABLE = "SALLE_RELAY"
"""Where the one before leaves word, in the environment; taken out as soon as it is read."""
TOLD = (signal.SIGUSR2, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""What waits while a house has no ear yet."""
LEAVE = signal.SIGUSR1
"""Tells a web process to leave gently."""
LONGEST = 60.0
"""Seconds after which a process that was told to leave is ended."""
LAST = 2.0
"""Seconds that those of before have to end with the house."""


class Word(msgspec.Struct):
    """What one house leaves to the next: descriptors (-1: none), and its processes, true for those who leave gently."""

    lock: int = -1
    streams: int = -1
    names: dict[str, int] = {}
    """Those it has alone on this machine."""
    doors: list[int] = []
    crew: list[tuple[int, bool]] = []

    def numbers(self) -> list[int]:
        """Return its descriptors."""
        return [number for number in (self.lock, self.streams, *self.names.values(), *self.doors) if number >= 0]


class Roll:
    """How many processes said that they are there: a pipe, a byte each."""

    def __init__(self) -> None:
        """Open the pipe, before anybody is forked."""
        self._reads, self._writes = os.pipe()
        os.set_blocking(self._reads, False)
        self._count = 0

    def here(self) -> None:
        """Say that this process is there."""
        os.write(self._writes, b".")

    def count(self) -> int:
        """Return how many said so."""
        with suppress(BlockingIOError):
            self._count += len(os.read(self._reads, 4096))
        return self._count


class Relay:
    """What a house holds for the next one, and what it still has of the one before."""

    def __init__(self, left: Word | None = None) -> None:
        """Take up where somebody left word, or begin."""
        self.left, self.word, self.roll = left or Word(), Word(), Roll()
        self._crew = dict(self.left.crew)
        self._told = 0.0
        self._asked = False
        self._check: subprocess.Popen[bytes] | None = None

    @classmethod
    def received(cls) -> Relay:
        """Return what the house before left, whose descriptors go no further by themselves."""
        said = os.environ.pop(VARIABLE, "")
        word = msgspec.json.decode(said, type=Word) if said else Word()
        for number in word.numbers():
            os.set_inheritable(number, False)
        return cls(word)

    def heed(self) -> None:
        """Have ears for whoever asks for a new house, and for what was said meanwhile."""
        signal.signal(signal.SIGUSR2, self._ask)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD)

    def _ask(self, *_: object) -> None:
        self._asked = True

    def tend(self, up: int, check: Sequence[str]) -> bool:
        """Let those of before go once `up` of ours are there; tell whether the new code is asked for and can open.

        `check` is the command that says so: it ends with 0.
        """
        if self._crew:
            self._let_go(ready=self.roll.count() >= up)
            return False
        if self._check is None:
            if self._asked:
                self._asked = False
                self._check = subprocess.Popen(check)
            return False
        if (code := self._check.poll()) is None:
            return False
        self._check = None
        if code:
            log.error("relay.refused", code=code)
        return code == 0

    def _let_go(self, *, ready: bool) -> None:
        """Tell those of before to leave, once; bury those who did, and end those who take too long."""
        if ready and not self._told:
            self._told = time.monotonic()
            for number, gently in self._crew.items():
                _send(number, LEAVE if gently else signal.SIGTERM)
        late = self._told and time.monotonic() - self._told > LONGEST
        for number in list(self._crew):
            if late:
                _send(number, signal.SIGKILL)
            if _buried(number):
                del self._crew[number]
        if not self._crew:
            log.info("relay.done")

    def end(self) -> None:
        """Have those of before end, with the house."""
        for number in self._crew:
            _send(number, signal.SIGTERM)
        last = time.monotonic() + LAST
        while self._crew and time.monotonic() < last:
            self._crew = {number: gently for number, gently in self._crew.items() if not _buried(number)}
            time.sleep(LAST / 100)

    def hand_on(self) -> None:
        """Become the next house; does not return."""
        for number in self.word.numbers():
            os.set_inheritable(number, True)
        os.environ[VARIABLE] = msgspec.json.encode(self.word).decode()
        signal.pthread_sigmask(signal.SIG_BLOCK, TOLD)
        log.info("relay.begun")
        sys.stdout.flush()
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - the very command that started us


def command(*words: str) -> list[str]:
    """Return another command of this program, called as this one was."""
    return [sys.executable, *sys.orig_argv[1 : len(sys.orig_argv) - len(sys.argv) + 1], *words]


def _send(number: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(number, what)


def _buried(number: int) -> bool:
    try:
        return os.waitpid(number, os.WNOHANG)[0] == number
    except ChildProcessError:
        return True
