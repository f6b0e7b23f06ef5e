"""One soak: a house as in production, people who live in it, a reaper, then everything read back and checked."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from bench.database import database
from bench.process import free_port, running, serve
from salledepause.features import accounts
from salledepause.kernel.config import Settings
from salledepause.kernel.migrate import migrate
from salledepause.main import site_of
from soak.checker import House, Reading, Status, Told, check
from soak.hearing import listen
from soak.journal import Journal
from soak.people import MARK, Life, Who
from soak.reaper import Reaper

HOME = 400
"""Newest entries of each home that are read back."""
SETTLE = 2.0
"""Seconds after the last request before everything is read back."""
TICK = 0.5


class Plan(NamedTuple):
    """A soak to come: where its files are, for how many seconds, by what seed, with how many people and how busy."""

    folder: Path
    seconds: float
    seed: int
    people: int
    pause: float


class Outcome(NamedTuple):
    """A soak that was: what was done how often, how many processes were killed, what was read back, what is wrong."""

    done: Counter[str]
    killed: int
    posts: int
    told: int
    problems: list[str]


async def soak(plan: Plan, passed: Callable[[float], None] = lambda _: None) -> Outcome:
    """Run one; `passed` is told how many seconds are over."""
    with database(plan.folder / "base") as url:
        migrate(url)
        command = serve(plan.folder / "data", free_port(), url)
        with running(command) as server:
            journal, dice = Journal(), Random(plan.seed)
            people = await _moved_in(url, plan)
            lives = [Life(server.origin, one, people, journal, Random(dice.random())) for one in people]
            reaper = Reaper(server, journal, Random(dice.random()))
            hearing = [listen(life, journal, socket=number % 2 == 0) for number, life in enumerate(lives[::2])]
            await _live(lives, [reaper.reap(), *hearing], plan, passed)
            await reaper.whole()
            house = {life.who.id: await _read(life, people) for life in lives}
            for life in lives:
                await life.client.close()
    return _outcome(lives, reaper, house, [*check(journal, house), *_faults(command.log)])


def _faults(log: Path) -> list[str]:
    """Return what the server itself logged as an error."""
    return [f"logged: {line}" for line in log.read_text("utf-8").splitlines() if '"level": "error"' in line]


def _outcome(lives: list[Life], reaper: Reaper, house: House, problems: list[str]) -> Outcome:
    done = sum((life.done for life in lives), Counter[str]())
    posts = sum(len(one.posts) for one in house.values())
    return Outcome(done, reaper.killed, posts, sum(len(one.told) for one in house.values()), problems)


async def _moved_in(url: str, plan: Plan) -> list[Who]:
    site = site_of(Settings(data=plan.folder, database_url=url))
    people = []
    async with site.db, site.db.transaction() as tx:
        for number in range(plan.people):
            account_id = await accounts.create(tx, f"veilleur{number}", None)
            token = await accounts.give_token(tx, account_id, ["read", "write", "follow"])
            people.append(Who(str(account_id), f"veilleur{number}", token))
    return people


async def _live(lives: list[Life], work: list[Coroutine[Any, Any, None]], plan: Plan, passed: Callable[[float], None]) -> None:
    """Let everybody live while the first of the other works kills and the rest listen; then let the last things be finished."""
    over, began = asyncio.Event(), time.monotonic()
    doing = [asyncio.create_task(life.live(over, plan.pause)) for life in lives]
    beside = [asyncio.create_task(one) for one in work]
    while (now := time.monotonic() - began) < plan.seconds and not any(one.done() for one in (*doing, *beside)):
        passed(now)
        await asyncio.sleep(TICK)
    beside[0].cancel()
    over.set()
    await asyncio.gather(*doing)
    await asyncio.sleep(SETTLE)
    for one in beside:
        one.cancel()
    for end in await asyncio.gather(*beside, return_exceptions=True):
        if isinstance(end, Exception):
            raise end


async def _read(life: Life, people: list[Who]) -> Reading:
    """Return what somebody reads in the end."""
    ask, me = life.client, life.who.id
    statuses = await ask.pages(f"v1/accounts/{me}/statuses?exclude_reblogs=true")
    home = await ask.pages("v1/timelines/home", HOME)
    told = await ask.pages("v1/notifications")
    others = "&".join(f"id[]={one.id}" for one in people if one is not life.who)
    ties = (await ask.ask("GET", f"v1/accounts/relationships?{others}")).body
    shown = (await ask.ask("GET", f"v1/accounts/{me}")).body
    return Reading(
        posts=[_status(one) for one in statuses],
        home=[one["id"] for one in home if not one["reblog"]],
        whole=len(home) < HOME,
        told=[Told(one["type"], one["account"]["id"], (one.get("status") or {}).get("id")) for one in told],
        following={one["id"] for one in ties if one["following"]},
        blocking={one["id"] for one in ties if one["blocking"]},
        counts=(shown["statuses_count"], shown["followers_count"], shown["following_count"]),
    )


def _status(one: Any) -> Status:
    mark = MARK.search(one["content"])
    return Status(one["id"], mark[0] if mark else "", one["favourites_count"], one["reblogs_count"], one["replies_count"])
