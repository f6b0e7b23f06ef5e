"""What hosts see of a running server: the figures of all its processes together, and logs that keep nobody's trace."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from bench.process import free_port
from tests.support.server import ANSWER, PAUSE, Server, serving

BROWSER, VISITOR, WORD = "Marque-Navigateur/7.3", "203.0.113.77", "marqueparolerare"
PASSWORD = f"{WORD} et une longue nuit"
REQUESTS = 40


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    figures = str(free_port())
    async with serving(tmp_path_factory.mktemp("salle"), SALLEDEPAUSE_METRICS_PORT=figures) as running:
        running.figures = f"http://127.0.0.1:{figures}/metrics"
        yield running


async def figure(server: Server, name: str) -> float:
    async with httpx.AsyncClient() as client:
        page = (await client.get(server.figures)).text
    return sum(float(line.rpartition(" ")[2]) for line in page.splitlines() if line.startswith(name))


async def grown(server: Server, name: str, wanted: float) -> float:
    """Return a figure once it is what is wanted, or what it is in the end: a request is counted after its answer has left."""
    last = time.monotonic() + ANSWER
    while (found := await figure(server, name)) != wanted and time.monotonic() < last:
        await asyncio.sleep(PAUSE)
    return found


async def ask(server: Server, times: int) -> None:
    """Ask on a connection of its own each time, so that every process gets some."""
    for _ in range(times):
        async with server.client() as client:
            assert (await client.get("/api/v2/instance")).status_code == 200


async def test_figures_are_those_of_all_processes_also_of_the_dead(server: Server) -> None:
    served = 'salledepause_requests_total{route="GET /api/v2/instance",status="200"}'
    timed = 'salledepause_request_seconds_count{route="GET /api/v2/instance"}'
    await ask(server, REQUESTS)
    assert await grown(server, served, REQUESTS) == await grown(server, timed, REQUESTS) == REQUESTS
    assert len(list((server.data / "metrics").glob("counter_*.db"))) == 2
    await server.kill(*server.web_processes())
    await server.answers()
    await ask(server, REQUESTS)
    assert await grown(server, served, 2 * REQUESTS) == 2 * REQUESTS


async def test_figures_name_no_account(server: Server) -> None:
    await marked_requests(server)
    async with httpx.AsyncClient() as client:
        page = (await client.get(server.figures)).text
    assert "salledepause_requests_total" in page
    assert not [mark for mark in (BROWSER, VISITOR, WORD) if mark in page]


async def marked_requests(server: Server) -> None:
    """Send all sorts of requests, many of them wrong, with marks wherever a log might take them from."""
    headers = {"user-agent": BROWSER, "x-forwarded-for": VISITOR, "forwarded": f"for={VISITOR}", "cookie": f"session={WORD}"}
    async with server.client(headers=headers) as client:
        token = await server.person(f"ide_{secrets.token_hex(4)}")
        bearer = {"authorization": f"Bearer {token}"}
        await client.get("/")
        await client.get(f"/{WORD}", params={"q": WORD})
        await client.post("/api/v1/statuses", headers=bearer, json={"status": f"Voici {WORD}"})
        await client.post("/api/v1/statuses", headers=bearer, content=f'{{"status": "{WORD}')
        await client.post("/api/v1/statuses", headers=bearer | {"content-type": "multipart/form-data; boundary=x"}, content=WORD)
        await client.post("/api/v2/media", headers=bearer, files={"file": (f"{WORD}.png", b"\x89PNG\r\n\x1a\n" + WORD.encode())})
        await client.post("/api/v1/statuses", headers={"authorization": f"Bearer {WORD}"}, json={"status": WORD})
        await client.post("/oauth/token", data={"grant_type": "password", "username": f"{WORD}@exemple.fr", "password": PASSWORD})
        await client.get("/api/v1/streaming/user", params={"access_token": WORD})
        await client.get("/api/v2/search", headers=bearer, params={"q": WORD, "type": "statuses"})


async def test_logs_bear_no_address_no_browser_and_no_word(server: Server) -> None:
    await marked_requests(server)
    await server.kill(*server.processes("work"))
    told = server.log.read_text()
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    lost = {"event": "process.lost", "name": "salle-work"}
    assert [line for line in lines if lost.items() <= line.items()], "a log that says nothing proves nothing"
    assert not [mark for mark in (BROWSER, VISITOR, WORD, "exemple.fr") if mark in told]
    left = [path for path in server.data.rglob("*") if path.is_file() and path.suffix in {".log", ".txt"} and path != server.log]
    assert left
    assert not [path for path in left if any(mark.encode() in path.read_bytes() for mark in (BROWSER, VISITOR, WORD))]
