from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from salledepause.kernel import embedded
from salledepause.kernel.migrate import BadMigration, migrate, steps


@pytest.fixture
def empty(postgres: str) -> Iterator[str]:
    name = f"salledepause_empty_{secrets.token_hex(4)}"
    yield embedded.create_database(postgres, name)
    embedded.drop_database(postgres, name)


def statements(query: str) -> list[str]:
    """Cut a migration into statements; bodies between $$ (or named) marks stay whole."""
    found, current, quoted = [], "", ""
    for line in query.splitlines():
        current += line + "\n"
        for mark in ("$$", "$BODY$"):
            if line.count(mark) % 2:
                quoted = "" if quoted == mark else mark
        if not quoted and line.rstrip().endswith(";"):
            found.append(current)
            current = ""
    return found


def schema(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            """SELECT table_name, column_name, data_type FROM information_schema.columns
            WHERE table_schema = 'public' ORDER BY 1, 2"""
        ).fetchall()


def test_killed_at_each_statement_a_rerun_completes(empty: str) -> None:
    for name, query in steps():
        for count in range(1, len(statements(query)) + 1, 7 if name == "0000_jobs" else 1):
            connection = psycopg.connect(empty)
            connection.execute("".join(statements(query)[:count]).encode())
            connection.pgconn.finish()
        with psycopg.connect(empty) as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())"
            )
            connection.execute(query.encode())
            connection.execute("INSERT INTO migrations (name) VALUES (%s)", (name,))
    assert migrate(empty) == []
    assert schema(empty)


def test_a_rerun_continues_after_the_steps_done(empty: str, database: str) -> None:
    with psycopg.connect(empty) as connection:
        connection.execute("CREATE TABLE migrations (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())")
        for name, query in steps()[:3]:
            connection.execute(query.encode())
            connection.execute("INSERT INTO migrations (name) VALUES (%s)", (name,))
    assert migrate(empty) == [name for name, _ in steps()[3:]]
    assert schema(empty) == schema(database)


def test_two_at_once_apply_each_step_once(empty: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        applied = [name for names in pool.map(migrate, [empty] * 4) for name in names]
    assert sorted(applied) == [name for name, _ in steps()]


def test_a_newer_database_is_refused(empty: str) -> None:
    migrate(empty)
    with psycopg.connect(empty) as connection:
        connection.execute("INSERT INTO migrations (name) VALUES ('9999_future')")
    with pytest.raises(BadMigration, match="9999_future"):
        migrate(empty)


GONE = r"DROP (TABLE|COLUMN|FUNCTION|VIEW|TYPE)|RENAME|SET NOT NULL|ALTER COLUMN \w+ (SET DATA )?TYPE|TRUNCATE"
TAKES_AWAY = re.compile(rf"\b({GONE})\b", re.IGNORECASE)
NEEDS = re.compile(r"ADD COLUMN \w+ [^,;]*NOT NULL(?![^,;]*(DEFAULT|GENERATED))", re.IGNORECASE)
"""A column that the version before, which does not know it, could not write."""
SINCE = "0056"
"""The first migration of which two versions run side by side (docs/hosting.md, «Upgrade»)."""


def test_a_migration_only_adds_for_the_version_before_runs_beside() -> None:
    new = [(name, query) for name, query in steps() if name >= SINCE]
    assert new
    for name, query in new:
        bare = re.sub(r"--[^\n]*|'[^']*'", "''", query)
        for found in (TAKES_AWAY.search(bare), NEEDS.search(bare)):
            assert found is None, f"{name}: {found and found[0]}: remove it one version later, or give it a default"


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("ALTER TABLE posts DROP COLUMN text", False),
        ("ALTER TABLE posts RENAME text TO words", False),
        ("ALTER TABLE posts ADD COLUMN a text NOT NULL", False),
        ("ALTER TABLE posts ADD COLUMN a text NOT NULL DEFAULT ''; CREATE TABLE t (a int NOT NULL)", True),
        ("ALTER TABLE posts ADD COLUMN a text", True),
    ],
)
def test_what_takes_away_is_seen(query: str, *, kept: bool) -> None:
    assert (TAKES_AWAY.search(query) is None and NEEDS.search(query) is None) is kept
