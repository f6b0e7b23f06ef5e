"""A running house becomes the next one: nobody is refused, nothing lost nor done twice; code that cannot open changes nothing."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from bench.process import free_port
from salledepause.surfaces.mastodon.streaming import TRY_LATER
from tests.support.server import Server, lives

TALKERS = 4
"""Of each kind: those who keep their connection, and those who come anew each time."""
LATEST = 90
PAUSE = 0.05


class Crowd:
    """People who read and write without a pause; what they were answered."""

    def __init__(self, server: Server, token: str) -> None:
        self.server = server
        self.headers = {"authorization": f"Bearer {token}"}
        self.written: list[str] = []
        self.read = 0
        self.failed: list[str] = []
        self.going = True

    async def talk(self, number: int, *, anew: bool) -> None:
        turn = 0
        client = httpx.AsyncClient(base_url=self.server.url, headers=self.headers, timeout=30)
        while self.going:
            turn += 1
            if anew:
                await client.aclose()
                client = httpx.AsyncClient(base_url=self.server.url, headers=self.headers, timeout=30)
            await self._say(client, f"{number}-{turn}") if turn % 3 == 0 else await self._look(client)
        await client.aclose()

    async def _say(self, client: httpx.AsyncClient, text: str) -> None:
        try:
            answer = await client.post("/api/v1/statuses", json={"status": text})
        except httpx.HTTPError as error:
            self.failed.append(f"post {text}: {error!r}")
            return
        self._judge(answer)
        self.written.append(text)

    async def _look(self, client: httpx.AsyncClient) -> None:
        try:
            answer = await client.get("/api/v1/timelines/home", params={"limit": 5})
        except httpx.HTTPError as error:
            self.failed.append(f"read: {error!r}")
            return
        self._judge(answer)
        self.read += 1

    def _judge(self, answer: httpx.Response) -> None:
        if answer.status_code != 200:
            self.failed.append(f"{answer.request.method} {answer.status_code} {answer.text[:80]}")

    async def spoke(self, more: int) -> None:
        """Wait until that much more was written."""
        aim = len(self.written) + more
        await until(self.server, lambda: len(self.written) >= aim)


async def until(server: Server, true: Callable[[], bool]) -> None:
    last = time.monotonic() + LATEST
    while not true():
        assert time.monotonic() < last, server.log.read_text()[-3000:]
        await asyncio.sleep(PAUSE)


@asynccontextmanager
async def crowd(server: Server, token: str) -> AsyncIterator[Crowd]:
    people = Crowd(server, token)
    async with asyncio.TaskGroup() as talking:
        for number in range(2 * TALKERS):
            talking.create_task(people.talk(number, anew=number % 2 == 0))
        try:
            yield people
        finally:
            people.going = False


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    running = Server(tmp_path_factory.mktemp("relais"), free_port(), {}, patience=LATEST)
    await running.start()
    try:
        yield running
    finally:
        await running.stop()


def told(server: Server, word: str) -> int:
    return server.log.read_text().count(word)


async def become_next(server: Server, meanwhile: Callable[[], Awaitable[None]]) -> list[psutil.Process]:
    """Have the house become the next one while people talk; return the processes of before once they are gone."""
    before, done = server.processes(""), told(server, "relay.done")
    server.process.send_signal(signal.SIGUSR2)
    await meanwhile()
    await until(server, lambda: told(server, "relay.done") > done and not any(lives(one) for one in before))
    return before


async def test_people_notice_nothing_when_a_house_becomes_the_next_one(server: Server) -> None:
    token = await server.person("veille")
    async with connect(f"{server.url.replace('http', 'ws')}/api/v1/streaming?stream=user&access_token={token}") as stream:
        closing = asyncio.create_task(parted(stream.recv))
        async with crowd(server, token) as people:
            await people.spoke(10)
            before = await become_next(server, lambda: people.spoke(10))
            now = server.processes("")
            assert len(now) == len(before)
            assert not {one.pid for one in now} & {one.pid for one in before}
            await people.spoke(10)
        assert await closing == TRY_LATER, "a stream is told to come back"
    assert people.failed == []
    assert people.read > 0
    assert server.process.poll() is None, "whoever watches over the house sees the same process"
    assert await all_said(server, token) == Counter(people.written), "each once, none lost"


async def parted(receive: Callable[[], Awaitable[object]]) -> int | None:
    """Read a stream until it ends; return the word it ends with."""
    try:
        while True:
            await receive()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


async def all_said(server: Server, token: str) -> Counter[str]:
    found: Counter[str] = Counter()
    async with httpx.AsyncClient(base_url=server.url, headers={"authorization": f"Bearer {token}"}, timeout=30) as client:
        page = (await client.get("/api/v1/timelines/home", params={"limit": 40})).json()
        while page:
            found.update(one["content"].removeprefix("<p>").removesuffix("</p>") for one in page)
            page = (await client.get("/api/v1/timelines/home", params={"limit": 40, "max_id": page[-1]["id"]})).json()
    return found


async def test_code_that_cannot_open_takes_no_place(server: Server) -> None:
    before = {one.pid for one in server.processes("")}
    (server.data / "salledepause.toml").write_text("nonsense = 1\n")
    server.process.send_signal(signal.SIGUSR2)
    await until(server, lambda: told(server, "relay.refused") == 1)
    await server.answers()
    assert {one.pid for one in server.processes("")} == before
    (server.data / "salledepause.toml").write_text("")
    await become_next(server, server.answers)
    await server.answers()
    await server.kill(*server.web_processes())
    await server.answers()
    server.process.terminate()
    assert await asyncio.to_thread(server.process.wait, LATEST) == 0
