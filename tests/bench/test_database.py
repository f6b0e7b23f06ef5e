"""What the benchmark writes must fit the real tables, whose foreign keys are checked here; its limit must write as many rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest

from bench.database import database, main_process
from bench.inserts import InsertPlan, WrongTwins, empty_twins, insert, make_twins
from bench.process import family_processor
from bench.seed import account_id, fill, post_id
from bench.world import AUDIENCES, LIKES, READER, THREAD, World, world
from salledepause.kernel.migrate import migrate

FOLLOWERS = AUDIENCES[1]


@pytest.fixture(scope="module")
def made() -> World:
    return world(200, 3_000)


@pytest.fixture(scope="module")
def url(made: World) -> Iterator[str]:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        with database(Path(folder) / "base") as address:
            migrate(address)
            with psycopg.connect(address) as connection, connection.cursor() as cursor:
                fill(cursor, made)
            yield address


@pytest.fixture
def connection(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url, autocommit=True) as opened:
        yield opened


def value(connection: psycopg.Connection[Any], query: str, *params: object) -> Any:
    return connection.execute(query.encode(), params).fetchall()[0][0]


def publish(connection: psycopg.Connection[Any], author: int) -> str:
    post = value(
        connection,
        "INSERT INTO posts (id, account_id, audience, text, conversation_id) SELECT n, %s, 'public', 'Bonsoir.', n "
        "FROM next_id() AS n RETURNING id",
        author,
    )
    spread = "INSERT INTO home SELECT account_id, %s FROM follows WHERE target_id = %s UNION ALL SELECT %s, %s"
    connection.execute(spread.encode(), (post, author, author, post))
    return str(post)


def test_the_reader_has_a_full_home_of_posts_that_exist(connection: psycopg.Connection[Any]) -> None:
    query = "SELECT count(*) FROM home JOIN posts ON posts.id = post_id WHERE reader_id = %s AND audience = 'public'"
    assert value(connection, query, account_id(READER)) == 400


def test_the_thread_is_one_conversation(connection: psycopg.Connection[Any], made: World) -> None:
    root = post_id(made, made.root)
    assert value(connection, "SELECT count(*) FROM posts WHERE conversation_id = %s", root) == THREAD + 1
    assert value(connection, "SELECT posts_count FROM conversations WHERE id = %s", root) == THREAD + 1
    assert value(connection, "SELECT sum(replies_count) FROM posts") == THREAD


def test_counts_are_those_of_the_rows(connection: psycopg.Connection[Any]) -> None:
    wrong = """SELECT count(*) FROM accounts WHERE posts_count <> (SELECT count(*) FROM posts WHERE account_id = accounts.id)
        OR followers_count <> (SELECT count(*) FROM follows WHERE target_id = accounts.id)"""
    assert value(connection, wrong) == 0
    assert value(connection, "SELECT count(*) FROM notifications WHERE account_id = %s", account_id(READER)) == LIKES


def test_new_posts_come_after_the_seeded_ones(connection: psycopg.Connection[Any]) -> None:
    assert value(connection, "SELECT next_id() > max(id) FROM posts")


def test_bare_posts_write_the_rows_of_a_real_one(connection: psycopg.Connection[Any], url: str, made: World) -> None:
    post = publish(connection, account_id(made.writers[FOLLOWERS]))
    statements = make_twins(connection, post, FOLLOWERS)
    done = insert(InsertPlan(url, statements, 2, 1.0))
    written = value(connection, "SELECT count(*) FROM bare_posts WHERE text = 'Bonsoir.'")
    assert written > 2
    assert value(connection, "SELECT count(*) FROM bare_home") == written * (FOLLOWERS + 1)
    assert 0 < done.p50 <= done.p99
    empty_twins(connection)
    assert value(connection, "SELECT count(*) FROM bare_home") == 0


def test_another_number_of_rows_is_refused(connection: psycopg.Connection[Any], made: World) -> None:
    post = publish(connection, account_id(made.writers[FOLLOWERS]))
    with pytest.raises(WrongTwins, match=f"wrote {FOLLOWERS + 1} rows to home"):
        make_twins(connection, post, FOLLOWERS + 1)


def test_the_processor_time_of_the_server_grows(connection: psycopg.Connection[Any], url: str) -> None:
    main = main_process(url)
    assert main is not None
    before = family_processor(main)
    connection.execute(b"SELECT sum(sqrt(n)) FROM generate_series(1, 1000000) AS n")
    assert family_processor(main) > before
