"""The socket through which one web process lets people in: held above it, so that the next one goes on where it leaves.

Each process of a house has one of its own on the port of all (SO_REUSEPORT: the system deals the connections). As long as
somebody holds the socket, who knocks waits in its line, and nobody is sent away while one process takes the place of another
(socket(7), listen(2)). Once a process dies unexpectedly the socket goes too, and the others let everybody in.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

LINE = 2048
"""Connections that wait to be let in."""


class Door:
    """The socket of one web process; bound, and deaf until a process listens."""

    def __init__(self, host: str, port: int, given: int = -1) -> None:
        """Stand at an address: with a descriptor `given` by who stood there before, or none yet."""
        self._at = host, port
        self._held = socket.socket(fileno=given) if given >= 0 else None

    @property
    def number(self) -> int:
        """Its descriptor, -1 while it is shut."""
        return self._held.fileno() if self._held else -1

    def open(self) -> None:
        """Have a socket there, unless it is there already. Raises OSError."""
        if self._held:
            return
        held = socket.socket(socket.AF_INET6 if ":" in self._at[0] else socket.AF_INET)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.setblocking(False)
        held.bind(self._at)
        self._held = held

    def listen(self) -> int:
        """Let people knock; return a descriptor of it for who opens to them, who closes it. Raises OSError for a shut one."""
        if self._held is None:
            raise OSError(self._at)
        self._held.listen(LINE)
        return os.dup(self._held.fileno())

    def shut(self) -> None:
        """Let go of the socket; who else holds it keeps it."""
        if self._held:
            self._held.close()
            self._held = None

    def turn_away(self) -> None:
        """Let nobody in through it any more, in this process alone: each of its descriptors leads to where nobody knocks.

        Closing them would not do: the server goes on watching what it was given, and the line is still another's.
        """
        if self._held is None:
            return
        with socket.socket() as nowhere:
            nowhere.bind(("127.0.0.1", 0))
            nowhere.listen(1)
            nowhere.setblocking(False)
            ours = os.fstat(self._held.fileno()).st_ino
            for number in [int(one.name) for one in Path("/dev/fd").iterdir()]:
                with suppress(OSError):
                    if os.fstat(number).st_ino == ours:
                        os.dup2(nowhere.fileno(), number, inheritable=False)
