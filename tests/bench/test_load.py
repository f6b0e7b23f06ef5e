"""The load generator must count rightly: a benchmark that takes errors for answers measures nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.load import Outcome, Plan, drive, own_process, percentile, run
from bench.wire import Answer, BadAnswer, answer, request

SIZED = b"HTTP/1.1 200 OK\r\nServer: tiny\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nB\r\n, what else\r\n0\r\nTrailer: t\r\n\r\n"
EMPTY = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
MISSING = b"HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnone"
GET = request("GET", "/", {"Host": "127.0.0.1"})

MOST, LONGEST = 20, 60.0
"""Requests of a load, and seconds that it never takes: how many a machine makes in a moment is its own affair."""

Reply = Callable[[bytes, int], bytes]
"""The answer to a request, which is the n-th one on its connection."""


class Tiny(asyncio.Protocol):
    """A server that reads whole requests and writes what it is told to, cut in two after `cut` bytes."""

    def __init__(self, reply: Reply, seen: list[tuple[int, bytes]], cut: int) -> None:
        self.reply, self.seen, self.cut = reply, seen, cut
        self.held, self.count = b"", 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.held += data
        head, blank, body = self.held.partition(b"\r\n\r\n")
        length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0] or b"0")
        if blank and len(body) == length:
            self.seen.append((id(self), self.held))
            message = self.reply(self.held, self.count)
            self.held, self.count = b"", self.count + 1
            self.transport.write(message[: self.cut])
            if self.reply is goodbye:
                self.transport.close()  # at once: whoever is quick could have asked for all in the meantime
                return
            asyncio.get_running_loop().call_later(0.001, self.finish, message[self.cut :])

    def finish(self, rest: bytes) -> None:
        if rest:
            self.transport.write(rest)


def always(message: bytes) -> Reply:
    return lambda _request, _number: message


def goodbye(_request: bytes, _number: int) -> bytes:
    return SIZED


def wrong_then_right(_request: bytes, number: int) -> bytes:
    return SIZED if number % 2 else MISSING


def numbered(start: int, number: int) -> bytes:
    return request("POST", "/posts", {"Authorization": "Bearer key"}, json.dumps({"n": start + number}).encode())


@asynccontextmanager
async def tiny(reply: Reply, cut: int = 10_000) -> AsyncIterator[tuple[int, list[tuple[int, bytes]]]]:
    seen: list[tuple[int, bytes]] = []
    server = await asyncio.get_running_loop().create_server(lambda: Tiny(reply, seen, cut), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], seen


async def load(reply: Reply, connections: int = 2, cut: int = 10_000) -> tuple[Outcome, list[tuple[int, bytes]]]:
    async with tiny(reply, cut) as (port, seen):
        return await run(Plan(port, [GET], connections, LONGEST, most=MOST)), seen


@pytest.mark.parametrize("cut", [10_000, 3, 60])
@pytest.mark.parametrize(("message", "size"), [(SIZED, 5), (CHUNKED, 16)])
async def test_every_answer_is_counted_once_with_its_latency(message: bytes, size: int, cut: int) -> None:
    outcome, seen = await load(always(message), cut=cut)
    assert outcome.valid
    assert outcome.answers == len(seen) >= MOST
    assert outcome.size == size
    assert outcome.rate == pytest.approx(outcome.answers / outcome.seconds)
    assert 0 < outcome.p50 <= outcome.p99 <= outcome.seconds * 1000
    assert outcome.seconds < LONGEST


async def test_connections_are_kept_alive() -> None:
    outcome, seen = await load(always(SIZED), connections=3)
    assert outcome.valid
    assert len({connection for connection, _ in seen}) == 3


async def test_a_wrong_status_is_an_error_and_not_an_answer() -> None:
    outcome, seen = await load(wrong_then_right)
    assert not outcome.valid
    assert outcome.errors == sum(1 for _ in seen) - outcome.answers > 0
    assert outcome.answers > 0
    assert outcome.lost == 0
    assert "404" in outcome.first_error
    assert "none" in outcome.first_error


async def test_an_empty_body_is_an_error() -> None:
    outcome, _ = await load(always(EMPTY))
    assert outcome.answers == 0
    assert outcome.errors > 0
    assert not outcome.valid


async def test_another_expected_status_is_right() -> None:
    async with tiny(always(MISSING)) as (port, _):
        outcome = await run(Plan(port, [GET], 1, 0.05, status=404))
    assert outcome.valid
    assert outcome.seconds >= 0.05, "a load lasts as long as it is told to"


async def test_a_server_that_leaves_loses_its_connections() -> None:
    outcome, _ = await load(goodbye, connections=2)
    assert outcome.lost == 2
    assert not outcome.valid


@pytest.mark.parametrize("message", [SIZED + b"more", b"nonsense\r\n\r\n", SIZED.replace(b"5", b"five")])
async def test_bytes_that_are_no_answer_end_the_connection(message: bytes) -> None:
    outcome, _ = await load(always(message), connections=1)
    assert outcome.errors == 1
    assert outcome.lost == 1


async def test_a_refused_connection_is_loud() -> None:
    async with tiny(always(SIZED)) as (port, _):
        pass
    with pytest.raises(ConnectionRefusedError):
        await run(Plan(port, [GET], 1, 0.05))


async def test_prepared_requests_are_sent_in_turn() -> None:
    prepared = [request("GET", f"/{n}", {}) for n in range(3)]
    async with tiny(always(SIZED)) as (port, seen):
        await run(Plan(port, prepared, 1, LONGEST, most=4))
    assert [message for _, message in seen[:4]] == [*prepared, prepared[0]]


async def test_each_post_has_its_own_body_and_headers_from_another_process() -> None:
    async with tiny(always(SIZED)) as (port, seen):
        with own_process() as pool:
            plan = Plan(port, partial(numbered, 100), 2, 0.1)
            outcome = await asyncio.get_running_loop().run_in_executor(pool, drive, plan)
    assert outcome.valid
    assert outcome.own_us > 0
    bodies = [json.loads(message.partition(b"\r\n\r\n")[2])["n"] for _, message in seen]
    assert sorted(bodies) == list(range(100, 100 + outcome.answers))
    assert all(b"\r\nAuthorization: Bearer key\r\n" in message for _, message in seen)


@given(st.sampled_from([SIZED, CHUNKED, EMPTY, MISSING]), st.integers(min_value=0, max_value=200), st.binary(max_size=20))
def test_an_answer_is_whole_exactly_at_its_end(message: bytes, cut: int, after: bytes) -> None:
    expected = answer(message)
    assert expected is not None
    assert expected.end == len(message)
    assert answer(message + after) == expected
    if cut < len(message):
        assert answer(message[:cut]) is None


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=8))
def test_chunks_add_up(chunks: list[bytes]) -> None:
    framed = b"".join(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in chunks)
    head = b"HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n"
    message = head + framed + b"0\r\n\r\n"
    assert answer(message) == Answer(201, sum(map(len, chunks)), len(message))


def test_a_status_that_is_no_number_is_refused() -> None:
    with pytest.raises(BadAnswer, match="not a number"):
        answer(b"HTTP/1.1 OK\r\n\r\n")


def test_percentiles_are_of_the_nearest_rank() -> None:
    ordered = [float(value) for value in range(1, 101)]
    assert percentile(ordered, 0.50) == 50.0
    assert percentile(ordered, 0.99) == 99.0
    assert percentile([7.0], 0.99) == 7.0
    assert percentile([], 0.5) == 0.0
