"""Migrations: numbered SQL files, each in one transaction under one advisory lock; killed anywhere, a rerun completes."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

import psycopg

from salledepause.kernel.jobs import schema

LOCK = 5_417_033
"""Key of the advisory lock that lets one process migrate at a time."""


class BadMigration(RuntimeError):
    """The database was made by other migrations than these."""


def steps() -> list[tuple[str, str]]:
    """Return (name, SQL) of every step in order; the job library's own tables come first."""
    found = sorted(_sql_files(), key=lambda file: file.name)
    return [("0000_jobs", schema()), *((file.name.removesuffix(".sql"), file.read_text("utf-8")) for file in found)]


def migrate(url: str) -> list[str]:
    """Bring a database up to date; return the names of the steps applied.

    Raises BadMigration when the database knows a step that this version does not have.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        connection.execute("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())")
        done = {row[0] for row in connection.execute("SELECT name FROM migrations")}
        wanted = steps()
        if unknown := done - {name for name, _ in wanted}:
            message = f"Cette base vient d'une version plus récente ({', '.join(sorted(unknown))}). Mettez le logiciel à jour."
            raise BadMigration(message)
        return [_apply(connection, name, query) for name, query in wanted if name not in done]


def _sql_files() -> list[Traversable]:
    return [file for file in files("salledepause.migrations").iterdir() if file.name.endswith(".sql")]


def _apply(connection: psycopg.Connection, name: str, query: str) -> str:
    with connection.transaction():
        connection.execute(query.encode())
        connection.execute("INSERT INTO migrations (name) VALUES (%s)", (name,))
    return name
