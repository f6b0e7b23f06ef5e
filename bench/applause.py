"""Hundreds of browsers with one victory open, in a process of their own, who clap in one instant: what each waits and hears.

As with the load generator, nothing of the server's and no library.
"""

from __future__ import annotations

import asyncio
import re
from time import perf_counter
from typing import NamedTuple, cast

import uvloop

from bench.listeners import AT_ONCE
from bench.load import MILLISECOND, percentile
from bench.wire import BadAnswer, answer, request

SETTLED = b"event: badges"
NUMBER = re.compile(rb'"told":"(\d+)')
GRACE = 5.0
"""Seconds that the last word may take."""
SEE_OTHER = 303
FORM = b"csrf=word&sign=confetti&word=Bravo"


class Applause(NamedTuple):
    """Who claps at what: sessions of browsers, each with its page open, at some victories one after the other."""

    port: int
    sessions: list[str]
    victories: list[int]
    within: float = 0.0
    """Seconds in which all of them clap; 0: in one instant."""


class Felt(NamedTuple):
    """How it went, in milliseconds: what a clap took, until the last page showed the last number; what went wrong."""

    clap_p50: float
    clap_p95: float
    heard: float
    error: str


class Page(asyncio.Protocol):
    """One connection of a browser: a stream that hears, or a form that is sent."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.data = b""
        self.number = 0
        self.at = 0.0
        self.wanted = 0
        self.began: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.done: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast("asyncio.Transport", transport)


class Stream(Page):
    """A page that hears how many clap; it is settled once it was told what waits elsewhere, two seconds after it opened."""

    def data_received(self, data: bytes) -> None:
        """Note when the wanted number shows."""
        now = perf_counter()
        self.data += data
        if not self.began.done() and SETTLED in self.data:
            self.began.set_result(None)
        for found in NUMBER.finditer(self.data):
            self.number = max(self.number, int(found[1]))
        self.data = self.data[-40:]
        if self.wanted and self.number >= self.wanted and not self.done.done():
            self.done.set_result(now)


class Clap(Page):
    """A form that is sent."""

    def data_received(self, data: bytes) -> None:
        """Note when the answer is whole."""
        self.data += data
        try:
            found = answer(self.data)
        except BadAnswer as error:
            self.done.set_exception(error)
            return
        if found is not None and not self.done.done():
            self.number = found.status
            self.done.set_result(perf_counter())


def applaud(plan: Applause) -> Felt:
    """Do it on a uvloop of its own; raises OSError when the server does not accept the connections."""
    return uvloop.run(_applaud(plan))


async def _applaud(plan: Applause) -> Felt:
    took: list[float] = []
    heard = 0.0
    for victory in plan.victories:
        claps, last, error = await _round(plan, victory)
        if error:
            return Felt(0.0, 0.0, 0.0, error)
        took += claps
        heard = max(heard, last)
    ordered = sorted(one * MILLISECOND for one in took)
    return Felt(percentile(ordered, 0.50), percentile(ordered, 0.95), heard * MILLISECOND, "")


async def _round(plan: Applause, victory: int) -> tuple[list[float], float, str]:
    """Clap at one victory; return what each clap took, until the last page showed them all, what went wrong."""
    streams = await _open(plan, Stream)
    listen = f"/en-direct?lieu=/ronde/{victory}"
    for stream, session in zip(streams, plan.sessions, strict=True):
        stream.transport.write(request("GET", listen, _headers(plan, session)))
    await asyncio.gather(*(stream.began for stream in streams))
    claps = await _open(plan, Clap)
    forms = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = [request("POST", f"/ronde/{victory}", _headers(plan, one) | forms, FORM) for one in plan.sessions]
    for stream in streams:
        stream.wanted = len(sent) + 1  # with who opened the wave
    began, start = list[float](), perf_counter()
    for number, (clap, message) in enumerate(zip(claps, sent, strict=True)):
        if plan.within:
            await asyncio.sleep(max(0.0, start + plan.within * number / len(claps) - perf_counter()))
        began.append(perf_counter())
        clap.transport.write(message)
    try:
        async with asyncio.timeout(GRACE):
            answered = await asyncio.gather(*(clap.done for clap in claps))
            shown = await asyncio.gather(*(stream.done for stream in streams))
    except TimeoutError:
        return [], 0.0, f"{sum(not one.done.done() for one in streams)} pages never showed the last number"
    finally:
        for page in (*streams, *claps):
            page.transport.abort()
    wrong = [clap for clap in claps if clap.number != SEE_OTHER]
    error = f"{len(wrong)} claps refused: {wrong[0].data[:200]!r}" if wrong else ""
    return [end - start for start, end in zip(began, answered, strict=True)], max(shown) - began[-1], error


async def _open(plan: Applause, kind: type[Page]) -> list[Page]:
    loop, made = asyncio.get_running_loop(), list[Page]()
    for first in range(0, len(plan.sessions), AT_ONCE):
        batch = plan.sessions[first : first + AT_ONCE]
        made += [page for _, page in await asyncio.gather(*(loop.create_connection(kind, "127.0.0.1", plan.port) for _ in batch))]
    return made


def _headers(plan: Applause, session: str) -> dict[str, str]:
    return {"Host": f"127.0.0.1:{plan.port}", "Cookie": f"session={session}"}
