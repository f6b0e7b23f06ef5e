"""A whole installation asks its worker what a text lets be recognised, and does without when that one is gone."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import httpx
import pytest

from salledepause.features import language
from salledepause.features.language import encoder
from tests.mastodon.test_secrecy import CHECK, TELLING
from tests.support.server import START, Server, serving

pytestmark = pytest.mark.skipif(encoder.by_package() is None, reason="no encoder for this machine")


async def looked(server: Server, client: httpx.AsyncClient, token: str) -> float:
    answer = await client.post(CHECK, json={"text": TELLING}, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    return float(answer.json()["chance"])


async def test_the_worker_is_asked_and_done_without(tmp_path: Path) -> None:
    quick, full = (language.advice(TELLING, engine()).chance for engine in (language.quick, language.full))
    assert quick != full
    async with serving(tmp_path / "data") as server, server.client() as client:
        token = await server.person("ada")
        last = time.monotonic() + START
        while await looked(server, client, token) != full:  # the first one to ask has it read what it learned
            assert time.monotonic() < last
            await asyncio.sleep(0.1)
        (worker,) = server.processes("work")
        worker.suspend()
        assert await looked(server, client, token) == quick
        worker.resume()
        await server.kill(worker)
        assert await looked(server, client, token) in {quick, full}
        while await looked(server, client, token) != full:
            assert time.monotonic() < last + START
            await asyncio.sleep(0.1)
