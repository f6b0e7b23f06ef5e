"""Open streams as a client would, in process: server-sent events and WebSockets, each read with a time limit."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.types import Message, Scope

from tests.support.house import House, Person
from tests.support.wires import PATIENCE, InnerWire, RealWire, Wire

QUIET = 0.35
"""Seconds without anything, after which nothing will come."""


class Heard(NamedTuple):
    """An event: the stream it came from (empty for server-sent events), its name, its payload as text."""

    stream: list[str]
    event: str
    payload: str

    @property
    def body(self) -> Any:
        return json.loads(self.payload)


class Events:
    """A stream of server-sent events."""

    def __init__(self, wire: Wire, start: Message) -> None:
        self.wire = wire
        self.status: int = start["status"]
        self.headers = {name.decode(): value.decode() for name, value in start["headers"]}
        self.comments: list[str] = []
        self.over = False

    async def next(self, patience: float = PATIENCE) -> Heard:
        async with asyncio.timeout(patience):
            while True:
                chunk = (await self.chunk()).decode()
                if chunk.startswith("event: "):
                    first, second, *rest = chunk.split("\n")
                    assert second.startswith("data: ")
                    assert rest == ["", ""]
                    return Heard([], first.removeprefix("event: "), second.removeprefix("data: "))
                self.comments.append(chunk)

    async def chunk(self) -> bytes:
        message = await self.wire.sent.get()
        self.over = not message.get("more_body", False)
        body: bytes = message["body"]
        return body

    async def quiet(self) -> bool:
        try:
            await self.next(QUIET)
        except TimeoutError:
            return True
        return False

    async def ended(self) -> bool:
        async with asyncio.timeout(PATIENCE):
            while not self.over:
                await self.chunk()
            await self.wire.task
        return True


class Socket:
    """A WebSocket."""

    def __init__(self, wire: Wire, accepted: Message) -> None:
        self.wire = wire
        self.subprotocol = accepted.get("subprotocol")

    async def frame(self, patience: float = PATIENCE) -> dict[str, Any]:
        message = await self.wire.read(patience)
        assert message["type"] == "websocket.send", message
        found: dict[str, Any] = json.loads(message["text"])
        return found

    async def next(self, patience: float = PATIENCE) -> Heard:
        frame = await self.frame(patience)
        return Heard(frame["stream"], frame["event"], frame["payload"])

    def ask(self, kind: str, stream: str, **more: Any) -> None:
        self.say(json.dumps({"type": kind, "stream": stream} | more))

    def say(self, text: str) -> None:
        self.wire.inbox.put_nowait({"type": "websocket.receive", "text": text})

    async def settled(self) -> None:
        """Wait until what was asked is done: it is done in order, and a stream that there is not is refused last."""
        self.ask("subscribe", "nothing")
        assert (await self.frame())["error"] == "Unknown stream type"

    async def quiet(self) -> bool:
        try:
            await self.frame(QUIET)
        except TimeoutError:
            return True
        return False

    async def closed(self) -> int:
        message = await self.wire.read()
        assert message["type"] == "websocket.close", message
        await self.wire.task
        code: int = message["code"]
        return code


def _wire(house: House, scope: Scope) -> Wire:
    return RealWire(house.side, scope) if house.side else InnerWire(house.app, scope)


def _scope(kind: str, path: str, headers: dict[str, str], query: dict[str, Any]) -> Scope:
    return {
        "type": kind,
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "https" if kind == "http" else "wss",
        "query_string": urlencode(query).encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 5000),
        "server": ("salle.test", 443),
        "subprotocols": [headers["sec-websocket-protocol"]] if "sec-websocket-protocol" in headers else [],
        "extensions": {"websocket.http.response": {}},
        "asgi": {"version": "3.0"},
    }


@asynccontextmanager
async def events(house: House, path: str, who: Person | str | None, **query: Any) -> AsyncIterator[Events]:
    """Open `/api/v1/streaming/PATH` as somebody for a block."""
    token = who.token if isinstance(who, Person) else who
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with listening(house, f"/api/v1/streaming/{path}", headers, **query) as opened:
        yield opened


@asynccontextmanager
async def listening(house: House, path: str, headers: dict[str, str], **query: Any) -> AsyncIterator[Events]:
    """Open a stream of server-sent events for a block; it hears nothing that was said before."""
    await house.heard()
    wire = _wire(house, _scope("http", path, headers, query))
    opened = Events(wire, await wire.read())
    if opened.status == 200:
        assert await opened.chunk() == b":)\n"
    yield opened
    if not wire.task.done():
        await wire.hang_up("http.disconnect")


@asynccontextmanager
async def socket(
    house: House, headers: dict[str, str] | None = None, path: str = "/api/v1/streaming", **query: Any
) -> AsyncIterator[Socket]:
    """Open the WebSocket for a block, to hear nothing that was said before; the token is in `headers` or in `query`."""
    await house.heard()
    wire = _wire(house, _scope("websocket", path, headers or {}, query))
    wire.inbox.put_nowait({"type": "websocket.connect"})
    accepted = await wire.read()
    assert accepted["type"] == "websocket.accept", accepted
    yield Socket(wire, accepted)
    if not wire.task.done():
        await wire.hang_up("websocket.disconnect")


async def denied(house: House, headers: dict[str, str] | None = None, **query: Any) -> tuple[int, dict[str, Any]]:
    """Open a WebSocket that is refused; return the status and the JSON of the refusal."""
    wire = _wire(house, _scope("websocket", "/api/v1/streaming", headers or {}, query))
    wire.inbox.put_nowait({"type": "websocket.connect"})
    start, body = await wire.read(), await wire.read()
    assert start["type"] == "websocket.http.response.start", start
    await wire.task
    return start["status"], json.loads(body["body"])
