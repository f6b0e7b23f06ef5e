"""Transactions: acknowledged is on the disk, a failure is never committed in silence, locks do not outlive the commit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import psycopg
import pytest

from salledepause.kernel import embedded, ids
from salledepause.kernel.db import FLUSH
from salledepause.kernel.errors import Unavailable
from salledepause.kernel.pool import Database
from tests.support.trips import watched

TABLE = "CREATE TABLE kept (n int PRIMARY KEY)"
WRITER = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'"
"""Who brings to the disk what nobody waits for."""


@pytest.fixture
def lasting(tmp_path: Path) -> Iterator[Path]:
    """Give the folder of a server as durable as in production, where nothing reaches the disk by itself meanwhile."""
    tmp_path.chmod(0o711)
    folder = tmp_path / "data"
    with psycopg.connect(embedded.start(folder), autocommit=True) as connection:
        connection.execute(TABLE.encode())
        writer = connection.execute(WRITER).fetchone()
    assert writer is not None
    psutil.Process(writer[0]).suspend()
    yield folder
    embedded.stop(folder)


A_MOMENT = timedelta(milliseconds=100)


def kill(folder: Path) -> None:
    """Kill a server and all its processes at once, as a power cut would."""
    server = embedded.postmaster(folder)
    assert server is not None
    family = [server, *server.children()]
    for one in family:
        one.suspend()
    for one in family:
        one.kill()
    psutil.wait_procs(family, timeout=20)


@pytest.mark.parametrize(("durable", "lost"), [(True, False), (False, True)])
async def test_what_is_acknowledged_outlives_the_server(lasting: Path, *, durable: bool, lost: bool) -> None:
    async with Database(embedded.start(lasting), durable=durable) as db:
        for number in range(50):
            async with db.transaction() as tx:
                await tx.send("INSERT INTO kept (n) VALUES (%s)", [number])
        await asyncio.to_thread(kill, lasting)
    with psycopg.connect(await asyncio.to_thread(embedded.start, lasting)) as connection:
        kept = {n for (n,) in connection.execute("SELECT n FROM kept")}
    assert (kept != set(range(50))) is lost


async def test_the_wait_for_the_disk_comes_behind_the_commit(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Database(database) as db, Database(database, durable=False) as jobs:
        trips = watched(monkeypatch)
        for one in (db, jobs):
            async with one.transaction() as tx:
                await tx.send("SELECT 1")
    assert trips == [["BEGIN", "SELECT 1", "COMMIT", FLUSH], ["BEGIN", "SELECT 1", "COMMIT"]]


async def test_a_failure_that_was_swallowed_is_not_acknowledged(database: str) -> None:
    async with Database(database) as db:
        with pytest.raises(RuntimeError, match="failed"):
            async with db.transaction() as tx:
                with pytest.raises(psycopg.errors.DivisionByZero):
                    await tx.run("SELECT 1 / %s", [0])
        async with db.transaction() as tx:
            assert await tx.value("SELECT 2") == 2


async def test_what_nobody_waited_for_fails_at_the_commit_and_leaves_nothing(database: str) -> None:
    async with Database(database) as db:
        with pytest.raises(psycopg.errors.UniqueViolation):
            async with db.transaction() as tx:
                await tx.send("INSERT INTO tombstones (id, conversation_id) VALUES (1, 1)")
                await tx.send("INSERT INTO tombstones (id, conversation_id) VALUES (1, 2)")
        async with db.reading() as tx:
            assert await tx.rows("SELECT id FROM tombstones") == []


async def test_an_attempt_that_fails_takes_only_its_own_along(database: str) -> None:
    async with Database(database) as db:
        async with db.transaction() as tx:
            await tx.send("INSERT INTO tombstones (id, conversation_id) VALUES (1, 1)")
            with pytest.raises(psycopg.errors.UniqueViolation):
                async with tx.attempt():
                    await tx.send("INSERT INTO tombstones (id, conversation_id) VALUES (2, 1)")
                    await tx.send("INSERT INTO tombstones (id, conversation_id) VALUES (1, 1)")
            async with tx.attempt():
                await tx.send("INSERT INTO tombstones (id, conversation_id) VALUES (3, 1)")
        async with db.reading() as tx:
            assert await tx.values("SELECT id FROM tombstones ORDER BY id") == [1, 3]


async def test_what_was_sent_ahead_is_undone_with_its_transaction(database: str) -> None:
    insert = "INSERT INTO tombstones (id, conversation_id) VALUES (%s, 1)"
    async with Database(database, size=1) as db:
        for wanted in ((1,), (2, 2)):  # the second fails on its own; what is raised is what happened in the block
            with pytest.raises(KeyError):
                async with db.transaction() as tx:
                    for number in wanted:
                        await tx.send(insert, [number])
                    tx.depart()
                    raise KeyError
        async with db.transaction() as tx:
            with pytest.raises(KeyError):
                async with tx.attempt():
                    await tx.send(insert, [3])
                    await tx.send(insert, [3])
                    tx.depart()
                    raise KeyError
            await tx.send(insert, [4])
            tx.depart()
            asked = await tx.ask("SELECT count(*) FROM tombstones")
            assert await asked.rows() == [(1,)]
        with pytest.raises(psycopg.errors.UniqueViolation):
            async with db.transaction() as tx:
                await tx.send(insert, [4])
                tx.depart()
        async with db.reading() as tx:
            assert await tx.values("SELECT id FROM tombstones") == [4]


async def test_what_is_done_meanwhile_is_done_once_and_what_it_raises_is_raised(database: str) -> None:
    done: list[str] = []
    async with Database(database, size=1) as db:
        async with db.transaction() as tx:
            asked = await tx.ask("SELECT 7")
            with pytest.raises(RuntimeError, match="travelled"):
                _ = asked.said
            tx.meanwhile = lambda: done.append("meanwhile")
            await tx.send("SELECT 1")
        assert (done, asked.said) == (["meanwhile"], (7,))
        with pytest.raises(ZeroDivisionError):
            async with db.transaction() as tx:
                await tx.send("INSERT INTO tombstones (id, conversation_id) VALUES (1, 1)")
                tx.meanwhile = lambda: done.append(str(1 // 0))
        async with db.reading() as tx:
            assert await tx.value("SELECT 2") == 2


async def test_ids_drawn_ahead_are_new_and_in_the_order_of_time(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Database(database) as one, Database(database) as two:
        made: list[int] = []
        slowest = timedelta()
        for number in range(600):
            async with (one, two)[number % 2].transaction() as tx:
                before, asked = await tx.value("SELECT clock_timestamp()"), time.monotonic()
                named, at = await ids.fresh(tx)
                slowest = max(slowest, timedelta(seconds=time.monotonic() - asked))
                ((theirs, now),) = await tx.rows("SELECT next_id(), clock_timestamp()")
                assert before - slowest - A_MOMENT < at < now + slowest + A_MOMENT
                assert abs((ids.made_at(named) - at).total_seconds()) < 0.001
                made += [named, theirs]
        assert len(set(made)) == len(made)
        past = datetime(2020, 2, 29, 3, tzinfo=UTC)
        async with one.transaction() as tx:
            named, at = await ids.fresh(tx, past)
            assert (at, ids.made_at(named)) == (past, past)
            trips = watched(monkeypatch)
            await ids.fresh(tx)
            assert trips == []
            monkeypatch.setattr(ids, "LASTS", -1.0)
            assert tx.stock.take(None) is None


async def test_what_takes_too_long_is_told_as_a_house_that_is_full(database: str) -> None:
    async with Database(database, size=1) as db:
        with pytest.raises(Unavailable):
            async with db.transaction() as tx:
                await tx.run("SET LOCAL statement_timeout = '50ms'")
                await tx.run("SELECT pg_sleep(20)")
        with pytest.raises(Unavailable):
            async with db.transaction() as tx:
                await tx.send("SET LOCAL statement_timeout = '50ms'")
                await tx.send("SELECT pg_sleep(20)")
        with pytest.raises(Unavailable):
            async with db.reading() as tx:
                await tx.run("SET statement_timeout = '50ms'")
                await tx.run("SELECT pg_sleep(20)")
        async with db.reading() as tx:
            assert await tx.value("SELECT 2") == 2


async def test_more_statements_than_wait_for_a_trip_go_on_the_way(database: str) -> None:
    async with Database(database) as db:
        async with db.transaction() as tx:
            for number in range(1000):
                await tx.send("INSERT INTO tombstones (id, conversation_id) VALUES (%s, 1)", [number])
        async with db.reading() as tx:
            assert await tx.value("SELECT count(*) FROM tombstones") == 1000


async def test_a_block_that_is_cancelled_leaves_nothing_and_its_connection_works(database: str) -> None:
    async with Database(database, size=1) as db:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2), db.transaction() as tx:
                await tx.send("INSERT INTO tombstones (id, conversation_id) VALUES (1, 1)")
                await tx.run("SELECT pg_sleep(20)")
        async with asyncio.timeout(15), db.reading() as tx:
            assert await tx.rows("SELECT id FROM tombstones") == []


@pytest.fixture
def growing(database: str) -> Iterator[str]:
    """Give the database with one more table, of which the planner knows that it is empty: to read all of it costs nothing."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE growing (n int PRIMARY KEY)")
        connection.execute("VACUUM ANALYZE growing")
        yield database
        connection.execute("DROP TABLE growing")


async def test_a_plan_made_while_a_table_was_empty_is_right_once_it_has_grown(growing: str) -> None:
    async with Database(growing, size=1) as db, db.reading() as tx:
        for _ in range(2):
            assert await tx.rows("SELECT FROM growing WHERE n = %s", [1]) == []
        name = await tx.value("SELECT name FROM pg_prepared_statements WHERE statement LIKE 'SELECT FROM growing%%'", [])
        plan = await tx.values(f"EXPLAIN EXECUTE {name}(1)")
    assert "using growing_pkey" in plan[0]
