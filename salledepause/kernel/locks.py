"""Locks between processes, a file or a name that one holds alone or several share; the system lets go when its holder dies."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Held:
    """An open lock; forked children hold it too, until they die."""

    def __init__(self, opened: int) -> None:
        """Take the descriptor of a locked file."""
        self._opened = opened

    def alone(self) -> bool:
        """Try to be its only holder; a shared lock is lost when others hold it still."""
        return _lock(self._opened, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def shared(path: Path) -> Iterator[Held]:
    """Hold a lock with others for a block, once nobody holds it alone."""
    with _opened(path) as number:
        fcntl.flock(number, fcntl.LOCK_SH)
        yield Held(number)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a lock alone for a block, once nobody else holds it."""
    with _opened(path) as number:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield


@contextmanager
def alone_or_not(path: Path, given: int = -1) -> Iterator[int | None]:
    """Try to hold a lock alone for a block, without waiting; lend its descriptor, `None` when others hold it.

    `given` is a descriptor of it that somebody held and left.
    """
    if given >= 0:
        try:
            yield given
        finally:
            os.close(given)
        return
    with _opened(path) as number:
        yield number if _lock(number, fcntl.LOCK_EX | fcntl.LOCK_NB) else None


@contextmanager
def named(name: str, given: int = -1) -> Iterator[int]:
    """Hold a name alone for a block, among all who share this machine's ports (unix(7), «abstract»); lend its descriptor.

    `given` is a descriptor of it that somebody held and left. Raises OSError when somebody else holds it. Only Linux has such
    names: elsewhere nothing is held, and -1 lent.
    """
    if sys.platform != "linux":
        yield -1
        return
    with socket.socket(socket.AF_UNIX, fileno=given if given >= 0 else None) as held:
        if given < 0:
            held.bind(f"\0{name}")
        yield held.fileno()


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    path.parent.mkdir(parents=True, exist_ok=True)
    number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield number
    finally:
        os.close(number)


def _lock(number: int, how: int) -> bool:
    try:
        fcntl.flock(number, how)
    except BlockingIOError:
        return False
    return True
