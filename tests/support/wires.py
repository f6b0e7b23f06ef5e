"""Connections to a house, seen from the client as messages of ASGI: in process, or by the side door and the network.

Tests of streams are written once and go through both.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress

from starlette.types import ASGIApp, Message, Scope
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from salledepause.surfaces.mastodon import SideDoor, bound
from tests.support.house import House

MOST = 2**20
PATIENCE = 30.0
"""Seconds within which what must come has come."""


@asynccontextmanager
async def side_door(house: House) -> AsyncIterator[int]:
    """Open a side door to a house for a block; return its port."""
    at = bound("127.0.0.1", 0)
    port: int = at.getsockname()[1]
    async with SideDoor(house.app, at):
        yield port


class Wire:
    """The client's end of one connection: what was sent to it, what it says; it reads nothing while it is stuck."""

    def __init__(self, talk: Callable[[], Coroutine[None, None, None]]) -> None:
        self.sent: asyncio.Queue[Message] = asyncio.Queue()
        self.inbox: asyncio.Queue[Message] = asyncio.Queue()
        self.stuck = asyncio.Event()
        self.stuck.set()
        self.task = asyncio.create_task(talk())

    async def read(self, patience: float = PATIENCE) -> Message:
        async with asyncio.timeout(patience):
            return await self.sent.get()

    async def hang_up(self, kind: str) -> None:
        self.inbox.put_nowait({"type": kind, "code": 1001})
        self.stuck.set()
        async with asyncio.timeout(PATIENCE):
            await self.task


class InnerWire(Wire):
    """A connection to an application in this process."""

    def __init__(self, app: ASGIApp, scope: Scope) -> None:
        super().__init__(lambda: self._run(app, scope))

    async def _run(self, app: ASGIApp, scope: Scope) -> None:
        async def send(message: Message) -> None:
            await self.stuck.wait()
            self.sent.put_nowait(message)

        await app(scope, self.inbox.get, send)


class RealWire(Wire):
    """A connection to a side door by TCP."""

    def __init__(self, port: int, scope: Scope) -> None:
        super().__init__(lambda: self._run(port, scope))

    async def _run(self, port: int, scope: Scope) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port, limit=MOST)
        target = scope["path"] + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        talk = self._plain(target, headers) if scope["type"] == "http" else self._socket(target, headers)
        try:
            await talk
        finally:
            self._writer.close()
            with suppress(ConnectionError):
                await self._writer.wait_closed()

    async def _plain(self, target: str, headers: dict[str, str]) -> None:
        told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._writer.write(f"GET {target} HTTP/1.1\r\nhost: salle.test\r\n{told}\r\n".encode())
        first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).strip().split(b"\r\n")
        pairs = [tuple(line.split(b": ", 1)) for line in lines]
        self.sent.put_nowait({"type": "http.response.start", "status": int(first.split()[1]), "headers": pairs})
        gone = asyncio.create_task(self.inbox.get())
        reading = asyncio.create_task(self._bodies())
        await asyncio.wait([gone, reading], return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        reading.cancel()
        await asyncio.gather(gone, reading, return_exceptions=True)

    async def _bodies(self) -> None:
        """Put an event or a comment of a stream at a time, any other body whole."""
        unit = b""
        while line := await self._reader.readline():
            await self.stuck.wait()
            unit += line
            if unit.startswith(b":") or line == b"\n":
                self._put_body(unit, more=True)
                unit = b""
        self._put_body(unit, more=False)

    def _put_body(self, body: bytes, *, more: bool) -> None:
        self.sent.put_nowait({"type": "http.response.body", "body": body, "more_body": more})

    async def _socket(self, target: str, headers: dict[str, str]) -> None:
        offered = headers.pop("sec-websocket-protocol", None)
        protocols = [Subprotocol(offered)] if offered else None
        client = ClientProtocol(parse_uri(f"ws://salle.test{target}"), subprotocols=protocols)
        request = client.connect()
        for name, value in headers.items():
            request.headers[name] = value
        client.send_request(request)
        self._flush(client)
        asking = asyncio.create_task(self._ask(client))
        try:
            while data := await self._reader.read(65536):
                await self.stuck.wait()
                client.receive_data(data)
                for event in client.events_received():
                    self._hear(client, event)
                self._flush(client)
        except ConnectionError:
            pass
        finally:
            asking.cancel()

    def _hear(self, client: ClientProtocol, event: object) -> None:
        if isinstance(event, Response) and event.status_code == 101:
            self.sent.put_nowait({"type": "websocket.accept", "subprotocol": client.subprotocol})
        elif isinstance(event, Response):
            pairs = [(name.encode(), value.encode()) for name, value in event.headers.raw_items()]
            self.sent.put_nowait({"type": "websocket.http.response.start", "status": event.status_code, "headers": pairs})
            self.sent.put_nowait({"type": "websocket.http.response.body", "body": bytes(event.body)})
        elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
            self.sent.put_nowait({"type": "websocket.send", "text": bytes(event.data).decode()})
        elif isinstance(event, Frame) and event.opcode is Opcode.CLOSE:
            code = client.close_rcvd.code if client.close_rcvd else 0
            self.sent.put_nowait({"type": "websocket.close", "code": code})

    async def _ask(self, client: ClientProtocol) -> None:
        while (message := await self.inbox.get())["type"] != "websocket.disconnect":
            if (text := message.get("text")) is not None:
                client.send_text(text.encode())
            elif message["type"] == "websocket.receive":
                client.send_binary(message["bytes"])
            self._flush(client)
        self._writer.close()

    def _flush(self, client: ClientProtocol) -> None:
        for data in client.data_to_send():
            if data:
                self._writer.write(data)
            else:
                self._writer.write_eof()
