"""Ten thousand readers whose pages are remembered: what the memory of the web processes comes to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg

from bench.crowd import FOLLOWER, Crowd, crowd
from bench.french import text
from bench.load import Plan, drive
from bench.process import weigh
from bench.report import Goal
from bench.rig import Rig, target
from bench.wire import request

READERS = "readers"
PEOPLE, VOICES, POSTS, PAGE = 10_000, 200, 10_000, 20
"""Who reads; how many of them wrote, and how many posts; posts of a home page."""
WITHIN = 250.0
"""MiB."""
PATHS = ("timelines/home?limit=20", "notifications?limit=20")
CONNECTIONS, SPARE = 16, 600.0
"""Connections that ask; seconds that all may take."""


def measure(rig: Rig, folder: Path) -> Iterator[Goal]:
    """Yield the figure: everybody's first pages are asked of every process, twice as often as chance needs."""
    with crowd(folder / READERS, PEOPLE, PEOPLE) as house:
        _fill(house)
        to = target(house.server)
        asked = _requests(house)
        times = 4
        plan = Plan(to.port, asked * times, CONNECTIONS, SPARE, most=len(asked) * times)
        seen = rig.pool.submit(drive, plan).result()
        weight = weigh(to.web)
    error = "" if seen.valid else seen.first_error or "connections were lost"
    yield Goal(f"{READERS}, {PEOPLE:,} cached: memory of a web process", max(weight.resident), "MiB", WITHIN, error)


def _fill(house: Crowd) -> None:
    """Let some people write, and each reader's home hold two pages of them, every reader's their own."""
    values = {"prefix": FOLLOWER, "voices": VOICES, "posts": POSTS, "texts": [text(number) for number in range(500)]}
    with psycopg.connect(house.url, autocommit=True) as connection:
        for statement in SAID:
            connection.execute(statement, values)
        connection.execute("VACUUM ANALYZE")


SAID = (
    """INSERT INTO posts (id, account_id, kind, audience, text, language, conversation_id, created_at)
    SELECT id, account_id, 'opinion', 'public', (%(texts)s::text[])[1 + n %% 500], 'fr', id, now() FROM (
        SELECT next_id() AS id, a.id AS account_id, n FROM generate_series(1, %(posts)s::int) AS n
        JOIN accounts a ON a.handle = %(prefix)s || '_' || n %% %(voices)s::int) AS made""",
    """INSERT INTO home (reader_id, post_id) SELECT reader.id, p.id
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM accounts WHERE handle LIKE %(prefix)s || '\\_%%') AS reader
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM posts) AS p ON p.n %% 250 = reader.n %% 250""",
)


def _requests(house: Crowd) -> list[bytes]:
    host = {"Host": f"127.0.0.1:{house.server.port}"}
    return [
        request("GET", f"/api/v1/{path}", host | {"Authorization": f"Bearer {token}"}) for token in house.tokens for path in PATHS
    ]
