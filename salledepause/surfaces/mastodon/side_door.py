"""The side door: a port of streams alone, where an open WebSocket weighs a fifth of what it does on the main port.

Whoever is told of it comes here (docs/decisions/0008); the application behind is the same one. Each web process has its own side
door on the one port of its house: the system deals the connections.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from types import TracebackType
from typing import Self

from starlette.types import ASGIApp

from salledepause.surfaces.mastodon.side_guest import Guest, Within
from salledepause.surfaces.mastodon.streaming import ROOT

PULSE = 30.0
"""Seconds between two pings."""
PARTING = 2.0
"""Seconds that streams have to end when the door closes."""
AT_ONCE = 4096
"""Bytes read at once."""
UNSENT = 64 * 1024
"""Bytes that the system keeps for a guest who does not read."""
QUEUE = 2048
"""Connections that wait to be let in."""


class SideDoor:
    """The side door of one web process, open for a block."""

    def __init__(self, app: ASGIApp, at: socket.socket) -> None:
        """Lead to an application from a bound socket."""
        self._within = Within(app, ROOT, memoryview(bytearray(AT_ONCE)), set())
        self._at = at
        self._pulse: asyncio.Task[None]
        self._server: asyncio.Server

    async def __aenter__(self) -> Self:
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Guest(self._within), sock=self._at, backlog=QUEUE)
        self._pulse = loop.create_task(self._tend())
        return self

    def shut(self) -> None:
        """Let nobody in any more; who is in stays."""
        self._server.close()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Shut the door, give streams that were told to end the time to say so, and hang up on whoever is left."""
        self.shut()
        self._pulse.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(PARTING):
                while self._within.guests:  # noqa: ASYNC110 - nobody says that the last one left
                    await asyncio.sleep(PARTING / 100)
        for guest in list(self._within.guests):
            guest.abort()
        await asyncio.sleep(0)

    async def _tend(self) -> None:
        while True:
            await asyncio.sleep(PULSE)
            for guest in list(self._within.guests):
                guest.tend()


def bound(host: str, port: int) -> socket.socket:
    """Return a socket bound to a port that other processes of the house share; port 0: any free one. Raises OSError."""
    taken = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT)
    try:
        taken.bind((host, port))
    except OSError:
        taken.close()
        raise
    return taken
