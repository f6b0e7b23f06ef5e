"""When the server is told to stop, what would last for ever is told too, so that stopping never waits for it.

A server finishes the answers it began before it leaves; a stream of events is an answer without end. The server keeps its own
handling of the signals: ours runs beside it. Where no server handles them (tests, commands), nothing is changed.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)
"""To stop, and to leave the place to the next process (`kernel.relay`)."""
UNHANDLED = {signal.SIG_DFL, signal.SIG_IGN, signal.default_int_handler, None}


def heed(act: Callable[[], None]) -> None:
    """Run `act` in this event loop when the server is told to stop. Only the main thread hears signals; elsewhere: nothing."""
    loop = asyncio.get_running_loop()
    with suppress(ValueError):
        for number in SIGNALS:
            if (served := signal.getsignal(number)) not in UNHANDLED:
                signal.signal(number, _both(loop, act, served))


def _both(loop: asyncio.AbstractEventLoop, act: Callable[[], None], served: object) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(act)
        if callable(served):
            served(number, frame)

    return handle
