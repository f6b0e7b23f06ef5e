"""The limit beside posting: the same rows for each post, written straight to twin tables by bare SQL.

For one size of audience the templates are the very rows that a real post wrote; only its identifier is made new. A bare post is
one transaction with one prepared statement a table, as durable as ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import count
from time import perf_counter
from typing import Any, NamedTuple

import psycopg
import uvloop
from psycopg import AsyncConnection, Connection, sql

from bench.load import MILLISECOND, percentile
from bench.twins import SYNCHRONOUS_COMMIT, TWINS, Twin

FIRST = 2**62
"""Identifier of the first bare post, above every real one."""
COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""


COUNTED = "UPDATE bare_accounts SET posts_count = posts_count + 1, version = version + 1, last_post_on = now()::date"
"""The row that a post changes: its author's, alone in its twin table."""


class WrongTwins(RuntimeError):
    """A post did not write the rows that `bench.twins` says."""


class InsertPlan(NamedTuple):
    """Bare posts to write: `statements` in one transaction again and again on each connection for some seconds."""

    url: str
    statements: tuple[str, ...]
    connections: int
    seconds: float


class Inserted(NamedTuple):
    """How it went: posts a second, and milliseconds for one."""

    rate: float
    p50: float
    p99: float


def make_twins(connection: Connection[Any], post: str, followers: int) -> tuple[str, ...]:
    """Make the twin tables and their templates from the real post `post`; return the statements of one bare post.

    Raises WrongTwins when the post did not write the rows expected for its author's followers.
    """
    parts = [_make_twin(connection, twin, post, twin.once + twin.each * followers) for twin in TWINS]
    connection.execute("DROP TABLE IF EXISTS bare_accounts")
    connection.execute("CREATE TABLE bare_accounts (LIKE accounts INCLUDING ALL EXCLUDING GENERATED)")
    author = "INSERT INTO bare_accounts SELECT a.* FROM accounts a JOIN posts p ON p.account_id = a.id WHERE p.id = %s"
    connection.execute(author, [int(post)])
    return (*(part.as_string(connection) for part in parts), COUNTED)


def empty_twins(connection: Connection[Any]) -> None:
    """Empty the twin tables, so that every round begins alike."""
    for twin in TWINS:
        connection.execute(sql.SQL("TRUNCATE {}").format(_twin(twin)))


def insert(plan: InsertPlan) -> Inserted:
    """Write bare posts on a uvloop of its own."""
    return uvloop.run(_insert(plan))


def _make_twin(connection: Connection[Any], twin: Twin, post: str, expected: int) -> sql.Composable:
    table, copy, rows = sql.Identifier(twin.table), _twin(twin), sql.Identifier(f"bare_{twin.table}_rows")
    connection.execute(sql.SQL("DROP TABLE IF EXISTS {}, {}").format(copy, rows))
    connection.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(copy, table))
    mine = sql.SQL(twin.post)
    made = sql.SQL("CREATE TABLE {} AS SELECT * FROM {} WHERE {} = {}").format(rows, table, mine, sql.Literal(post))
    found = connection.execute(made).rowcount
    if found != expected:
        message = f"A post wrote {found} rows to {twin.table}; bench/twins.py says {expected}."
        raise WrongTwins(message)
    connection.execute(sql.SQL("ANALYZE {}").format(rows))
    columns = [name for (name,) in connection.execute(COLUMNS, (twin.table,))]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(copy, names, _values(twin, columns), rows)


def _values(twin: Twin, columns: list[str]) -> sql.Composable:
    fresh = {name: sql.SQL(expression) for name, expression in twin.fresh.items()}
    return sql.SQL(", ").join(fresh.get(name, sql.Identifier(name)) for name in columns)


def _twin(twin: Twin) -> sql.Identifier:
    return sql.Identifier(f"bare_{twin.table}")


async def _insert(plan: InsertPlan) -> Inserted:
    connections = [await _connect(plan.url) for _ in range(plan.connections)]
    numbers, latencies = count(FIRST), list[float]()
    began = perf_counter()
    works = [_repeat(one, plan.statements, numbers, latencies, began + plan.seconds) for one in connections]
    await asyncio.gather(*works)
    seconds = perf_counter() - began
    for one in connections:
        await one.close()
    ordered = [value * MILLISECOND for value in sorted(latencies)]
    return Inserted(len(ordered) / seconds, percentile(ordered, 0.50), percentile(ordered, 0.99))


async def _connect(url: str) -> AsyncConnection[Any]:
    options = f"-c synchronous_commit={SYNCHRONOUS_COMMIT}"
    return await psycopg.AsyncConnection.connect(url, autocommit=True, prepare_threshold=0, options=options)


async def _repeat(
    connection: AsyncConnection[Any], statements: tuple[str, ...], numbers: Iterator[int], latencies: list[float], deadline: float
) -> None:
    queries = [statement.encode() for statement in statements]
    while (now := perf_counter()) < deadline:
        number = next(numbers)
        await connection.execute(b"BEGIN", prepare=False)
        for query in queries:
            await connection.execute(query, {"n": number})
        await connection.execute(b"COMMIT", prepare=False)
        latencies.append(perf_counter() - now)
