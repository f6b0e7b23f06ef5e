"""A ronde while processes are killed: whoever was told that they clapped is there once, and it ends once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psycopg
import pytest

from salledepause.features import accounts, posts, waves
from salledepause.features.posts import Draft, Kind
from salledepause.kernel import embedded
from salledepause.kernel.config import Settings
from salledepause.main import site_of
from tests.support.server import Server, serving
from tests.test_crash import until

PEOPLE = 30


class Crowd:
    """People who clap at each victory until they are told that it is done, and then once more."""

    def __init__(self, server: Server, tokens: list[str], victories: list[int]) -> None:
        self.server = server
        self.tokens = tokens
        self.victories = victories
        self.done = 0

    async def clap(self, token: str) -> None:
        headers = {"authorization": f"Bearer {token}"}
        async with self.server.client(timeout=10, headers=headers) as client:
            for victory in self.victories:
                for _ in range(2):
                    while not await self._told(client, victory):
                        await asyncio.sleep(0.02)
                self.done += 1

    async def _told(self, client: httpx.AsyncClient, victory: int) -> bool:
        path = f"/api/salledepause/v1/statuses/{victory}/wave"
        try:
            answer = await client.post(path, json={"anonymous": self.done % 2 == 0, "word": "Bravo"})
        except httpx.HTTPError:
            return False
        assert answer.status_code in {200, 500, 503}, answer.text
        return answer.status_code == 200


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with serving(tmp_path) as running:
        yield running


async def gathered(server: Server) -> Crowd:
    site = site_of(Settings(data=server.data, database_url=server.database_url))
    async with site.db, site.db.transaction() as tx:
        author = await accounts.create(tx, "autrice", None)
        won = [await posts.publish(tx, author, Draft(text=f"Victoire {n}", kind=Kind.VICTORY)) for n in range(waves.A_DAY)]
        people = [await accounts.create(tx, f"foule{number}", None) for number in range(PEOPLE)]
        return Crowd(server, [await accounts.give_token(tx, one, ["read", "write"]) for one in people], won)


async def test_a_clap_that_was_answered_is_there_once_and_the_wave_ends_once(server: Server) -> None:
    crowd = await gathered(server)
    clapping = asyncio.gather(*(crowd.clap(token) for token in crowd.tokens))
    for part in (1, 2, 3):
        await until(lambda part=part: crowd.done > part * PEOPLE)  # type: ignore[misc]
        await server.kill(server.web_processes()[0])
    first = embedded.postmaster(server.data)
    assert first
    first.kill()
    await until(lambda: embedded.running(server.data))
    await asyncio.wait_for(clapping, 120)
    with psycopg.connect(server.database_url, autocommit=True) as connection:
        counts = connection.execute("SELECT count(*), count(DISTINCT voice) FROM claps GROUP BY post_id").fetchall()
        assert counts == [(PEOPLE, PEOPLE)] * waves.A_DAY
        assert connection.execute("SELECT DISTINCT sum(given) FROM clap_days GROUP BY account_id").fetchall() == [(waves.A_DAY,)]
        told = connection.execute("SELECT count(*) FROM notifications WHERE kind = 'wave'").fetchone()
        assert told == (waves.A_DAY,)
        connection.execute("UPDATE waves SET ends_at = now()")
        connection.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'waves.end' AND status = 'todo'")
        await server.kill(*server.processes("work"))

        def over() -> bool:
            return connection.execute("SELECT count(*) FROM waves WHERE ended").fetchone() == (waves.A_DAY,)

        await until(over)
        assert connection.execute("SELECT count(*), count(voice) FROM claps").fetchone() == (PEOPLE * waves.A_DAY, 0)
