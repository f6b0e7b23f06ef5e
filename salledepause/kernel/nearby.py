"""Asks another process of this machine: what takes too much memory to stand in each stands once.

A socket in the data folder that only its owner may open, a frame each way, a connection each time. Who is not there, has its
hands full or takes too long costs whoever asks that time and nothing else: they do without. Nothing asked is written anywhere.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

PATIENCE = 0.5
"""Seconds that one waits for an answer."""
AT_ONCE = 4
"""Questions that are answered at a time; one more is not heard."""
MOST, HEAD = 1 << 20, 4
"""Bytes of a frame, and those that tell its length."""


async def asked(path: Path, question: bytes, patience: float | None = None) -> bytes | None:
    """Return what is answered to a question at a socket, `None` where nothing is in time (seconds)."""
    try:
        async with asyncio.timeout(PATIENCE if patience is None else patience):
            reader, writer = await asyncio.open_unix_connection(path)
            try:
                writer.write(_framed(question))
                return await _frame(reader)
            finally:
                await _closed(writer)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return None


@asynccontextmanager
async def answering(path: Path, answer: Callable[[bytes], Awaitable[bytes]]) -> AsyncIterator[None]:
    """Answer at a socket for a block, in the place of whoever did before; where no socket can be, nobody is heard."""
    busy = asyncio.Semaphore(AT_ONCE)

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not busy.locked():
                async with busy:
                    writer.write(_framed(await answer(await asyncio.wait_for(_frame(reader), PATIENCE))))
                    await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass
        except Exception:  # an edge: whoever asks does without, and the next one is heard
            log.exception("nearby.failed")
        finally:
            await _closed(writer)

    try:
        server = await asyncio.start_unix_server(one, sock=_bound(path))
    except OSError as error:
        log.warning("nearby.unheard", why=str(error))
        yield
        return
    async with server:
        yield


def _bound(path: Path) -> socket.socket:
    """Return a socket that takes its name once only its owner may open it. Raises OSError, for a path of 108 bytes too."""
    early = path.with_suffix(f".{os.getpid()}")
    early.unlink(missing_ok=True)
    bound = socket.socket(socket.AF_UNIX)
    try:
        bound.bind(str(early))
        early.chmod(0o600)
        early.replace(path)
    except OSError:
        bound.close()
        raise
    return bound


async def _closed(writer: asyncio.StreamWriter) -> None:
    """Close a connection, whatever became of the other side."""
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


def _framed(body: bytes) -> bytes:
    return len(body).to_bytes(HEAD) + body


async def _frame(reader: asyncio.StreamReader) -> bytes:
    """Read one frame; raises IncompleteReadError, OSError for one that is too long."""
    size = int.from_bytes(await reader.readexactly(HEAD))
    if size > MOST:
        raise OSError("a frame is too long")
    return await reader.readexactly(size)
