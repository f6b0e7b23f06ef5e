"""The side door against who means it ill: nothing that comes costs more than the connection, and others go on hearing.

That it says what the main door says is tested with the streams themselves (test_streaming.py, test_streaming_sockets.py).
"""

from __future__ import annotations

import asyncio
import json
import socket as network
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from salledepause.surfaces.mastodon import SideDoor, bound, side_door, side_guest, streams
from tests.support import wires
from tests.support.house import House, Person
from tests.support.lines import beside
from tests.support.raw import BINARY, CLOSE, CONT, PING, PONG, TEXT, UPGRADE, asking, frame, raw, upgraded
from tests.support.streams import socket

SUBSCRIBE = b'{"type": "subscribe", "stream": "user"}'


@pytest.fixture
async def ana(house: House) -> Person:
    return await house.person("ana")


@pytest.fixture
async def port(house: House, ana: Person) -> AsyncIterator[int]:
    """Give a side door at which somebody listens, and still hears at the end."""
    async with wires.side_door(house) as at:
        house.side = at
        async with socket(house, stream="user", access_token=ana.token) as calm:
            yield at
            said = await house.say(ana, "Toujours là")
            while (await calm.next()).body["id"] != said["id"]:
                pass


REQUESTS: list[tuple[bytes, int]] = [
    (b"GET /api/v1/streaming/health HTTP/1.1\r\n\r\n", 200),
    (b"HEAD /api/v1/streaming/health HTTP/1.0\r\n\r\n", 200),
    (b"OPTIONS /api/v1/streaming/user HTTP/1.1\r\n\r\n", 204),
    (b"GET /api/v1/streaming/user HTTP/1.1\r\n\r\n", 401),
    (b"GET /api/v1/streaming/nothing HTTP/1.1\r\n\r\n", 400),
    (b"GET /api/v1/streaming HTTP/1.1\r\n\r\n", 404),
    (b"GET / HTTP/1.1\r\n\r\n", 404),
    (b"GET /api/v1/statuses/1 HTTP/1.1\r\n\r\n", 404),
    (b"GET /api/v1/streamings HTTP/1.1\r\n\r\n", 404),
    (b"GET http://salle.test/api/v1/streaming/health HTTP/1.1\r\n\r\n", 404),
    (b"GET /api/v1/streaming/../statuses/1 HTTP/1.1\r\n\r\n", 400),
    (b"POST /api/v1/streaming/user HTTP/1.1\r\n\r\n", 405),
    (b"POST /api/v1/statuses HTTP/1.1\r\n\r\n", 404),
    (b"POST /api/v1/streaming/user HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello", 400),
    (b"GET /api/v1/streaming/user HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    (b"GET /api/v1/streaming/user\r\n\r\n", 400),
    (b"GET /api/v1/streaming/user HTTP/2.0\r\n\r\n", 400),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n", 400),
    (b"\x00\xff\xfe\n\n\n", 400),
    (b"GET /\xc3\xa9 HTTP/1.1\r\n\r\n", 400),
    (b"GET /api/v1/streaming HTTP/1.1\r\nno colon\r\n\r\n", 400),
    (b"GET /api/v1/streaming HTTP/1.1\r\nx: a\x00b\r\n\r\n", 400),
    (b"GET /api/v1/streaming HTTP/1.1\nhost: x\n\n", 400),
    (b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\n\r\n", 431),
    (b"x" * 9_000, 431),
    (b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 129, 431),
    (b"GET / HTTP/1.1\r\n" + b"x: " + b"y" * 5_000 + b"\r\nz: " + b"y" * 5_000 + b"\r\nz: " + b"y" * 7_000, 431),
]


@pytest.mark.parametrize(("said", "status"), REQUESTS)
async def test_each_request_has_its_answer_and_the_connection_ends(port: int, said: bytes, status: int) -> None:
    async with raw(port) as one:
        found = await one.said(said)
    head, _, body = found.partition(b"\r\n\r\n")
    assert int(head.split()[1]) == status
    assert b"connection: close" in head
    assert status in {200, 204} or json.loads(body)["error"]
    assert body == b"" or not said.startswith(b"HEAD")


HANDSHAKES = [
    (UPGRADE.replace("version: 13", "version: 8"), 400),
    (UPGRADE.replace("sec-websocket-key", "x"), 400),
    (UPGRADE.replace("MTIzNDU2Nzg5MDEyMzQ1Ng==", "short"), 400),
    (UPGRADE.replace("MTIz", "é" * 4), 400),
    (UPGRADE.replace("websocket\r\n", "h2c\r\n"), 426),
    (UPGRADE.replace("connection: Upgrade\r\n", ""), 426),
    (UPGRADE + UPGRADE, 426),
]


@pytest.mark.parametrize(("headers", "status"), HANDSHAKES)
async def test_a_wrong_handshake_is_refused(port: int, ana: Person, headers: str, status: int) -> None:
    asked = f"GET /api/v1/streaming?access_token={ana.token} HTTP/1.1\r\n{headers}\r\n"
    async with raw(port) as one:
        assert await one.status(asked.encode()) == status


async def test_a_handshake_is_a_get_of_http_1_1(port: int, ana: Person) -> None:
    asked = asking(ana.token)
    for wrong, status in ((asked.replace(b"GET", b"POST"), 405), (asked.replace(b"HTTP/1.1", b"HTTP/1.0"), 505)):
        async with raw(port) as one:
            assert await one.status(wrong) == status


async def test_who_speaks_before_the_answer_is_refused(port: int, ana: Person) -> None:
    for hasty in (frame(TEXT, SUBSCRIBE), frame(PING, b""), b"\x81"):
        async with raw(port) as one:
            assert await one.status(asking(ana.token) + hasty) == 400


async def test_a_request_that_dawdles_is_dropped(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_guest, "PATIENCE", 0.3)
    async with raw(port) as silent, raw(port) as slow:

        async def dawdle() -> None:
            slow.writer.write(b"GET /api/v1/")
            while True:
                slow.writer.write(b"x")
                await asyncio.sleep(0.04)

        async with beside(dawdle()):
            assert await slow.said() == await silent.said() == b"", "a byte now and then brings no more time"


ENDS: list[tuple[list[bytes], int]] = [
    ([frame(TEXT, SUBSCRIBE, masked=False)], 1002),
    ([frame(3, b"reserved")], 1002),
    ([frame(11, b"")], 1002),
    ([frame(TEXT, b"x", first=0x40)], 1002),
    ([frame(CONT, b"of nothing")], 1002),
    ([frame(TEXT, b"a", fin=False), frame(TEXT, b"b")], 1002),
    ([frame(PING, b"a", fin=False)], 1002),
    ([frame(PING, b"x" * 126)], 1002),
    ([frame(CLOSE, b"\x03")], 1002),
    ([frame(CLOSE, b"\x03\xe8\xff")], 1007),
    ([frame(TEXT, b"\xff\xfe")], 1007),
    ([frame(TEXT, b"\xc3", fin=False), frame(CONT, b"(")], 1007),
    ([frame(TEXT, b"x" * 16_385)], 1009),
    ([b"\x81\xff" + (2**62).to_bytes(8)], 1009),
    ([frame(TEXT, b"x" * 8_000, fin=False), *[frame(CONT, b"x" * 8_000, fin=False)] * 2], 1009),
    ([frame(TEXT, b"", fin=False), *[frame(CONT, b"", fin=False)] * 600], 1008),
    ([frame(PING, b"")] * 600, 1008),
    ([frame(PONG, b"")] * 600, 1008),
    ([frame(TEXT, b"{}")] * 600, 1008),
    ([frame(CLOSE, b"\x03\xe8"), frame(TEXT, SUBSCRIBE)], 1000),
]


@pytest.mark.parametrize(("said", "code"), ENDS)
async def test_wrong_frames_end_their_socket(port: int, ana: Person, said: list[bytes], code: int) -> None:
    async with upgraded(port, ana.token) as one:
        assert await one.ended(b"".join(said)) == code


async def test_right_frames_are_heard_however_they_come(house: House, port: int, ana: Person) -> None:
    async with upgraded(port, ana.token) as one:
        pieces = [
            frame(TEXT, SUBSCRIBE[:9], fin=False),
            frame(PING, b"between"),
            frame(CONT, b"", fin=False),
            frame(CONT, SUBSCRIBE[9:]),
            frame(BINARY, b"\x00\xff"),
        ]
        for byte in b"".join(pieces):
            one.writer.write(bytes([byte]))
            await asyncio.sleep(0)
        assert await one.frame() == (PONG, b"between")
        one.writer.write(frame(TEXT, SUBSCRIBE.replace(b"user", b"nothing")))
        assert b"Unknown stream type" in (await one.frame()).data, "what was asked before is done"
        said = await house.say(ana, "Entendu")
        told = json.loads((await one.frame()).data)
        assert json.loads(told["payload"])["id"] == said["id"]


async def test_who_goes_on_talking_to_a_stream_of_events_is_dropped(port: int, ana: Person) -> None:
    asked = f"GET /api/v1/streaming/user HTTP/1.1\r\nauthorization: Bearer {ana.token}\r\n\r\n"
    async with raw(port) as one:
        one.writer.write(asked.encode())
        assert (await one.reader.readuntil(b":)\n")).startswith(b"HTTP/1.1 200 ")
        assert await one.said(b"x" * 100_000) == b""


async def test_a_head_has_no_body(port: int, ana: Person) -> None:
    asked = f"HEAD /api/v1/streaming/user HTTP/1.1\r\nauthorization: Bearer {ana.token}\r\n\r\n"
    async with raw(port) as one:
        head, _, body = (await one.said(asked.encode())).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert body == b""


async def test_who_answers_no_ping_is_dropped(house: House, ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_door, "PULSE", 0.2)
    async with wires.side_door(house) as port, upgraded(port, ana.token) as deaf:
        assert await deaf.said() == frame(PING, b"", masked=False), "one ping, then nothing more"


async def test_who_answers_pings_stays(house: House, ana: Person) -> None:
    at = bound("127.0.0.1", 0)
    port = at.getsockname()[1]
    async with SideDoor(house.app, at) as door, upgraded(port, ana.token) as deaf, upgraded(port, ana.token) as alive:
        for _ in range(4):
            for guest in guests(door):
                guest.tend()
            assert await alive.frame() == (PING, b"")
            alive.writer.write(frame(PONG, b"") + frame(PING, b"still"))
            assert await alive.frame() == (PONG, b"still")
        assert await deaf.said() == frame(PING, b"", masked=False)


def guests(door: SideDoor) -> list[side_guest.Guest]:
    return list(door._within.guests)  # noqa: SLF001 - who is in is told to nobody


LONG = "Une très longue nuit. " * 220
POSTS = 60


async def test_who_does_not_read_is_dropped(house: House, ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LONGEST_LINE", 5)
    loop, at = asyncio.get_running_loop(), bound("127.0.0.1", 0)
    async with SideDoor(house.app, at) as door:
        house.side = port = at.getsockname()[1]
        with plain_socket() as slow:
            await loop.sock_connect(slow, ("127.0.0.1", port))
            await loop.sock_sendall(slow, asking(ana.token, "stream=user"))
            async with socket(house, stream="user", access_token=ana.token) as quick:
                for _ in range(POSTS):
                    said = await house.say(ana, LONG)
                    assert (await quick.next()).body["id"] == said["id"]
                async with asyncio.timeout(wires.PATIENCE):
                    while len(guests(door)) > 1:
                        await asyncio.sleep(0.02)
                assert await rest(slow) < POSTS * len(LONG) / 2
                said = await house.say(ana, "Toujours là")
                assert (await quick.next()).body["id"] == said["id"]


def plain_socket() -> network.socket:
    made = network.socket()
    made.setsockopt(network.SOL_SOCKET, network.SO_RCVBUF, 4096)
    made.setblocking(False)
    return made


async def rest(of: network.socket) -> int:
    """Read to the end, which must be near; return how many bytes there were."""
    found = 0
    async with asyncio.timeout(8):
        try:
            while more := await asyncio.get_running_loop().sock_recv(of, 65536):
                found += len(more)
        except ConnectionError:
            pass
    return found


async def test_pings_of_who_does_not_read_fill_no_memory(house: House, ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_guest, "MOST_FRAMES", 10**9)
    async with wires.side_door(house) as port, upgraded(port, ana.token) as one:
        one.writer.transport.pause_reading()  # type: ignore[attr-defined]
        flood = frame(PING, b"x" * 125) * 1000
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                for _ in range(1000):
                    one.writer.write(flood)
                    await asyncio.wait_for(one.writer.drain(), 1)


async def test_the_door_closes_on_whoever_is_left(house: House, ana: Person) -> None:
    at = bound("127.0.0.1", 0)
    port: int = at.getsockname()[1]
    async with AsyncExitStack() as stack:
        async with SideDoor(house.app, at) as door:
            one = await stack.enter_async_context(upgraded(port, ana.token))
            mute = await stack.enter_async_context(raw(port))
            door.shut()
            with pytest.raises(ConnectionError):
                await asyncio.open_connection("127.0.0.1", port)
            one.writer.write(frame(PING, b""))
            assert await one.frame() == (PONG, b"")
            began = time.monotonic()
        assert time.monotonic() - began < wires.PATIENCE
        assert await one.said() == await mute.said() == b""
