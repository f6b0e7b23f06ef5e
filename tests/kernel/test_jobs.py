"""Jobs: done when their cause is durable, taken over from workers that died, put back by workers told to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest

from salledepause.kernel import jobs as kernel_jobs
from salledepause.kernel.jobs import MOST_ATTEMPTS, PROMPT_ATTEMPTS, Jobs
from salledepause.kernel.pool import Database

PATIENCE = 60


def statuses(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT status FROM procrastinate_jobs ORDER BY id")]


async def until(true: Callable[[], bool]) -> None:
    last = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < last
        await asyncio.sleep(0.05)


@asynccontextmanager
async def working(jobs: Jobs) -> AsyncIterator[asyncio.Task[None]]:
    """Let a worker run for a block."""
    task = asyncio.create_task(jobs.run())
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def left_by_the_dead(url: str, jobs: Jobs, attempts: int) -> None:
    """Leave a job as a worker that was killed leaves it."""
    async with Database(url) as db, db.transaction() as tx:
        await jobs.defer(tx, "essai", {"number": attempts})
        await tx.run("UPDATE procrastinate_jobs SET status = 'doing', attempts = %s", [attempts])


async def test_a_job_exists_when_its_cause_does(database: str) -> None:
    done, jobs = [], Jobs(database)

    async def work(number: int) -> None:
        done.append(number)

    jobs.declare("essai", work)
    async with Database(database) as db:
        with pytest.raises(KeyError):
            async with db.transaction() as tx:
                await jobs.defer(tx, "essai", {"number": 1})
                raise KeyError
        async with db.transaction() as tx:
            await jobs.defer(tx, "essai", {"number": 2})
    await jobs.run(wait=False)
    assert done == [2]
    assert statuses(database) == []


async def test_a_job_of_a_dead_worker_is_done_by_the_next_one(database: str) -> None:
    done, jobs = [], Jobs(database)

    async def work(number: int) -> None:
        done.append(number)

    jobs.declare("essai", work)
    await left_by_the_dead(database, jobs, 1)
    async with working(jobs):
        await until(lambda: statuses(database) == [])
    assert done == [1]


async def test_a_job_that_was_there_at_every_death_is_given_up(database: str) -> None:
    done, jobs = [], Jobs(database)

    async def work(number: int) -> None:
        done.append(number)

    jobs.declare("essai", work)
    await left_by_the_dead(database, jobs, MOST_ATTEMPTS)
    async with working(jobs):
        await until(lambda: statuses(database) == ["failed"])
    assert done == []


@pytest.mark.parametrize(("attempts", "status", "lapsed"), [(0, "todo", []), (3, "todo", []), (4, "failed", [7])])
async def test_what_somebody_waits_for_lapses_once_it_failed_too_often(
    database: str, attempts: int, status: str, lapsed: list[int]
) -> None:
    told: list[int] = []
    jobs = Jobs(database)

    async def work(number: int) -> None:
        raise ZeroDivisionError(number)

    async def lapse(number: int) -> None:
        told.append(number)

    assert PROMPT_ATTEMPTS == 4
    jobs.declare("essai", work, lapse=lapse)
    async with Database(database) as db, db.transaction() as tx:
        await jobs.defer(tx, "essai", {"number": 7})
        await tx.run("UPDATE procrastinate_jobs SET attempts = %s", [attempts])
    await jobs.run(wait=False)
    assert (statuses(database), told) == ([status], lapsed)


async def test_what_somebody_waits_for_lapses_too_when_it_killed_its_workers(database: str) -> None:
    lapsed, jobs = [], Jobs(database)

    async def work(number: int) -> None:
        raise ZeroDivisionError(number)

    async def lapse(number: int) -> None:
        lapsed.append(number)

    jobs.declare("essai", work, lapse=lapse)
    await left_by_the_dead(database, jobs, PROMPT_ATTEMPTS)
    async with working(jobs):
        await until(lambda: statuses(database) == ["failed"])
    assert lapsed == [PROMPT_ATTEMPTS]


async def test_a_worker_told_to_stop_puts_back_what_lasts(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_jobs, "GRACE", 0.2)
    begun, jobs = asyncio.Event(), Jobs(database)

    async def work(number: int) -> None:
        begun.set()
        await asyncio.sleep(60 * number)

    jobs.declare("essai", work)
    async with Database(database) as db, db.transaction() as tx:
        await jobs.defer(tx, "essai", {"number": 1})
    async with working(jobs) as task:
        await begun.wait()
        task.cancel()
        await asyncio.wait([task], timeout=PATIENCE)
    assert statuses(database) == ["todo"]
