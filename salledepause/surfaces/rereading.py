"""What a process keeps of the house (its emojis, its terms) is read again whenever it changes, or may have."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from salledepause.kernel.errors import Unavailable
from salledepause.kernel.events import Event
from salledepause.kernel.site import Site

log = structlog.get_logger(__name__)


class Rereader:
    """Reads again what a process `keeps`; where it is not the same, what was prepared with it is forgotten (`forget`)."""

    def __init__(
        self,
        site: Site,
        kind: type[Event],
        keeps: Mapping[str, Any],
        read: Callable[[Site], Awaitable[None]],
        forget: Callable[[], None],
    ) -> None:
        """Begin to hear events of a `kind` on the bus, which says that something was missed as soon as it listens."""
        self._site, self._kind, self._keeps, self._read, self._forget = site, kind, keeps, read, forget
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        site.bus.on(kind, lambda _: self._begin())
        site.bus.on_gap(self._begin)

    def _begin(self) -> None:
        task = asyncio.create_task(self._again())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _again(self) -> None:
        async with self._turn:  # two at a time, what was read first might be what is kept last
            before = dict(self._keeps)
            try:
                await self._read(self._site)
            except Unavailable:
                log.warning("reread.stale", kind=self._kind.__name__)
                return
            if before != self._keeps:
                self._forget()
                self._site.windows.marks.touch_all()
