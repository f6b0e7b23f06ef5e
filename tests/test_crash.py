"""Killed at random points while twenty clients post: what was acknowledged is there once, nothing is half there."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from salledepause.features import accounts, graph
from salledepause.kernel import embedded
from salledepause.kernel.config import Settings
from salledepause.kernel.jobs import SILENT
from salledepause.main import site_of
from tests.kernel.media_samples import film
from tests.support.server import END, Server, lives, serving

KILLS = int(os.environ.get("CRASH_KILLS", "100"))
WRITERS, FOLLOWERS = 20, 5
FILMS = 20
PATIENCE = 60
"""Seconds in which anything that was killed must be back."""


class Writers:
    """Twenty people who post without rest, each message with its own key until it is acknowledged."""

    def __init__(self, server: Server, tokens: list[str]) -> None:
        self.server = server
        self.tokens = tokens
        self.acknowledged: dict[str, str] = {}
        self.over = asyncio.Event()

    async def write(self, number: int) -> None:
        async with self.server.client(timeout=5) as client:
            message = 0
            while not self.over.is_set():
                await self._until_acknowledged(client, number, f"message {number} {message}")
                message += 1

    async def _until_acknowledged(self, client: httpx.AsyncClient, number: int, text: str) -> None:
        headers = {"authorization": f"Bearer {self.tokens[number]}", "idempotency-key": text}
        while True:
            try:
                answer = await client.post("/api/v1/statuses", json={"status": text}, headers=headers)
            except httpx.HTTPError:
                await asyncio.sleep(0.02)
                continue
            if answer.status_code == 200:
                self.acknowledged[text] = answer.json()["id"]
                return
            assert answer.status_code in {500, 503}, answer.text
            await asyncio.sleep(0.02)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Let everybody write during a block, and finish their last message after it."""
        tasks = [asyncio.create_task(self.write(number)) for number in range(len(self.tokens))]
        try:
            yield
            self.over.set()
            await asyncio.wait_for(asyncio.gather(*tasks), PATIENCE)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def more(self) -> None:
        """Wait until something more is acknowledged."""
        before = len(self.acknowledged)
        await until(lambda: len(self.acknowledged) > before)


async def until(true: Callable[[], bool | Awaitable[bool]], seconds: float = PATIENCE) -> None:
    last = time.monotonic() + seconds
    while True:
        found = true()
        if found if isinstance(found, bool) else await found:
            return
        assert time.monotonic() < last, "it never came back"
        await asyncio.sleep(0.01)


def killed_one(server: Server, dice: random.Random) -> bool:
    """Kill a web process at random; tell whether there was one left."""
    for victim in dice.sample(alive := server.web_processes(), len(alive)):
        with suppress(psutil.NoSuchProcess):
            victim.kill()
            return True
    return False


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with serving(tmp_path) as running:
        yield running


async def moved_in(server: Server, writers: int, followers: int) -> Writers:
    """Make people who write and people who follow all of them."""
    site = site_of(Settings(data=server.data, database_url=server.database_url))
    async with site.db, site.db.transaction() as tx:
        pens = [await accounts.create(tx, f"plume{number}", None) for number in range(writers)]
        for number in range(followers):
            reader = await accounts.create(tx, f"lecteur{number}", None)
            for pen in pens:
                await graph.follow(tx, reader, pen)
        return Writers(server, [await accounts.give_token(tx, pen, ["read", "write"]) for pen in pens])


def check_kept(server: Server, writers: Writers, followers: int) -> None:
    """Hold the database against what was acknowledged."""
    with psycopg.connect(server.database_url) as connection:
        rows = connection.execute("SELECT text, id FROM posts").fetchall()
        assert len({text for text, _ in rows}) == len(rows), "a message exists twice"
        assert {text: str(one) for text, one in rows} == writers.acknowledged
        assert not connection.execute(HALF_SPREAD, [followers + 1]).fetchall()
        assert not connection.execute(MISCOUNTED).fetchall()
        assert not connection.execute(KEYS_WITHOUT_POST).fetchall()


HALF_SPREAD = """SELECT p.id, count(h.*) FROM posts p LEFT JOIN home h ON h.post_id = p.id
    GROUP BY p.id HAVING count(h.*) <> %s"""
MISCOUNTED = """SELECT a.handle, a.posts_count, count(p.*) FROM accounts a LEFT JOIN posts p ON p.account_id = a.id
    GROUP BY a.id HAVING a.posts_count <> count(p.*)"""
KEYS_WITHOUT_POST = "SELECT post_id FROM idempotency WHERE post_id NOT IN (SELECT id FROM posts)"


async def test_acknowledged_is_there_once_and_nothing_is_half_there(server: Server) -> None:
    writers, dice = await moved_in(server, WRITERS, FOLLOWERS), random.Random(5)  # noqa: S311 - moments, not secrets
    async with writers.writing():
        for _ in range(KILLS):
            await writers.more()
            await asyncio.sleep(dice.random() * 0.15)
            await until(lambda: killed_one(server, dice))
        await writers.more()
    await until(lambda: len(server.web_processes()) == 2)
    check_kept(server, writers, FOLLOWERS)


async def test_the_database_and_the_worker_come_back(server: Server) -> None:
    writers = await moved_in(server, WRITERS, FOLLOWERS)
    async with writers.writing():
        await writers.more()
        (worker,) = server.processes("work")
        worker.kill()
        await writers.more()
        first = embedded.postmaster(server.data)
        assert first
        first.kill()
        await until(lambda: embedded.running(server.data))
        await writers.more()
        await until(lambda: len(server.processes("work")) == 1)
    assert embedded.postmaster(server.data) != first
    assert worker not in server.processes("work")
    check_kept(server, writers, FOLLOWERS)


async def test_a_film_whose_worker_dies_is_decoded_by_the_next_one(server: Server, tmp_path: Path) -> None:
    writers = await moved_in(server, 1, 0)
    headers = {"authorization": f"Bearer {writers.tokens[0]}"}
    data = film(tmp_path / "film", size=(640, 360), rate=30, pictures=100)
    async with server.client(headers=headers) as client:
        (worker,) = server.processes("work")
        path, decoder = await caught(client, worker, data)
        worker.kill()
        with suppress(psutil.NoSuchProcess):
            decoder.resume()
        await until(lambda: not lives(decoder))
        assert (await client.get(path)).status_code == 206

        async def settled() -> bool:
            return (await client.get(path)).status_code != 206

        await until(settled, PATIENCE + SILENT)
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["url"][-4:]) == (200, ".mp4")


async def caught(client: httpx.AsyncClient, worker: psutil.Process, data: bytes) -> tuple[str, psutil.Process]:
    """Send a film until one is met while it is decoded, and hold its decoder; return where it is asked for, and the decoder."""
    for _ in range(FILMS):
        sent = await client.post("/api/v2/media", files={"file": ("film.mp4", data)})
        assert sent.status_code == 202, sent.text
        path = f"/api/v1/media/{sent.json()['id']}"
        while (await client.get(path)).status_code == 206:
            for decoder in worker.children():
                with suppress(psutil.NoSuchProcess):
                    decoder.suspend()
                    return path, decoder
    raise AssertionError("no film was met while it was decoded")


async def test_told_to_stop_it_finishes_what_it_accepted(server: Server) -> None:
    writers = await moved_in(server, WRITERS, FOLLOWERS)
    tasks = [asyncio.create_task(writers.write(number)) for number in range(WRITERS)]
    await until(lambda: len(writers.acknowledged) > 20)
    await stopped(server)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert not embedded.running(server.data)
    async with server.again():
        check_kept(server, writers, FOLLOWERS)


async def test_open_streams_do_not_hold_it_back(server: Server) -> None:
    writers = await moved_in(server, 1, 0)
    headers = {"authorization": f"Bearer {writers.tokens[0]}"}
    async with (
        server.client(headers=headers) as client,
        client.stream("GET", "/api/v1/streaming/user", timeout=None) as stream,
    ):
        assert stream.status_code == 200
        await stopped(server)


async def stopped(server: Server) -> None:
    """Tell it to stop, and wait until it has: in order, no process killed because it did not."""
    server.process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(server.process.wait, END) == 0
    assert "process.killed" not in server.log.read_text()


async def test_a_killed_supervisor_leaves_no_process_behind(server: Server) -> None:
    left: list[Any] = psutil.Process(server.process.pid).children(recursive=True)
    assert len(left) == 3
    server.process.kill()
    await asyncio.to_thread(server.process.wait)
    await until(lambda: not any(map(lives, left)))
    async with server.again():
        assert len(server.web_processes()) == 2
