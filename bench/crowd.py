"""A small house with one author whom many follow, made at once by SQL: for what people cost, rather than posts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg

from bench.database import database
from bench.process import Server, admin, free_port, running, serve
from salledepause.features.accounts.secret import digest
from salledepause.kernel.migrate import migrate

FOLLOWER, AUTHOR = "foule", "voix"
TOKEN = "crowd-{}"  # noqa: S105 (protects nothing)
"""Access token of the n-th follower."""


class Crowd(NamedTuple):
    """A running house: its server and database, the author's token, those of the first followers."""

    server: Server
    url: str
    author: str
    tokens: list[str]


@contextmanager
def crowd(folder: Path, followers: int, tokens: int) -> Iterator[Crowd]:
    """Lend a house in which `followers` people follow one author; the first `tokens` of them have an app."""
    folder.mkdir()
    folder.chmod(0o711)  # an embedded database runs as another user when we are root
    with database(folder / "base") as url:
        migrate(url)
        admin(url, "create-account", AUTHOR, "--password", "une longue nuit tranquille")
        names = [TOKEN.format(number) for number in range(tokens)]
        with psycopg.connect(url, autocommit=True) as connection:
            for first in range(0, followers, AT_ONCE):
                last = min(first + AT_ONCE, followers) - 1
                connection.execute(PEOPLE, {"first": first, "last": last, "prefix": FOLLOWER})
            for statement in FOLLOWING:
                connection.execute(statement, {"followers": followers, "prefix": FOLLOWER, "author": AUTHOR})
            connection.cursor().executemany(OPEN, [(digest(name), f"{FOLLOWER}_{n}") for n, name in enumerate(names)])
            connection.execute("VACUUM ANALYZE")
        with running(serve(folder / "data", free_port(), url)) as server:
            yield Crowd(server, url, admin(url, "token", AUTHOR, "--scopes", "read write"), names)


AT_ONCE = 2_000
"""Accounts of one transaction: each holds a lock on its name until the end, and a server has room for some thousands."""
PEOPLE = """INSERT INTO accounts (id, handle, family, created_at, following_count)
    SELECT next_id(), %(prefix)s || '_' || n, 'autre', now(), 1 FROM generate_series(%(first)s::int, %(last)s::int) AS n"""
FOLLOWING = (
    """INSERT INTO follows (account_id, target_id, id)
    SELECT a.id, b.id, next_id() FROM accounts a JOIN accounts b ON b.handle = %(author)s
    WHERE a.handle LIKE %(prefix)s || '\\_%%'""",
    "UPDATE accounts SET followers_count = %(followers)s WHERE handle = %(author)s",
)
OPEN = "INSERT INTO tokens (hash, account_id, scopes) SELECT %s, id, ARRAY['read', 'write'] FROM accounts WHERE handle = %s"
