"""A database of the benchmark's own: beside DATABASE_URL when it is set, else in an embedded server made for the run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from salledepause.kernel import embedded


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """Lend the connection string of an empty database, dropped at the end; `folder` holds the embedded server's files."""
    given = os.environ.get("DATABASE_URL")
    server = given or embedded.start(folder)
    name = f"bench_{os.getpid()}"
    try:
        yield embedded.create_database(server, name)
    finally:
        embedded.drop_database(server, name)
        if not given:
            embedded.stop(folder)


def main_process(url: str) -> psutil.Process | None:
    """Return the parent of the server's processes, `None` when the server is on another machine."""
    with psycopg.connect(url) as connection:
        try:
            backend = psutil.Process(connection.info.backend_pid)
            return backend.parent() if backend.name().startswith("postgres") else None
        except psutil.NoSuchProcess:
            return None
