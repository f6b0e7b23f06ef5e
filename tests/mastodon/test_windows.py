"""Whatever happens, in whichever process, a remembered answer is the one that the database would give now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from salledepause.features import accounts
from salledepause.kernel.config import Settings
from tests.support.histories import NAMES, World, four_processes
from tests.support.house import House, Person
from tests.support.recorder import Recorder

STEPS = 70
WAIT = 1.0
"""Seconds that another host has to learn of a change."""
Answered = tuple[int, bytes, str]


async def ask(house: House, who: Person | None, path: str) -> Answered:
    found = await house.call("GET", f"/api/v1/{path}", who)
    return found.status_code, found.content, found.headers.get("link", "")


async def agree(house: House, question: tuple[Person | None, str], right: Answered) -> bool:
    """Tell whether a process of another host comes to the right answer in time."""
    for _ in range(int(WAIT / 0.02)):
        if await ask(house, *question) == right:
            return True
        await asyncio.sleep(0.02)
    return False


@pytest.fixture
async def houses(settings: Settings, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[House]]:
    async with four_processes(settings, recorder, monkeypatch) as opened:
        yield opened


@pytest.mark.parametrize("seed", [3, 84, 3984])
async def test_a_remembered_answer_is_that_of_the_database(houses: list[House], seed: int) -> None:
    people = [await houses[0].person(name) for name in NAMES]
    world = World(seed, houses, people)
    for one in people[:1]:
        world.lists[one.id] = (await houses[0].post("/api/v1/lists", one, title="Équipe"))["id"]
    kept = 0
    for _ in range(STEPS):
        questions = world.probes()
        for house in (*world.near, world.far):
            for question in questions:
                await ask(house, *question)
        done = await world.act()
        for question in questions:
            right = await ask(world.oracle, *question)
            for house in world.near:
                assert await ask(house, *question) == right, (done, question)
            assert await agree(world.far, question, right), (done, question)
            kept += right[0] == 200
    assert kept > STEPS * 3


async def test_a_token_taken_back_opens_nothing_in_the_next_request(houses: list[House]) -> None:
    who = await houses[0].person("ines")
    for house in houses[:2]:
        assert (await house.call("GET", "/api/v1/timelines/home", who)).status_code == 200
    async with houses[0].site.db.transaction() as tx:
        await accounts.suspend(tx, who.id)
    for house in houses[:2]:
        assert (await house.call("GET", "/api/v1/timelines/home", who)).status_code == 403
