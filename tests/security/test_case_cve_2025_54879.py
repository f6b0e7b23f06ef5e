"""CVE-2025-54879, CVE-2023-49952, CVE-2025-27157: limits avoided by headers that anybody writes.

Only the peer, or what a trusted proxy adds last, opens a bucket.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from salledepause.kernel.config import Settings
from salledepause.surfaces import limits
from salledepause.surfaces.limits import DOORS, peer
from tests.security.crowd import counting, knocking, tried
from tests.support.house import House
from tests.support.recorder import Recorder
from tests.support.streams import denied, events
from tests.support.wires import side_door

AUTH = DOORS["auth"]
TOKEN = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
DISGUISES = (
    "X-Forwarded-For Forwarded X-Real-IP True-Client-IP CF-Connecting-IP X-Client-IP Client-IP X-Cluster-Client-IP X-Forwarded "
    "Forwarded-For X-Originating-IP X-Remote-IP X-Remote-Addr X-Host X-Forwarded-Host Via From Referer User-Agent Cookie Origin"
)


async def test_no_header_opens_a_new_bucket(settings: Settings, recorder: Recorder) -> None:
    async with counting(settings, recorder) as house, knocking(house, "192.0.2.7") as client:
        assert await tried(client, AUTH, "POST", "/oauth/token", data=TOKEN) == [401] * AUTH
        for number, name in enumerate(DISGUISES.split()):
            for value in (f"198.51.100.{number}", f'for="198.51.100.{number}"', f"198.51.100.{number}, 192.0.2.{number}"):
                answer = await client.post("/oauth/token", data=TOKEN, headers={name: value})
                assert answer.status_code == 429, name
                assert int(answer.headers["retry-after"]) > 0
                assert answer.json()["error"]
        async with knocking(house, "192.0.2.8") as other:
            assert await tried(other, 1, "POST", "/oauth/token", data=TOKEN) == [401]


async def test_a_trusted_proxy_tells_who_knocks_and_nobody_else_does(settings: Settings, recorder: Recorder) -> None:
    async with counting(settings, recorder, trusted_proxies=("10.0.0.1",)) as house, knocking(house, "10.0.0.1") as proxy:
        lies = [{"x-forwarded-for": f"203.0.113.{number}, 192.0.2.7"} for number in range(AUTH)]
        assert [(await proxy.post("/oauth/token", data=TOKEN, headers=lie)).status_code for lie in lies] == [401] * AUTH
        appended = [("x-forwarded-for", "203.0.113.99"), ("x-forwarded-for", "192.0.2.7")]
        assert (await proxy.post("/oauth/token", data=TOKEN, headers=appended)).status_code == 429
        assert (await proxy.post("/oauth/token", data=TOKEN, headers={"x-forwarded-for": "192.0.2.8"})).status_code == 401


async def test_tokens_that_open_nothing_are_counted_too(settings: Settings, recorder: Recorder) -> None:
    async with counting(settings, recorder) as house, knocking(house, "192.0.2.7") as client:
        guesses = [{"authorization": f"Bearer {number}"} for number in range(60)]
        found = [(await client.get("/api/v1/timelines/home", headers=guess)).status_code for guess in guesses]
        assert found == [401] * 40 + [429] * 20


async def test_tokens_that_open_no_stream_are_counted_with_those_that_open_no_door(
    settings: Settings, recorder: Recorder
) -> None:
    async with counting(settings, recorder) as house, knocking(house, "127.0.0.1") as client:
        found = await tried(client, 10, "GET", "/api/v1/streaming/user")
        found += [(await client.get(f"/api/v1/streaming/user?access_token={number}")).status_code for number in range(10)]
        found += [(await denied(house, access_token=str(number)))[0] for number in range(10)]
        found += await tried(client, 10, "GET", "/api/v1/timelines/home", headers={"authorization": "Bearer x"})
        assert found == [401] * 40
        for path in ("/api/v1/streaming/public?access_token=x", "/api/v1/timelines/public"):
            answer = await client.get(path)
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) > 0
        status, body = await denied(house, access_token="x")
        assert (status, body["error"]) == (429, "Too many requests")
        async with side_door(house) as house.side:
            status, body = await denied(house, access_token="x")
            assert (status, body["error"]) == (429, "Too many requests"), "one bucket for both doors"
            async with events(house, "user", await house.person("ada")) as stream:
                assert stream.status == 200, "an account has its own bucket"
        async with knocking(house, "192.0.2.8") as other:
            assert await tried(other, 1, "GET", "/api/v1/streaming/user?access_token=x") == [401]


async def test_an_account_has_one_bucket_from_wherever_it_knocks(settings: Settings, recorder: Recorder) -> None:
    async with counting(settings, recorder) as house:
        person = await house.person("ada")
        key = {"authorization": f"Bearer {person.token}"}
        found = []
        for number in range(60):
            async with knocking(house, f"192.0.2.{number}") as client:
                found += await tried(client, 1, "GET", "/api/v1/timelines/home", headers=key)
        assert found == [200] * 40 + [429] * 20


async def test_the_dear_doors_have_a_limit_for_everybody_together(
    settings: Settings, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.EVERYBODY, "auth", 50)
    async with counting(settings, recorder) as house:
        assert await spread(house, 60) == [401] * 50 + [429] * 10


async def test_one_peer_alone_never_closes_a_dear_door_to_everybody(
    settings: Settings, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.EVERYBODY, "auth", AUTH + 10)
    async with counting(settings, recorder) as house:
        async with knocking(house, "198.51.100.7") as loud:
            found = await tried(loud, AUTH + 30, "POST", "/oauth/token", data=TOKEN)
            assert found == [401] * AUTH + [429] * 30
        assert await spread(house, 10) == [401] * 10


async def spread(house: House, number: int) -> list[int]:
    found = []
    for one in range(number):
        async with knocking(house, f"192.0.2.{one}") as client:
            found += await tried(client, 1, "POST", "/oauth/token", data=TOKEN)
    return found


def of(address: str, *forwarded: str, trusted: tuple[str, ...] = ()) -> str:
    raw = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    return peer({"type": "http", "client": (address, 1)}, Headers(raw=raw), trusted)


@given(st.integers(0, 2**64 - 1))
def test_one_subscriber_has_one_bucket_for_all_its_ipv6_addresses(end: int) -> None:
    groups = [f"{end >> shift & 0xFFFF:x}" for shift in (48, 32, 16, 0)]
    assert of(":".join(["2001:db8:1:2", *groups])) == of("2001:db8:1:2::") != of("2001:db8:1:3::")


def test_addresses_are_read_however_they_are_written() -> None:
    assert of("::ffff:192.0.2.7") == of("192.0.2.7") == "192.0.2.7"
    trusted = ("10.0.0.1", "10.0.0.2")
    for hop in ("192.0.2.7", "192.0.2.7:4711", "::ffff:192.0.2.7", "[::ffff:192.0.2.7]:4711", " 192.0.2.7 , 10.0.0.2"):
        assert of("10.0.0.1", "6.6.6.6", hop, trusted=trusted) == "192.0.2.7", hop
    assert of("10.0.0.1", "[2001:db8::7]:4711", trusted=trusted) == of("2001:db8::8")
    assert of("10.0.0.1", trusted=trusted) == "10.0.0.1"
    assert of("10.0.0.1", ",,", trusted=trusted) == "10.0.0.1"
    assert of("fe80::1%eth0") == of("fe80::2")
    assert of("") == ""


@given(st.text(max_size=40))
def test_any_address_has_a_bucket(text: str) -> None:
    assert isinstance(of("10.0.0.1", text.encode("ascii", "replace").decode(), trusted=("10.0.0.1",)), str)
