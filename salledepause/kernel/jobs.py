"""Durable jobs: procrastinate, deferred inside the caller's transaction so that a job exists exactly when its cause does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.schema import SchemaManager

from salledepause.kernel.db import Tx

Work = Callable[..., Awaitable[None]]
RETRY = RetryStrategy(max_attempts=8, exponential_wait=3)


def schema() -> str:
    """Return the SQL of the job tables, as the library ships it."""
    return SchemaManager.get_schema()


class Jobs:
    """The jobs of this installation by name; `declare` them in `main`, `defer` them anywhere, `run` them in the worker."""

    def __init__(self, url: str) -> None:
        connector = PsycopgConnector(conninfo=url, min_size=1, max_size=4, kwargs={"options": "-c synchronous_commit=off"})
        self._app = App(connector=connector)

    def declare(self, name: str, work: Work) -> None:
        """Name a piece of work; its keyword arguments must be JSON. It is retried eight times, ever later."""
        self._app.task(name=name, retry=RETRY)(work)

    def every(self, cron: str, name: str, work: Work) -> None:
        """Run a piece of work periodically (`cron` in UTC)."""

        async def tick(timestamp: int) -> None:
            del timestamp
            await work()

        self._app.periodic(cron=cron)(self._app.task(name=name, queueing_lock=name)(tick))

    async def defer(self, tx: Tx, name: str, arguments: dict[str, Any], at: datetime | None = None) -> None:
        """Put a job in the caller's transaction, to be done at once or at an instant."""
        await self._app.configure_task(name, schedule_at=at, connection=tx.connection).defer_async(**arguments)

    async def run(self, *, concurrency: int = 4, wait: bool = True) -> None:
        """Work: for ever, or until nothing is left when `wait` is false."""
        async with self._app.open_async():
            await self._app.run_worker_async(
                concurrency=concurrency, wait=wait, install_signal_handlers=wait, delete_jobs="successful"
            )
