"""Connections held to one web process of a real installation each: plain requests, and open streams that keep what they hear."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

import psutil
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from bench.wire import answer, request
from tests.support.server import Server

PATIENCE, HANDFUL = 60.0, 16
"""Seconds that connections are drawn for a process, and how many at a time."""
TAKING = 0.1
"""Seconds that a process has to take in a connection."""
FRESH = 10.0
"""Seconds before an unused connection is thrown away: the server hangs up those that stay silent."""
LONGEST = 2**22
"""Bytes of one line of a stream."""
STREAMING = "/api/v1/streaming"
NOTHING = {"stream": "nothing"}
"""A stream that there is not: once it was refused, all that was asked before was done."""


class Deal:
    """Connections to a server by the web process that took them in: the system deals them as it likes."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._kept: dict[int, list[tuple[float, socket.socket]]] = {}

    @property
    def processes(self) -> list[psutil.Process]:
        return self.server.web_processes()

    async def held(self, process: psutil.Process) -> socket.socket:
        """Return a connection that this web process took in."""
        last = time.monotonic() + PATIENCE
        while time.monotonic() < last:
            kept = self._kept.setdefault(process.pid, [])
            while kept:
                opened, one = kept.pop()
                if time.monotonic() - opened < FRESH:
                    return one
                one.close()
            await asyncio.to_thread(self._draw)
        raise AssertionError(f"no connection is dealt to process {process.pid}")

    def _draw(self) -> None:
        now = time.monotonic()
        drawn = [socket.create_connection(("127.0.0.1", self.server.port)) for _ in range(HANDFUL)]
        time.sleep(TAKING)
        ours = {one.getsockname()[1]: one for one in drawn}
        for process in self.processes:
            for peer in process.net_connections("tcp"):
                if peer.raddr and (one := ours.pop(peer.raddr.port, None)):
                    one.setblocking(False)
                    self._kept.setdefault(process.pid, []).append((now, one))
        for one in ours.values():
            one.close()

    def close(self) -> None:
        """Hang up what nobody used."""
        for kept in self._kept.values():
            for _, one in kept:
                one.close()


class Line:
    """A connection to one process: one request after another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    @asynccontextmanager
    async def opened(cls, deal: Deal, process: psutil.Process) -> AsyncIterator[Self]:
        taken = await deal.held(process)
        reader, writer = await asyncio.open_connection(sock=taken, limit=LONGEST)
        try:
            yield cls(reader, writer)
        finally:
            writer.close()

    async def call(self, method: str, path: str, token: str | None = None, /, **body: Any) -> tuple[int, Any]:
        """Send a request as somebody; return the status and the JSON of the answer."""
        self.send(method, path, token, body)
        data = b""
        while (found := answer(data)) is None:
            more = await self.reader.read(LONGEST)
            assert more, f"the server hung up on {method} {path}"
            data += more
        said = data[found.end - found.size : found.end]
        return found.status, json.loads(said) if said else None

    async def ok(self, method: str, path: str, token: str | None = None, /, **body: Any) -> Any:
        """Do `call`, and return the JSON of a 200 answer."""
        status, said = await self.call(method, path, token, **body)
        assert status == 200, (method, path, status, said)
        return said

    def send(self, method: str, path: str, token: str | None, body: dict[str, Any]) -> None:
        headers = {"Host": "salle.test", "Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        self.writer.write(request(method, path, headers, json.dumps(body).encode() if body else b""))


class Heard(NamedTuple):
    """An event of a stream and when it came (`time.monotonic`)."""

    at: float
    event: str
    payload: str


class Stream:
    """An open stream: all it heard, and when it ended."""

    def __init__(self, kind: str, topic: str) -> None:
        self.kind = kind
        self.topic = topic
        self.heard: list[Heard] = []
        self.ended: float | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.topic}"

    def hear(self, event: str, payload: str) -> None:
        self.heard.append(Heard(time.monotonic(), event, payload))


@asynccontextmanager
async def events(deal: Deal, process: psutil.Process, topic: str, token: str, **query: str) -> AsyncIterator[Stream]:
    """Open a stream of server-sent events in one process for a block."""
    stream = Stream("events", topic)
    async with Line.opened(deal, process) as line:
        line.send("GET", f"{STREAMING}/{topic.replace(':', '/')}?{urlencode(query)}", token, {})
        assert b" 200 " in await line.reader.readline()
        while await line.reader.readline() != b":)\n":
            pass
        async with beside(_lines(line, stream)):
            yield stream


async def _lines(line: Line, stream: Stream) -> None:
    event = ""
    while said := (await line.reader.readline()).decode():
        if said.startswith("event: "):
            event = said.removeprefix("event: ").strip()
        elif said.startswith("data: "):
            stream.hear(event, said.removeprefix("data: ").strip())
        elif said == "0\r\n":
            break
    stream.ended = time.monotonic()


@asynccontextmanager
async def sockets(deal: Deal, process: psutil.Process, token: str, *wanted: dict[str, str]) -> AsyncIterator[dict[str, Stream]]:
    """Open a WebSocket in one process for a block, subscribed to what is wanted; return its streams by name."""
    streams = {one["stream"]: Stream("socket", one["stream"]) for one in wanted}
    taken = await deal.held(process)
    url = f"ws://127.0.0.1:{deal.server.port}{STREAMING}"
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(url, sock=taken, additional_headers=headers, max_size=LONGEST, proxy=None) as opened:
        for one in (*wanted, NOTHING):
            await opened.send(json.dumps({"type": "subscribe"} | one))

        def hear(said: dict[str, Any]) -> None:
            if said["stream"]:
                streams[said["stream"][0]].hear(said["event"], said["payload"])

        while "error" not in (said := json.loads(await opened.recv())):
            hear(said)

        async def listen() -> None:
            try:
                async for frame in opened:
                    hear(json.loads(frame))
            except ConnectionClosed:
                pass
            for stream in streams.values():
                stream.ended = time.monotonic()

        async with beside(listen()):
            yield streams


@asynccontextmanager
async def beside(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let work go on beside a block; what it raised is raised at the end, but for a connection that was lost."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception) and not isinstance(end, ConnectionError):
            raise end


@asynccontextmanager
async def both(deal: Deal) -> AsyncIterator[list[Line]]:
    """Hold one line to each web process for a block."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Line.opened(deal, one)) for one in deal.processes]
