"""Connections that outlive a house: the next one in the same database finds them open, with its statements read and planned.

A house of tests lives for less than a second. Opening its connections, and planning anew what every house asks, cost the server
as much as all the rest.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, get_running_loop
from typing import Any, ClassVar

import psycopg
from psycopg.pq import PipelineStatus, TransactionStatus

from salledepause.kernel.trips import Line

MOST = 8
"""Connections that wait at a time: as many as a house may have."""


class Kept(Line):
    """A pool's connection to `home` which waits for the next pool of the same loop when it is given up unharmed."""

    home: ClassVar[tuple[str, AbstractEventLoop] | None] = None
    """The database that all houses share, and the loop that they live in."""
    _waiting: ClassVar[list[Kept]] = []
    of: tuple[str, AbstractEventLoop] | None = None
    """Where it leads, and in which loop it lives."""

    @classmethod
    async def connect(cls, conninfo: str = "", **named: Any) -> Kept:
        """Return one that waits, as if it were new, or a new one."""
        wanted = conninfo, get_running_loop()
        while cls._waiting and wanted == cls.home:
            kept = cls._waiting.pop()
            try:
                await kept.execute(b"RESET ALL")
            except psycopg.OperationalError:  # the server ended it meanwhile
                await kept.end()
            else:
                return kept
        made = await super().connect(conninfo, **named)
        made.of = wanted
        return made

    async def close(self) -> None:
        """Wait for the next pool; what is still somebody's, or was in the middle of something, is closed."""
        quiet = self.pgconn.transaction_status == TransactionStatus.IDLE and self.pgconn.pipeline_status == PipelineStatus.OFF
        if quiet and self._pool is None and self.of == Kept.home and len(Kept._waiting) < MOST:
            Kept._waiting.append(self)
        else:
            await super().close()

    async def end(self) -> None:
        """Close it."""
        await super().close()

    @classmethod
    async def end_all(cls) -> None:
        """Close those that wait; from now on none does."""
        cls.home = None
        while cls._waiting:
            await cls._waiting.pop().end()
