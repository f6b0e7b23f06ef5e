"""One connection at the side door: a request, then a WebSocket or a plain answer, by an application that speaks ASGI.

Bytes are understood by the `websockets` library, which does no input or output; here is what a server adds: how much may come,
how much may wait, how long. A guest owns no buffer: what is read is taken in at once, and what cannot be written makes the
application wait. RFC 6455; https://asgi.readthedocs.io/en/stable/specs/www.html
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple, cast
from urllib.parse import unquote

import msgspec
import structlog
from starlette.types import ASGIApp, Message, Scope
from websockets.exceptions import SecurityError
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import Event, State
from websockets.server import ServerProtocol

from salledepause.surfaces.edge import JSON, Header

log = structlog.get_logger(__name__)

PATIENCE = 10.0
"""Seconds in which a request must have come."""
FAREWELL = 1.0
"""Seconds that a guest has to take the end and hang up."""
LONGEST_HEAD = 16 * 1024
"""Bytes of a request."""
LONGEST_MESSAGE = 16 * 1024
"""Bytes of a message on a WebSocket, in one frame or in many."""
MOST_FRAMES = 500
"""Frames of any kind between two pings."""
MOST_UNREAD = 8
"""Messages that wait for the application; with more, nothing is read."""
MOST_UNWRITTEN = 32 * 1024
"""Bytes that wait for the guest; with more, the application waits and nothing is read."""
NOT_TEXT, POLICY, LOST = 1007, 1008, 1006
"""Why a WebSocket ends (RFC 6455 §7.4.1)."""
METHODS = {"GET", "HEAD", "OPTIONS"}


class Within(NamedTuple):
    """What the guests of a door share: the application, the paths it is asked for, where bytes are read, who is in."""

    app: ASGIApp
    root: str
    buffer: memoryview
    guests: set[Guest]


class Guest(asyncio.BufferedProtocol):
    """One connection, from its first byte to its last."""

    __slots__ = (
        "_answer", "_arrived", "_ending", "_frames", "_head_only", "_heard", "_held", "_inbox", "_kind", "_over", "_protocol",
        "_reading", "_task", "_timer", "_transport", "_within", "_writable",
    )  # fmt: skip

    def __init__(self, within: Within) -> None:
        """Wait for a connection."""
        self._within = within
        self._protocol: ServerProtocol | None = ServerProtocol(max_size=LONGEST_MESSAGE)
        self._answer: Response | None = None
        self._task: asyncio.Task[None] | None = None
        self._inbox: deque[Message] = deque()
        self._arrived, self._writable = asyncio.Event(), asyncio.Event()
        self._writable.set()
        self._heard, self._frames = 0, 1
        self._held, self._kind = b"", Opcode.TEXT
        self._reading = True
        self._head_only = self._over = self._ending = False

    # What the transport tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for a request, not for long."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(MOST_UNWRITTEN)
        self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._transport.abort)
        self._within.guests.add(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Lend the one buffer there is: what is read is taken in before anything else is."""
        del sizehint
        return self._within.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take in what was read; nothing is to be said any more at the end, and little after the request of a plain answer."""
        if self._over:
            return
        self._heard += nbytes
        if self._protocol is None:
            if self._heard > 2 * LONGEST_HEAD:
                self._transport.abort()
            return
        self._protocol.receive_data(bytes(self._within.buffer[:nbytes]))
        events = self._protocol.events_received()
        if self._task:
            self._hear(self._protocol, cast("list[Frame]", events))
        else:
            self._meet(self._protocol, events)

    def pause_writing(self) -> None:
        """Let the application wait, and read nothing that would have to be answered."""
        self._writable.clear()
        self._read_or_not()

    def resume_writing(self) -> None:
        """Go on."""
        self._writable.set()
        self._read_or_not()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the application."""
        del exc
        self._timer.cancel()
        self._within.guests.discard(self)
        self._gone()

    # What the door asks

    def tend(self) -> None:
        """Send a ping; hang up on a WebSocket from which nothing came since the last one."""
        if self._protocol is None or self._protocol.state is not State.OPEN:
            return
        if not self._frames:
            self._transport.abort()
            return
        self._frames = 0
        self._protocol.send_ping(b"")
        self._flush(self._protocol)

    def abort(self) -> None:
        """Hang up."""
        self._transport.abort()

    # The request

    def _meet(self, protocol: ServerProtocol, events: list[Event]) -> None:
        if protocol.handshake_exc:
            self._refuse(431 if isinstance(protocol.handshake_exc, SecurityError) else 400)
        elif events:
            self._timer.cancel()
            # Whoever speaks on a WebSocket before it is open did not wait for the answer.
            hasty = len(events) > 1 or bool(protocol.reader.buffer or protocol.writes)
            self._admit(protocol, cast("Request", events[0]), hasty=hasty)
        elif self._heard > LONGEST_HEAD:
            self._refuse(431)

    def _admit(self, protocol: ServerProtocol, request: Request, *, hasty: bool) -> None:
        scope = scope_of(request, self._transport)
        self._head_only = request.method == "HEAD"
        if not f"{scope['path']}/".startswith(self._within.root + "/"):
            self._refuse(404)
        elif "upgrade" in request.headers:
            answer = protocol.accept(request)
            if hasty or answer.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
                self._refuse(400 if hasty else answer.status_code)
                return
            self._answer = answer
            self._call({**scope, "type": "websocket", "scheme": "ws"}, {"type": "websocket.connect"})
        elif request.method in METHODS:
            self._protocol = None
            self._call({**scope, "type": "http", "method": request.method}, {"type": "http.request"})
        else:
            self._refuse(405)

    def _call(self, scope: Scope, first: Message) -> None:
        self._inbox.append(first)
        self._task = asyncio.get_running_loop().create_task(self._serve(scope))
        self._read_or_not()

    async def _serve(self, scope: Scope) -> None:
        try:
            await self._within.app(scope, self._receive, self._send)
        except ConnectionError:
            pass
        except Exception:  # the edge: one guest that fails harms no other
            log.exception("streams.guest_failed")
            self._transport.abort()
        self._finish()

    # What comes on a WebSocket

    def _hear(self, protocol: ServerProtocol, frames: list[Frame]) -> None:
        self._frames += len(frames)
        try:
            for frame in frames:
                self._heed(protocol, frame)
        except UnicodeDecodeError:
            protocol.fail(NOT_TEXT)
        if self._frames > MOST_FRAMES:
            protocol.fail(POLICY)
        self._flush(protocol)
        self._read_or_not()

    def _heed(self, protocol: ServerProtocol, frame: Frame) -> None:
        if frame.opcode in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT}:
            self._kind = self._kind if frame.opcode is Opcode.CONT else frame.opcode
            self._held += frame.data
            if frame.fin:
                whole, self._held = self._held, b""
                said = {"text": whole.decode()} if self._kind is Opcode.TEXT else {"bytes": whole}
                self._put({"type": "websocket.receive", **said})
        elif frame.opcode is Opcode.CLOSE:
            self._gone(protocol.close_rcvd.code if protocol.close_rcvd else LOST)

    def _gone(self, code: int = LOST) -> None:
        """Tell the application that nothing comes any more."""
        if self._over:
            return
        self._over = True
        self._put({"type": "http.disconnect" if self._protocol is None else "websocket.disconnect", "code": code})
        self._writable.set()

    def _put(self, message: Message) -> None:
        self._inbox.append(message)
        self._arrived.set()

    def _read_or_not(self) -> None:
        """Read as long as the application keeps up and the guest takes what is said."""
        wanted = self._over or (self._writable.is_set() and len(self._inbox) < MOST_UNREAD and self._answer is None)
        if wanted is self._reading or self._transport.is_closing():
            return
        self._reading = wanted
        if wanted:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    # What the application is told, and says

    async def _receive(self) -> Message:
        while not self._inbox:
            self._arrived.clear()
            await self._arrived.wait()
        if self._inbox[0]["type"].endswith(".disconnect"):
            return self._inbox[0]
        message = self._inbox.popleft()
        self._read_or_not()
        return message

    async def _send(self, message: Message) -> None:
        if self._over:
            raise ConnectionResetError
        kind = message["type"]
        if kind.endswith(".start"):
            self._protocol = self._answer = None
            self._begin(message["status"], message["headers"])
        elif kind.endswith(".body"):
            self._transport.write(message.get("body", b""))
            if not message.get("more_body", False):
                self._finish()
        elif self._protocol is not None:
            self._speak(self._protocol, message)
        await self._writable.wait()

    def _speak(self, protocol: ServerProtocol, message: Message) -> None:
        kind = message["type"]
        if kind == "websocket.accept" and self._answer:
            if chosen := message.get("subprotocol"):
                self._answer.headers["Sec-WebSocket-Protocol"] = chosen
            protocol.send_response(self._answer)
            self._answer = None
            self._read_or_not()
        elif self._answer:
            self._refuse(403)
        elif kind == "websocket.close":
            protocol.send_close(message.get("code", 1000), message.get("reason") or "")
        elif protocol.state is State.OPEN:
            self._transport.write(framed(message["text"]))
        self._flush(protocol)

    def _refuse(self, status: int) -> None:
        """Answer without the application."""
        body = msgspec.json.encode({"error": HTTPStatus(status).phrase})
        self._protocol = self._answer = None
        self._begin(status, [JSON, (b"content-length", b"%d" % len(body))])
        if not self._over:
            self._transport.write(body)
        self._finish()

    def _begin(self, status: int, headers: list[Header]) -> None:
        lines = [b"HTTP/1.1 %d %s" % (status, HTTPStatus(status).phrase.encode())]
        lines += [name + b": " + value for name, value in headers]
        self._transport.write(b"\r\n".join([*lines, b"connection: close", b"", b""]))
        if self._head_only:
            self._finish()

    def _flush(self, protocol: ServerProtocol) -> None:
        for data in protocol.data_to_send():
            if data:
                self._transport.write(data)
            else:
                self._finish()

    def _finish(self) -> None:
        """End what is said, once; whoever does not hang up then is hung up on."""
        if self._ending or self._transport.is_closing():
            return
        self._ending = True
        self._gone()
        self._read_or_not()
        self._transport.write_eof()
        asyncio.get_running_loop().call_later(FAREWELL, self._transport.abort)


@lru_cache(maxsize=16)
def framed(text: str) -> bytes:
    """Return a text as the frame that a server sends, which bears no mask: an event is said to many, and written once."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def scope_of(request: Request, transport: asyncio.Transport) -> Scope:
    """Return what an application is told of a request, its type left out."""
    path, _, query = request.path.partition("?")
    offered = ",".join(request.headers.get_all("sec-websocket-protocol")).split(",")
    return {
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": request.protocol.removeprefix("HTTP/"),
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in request.headers.raw_items()],
        "client": transport.get_extra_info("peername", ("", 0))[:2],
        "server": transport.get_extra_info("sockname", ("", 0))[:2],
        "subprotocols": [one.strip() for one in offered if one.strip()],
        "extensions": {"websocket.http.response": {}},
    }
