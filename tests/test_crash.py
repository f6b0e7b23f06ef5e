"""Killed at random points while twenty clients post: what was acknowledged is there once, nothing is half there."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from tests.support.server import Server, serving

KILLS = int(os.environ.get("CRASH_KILLS", "100"))
WRITERS, FOLLOWERS = 20, 5
DEADLINE = 240


class Writers:
    """Twenty people who post without rest, each message with its own key until it is acknowledged."""

    def __init__(self, server: Server, tokens: list[str]) -> None:
        self.server = server
        self.tokens = tokens
        self.acknowledged: dict[str, str] = {}
        self.over = asyncio.Event()

    async def write(self, number: int) -> None:
        async with httpx.AsyncClient(base_url=self.server.url, timeout=5) as client:
            message = 0
            while not self.over.is_set():
                text = f"message {number} {message}"
                await self._until_acknowledged(client, number, text)
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


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with serving(tmp_path) as running:
        yield running


async def kill_at_random(server: Server, writers: Writers) -> int:
    """Kill web processes at random moments, each time some messages were acknowledged since; return how many kills."""
    dice, kills, started = random.Random(5), 0, time.monotonic()  # noqa: S311 - moments, not secrets
    while kills < KILLS and time.monotonic() - started < DEADLINE:
        before = len(writers.acknowledged)
        while len(writers.acknowledged) == before and time.monotonic() - started < DEADLINE:
            await asyncio.sleep(0.005)
        await asyncio.sleep(dice.random() * 0.25)
        victims = server.web_processes()
        if victims:
            dice.choice(victims).send_signal(signal.SIGKILL)
            kills += 1
    return kills


async def test_acknowledged_is_there_once_and_nothing_is_half_there(server: Server) -> None:
    tokens = [await server.person(f"plume{number}") for number in range(WRITERS)]
    followers = [await server.person(f"lecteur{number}") for number in range(FOLLOWERS)]
    async with httpx.AsyncClient(base_url=server.url) as client:
        for token in followers:
            for number in range(WRITERS):
                found = (await client.get("/api/v1/accounts/lookup", params={"acct": f"plume{number}"})).json()
                answer = await client.post(f"/api/v1/accounts/{found['id']}/follow", headers={"authorization": f"Bearer {token}"})
                assert answer.status_code == 200
    writers = Writers(server, tokens)
    tasks = [asyncio.create_task(writers.write(number)) for number in range(WRITERS)]
    kills = await kill_at_random(server, writers)
    writers.over.set()
    await asyncio.wait_for(asyncio.gather(*tasks), 60)
    assert kills == KILLS
    check(server, writers)


def check(server: Server, writers: Writers) -> None:
    with psycopg.connect(server.database_url) as connection:
        rows = connection.execute("SELECT text, id FROM posts").fetchall()
        assert len({text for text, _ in rows}) == len(rows), "a message exists twice"
        assert {text: str(one) for text, one in rows} == writers.acknowledged
        half = connection.execute(
            """SELECT p.id, count(h.*) FROM posts p LEFT JOIN home h ON h.post_id = p.id GROUP BY p.id HAVING count(h.*) <> %s""",
            [FOLLOWERS + 1],
        ).fetchall()
        assert not half
        wrong = connection.execute(
            """SELECT a.handle, a.posts_count, count(p.*) FROM accounts a LEFT JOIN posts p ON p.account_id = a.id
            GROUP BY a.id HAVING a.posts_count <> count(p.*)"""
        ).fetchall()
        assert not wrong


async def test_told_to_stop_it_finishes_what_it_accepted(server: Server) -> None:
    token = await server.person("plume")
    writers = Writers(server, [token])
    task = asyncio.create_task(writers.write(0))
    while len(writers.acknowledged) < 20:
        await asyncio.sleep(0.01)
    began = time.monotonic()
    psutil.Process(server.process.pid).send_signal(signal.SIGTERM)
    await asyncio.to_thread(server.process.wait, 15)
    assert time.monotonic() - began < 10
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert server.process.returncode == 0
    async with server.again():
        check(server, writers)
