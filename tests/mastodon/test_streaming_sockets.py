"""Streams by WebSocket: several in one, the token by three ways, noise, slow clients, how many there may be."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from salledepause.features import graph
from salledepause.surfaces.mastodon import streams
from tests.mastodon.listeners import follow, people, with_scopes
from tests.support.house import House
from tests.support.streams import events, socket
from tests.support.wires import PATIENCE

pytestmark = pytest.mark.usefixtures("each_door")


async def test_a_socket_hears_several_streams_and_says_which(house: House) -> None:
    ana, bob = await people(house, "ana", "bob")
    await follow(house, ana, bob)
    async with socket(house, stream="user", access_token=ana.token) as one:
        one.ask("subscribe", "public:local")
        one.ask("subscribe", "hashtag", tag="Nuit")
        await one.settled()
        said = await house.say(bob, "Longue #nuit")
        heard = [await one.next() for _ in range(3)]
        assert {tuple(each.stream) for each in heard} == {("user",), ("public:local",), ("hashtag", "Nuit")}
        assert {each.body["id"] for each in heard} == {said["id"]}
        one.ask("unsubscribe", "user")
        one.ask("unsubscribe", "hashtag", tag="nuit")
        await one.settled()
        await house.say(bob, "Encore #nuit")
        assert (await one.next()).stream == ["public:local"]
        assert await one.quiet()


async def test_a_final_slash_changes_nothing(house: House) -> None:
    ana, bob = await people(house, "ana", "bob")
    async with socket(house, path="/api/v1/streaming/", stream="public:local", access_token=ana.token) as one:
        said = await house.say(bob, "Bonsoir")
        assert (await one.next()).body["id"] == said["id"]


async def test_the_token_comes_by_query_header_or_subprotocol_which_is_echoed(house: House) -> None:
    ana = await house.person("ana")
    async with socket(house, {"authorization": f"Bearer {ana.token}"}) as one:
        assert one.subprotocol is None
    async with socket(house, {"sec-websocket-protocol": ana.token}, stream="user") as one:
        assert one.subprotocol == ana.token
        said = await house.say(ana, "Bonsoir")
        assert (await one.next()).body["id"] == said["id"]
    async with socket(house, access_token=ana.token) as one:
        assert one.subprotocol is None


async def test_a_socket_is_let_in_once_it_hears_its_stream(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, bob = await people(house, "ana", "bob")
    await follow(house, ana, bob)
    made = await house.post("/api/v1/lists", ana, title="Potes")
    await house.post(f"/api/v1/lists/{made['id']}/accounts", ana, account_ids=[str(bob.id)])
    asked, go, one_list = asyncio.Event(), asyncio.Event(), graph.one_list

    async def slowly(*given: Any) -> Any:
        asked.set()
        await go.wait()
        return await one_list(*given)

    monkeypatch.setattr(graph, "one_list", slowly)
    async with AsyncExitStack() as stack:
        opening = socket(house, stream="list", list=made["id"], access_token=ana.token)
        entering = asyncio.create_task(stack.enter_async_context(opening))
        await asyncio.wait_for(asked.wait(), PATIENCE)
        await house.heard()
        assert not entering.done()
        go.set()
        one = await entering
        said = await house.say(bob, "Bonsoir")
        assert (await one.next()).body["id"] == said["id"]


WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"stream": "nothing"}, 400, "Unknown stream type"),
    ({"stream": ""}, 400, "Unknown stream type"),
    ({"stream": "hashtag"}, 400, "Missing tag name parameter"),
    ({"stream": "list", "list": "12"}, 401, "Not authorized to stream this list"),
    ({"stream": "list", "list": "abc"}, 401, "Not authorized to stream this list"),
    ({"stream": "user:notification"}, 403, "Access token does not have the required scopes"),
]


@pytest.mark.parametrize(("asked", "status", "error"), WRONG)
async def test_what_a_socket_asks_wrongly_is_told_and_does_not_close_it(
    house: House, asked: dict[str, Any], status: int, error: str
) -> None:
    ana = await house.person("ana")
    token = await with_scopes(house, ana, "read:statuses")
    async with socket(house, access_token=token) as one:
        one.ask("subscribe", **asked)
        assert await one.frame() == {"error": error, "status": status}
        one.ask("subscribe", "user")
        await one.settled()
        said = await house.say(ana, "Toujours ouvert")
        assert (await one.next()).body["id"] == said["id"]


NOISE = ["", "nothing", "[1]", "null", '{"type": 5}', '{"type": "dance"}', '{"type": "subscribe", "stream": {}}', "x" * 10_000]


async def test_noise_on_a_socket_is_ignored(house: House) -> None:
    ana = await house.person("ana")
    async with socket(house, stream="user", access_token=ana.token) as one:
        for text in NOISE:
            one.say(text)
        one.wire.inbox.put_nowait({"type": "websocket.receive", "bytes": b"\x00\xff"})
        assert await one.quiet()
        said = await house.say(ana, "Du calme")
        assert (await one.next()).body["id"] == said["id"]


async def test_a_socket_takes_fifty_streams_and_no_more(house: House) -> None:
    ana = await house.person("ana")
    async with socket(house, access_token=ana.token) as one:
        for number in range(streams.MOST_SUBSCRIPTIONS + 1):
            one.ask("subscribe", "hashtag", tag=f"mot{number}")
        assert (await one.frame())["status"] == 422
        assert await one.quiet()


@pytest.mark.parametrize("each_door", ["main door"], indirect=True)  # for the other: test_side_door.py
async def test_a_client_that_does_not_read_is_dropped(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LONGEST_LINE", 5)
    ana, bob = await people(house, "ana", "bob")
    async with socket(house, stream="public", access_token=ana.token) as slow, events(house, "public", bob) as quick:
        slow.wire.stuck.clear()
        for number in range(8):
            said = await house.say(bob, f"Message {number}")
            assert (await quick.next()).body["id"] == said["id"]
        async with asyncio.timeout(8):
            await slow.wire.task


async def test_health(house: House) -> None:
    answer = await house.call("GET", "/api/v1/streaming/health")
    assert (answer.status_code, answer.text) == (200, "OK")
    assert answer.headers["content-type"].startswith("text/plain")


async def test_unknown_addresses(house: House) -> None:
    assert (await house.call("GET", "/api/v1/streaming")).status_code == 404
    answer = await house.call("GET", "/api/v1/streaming/nothing")
    assert (answer.status_code, answer.json()) == (400, {"error": "Unknown channel requested"})
