"""An author with a hundred thousand followers: how soon a post is acknowledged and in every home, and what others feel of it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter, sleep
from typing import NamedTuple

import psycopg

from bench.crowd import Crowd, crowd
from bench.load import MILLISECOND, Outcome, Plan, Requests, drive
from bench.report import Goal
from bench.rig import Rig
from bench.seed import Writer
from bench.wire import request
from bench.writes import SERIES, message, post_once

FAR = "crowd"
JOB = "timelines.spread_far"
FOLLOWERS, READERS = 100_000, 50
CONNECTIONS = 8
ROUNDS = 5
"""Seconds of load, in rounds of the other measures."""
ACKNOWLEDGED, SPREAD, SLOWER = 100.0, 5_000.0, 2.0
"""Milliseconds, milliseconds, and times as long."""
PAUSE, PATIENCE = 0.05, 60.0
"""Seconds between two looks, and after which a spread is given up."""
PATHS = ("timelines/home", "notifications", "timelines/public")


class Post(NamedTuple):
    """What became of one post, in milliseconds: its acknowledgement, the last home."""

    id: str
    acknowledged: float
    spread: float


def measure(rig: Rig, folder: Path) -> Iterator[Goal]:
    """Yield the figures: the slowest of the posts that were made under load."""
    with crowd(folder / FAR, FOLLOWERS, READERS) as house, psycopg.connect(house.url, autocommit=True) as connection:
        plan = Plan(house.server.port, _requests(house), CONNECTIONS, ROUNDS * rig.seconds)
        rig.pool.submit(drive, Plan(house.server.port, _talk(house), CONNECTIONS, rig.seconds)).result()
        _post(house, connection)
        calm = rig.pool.submit(drive, plan).result()
        loading = rig.pool.submit(drive, plan)
        posts = list(_posts(house, connection, loading))
        busy = loading.result()
        lacking = _lacking(connection, posts)
    error = lacking if calm.valid and busy.valid else calm.first_error or busy.first_error or "connections were lost"
    told = f"{FAR}, {FOLLOWERS:,} followers, {CONNECTIONS} connections reading"
    yield Goal(f"{told}: post acknowledged", max(one.acknowledged for one in posts), "ms", ACKNOWLEDGED, error)
    yield Goal(f"{told}: in every home", max(one.spread for one in posts), "ms", SPREAD, error)
    yield Goal(f"{told}: p95 of reading, {busy.p95:.1f} ms after {calm.p95:.1f}", _ratio(busy, calm), "×", SLOWER, error)


def _ratio(busy: Outcome, calm: Outcome) -> float:
    return busy.p95 / calm.p95 if calm.p95 else 0.0


def _posts(house: Crowd, connection: psycopg.Connection[tuple[bool]], loading: Future[Outcome]) -> Iterator[Post]:
    """Post as long as the load lasts, each once the one before is everywhere."""
    sleep(PAUSE)
    while not loading.done():
        yield _post(house, connection)


def _post(house: Crowd, connection: psycopg.Connection[tuple[bool]]) -> Post:
    began = perf_counter()
    post_id = post_once(house.server.port, Writer(house.author, FOLLOWERS))
    acknowledged = perf_counter() - began
    while _spreading(connection) and perf_counter() < began + PATIENCE:
        sleep(PAUSE)
    return Post(post_id, acknowledged * MILLISECOND, (perf_counter() - began) * MILLISECOND)


def _spreading(connection: psycopg.Connection[tuple[bool]]) -> bool:
    """Tell whether the job is still to be done: counting the homes again and again would slow down what is measured."""
    row = connection.execute("SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = %s)", [JOB]).fetchone()
    return bool(row and row[0])


def _lacking(connection: psycopg.Connection[tuple[bool]], posts: list[Post]) -> str:
    """Return what is wrong with the homes when all is over, or nothing."""
    ids = [int(one.id) for one in posts]
    whole = "SELECT count(*) = %s FROM home WHERE post_id = ANY(%s)"
    row = connection.execute(whole, [(FOLLOWERS + 1) * len(posts), ids]).fetchone()
    return "" if row and row[0] else "some homes were not reached"


def _talk(house: Crowd) -> Requests:
    """Return what a follower says beforehand, uncounted: a house that runs has written posts before, in each process."""
    return partial(message, house.server.port, house.tokens[0], next(SERIES))


def _requests(house: Crowd) -> list[bytes]:
    """Return what followers ask meanwhile, each for themselves."""
    host = {"Host": f"127.0.0.1:{house.server.port}"}
    asked = islice(cycle(PATHS), len(PATHS) * len(house.tokens))
    tokens = [token for token in house.tokens for _ in PATHS]
    return [
        request("GET", f"/api/v1/{path}?limit=20", host | {"Authorization": f"Bearer {token}"})
        for path, token in zip(asked, tokens, strict=True)
    ]
