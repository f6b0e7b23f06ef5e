"""Open streams: how soon a thousand of them hear an author whom all follow, and what each weighs."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, wait
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bench.crowd import crowd
from bench.listeners import Heard, Listening, listen
from bench.process import WORKERS, weigh
from bench.report import Goal
from bench.rig import Rig, Target, target

STREAMS = "streams"
OPEN, RATE = 1000, 10.0
"""Streams, one a follower, and posts a second."""
ROUNDS = 4
"""Seconds of posting, in rounds of the other measures."""
SOON, LIGHT = 500.0, 60.0
"""Milliseconds (95th percentile) and KiB."""
GLANCE = 0.25
"""Seconds between two looks at the memory."""


def measure(rig: Rig, folder: Path) -> Iterator[Goal]:
    """Yield both figures of both kinds of streams, each on a house just started; WebSockets where apps are told to open them."""
    for kind, socket in (("server-sent events", False), ("WebSocket", True)):
        with crowd(folder / f"streams-{int(socket)}", OPEN, OPEN) as house:
            to = target(house.server)
            door = _announced(house.server.origin) if socket else to.port
            plan = Listening(to.port, door, house.tokens, house.author, socket, ROUNDS * rig.seconds, RATE)
            warm = rig.pool.submit(listen, plan._replace(tokens=house.tokens[:20], seconds=1.0)).result()
            before = _memory(to)
            heard, most = _watched(to, rig.pool.submit(listen, plan))
        error = warm.error or heard.error or (f"{heard.missing} events never came" if heard.missing else "")
        yield Goal(f"{STREAMS}, {kind}: an event in all of {OPEN}, p95", heard.p95, "ms", SOON, error)
        yield Goal(f"{STREAMS}, {kind}: memory of one", (most - before) * 1024 / OPEN, "KiB", LIGHT, error)


def _announced(origin: str) -> int:
    """Return the port at which a house tells apps to open their streams."""
    told = httpx.get(f"{origin}/api/v2/instance").json()["configuration"]["urls"]["streaming"]
    return urlsplit(told).port or 0


def _watched(to: Target, hearing: Future[Heard]) -> tuple[Heard, float]:
    """Return what was heard and the most memory that the web processes used meanwhile, MiB."""
    most = 0.0
    while not hearing.done():
        wait([hearing], GLANCE)
        most = max(most, _memory(to))
    return hearing.result(), most


def _memory(to: Target) -> float:
    """Return the memory that web processes share with nobody, MiB."""
    return sum(weigh(to.web[:WORKERS]).own)
