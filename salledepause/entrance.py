"""The HTTP server at a door that is held above it, and how it parts from those it talks with when its process leaves."""

from __future__ import annotations

from collections.abc import Awaitable

from granian._granian import SocketHolder
from granian.server.embed import Server
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from salledepause.kernel.doors import LINE, Door

PLAIN = (False, LINE)
"""No socket of a file, and how many may wait."""


class Entrance(Server):
    """The server at a socket that it is given, and does not open itself."""

    door: Door

    def _init_shared_socket(self) -> None:
        self._ssp = None
        self._shd = SocketHolder(self.door.listen(), *PLAIN)  # type: ignore[call-arg,assignment]


class Parting:
    """An application that, once it is leaving, ends each connection with its answer: who goes on talking comes in elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self._app = app
        self.leaving = False

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve a request."""
        return self._app(scope, receive, _last(send) if self.leaving and scope["type"] == "http" else send)


def _last(send: Send) -> Send:
    async def closing(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
        await send(message)

    return closing
