"""Many open streams in a process of their own, and the author whom they hear: when each event reached each stream.

As with the load generator, nothing of the server's and no library: a mark in each post's text is looked for in what comes.
"""

from __future__ import annotations

import asyncio
import re
from time import perf_counter
from typing import NamedTuple, cast

import msgspec
import uvloop

from bench.load import MILLISECOND, percentile
from bench.wire import answer, request

MARK = re.compile(rb"mark(\d+)end")
TAIL = 24
"""Bytes kept between two reads, for a mark that is cut."""
GRACE = 5.0
"""Seconds that the last event may take."""
AT_ONCE = 50
"""Streams opened at a time."""
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "MTIzNDU2Nzg5MDEyMzQ1Ng==",
}
"""Headers that open a WebSocket (RFC 6455 §4.1)."""


class Listening(NamedTuple):
    """What to hear where: a stream for each token, over `socket` or as events, while an author posts `rate` times a second.

    Streams are opened at `door`, posts are made at `port`.
    """

    port: int
    door: int
    tokens: list[str]
    author: str
    socket: bool
    seconds: float
    rate: float


class Heard(NamedTuple):
    """How it went: milliseconds from sending a post to having its event, over all streams; what never came; what was refused."""

    p50: float
    p95: float
    events: int
    missing: int
    error: str


class Stream(asyncio.Protocol):
    """One open stream."""

    __slots__ = ("_held", "_seen", "_sent", "_took", "_transport", "opened")

    def __init__(self, sent: list[float], took: list[float]) -> None:
        """Hear posts, the n-th sent at `sent[n]`; note in `took` how long each was on its way."""
        self._sent = sent
        self._took = took
        self._held = b""
        self._seen = set[int]()
        self.opened: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def ask(self, message: bytes) -> None:
        """Open the stream."""
        self._transport.write(message)

    def data_received(self, data: bytes) -> None:
        """Note each mark that comes for the first time."""
        now = perf_counter()
        if not self.opened.done():
            self.opened.set_result(data[:40])
        data = self._held + data
        for found in MARK.finditer(data):
            number = int(found[1])
            if number not in self._seen:
                self._seen.add(number)
                self._took.append(now - self._sent[number])
        self._held = data[-TAIL:]

    def close(self) -> None:
        """Hang up."""
        self._transport.abort()


def listen(plan: Listening) -> Heard:
    """Do it on a uvloop of its own; raises OSError when the server does not accept the connections."""
    return uvloop.run(_listen(plan))


async def _listen(plan: Listening) -> Heard:
    sent, took = list[float](), list[float]()
    streams = [Stream(sent, took) for _ in plan.tokens]
    for first in range(0, len(streams), AT_ONCE):
        batch = range(first, min(first + AT_ONCE, len(streams)))
        await asyncio.gather(*(_open(plan, streams[number], plan.tokens[number]) for number in batch))
    wrong = [one.opened.result() for one in streams if one.opened.result()[9:12] not in {b"200", b"101"}]
    error = f"{len(wrong)} streams refused: {wrong[0]!r}" if wrong else await _post(plan, sent)
    last = perf_counter() + GRACE
    while len(took) < len(sent) * len(streams) and perf_counter() < last:  # noqa: ASYNC110 (nobody says that all came)
        await asyncio.sleep(0.05)
    for one in streams:
        one.close()
    ordered = [value * MILLISECOND for value in sorted(took)]
    missing = len(sent) * len(streams) - len(took)
    return Heard(percentile(ordered, 0.50), percentile(ordered, 0.95), len(took), missing, error)


async def _open(plan: Listening, stream: Stream, token: str) -> None:
    await asyncio.get_running_loop().create_connection(lambda: stream, "127.0.0.1", plan.door)
    headers = {"Host": f"127.0.0.1:{plan.door}", "Authorization": f"Bearer {token}"}
    if plan.socket:
        stream.ask(request("GET", "/api/v1/streaming?stream=user", headers | UPGRADE))
    else:
        stream.ask(request("GET", "/api/v1/streaming/user", headers))
    await stream.opened


async def _post(plan: Listening, sent: list[float]) -> str:
    """Post at the given rate, whatever the answers take; return what went wrong, or nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", plan.port)
    headers = {"Host": f"127.0.0.1:{plan.port}", "Authorization": f"Bearer {plan.author}", "Content-Type": "application/json"}
    began = perf_counter()
    for number in range(int(plan.seconds * plan.rate)):
        await asyncio.sleep(max(0.0, began + number / plan.rate - perf_counter()))
        said = msgspec.json.encode({"status": f"Une nuit de plus, mark{number}end, et le café est encore chaud."})
        sent.append(perf_counter())
        writer.write(request("POST", "/api/v1/statuses", headers, said))
        data = b""
        while (found := answer(data)) is None:
            data += await reader.read(65536)
        if found.status != 200:  # noqa: PLR2004 (OK)
            return f"a post was refused: {data[:200]!r}"
    writer.close()
    return ""
