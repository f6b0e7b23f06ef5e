"""A WebSocket client that says exactly the bytes it is told to, right or wrong (RFC 6455 §5.2)."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from tests.support.wires import PATIENCE

TEXT, BINARY, CLOSE, PING, PONG, CONT = 1, 2, 8, 9, 10, 0
MASK = b"\x01\x02\x03\x04"
UPGRADE = (
    "host: salle.test\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
    "sec-websocket-key: MTIzNDU2Nzg5MDEyMzQ1Ng==\r\n"
)


class Frame(NamedTuple):
    """What a server said in one frame."""

    kind: int
    data: bytes


class Raw:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def said(self, *data: bytes) -> bytes:
        """Say bytes; return all that comes until the server hangs up."""
        for one in data:
            self.writer.write(one)
        found = b""
        async with asyncio.timeout(PATIENCE):
            try:
                while more := await self.reader.read(65536):
                    found += more
            except ConnectionError:
                pass
        return found

    async def status(self, *data: bytes) -> int:
        """Say bytes; return the status of the answer, after which the server must hang up."""
        return int((await self.said(*data)).split()[1])

    async def ended(self, *data: bytes) -> int:
        """Say bytes on an open WebSocket; return the code with which the server ends it."""
        told = [one for one in frames(await self.said(*data)) if one.kind == CLOSE]
        assert len(told) == 1
        return int.from_bytes(told[0].data[:2])

    async def frame(self) -> Frame:
        """Return the next frame."""
        async with asyncio.timeout(PATIENCE):
            first, length = await self.reader.readexactly(2)
            size = length if length < 126 else int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8))
            return Frame(first & 15, await self.reader.readexactly(size))


@asynccontextmanager
async def raw(port: int) -> AsyncIterator[Raw]:
    """Connect for a block."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Raw(reader, writer)
    finally:
        writer.transport.abort()


@asynccontextmanager
async def upgraded(port: int, token: str, query: str = "") -> AsyncIterator[Raw]:
    """Open a WebSocket for a block."""
    async with raw(port) as opened:
        opened.writer.write(asking(token, query))
        head = await opened.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        yield opened


def asking(token: str, query: str = "") -> bytes:
    """Return the request that opens a WebSocket."""
    return f"GET /api/v1/streaming?{query} HTTP/1.1\r\n{UPGRADE}authorization: Bearer {token}\r\n\r\n".encode()


def frame(kind: int, data: bytes, *, fin: bool = True, masked: bool = True, first: int = 0) -> bytes:
    """Return a frame as a client sends it; `first` adds bits to its first byte."""
    size = len(data)
    short = struct.pack("!B", size | masked << 7) if size < 126 else struct.pack("!BH", 126 | masked << 7, size)
    mask = MASK if masked else b"\0\0\0\0"
    body = bytes(one ^ mask[at % 4] for at, one in enumerate(data))
    return bytes([fin << 7 | first | kind]) + short + (mask if masked else b"") + body


def frames(data: bytes) -> Iterator[Frame]:
    """Yield the frames of a server, all short."""
    while data:
        size = data[1]
        assert size < 126
        yield Frame(data[0] & 15, data[2 : 2 + size])
        data = data[2 + size :]
