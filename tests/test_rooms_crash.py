"""Killed while words end, a host is paged and a ronde is clapped and ends: nothing is lost, nothing is said or done twice.

What is under way is held by a lock of the test, so that the kill falls within it, not before nor after.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from salledepause.features import accounts, company, posts, rooms
from salledepause.features.accounts import Family
from salledepause.features.posts import Draft, Kind
from salledepause.kernel.config import Settings
from salledepause.kernel.db import Tx
from salledepause.main import site_of
from tests.support.server import Server, serving
from tests.test_crash import PATIENCE, until
from tests.test_wave_crash import Crowd

ENDING, STAYING = 210, 5
"""Words that are over, more than are erased in one transaction, and words that are not."""
PEOPLE, WON, HOSTS = 12, 4, 3
PAUSE = 0.3
WAKE = """INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'posts.expire', '{"timestamp": 0}')"""
"""Has the worker look whose hour has come; to erase what is over once more changes nothing."""
DUE = "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = %s AND status = 'todo' AND args @> %s::jsonb"
BUSY = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND task_name = ANY(%s)"
BEHIND = "SELECT pid FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
LEFT = """SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name = ANY(%s)
    AND (scheduled_at IS NULL OR scheduled_at <= now())"""
AGED = "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' WHERE id = ANY(%s)"
"""Has the clock of its successors say that a worker was silent for long."""


class Scene(NamedTuple):
    """Who is there, and what they said."""

    hosts: list[int]
    asked: int
    ending: list[int]
    staying: list[int]
    victories: list[int]
    tokens: list[str]
    carer: str


class Lock:
    """Rows that a test holds, so that whoever comes to them waits."""

    def __init__(self, url: str, query: str, values: Sequence[Any]) -> None:
        self.connection = psycopg.connect(url)
        held = self.connection.execute(f"{query} FOR UPDATE", values).fetchall()
        assert held, query

    def blocks(self, watch: psycopg.Connection[Any]) -> list[int]:
        """Return the sessions that wait for it."""
        return [row[0] for row in watch.execute(BEHIND, [self.connection.info.backend_pid])]

    def release(self) -> None:
        self.connection.close()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with serving(tmp_path) as running:
        yield running


async def set_up(server: Server) -> Scene:
    site = site_of(Settings(data=server.data, database_url=server.database_url))
    async with site.db, site.db.transaction() as tx:
        hosts = [await accounts.create(tx, f"hote{number}", None) for number in range(HOSTS)]
        await tx.run("UPDATE accounts SET role = 'host' WHERE id = ANY(%s)", [hosts])
        lea, author = [await accounts.create(tx, name, None, family=Family.PARAMEDICAL) for name in ("lea", "autrice")]
        query = "INSERT INTO verifications (account_id, family, method) VALUES (%s, %s, 'code')"
        await tx.run(query, [lea, Family.PARAMEDICAL])
        asked = await posts.publish(tx, author, Draft(text="Besoin d'un mot."))
        await company.ask(tx, author, asked)
        people = [await accounts.create(tx, f"foule{number}", None) for number in range(PEOPLE)]
        won = [await posts.publish(tx, author, Draft(text=f"Victoire {n}", kind=Kind.VICTORY)) for n in range(WON)]
        tokens = [await accounts.give_token(tx, one, ["read", "write"]) for one in (*people, lea)]
        tx.touches_everything()
        return Scene(hosts, asked, *await vented(tx, lea), won, tokens[:-1], tokens[-1])


async def vented(tx: Tx, lea: int) -> tuple[list[int], list[int]]:
    """Have a carer say what ends, and what stays a while; return both."""
    room = await rooms.bearing(tx, "la_soupape")
    assert room
    found = []
    for number in range(ENDING + STAYING):
        hours = 1 if number < ENDING else 72
        found.append(await posts.publish(tx, lea, Draft(text=f"reste {number}", room_id=room.id, hours=hours)))
    return found[:ENDING], found[ENDING:]


def count(watch: psycopg.Connection[Any], query: str, *values: Any) -> int:
    row = watch.execute(query, values).fetchone()
    assert row
    return int(row[0])


async def nudged(watch: psycopg.Connection[Any], true: Callable[[], bool]) -> None:
    """Wait until something is so, the worker looking often for what is due."""
    last = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < last, "it never came back"
        watch.execute(WAKE)
        await asyncio.sleep(PAUSE)


async def killed(server: Server, watch: psycopg.Connection[Any], *more: str) -> list[int]:
    """Kill the worker, and other kinds of processes; return the worker as the database knows it."""
    gone = [row[0] for row in watch.execute("SELECT id FROM procrastinate_workers")]
    for kind in ("work", *more):
        await server.kill(server.processes(kind)[0])
    return gone


def due(watch: psycopg.Connection[Any], scene: Scene, turn: int, victory: int) -> None:
    """Let twenty minutes, or ten more, go by for who asks, and a quarter of an hour for a wave."""
    watch.execute("UPDATE waves SET ends_at = now() WHERE post_id = %s", [victory])
    watch.execute(DUE, ["company.page", f'{{"turn": {turn}}}'])
    watch.execute(DUE, ["waves.end", f'{{"post_id": {victory}}}'])
    watch.execute(WAKE)


def held(server: Server, scene: Scene, turn: int, victory: int) -> list[Lock]:
    """Hold the host whom a turn pages, and the claps of a wave that ends."""
    host = Lock(server.database_url, "SELECT FROM accounts WHERE id = %s", [scene.hosts[turn - 1]])
    return [host, Lock(server.database_url, "SELECT FROM claps WHERE post_id = %s", [victory])]


def check_said_once(watch: psycopg.Connection[Any], scene: Scene, pages: int) -> None:
    """Hold the database against what was asked: each host called once, each clap there once, each wave told once."""
    told = "SELECT count(*) FROM notifications WHERE account_id = %s AND kind = 'mention'"
    assert [count(watch, told, one) for one in scene.hosts] == [1] * pages + [0] * (len(scene.hosts) - pages)
    assert count(watch, "SELECT paged FROM company_calls WHERE post_id = %s", scene.asked) == pages
    assert count(watch, "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'company.page'") == 1
    assert count(watch, "SELECT count(*) FROM notifications WHERE kind = 'wave'") == WON
    claps = watch.execute("SELECT post_id, count(*) FROM claps GROUP BY post_id ORDER BY post_id").fetchall()
    assert claps == [(one, PEOPLE) for one in scene.victories]
    assert watch.execute("SELECT DISTINCT given FROM clap_days").fetchall() == [(WON,)]


async def check_words(server: Server, watch: psycopg.Connection[Any], scene: Scene) -> None:
    """Hold what is read against what was said: what is over is nowhere, what stays is whole."""
    left = watch.execute("SELECT id FROM posts WHERE room_id IS NOT NULL ORDER BY id").fetchall()
    assert [row[0] for row in left] == scene.staying
    async with server.client(headers={"authorization": f"Bearer {scene.carer}"}) as client:
        shown = await client.get(f"/api/v1/statuses?{'&'.join(f'id[]={one}' for one in (*scene.ending[-15:], *scene.staying))}")
    assert [one["id"] for one in shown.json()] == [str(one) for one in scene.staying]
    assert all(f"reste {ENDING + number}" in one["content"] for number, one in enumerate(shown.json()))


async def within_their_work(server: Server, watch: psycopg.Connection[Any], scene: Scene) -> None:
    """Kill while the second part of what is over is erased, a host is being told, a wave is ending, and people clap."""
    over = "UPDATE posts SET expires_at = now() - interval '1 hour' + place * interval '1 ms' FROM unnest(%s::bigint[])"
    watch.execute(f"{over} WITH ORDINALITY AS said (id, place) WHERE said.id = posts.id", [scene.ending])
    first = scene.victories[0]
    with ExitStack() as stack:
        last = Lock(server.database_url, "SELECT FROM posts WHERE id = %s", [scene.ending[-1]])
        locks = [last, *held(server, scene, 1, first)]
        for lock in locks:
            stack.callback(lock.release)
        due(watch, scene, 1, first)
        await until(lambda: all(lock.blocks(watch) for lock in locks))
        crowd = Crowd(server, scene.tokens, scene.victories[1:])
        clapping = asyncio.gather(*(crowd.clap(token) for token in scene.tokens))
        await until(lambda: crowd.done > 1)
        gone = await killed(server, watch, "web")
    watch.execute(AGED, [gone])
    await asyncio.wait_for(clapping, PATIENCE)
    ended = "SELECT count(*) FROM waves WHERE ended AND post_id = %s"
    await nudged(watch, lambda: count(watch, ended, first) == 1 and count(watch, "SELECT paged FROM company_calls") == 1)
    await nudged(watch, lambda: not count(watch, "SELECT count(*) FROM posts WHERE expires_at <= now()"))


async def before_their_word(server: Server, watch: psycopg.Connection[Any], scene: Scene) -> None:
    """Kill once a host is told and a wave ended, before the worker could say that its work is done: it is done again."""
    second, works = scene.victories[1], ["company.page", "waves.end"]
    locks = held(server, scene, 2, second)
    due(watch, scene, 2, second)
    await until(lambda: all(lock.blocks(watch) for lock in locks))
    query = "SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND task_name = ANY(%s)"
    word = Lock(server.database_url, query, [works])
    for lock in locks:
        lock.release()
    await until(lambda: len(word.blocks(watch)) == len(works))
    assert count(watch, "SELECT paged FROM company_calls") == 2, "it is written, and not yet said to be done"
    gone = await killed(server, watch)
    for pid in word.blocks(watch):
        watch.execute("SELECT pg_terminate_backend(%s)", [pid])
    await until(lambda: not word.blocks(watch))
    word.release()
    assert count(watch, BUSY, works) == len(works)
    watch.execute(AGED, [gone])
    await nudged(watch, lambda: not count(watch, LEFT, works))


async def test_killed_within_their_work_or_before_they_said_it_is_done(server: Server) -> None:
    scene = await set_up(server)
    opening = Crowd(server, scene.tokens, scene.victories[:1])
    await asyncio.gather(*(opening.clap(token) for token in scene.tokens))
    with psycopg.connect(server.database_url, autocommit=True) as watch:
        await within_their_work(server, watch, scene)
        check_said_once(watch, scene, 1)
        await check_words(server, watch, scene)
        await before_their_word(server, watch, scene)
        check_said_once(watch, scene, 2)
        assert count(watch, "SELECT count(*) FROM waves WHERE ended") == 2
        assert count(watch, "SELECT count(voice) FROM claps WHERE post_id = ANY(%s)", scene.victories[:2]) == 0
