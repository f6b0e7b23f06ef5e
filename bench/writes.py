"""Posting, by authors with ever more followers, beside bare SQL that writes the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import Any, NamedTuple

import msgspec
import psycopg
from msgspec.structs import replace
from psycopg import Connection

from bench.french import sentence
from bench.inserts import Inserted, InsertPlan, empty_twins, insert, make_twins
from bench.load import Requests
from bench.process import fetch
from bench.report import Figure
from bench.rig import Rig, Sample, Target, figure, sample, warm_up
from bench.seed import Writer
from bench.wire import request

POSTING = "posting"
PATH = "/api/v1/statuses"
CONNECTIONS = (1, 8)
SERIES = count(1)
"""Numbers the rounds, so that no text is ever posted twice."""


class Side(NamedTuple):
    """Both ways to post for one writer: our server as that writer, and the statements of a bare post."""

    ours: Target
    writer: Writer
    connection: Connection[Any]
    url: str
    statements: tuple[str, ...]


def measure(rig: Rig, url: str, ours: Target, writers: tuple[Writer, ...]) -> Iterator[Figure]:
    """Yield the figures of posting for each writer, then the home rows a second of the most followed."""
    with psycopg.connect(url, autocommit=True) as connection:
        for writer in writers:
            statements = make_twins(connection, post_once(ours.port, writer), writer.followers)
            side = Side(ours, writer, connection, url, statements)
            for connections in CONNECTIONS:
                found = _alternate(rig, side, connections)
                yield found
                if writer is writers[-1]:
                    yield _fan_out(found, writer.followers)


def post_once(port: int, writer: Writer) -> str:
    """Post as a writer; return the identifier of the new post."""
    headers = {"Authorization": f"Bearer {writer.token}", "Content-Type": "application/json"}
    _, body = fetch(f"http://127.0.0.1:{port}{PATH}", headers, _draft(0, 0))
    identifier: str = msgspec.json.decode(body)["id"]
    return identifier


def message(port: int, token: str, series: int, number: int) -> bytes:
    """Return the request that posts the text `number` of a series."""
    headers = {"Host": f"127.0.0.1:{port}", "Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return request("POST", PATH, headers, _draft(series, number))


def _draft(series: int, number: int) -> bytes:
    return msgspec.json.encode({"status": f"{sentence(series * 1_000_003 + number)} ({series}-{number})", "visibility": "public"})


def _requests(side: Side) -> Requests:
    return partial(message, side.ours.port, side.writer.token, next(SERIES))


def _alternate(rig: Rig, side: Side, connections: int) -> Figure:
    mine, bare = list[Sample](), list[Inserted]()
    warm_up(rig, side.ours, _requests(side), connections)
    for _ in range(rig.rounds):
        mine.append(sample(rig, side.ours, _requests(side), connections))
        empty_twins(side.connection)
        plan = InsertPlan(side.url, side.statements, connections, rig.seconds)
        bare.append(rig.pool.submit(insert, plan).result())
    limit = max(bare)
    found = figure(f"{POSTING}, {side.writer.followers} followers", connections, mine)
    rounds = [one.rate for one in bare]
    return replace(found, limit=limit.rate, limit_p50=limit.p50, limit_p99=limit.p99, limit_rounds=rounds)


def _fan_out(found: Figure, followers: int) -> Figure:
    """Return the same figure counted in home rows of followers."""
    rate, limit = (found.rate or 0.0) * followers, (found.limit or 0.0) * followers
    return Figure(name="fan-out, home rows", connections=found.connections, rate=rate, limit=limit, error=found.error)
