"""Durable jobs: procrastinate, deferred inside the caller's transaction so that a job exists exactly when its cause does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple

import structlog
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager

from salledepause.kernel.db import Tx

Work = Callable[..., Awaitable[None]]
log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 8
PROMPT_ATTEMPTS = 4
"""Retries of what somebody waits for: about two minutes, where the most are about eight hours."""
BEAT, SILENT = 2.0, 10.0
"""Seconds between two signs of life of a worker, and without any before its jobs are given to others."""
LATE = 300.0
"""Seconds after which a job that waits is late."""
GRACE = 5.0
"""Seconds that a worker told to stop leaves to its jobs; those that last are put back for the next one."""


def schema() -> str:
    """Return the SQL of the job tables, as the library ships it."""
    return SchemaManager.get_schema()


class Jobs:
    """The jobs of this installation by name; `declare` them in `main`, `defer` them anywhere, `run` them in the worker."""

    def __init__(self, url: str) -> None:
        connector = PsycopgConnector(conninfo=url, min_size=1, max_size=4, kwargs={"options": "-c synchronous_commit=off"})
        self._app = App(connector=connector)
        self._lapses: dict[str, tuple[int, Work]] = {}

    def declare(self, name: str, work: Work, *, lapse: Work | None = None) -> None:
        """Name a piece of work; its keyword arguments must be JSON. It is retried eight times, ever later.

        With a `lapse`, four times, then that is done in its stead with the same arguments, so that nobody waits in vain.
        """
        most = PROMPT_ATTEMPTS if lapse else MOST_ATTEMPTS

        async def run(context: JobContext, /, **arguments: Any) -> None:
            try:
                await work(**arguments)
            except Exception:
                if lapse and context.job.attempts >= most:
                    await lapse(**arguments)
                raise

        if lapse:
            self._lapses[name] = most, lapse
        self._app.task(name=name, retry=RetryStrategy(max_attempts=most, exponential_wait=3), pass_context=True)(run)

    def every(self, cron: str, name: str, work: Work) -> None:
        """Run a piece of work periodically (`cron` in UTC)."""

        async def tick(timestamp: int) -> None:
            del timestamp
            await work()

        self._app.periodic(cron=cron)(self._app.task(name=name, queueing_lock=name)(tick))

    async def defer(self, tx: Tx, name: str, arguments: dict[str, Any], at: datetime | None = None) -> None:
        """Put a job in the caller's transaction, to be done at once or at an instant."""
        connection = await tx.connection()
        await self._app.configure_task(name, schedule_at=at, connection=connection).defer_async(**arguments)

    async def run(self, *, concurrency: int = 4, wait: bool = True) -> None:
        """Work: until cancelled, or until nothing is left when `wait` is false. Cancelled, it first finishes what it can."""
        async with self._app.open_async():
            rescue = asyncio.create_task(self._rescue()) if wait else None
            try:
                await self._app.run_worker_async(
                    concurrency=concurrency,
                    wait=wait,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    update_heartbeat_interval=BEAT,
                    stalled_worker_timeout=SILENT,
                    shutdown_graceful_timeout=GRACE,
                )
            finally:
                if rescue:
                    rescue.cancel()
                    await asyncio.gather(rescue, return_exceptions=True)

    async def _rescue(self) -> None:
        """Put the jobs of workers that died back in the line, for ever; one that was there at too many deaths is given up."""
        while True:
            for job in await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT):
                most, lapse = self._lapses.get(job.task_name, (MOST_ATTEMPTS, None))
                given_up = job.attempts >= most
                log.warning("job.given_up" if given_up else "job.rescued", job=job.task_name)
                if given_up:
                    if lapse:
                        await lapse(**job.task_kwargs)
                    await self._app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
                else:
                    await self._app.job_manager.retry_job(job)
            await asyncio.sleep(BEAT)


class Standing(NamedTuple):
    """How the jobs of a name stand: how many wait, of those how many should have begun long ago, run, and failed for good."""

    name: str
    waiting: int
    late: int
    running: int
    failed: int


async def standings(tx: Tx) -> list[Standing]:
    """Return how the jobs stand that are not done, by name."""
    return await tx.all(
        Standing,
        """SELECT j.task_name, count(*) FILTER (WHERE j.status = 'todo'),
            count(*) FILTER (WHERE j.status = 'todo'
                AND coalesce(j.scheduled_at, e.at) < now() - make_interval(secs => %(late)s)),
            count(*) FILTER (WHERE j.status = 'doing'), count(*) FILTER (WHERE j.status = 'failed')
        FROM procrastinate_jobs j LEFT JOIN LATERAL (SELECT max(e.at) AS at FROM procrastinate_events e
            WHERE e.job_id = j.id AND j.status = 'todo' AND j.scheduled_at IS NULL) e ON true
        WHERE j.status IN ('todo', 'doing', 'failed') GROUP BY j.task_name ORDER BY j.task_name""",
        {"late": LATE},
    )


async def retry_failed(tx: Tx, name: str) -> int:
    """Put the jobs of a name that failed back in the line; return how many there were.

    Periodic ones are forgotten instead: they come again by themselves.
    """
    forgotten = "DELETE FROM procrastinate_jobs WHERE task_name = %s AND status = 'failed' AND queueing_lock IS NOT NULL"
    again = """SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM procrastinate_jobs
        WHERE task_name = %s AND status = 'failed'"""
    return await tx.run(forgotten, [name]) + len(await tx.rows(again, [name]))
