"""The port of streams of a real house: announced, shared by its processes and by those that come back, closed in order."""

from __future__ import annotations

import asyncio
import json
import resource
import signal
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.process import free_port
from salledepause import supervise
from salledepause.kernel.config import Settings
from salledepause.kernel.relay import Relay
from salledepause.supervise import Occupied, Place
from tests.support.server import ANSWER, END, PAUSE, START, Server, serving

MANY = 24
"""Connections that reach both processes, whatever the system deals."""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with serving(tmp_path / "data") as running:
        yield running


async def told(server: Server) -> str:
    """Return where the house says that streams are; both versions of its description must agree."""
    async with server.client() as client:
        second = (await client.get("/api/v2/instance")).json()["configuration"]["urls"]["streaming"]
        assert (await client.get("/api/v1/instance")).json()["urls"]["streaming_api"] == second
    return str(second)


def at_port(server: Server, port: int, status: str) -> set[int]:
    """Return the web processes that have a connection in this state at a port."""
    found = {one.pid: one.net_connections("tcp") for one in server.web_processes()}
    return {pid for pid, those in found.items() if any(one.status == status and one.laddr.port == port for one in those)}


async def all_listen(server: Server, port: int) -> None:
    """Wait until each of both web processes takes connections at a port."""
    last = time.monotonic() + START
    while len(at_port(server, port, psutil.CONN_LISTEN)) < 2:
        assert time.monotonic() < last
        await asyncio.sleep(PAUSE)


async def hears(server: Server, token: str, streams: list[ClientConnection]) -> None:
    async with server.client(headers={"authorization": f"Bearer {token}"}) as client:
        said = (await client.post("/api/v1/statuses", json={"status": "Bonsoir"})).json()
    for one in streams:
        async with asyncio.timeout(ANSWER):
            heard = json.loads(await one.recv())
        assert (heard["event"], json.loads(heard["payload"])["id"]) == ("update", said["id"])


async def test_streams_are_dealt_to_all_processes_and_to_those_that_come_back(server: Server) -> None:
    at = await told(server)
    port = urlsplit(at).port or 0
    assert at == f"ws://127.0.0.1:{port}"
    assert port != server.port
    token = await server.person("ana")
    url = f"{at}/api/v1/streaming?stream=user"
    await all_listen(server, port)
    opened = [await connect(url, additional_headers={"authorization": f"Bearer {token}"}, proxy=None) for _ in range(MANY)]
    assert (
        at_port(server, port, psutil.CONN_ESTABLISHED)
        == at_port(server, port, psutil.CONN_LISTEN)
        == {one.pid for one in server.web_processes()}
    )
    await hears(server, token, opened)
    await server.kill(server.web_processes()[0])
    await all_listen(server, port)
    again = [await connect(url, additional_headers={"authorization": f"Bearer {token}"}, proxy=None) for _ in range(MANY)]
    assert len(at_port(server, port, psutil.CONN_ESTABLISHED)) == 2
    await hears(server, token, again)
    server.process.send_signal(signal.SIGTERM)
    for one in again:
        with pytest.raises(ConnectionClosed) as ended:
            await one.recv()
        assert ended.value.rcvd is not None
        assert ended.value.rcvd.code == 1013, "try again later"
    await asyncio.to_thread(server.process.wait, END)
    assert server.process.returncode == 0
    assert "process.killed" not in server.log.read_text(), "no stream held its process back"
    for one in opened:
        await one.close()


async def test_events_and_health_are_where_streams_are(server: Server) -> None:
    base = (await told(server)).replace("ws", "http", 1)
    headers = {"authorization": f"Bearer {await server.person('ana')}", "origin": "https://app.example"}
    async with httpx.AsyncClient(base_url=base) as client:
        answer = await client.get("/api/v1/streaming/health")
        assert (answer.status_code, answer.text) == (200, "OK")
        assert (await client.get("/health")).status_code == 404
        async with client.stream("GET", "/api/v1/streaming/user/", headers=headers) as stream:
            assert stream.status_code == 200
            assert stream.headers["access-control-allow-origin"] == "*"
            assert await anext(stream.aiter_text()) == ":)\n"


async def test_a_process_may_hold_as_many_streams_as_the_machine_lets_it(tmp_path: Path) -> None:
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most // 2, most))
    try:
        async with serving(tmp_path / "data") as server:
            assert {each.rlimit(psutil.RLIMIT_NOFILE) for each in server.web_processes()} == {(most, most)}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (usual, most))


async def test_nothing_is_announced_that_something_may_stand_before(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", SALLEDEPAUSE_DOMAIN="salle.example") as server:
        assert await told(server) == "wss://salle.example"
        ports = {
            one.laddr.port for each in server.web_processes() for one in each.net_connections("tcp") if one.status == "LISTEN"
        }
        assert ports == {server.port}


ELSEWHERE = [
    ({"domain": "salle.example"}, "127.0.0.1"),
    ({"scheme": "https"}, "127.0.0.1"),
    ({"streaming_url": "ws://127.0.0.1:8000"}, "127.0.0.1"),
    ({}, "0.0.0.0"),  # noqa: S104 - nothing is bound
]


@pytest.mark.parametrize(("more", "host"), ELSEWHERE)
def test_no_port_is_taken_unasked_but_where_the_machine_is_alone(tmp_path: Path, more: dict[str, str], host: str) -> None:
    given = Settings(**{"data": tmp_path, "domain": "127.0.0.1:8000"} | more)  # type: ignore[arg-type]
    with supervise.with_streams(given, Place(host, 8000, 1), Relay()) as lent:
        assert lent == given


def test_a_port_of_streams_that_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        for main in (taken, free_port()):
            with (
                pytest.raises(Occupied, match="streaming_port"),
                supervise.with_streams(Settings(data=tmp_path, streaming_port=taken), Place("127.0.0.1", main, 1), Relay()),
            ):
                raise AssertionError
