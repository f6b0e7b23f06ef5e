"""Robots sign up by the thousand where nothing slows them: few accounts for one peer, some hundreds for everybody together."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from salledepause.kernel.config import Settings
from salledepause.surfaces import limits
from salledepause.surfaces.limits import DOORS
from tests.security.crowd import counting, knocking
from tests.security.estate import app_token
from tests.support.recorder import Recorder

MOST = DOORS["sign-up"]


async def sign_up(client: httpx.AsyncClient, token: str, handle: str) -> httpx.Response:
    form: dict[str, Any] = {"username": handle, "password": "une longue nuit tranquille", "agreement": True}
    return await client.post("/api/v1/accounts", json=form, headers={"authorization": f"Bearer {token}"})


async def test_one_peer_makes_few_accounts(settings: Settings, recorder: Recorder) -> None:
    async with counting(settings, recorder) as house, knocking(house, "192.0.2.7") as client:
        tokens = [await app_token(house, "write") for _ in range(3)]
        found = [(await sign_up(client, tokens[number % 3], f"robot{number}")).status_code for number in range(MOST + 3)]
        assert found == [200] * MOST + [429] * 3
        async with house.site.db.reading() as tx:
            assert await tx.value("SELECT count(*) FROM accounts") == MOST


async def test_a_new_account_opens_no_new_bucket(settings: Settings, recorder: Recorder) -> None:
    """The token of each newcomer may sign others up: counted by account, a hundred generations would do as they like."""
    async with counting(settings, recorder) as house, knocking(house, "192.0.2.7") as client:
        token, found = await app_token(house, "write"), []
        for number in range(MOST + 3):
            answer = await sign_up(client, token, f"robot{number}")
            found.append(answer.status_code)
            token = answer.json().get("access_token", token)
        assert found == [200] * MOST + [429] * 3


async def test_refused_forms_count_as_much(settings: Settings, recorder: Recorder) -> None:
    async with counting(settings, recorder) as house, knocking(house, "192.0.2.7") as client:
        token = await app_token(house, "write")
        found = [(await sign_up(client, token, "admin")).status_code for _ in range(MOST + 1)]
        assert found == [422] * MOST + [429]


async def test_a_thousand_peers_together_have_a_limit(
    settings: Settings, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert limits.EVERYBODY["sign-up"] <= 1000
    monkeypatch.setitem(limits.EVERYBODY, "sign-up", 10)
    async with counting(settings, recorder) as house:
        token, found = await app_token(house, "write"), []
        for number in range(15):
            async with knocking(house, f"192.0.2.{number}") as client:
                found.append((await sign_up(client, token, "admin")).status_code)
        assert found == [422] * 10 + [429] * 5
