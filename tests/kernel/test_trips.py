"""Many statements in one trip: answers in order, what fails stops what follows, and a connection is whole afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.pq import TransactionStatus

from salledepause.kernel import trips
from salledepause.kernel.trips import Line, written


@pytest.fixture
async def line(database: str) -> AsyncIterator[Line]:
    async with await Line.connect(database, autocommit=True) as opened:
        yield opened


async def test_answers_come_in_the_order_of_the_statements(line: Line) -> None:
    statements = [line.state("SELECT %(n)s::int, %(n)s::int + 1, %(word)s", {"n": n, "word": "é" * n}) for n in range(30)]
    await line.travel(statements)
    assert [one.rows for one in statements] == [[(n, n + 1, "é" * n)] for n in range(30)]
    assert [one.count for one in statements] == [1] * 30


async def test_what_fails_is_raised_and_nothing_after_it_runs(line: Line) -> None:
    await line.execute(b"CREATE TEMPORARY TABLE written (n int)")
    statements = [
        line.state("BEGIN", None),
        line.state("INSERT INTO written VALUES (%s)", [1]),
        line.state("SELECT 1 / %s", [0]),
        line.state("INSERT INTO written VALUES (%s)", [2]),
        line.state("COMMIT", None),
    ]
    with pytest.raises(psycopg.errors.DivisionByZero):
        await line.travel(statements)
    assert statements[3].rows is None
    assert line.pgconn.transaction_status == TransactionStatus.INERROR
    await line.travel([line.state("ROLLBACK", None)])
    assert await (await line.execute(b"SELECT count(*) FROM written")).fetchone() == (0,)


async def test_a_statement_met_again_is_prepared_for_each_kind_of_value(line: Line) -> None:
    for value in (1, 2, 3, 2**40, 2**40 + 1, 2**40 + 2, None, None, None):
        await line.travel([asked := line.state("SELECT %s", [value])])
        assert asked.rows is not None
        assert asked.rows[0][0] == value
    found = await (await line.execute(b"SELECT name FROM pg_prepared_statements WHERE statement = 'SELECT $1'")).fetchall()
    assert len(found) == 3


async def test_a_preparation_that_failed_is_tried_again(line: Line) -> None:
    for _ in range(3):
        with pytest.raises(psycopg.errors.UndefinedTable):
            await line.travel([line.state("SELECT n FROM soon_there", None)])
    with pytest.raises(psycopg.errors.DivisionByZero):
        await line.travel([line.state("SELECT 1 / %s", [0]), line.state("SELECT 'never prepared'", None)])
    await line.execute(b"CREATE TEMPORARY TABLE soon_there (n int)")
    await line.travel([again := line.state("SELECT n FROM soon_there", None), line.state("SELECT 'never prepared'", None)])
    assert again.rows == []


async def test_what_was_not_used_for_longest_is_forgotten(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trips, "MOST_PREPARED", 3)
    for name in "abcab" * 2 + "defg" * 2:
        await line.travel([asked := line.state(f"SELECT '{name}'", None)])
        assert asked.rows == [(name,)]
    found = await (await line.execute(b"SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'sdp%'")).fetchone()
    assert found is not None
    assert found[0] <= 3


async def test_a_trip_cut_short_leaves_a_connection_that_works_or_is_closed(line: Line) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await line.travel([line.state("SELECT pg_sleep(30)", None), line.state("SELECT 1", None)])
    if not line.closed:
        await line.travel([after := line.state("SELECT 2", None)])
        assert after.rows == [(2,)]


async def test_a_lost_connection_is_said_and_closed(line: Line) -> None:
    with pytest.raises(psycopg.OperationalError):
        await line.travel([line.state("SELECT pg_terminate_backend(pg_backend_pid())", None), line.state("SELECT 1", None)])
    assert line.closed


async def test_more_than_the_sockets_hold_travels(line: Line) -> None:
    heavy = "x" * 100_000
    statements = [line.state("SELECT %s::text || %s", [heavy, str(n)]) for n in range(60)]
    await asyncio.wait_for(line.travel(statements), 30)
    assert [one.rows and len(one.rows[0][0]) for one in statements] == [100_000 + len(str(n)) for n in range(60)]


async def test_the_library_goes_on_beside_trips(line: Line) -> None:
    await line.travel([line.state("BEGIN", None), line.state("CREATE TEMPORARY TABLE beside (n int)", None)])
    await line.execute(b"INSERT INTO beside VALUES (%s)", [7])
    await line.travel([found := line.state("SELECT n FROM beside", None), line.state("ROLLBACK", None)])
    assert found.rows == [(7,)]


def test_values_are_numbered() -> None:
    assert written("SELECT %s, '100%%', %s").query == b"SELECT $1, '100%', $2"
    named = written("SELECT %(a)s, %(b)s, %(a)s")
    assert (named.query, named.names) == (b"SELECT $1, $2, $1", ("a", "b"))


async def test_too_few_values_are_refused_before_anything_is_sent(line: Line) -> None:
    with pytest.raises(psycopg.ProgrammingError):
        line.state("SELECT %s, %s", [1])
    with pytest.raises(psycopg.DataError):
        line.state("SELECT %s", ["nul \0"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.integers(-(2**63), 2**63 - 1), max_size=9),
    st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6), max_size=9),
    st.lists(st.binary(max_size=6), max_size=9),
)
async def test_lists_arrive_as_they_were(line: Line, numbers: list[int], words: list[str], pieces: list[bytes]) -> None:
    for kind, one in (("bigint", numbers), ("text", words), ("bytea", pieces)):
        holes = [*one, None]
        await line.travel([asked := line.state(f"SELECT %s::{kind}[], %s::{kind}[]", [one, holes])])
        assert asked.rows == [(one, holes)]


async def test_lists_with_what_cannot_be_said_are_refused(line: Line) -> None:
    for wrong in (["nul \0"], ["a", "b \0 c"], [1, "a"]):
        with pytest.raises(psycopg.DataError):
            line.state("SELECT %s::text[]", [wrong])


@given(st.lists(st.text("abc%$1 '", max_size=6), max_size=6))
def test_a_percent_sign_typed_twice_is_one_and_places_keep_their_order(parts: list[str]) -> None:
    query = "%s".join(part.replace("%", "%%") for part in parts)
    said = written(query)
    expected = "".join(part + f"${place}" * (place < len(parts)) for place, part in enumerate(parts, 1))
    assert said.query.decode() == expected
    assert len(said.formats) == max(len(parts) - 1, 0)
