"""The load generator: raw keep-alive connections, each sending its next request as soon as its answer is complete.

No HTTP library and nothing of the server's: it must cost far less than what it measures. `drive` blocks; give it to an
`own_process()` so that neither the caller nor its garbage collector disturbs the clock.
"""

from __future__ import annotations

import asyncio
import resource
from array import array
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import count, cycle
from math import ceil
from multiprocessing import get_context
from time import perf_counter
from typing import NamedTuple, cast

import uvloop

from bench.wire import BadAnswer, answer, body

Requests = Sequence[bytes] | Callable[[int], bytes]
"""Prepared requests sent in turn, or a picklable function that makes the n-th one."""

FASTEST = 100_000
"""Answers a second for which room is kept; a run ends early when its room is full."""
GRACE = 15.0
"""Seconds that the last answers may take once the time is over."""
MILLISECOND = 1e3
MICROSECOND = 1e6


class Plan(NamedTuple):
    """What to send where; `seconds` of load, `most` requests at most, from some connections, every answer having `status`."""

    port: int
    requests: Requests
    connections: int
    seconds: float
    status: int = 200
    host: str = "127.0.0.1"
    most: int | None = None


class Outcome(NamedTuple):
    """What came back. Latencies are those of the right answers only; a run is valid when `errors` and `lost` are 0."""

    answers: int
    """Right answers: the expected status and a body."""
    errors: int
    """Answers with another status, without a body or unreadable."""
    lost: int
    """Connections that the server closed or that never finished."""
    seconds: float
    rate: float
    """Right answers a second."""
    p50: float
    """Milliseconds."""
    p95: float
    """Milliseconds."""
    p99: float
    """Milliseconds."""
    size: float
    """Mean bytes of a body."""
    own_us: float
    """Processor microseconds that this generator itself spent on each answer."""
    first_error: str

    @property
    def valid(self) -> bool:
        """Whether every answer was right and every connection lasted."""
        return self.answers > 0 and not self.errors and not self.lost


class Tally:
    """What the connections of one run share: the requests to come and the results so far."""

    __slots__ = ("answers", "deadline", "errors", "first_error", "latencies", "most", "octets", "requests", "status")

    def __init__(self, plan: Plan) -> None:
        """Prepare for a plan; the clock starts later."""
        self.requests = _endless(plan.requests)
        self.status = plan.status
        self.most = plan.most or int(plan.seconds * FASTEST)
        self.latencies = array("d", bytes(8 * (self.most + plan.connections)))
        self.deadline = 0.0
        self.answers = self.errors = self.octets = 0
        self.first_error = ""

    def fail(self, reason: str) -> None:
        """Count one wrong answer and keep the first reason."""
        self.errors += 1
        self.first_error = self.first_error or reason


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way; `finished` tells whether it lasted."""

    __slots__ = ("_held", "_sent", "_tally", "_transport", "finished")

    def __init__(self, tally: Tally) -> None:
        """Prepare a connection that is not open yet."""
        self._tally = tally
        self._held = b""
        self._sent = 0.0
        self.finished: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; the run says when to begin."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (the protocol's signature)
        """Note that the server left before the end."""
        self._finish(lasted=False)

    def send(self) -> None:
        """Send the next request; making it is not counted in its latency."""
        message = next(self._tally.requests)
        self._sent = perf_counter()
        self._transport.write(message)

    def data_received(self, data: bytes) -> None:
        """Gather bytes until an answer is complete, record it, send the next request."""
        now = perf_counter()
        if self._held:
            data = self._held + data
        try:
            found = answer(data)
        except BadAnswer as error:
            self._give_up(str(error))
            return
        if found is None:
            self._held = data
        elif found.end != len(data):
            self._give_up(f"{len(data) - found.end} bytes after the answer")
        else:
            self._held = b""
            self._record(found.status, found.size, data, now)

    def close(self) -> None:
        """End the connection."""
        self._transport.abort()

    def _record(self, status: int, size: int, data: bytes, now: float) -> None:
        tally = self._tally
        if status == tally.status and size:
            tally.latencies[tally.answers] = now - self._sent
            tally.answers += 1
            tally.octets += size
        else:
            tally.fail(f"status {status}, {size} bytes: {body(data)!r}")
        if now < tally.deadline and tally.answers + tally.errors < tally.most:
            self.send()
        else:
            self._finish(lasted=True)

    def _give_up(self, reason: str) -> None:
        self._tally.fail(reason)
        self._finish(lasted=False)

    def _finish(self, *, lasted: bool) -> None:
        if not self.finished.done():
            self.finished.set_result(lasted)


async def run(plan: Plan) -> Outcome:
    """Open the connections, load the server, return what was measured from the first request to the last answer.

    Raises OSError when the server does not accept the connections.
    """
    tally = Tally(plan)
    loop = asyncio.get_running_loop()
    opened = [await loop.create_connection(lambda: Connection(tally), plan.host, plan.port) for _ in range(plan.connections)]
    connections = [connection for _, connection in opened]
    spent, began = _processor(), perf_counter()
    tally.deadline = began + plan.seconds
    for connection in connections:
        connection.send()
    done, _ = await asyncio.wait([one.finished for one in connections], timeout=plan.seconds + GRACE)
    seconds, spent = perf_counter() - began, _processor() - spent
    lasted = sum(one.result() for one in done)
    for connection in connections:
        connection.close()
    return _outcome(tally, plan.connections - lasted, seconds, spent)


def drive(plan: Plan) -> Outcome:
    """Do `run` on a uvloop of its own and return its outcome."""
    return uvloop.run(run(plan))


@contextmanager
def own_process() -> Iterator[Executor]:
    """Lend a process that runs one thing at a time: `pool.submit(drive, plan).result()`."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        yield pool


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile of ordered values (`share` from 0 to 1), 0.0 when there are none."""
    return ordered[max(ceil(share * len(ordered)) - 1, 0)] if ordered else 0.0


def _endless(requests: Requests) -> Iterator[bytes]:
    return map(requests, count()) if callable(requests) else cycle(requests)


def _processor() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _outcome(tally: Tally, lost: int, seconds: float, spent: float) -> Outcome:
    ordered = sorted(tally.latencies[: tally.answers])
    each = max(tally.answers, 1)
    return Outcome(
        answers=tally.answers,
        errors=tally.errors,
        lost=lost,
        seconds=seconds,
        rate=tally.answers / seconds,
        p50=percentile(ordered, 0.50) * MILLISECOND,
        p95=percentile(ordered, 0.95) * MILLISECOND,
        p99=percentile(ordered, 0.99) * MILLISECOND,
        size=tally.octets / each,
        own_us=spent / each * MICROSECOND,
        first_error=tally.first_error,
    )
