"""What streams hear must be counted rightly: once each, whole or cut, and nothing of what never came."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from bench.listeners import TAIL, Heard, Listening, Stream, listen
from bench.load import Plan, drive
from bench.report import Goal
from bench.wire import request

SAID = b"event: update\ndata: <p>Une nuit de plus, mark12end</p>\n\n"


@pytest.mark.parametrize("cut", range(len(SAID)))
async def test_a_mark_is_heard_once_wherever_it_is_cut(cut: int) -> None:
    took: list[float] = []
    stream = Stream([0.0] * 13, took)
    for part in (SAID[:cut], SAID[cut:], SAID[-TAIL:]):
        stream.data_received(part)
    assert len(took) == 1


class House:
    """A server whose streams hear whatever is posted, but for every fifth of one stream."""

    def __init__(self) -> None:
        self.streams: list[asyncio.StreamWriter] = []
        self.posts = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            if head.startswith(b"GET"):
                writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n:)\n\n\r\n")
                self.streams.append(writer)
            else:
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                said = json.loads(await reader.readexactly(length))["status"].encode()
                lost, self.posts = self.posts % 5 == 4, self.posts + 1
                for one in self.streams[lost:]:
                    one.write(said)
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with await asyncio.start_server(House().serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        server.close()
        server.close_clients() if hasattr(server, "close_clients") else None


async def test_what_never_came_is_told(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.listeners.GRACE", 0.2)
    plan = Listening(port, port, ["a", "b", "c"], "author", socket=False, seconds=0.5, rate=20.0)
    heard: Heard = await asyncio.to_thread(listen, plan)
    assert (heard.events, heard.missing, heard.error) == (28, 2, "")
    assert 0 < heard.p50 <= heard.p95


async def test_a_load_may_be_bounded_by_its_requests(port: int) -> None:
    body = json.dumps({"status": ""}).encode()
    plan = Plan(port, [request("POST", "/", {"Host": "x"}, body)], 4, 20.0, most=50)
    outcome = await asyncio.to_thread(drive, plan)
    assert outcome.valid
    assert 50 <= outcome.answers <= 53
    assert outcome.p50 <= outcome.p95 <= outcome.p99


def test_a_goal_is_reached_at_its_limit() -> None:
    assert Goal("memory", 60.0, "KiB", 60.0).reached
    assert not Goal("memory", 60.1, "KiB", 60.0).reached
