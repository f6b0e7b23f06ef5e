"""Many strangers who answer one person at once: exactly twenty slow the thread, counted in two processes; it ends by itself."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from salledepause.features import shield
from salledepause.features.shield.crowds import CROWD
from salledepause.kernel import clock
from salledepause.kernel.config import Settings
from tests.support.house import House, Person
from tests.support.recorder import Recorder


async def strangers(house: House, number: int) -> list[Person]:
    return [await house.person(f"inconnu_{place}") for place in range(number)]


async def told(house: House, who: Person) -> list[Any]:
    """Return what somebody is told of crowds: a kind of ours, which the published description does not know."""
    keys = {"authorization": f"Bearer {who.token}"}
    answer = await house.client.get("/api/v1/notifications", params={"types[]": "pile_on"}, headers=keys)
    found: list[Any] = answer.json()
    return found


async def answer(house: House, who: Person, post: str, text: str = "Je ne suis pas d'accord.") -> int:
    sent = await house.call("POST", "/api/v1/statuses", who, json={"status": text, "in_reply_to_id": post})
    return sent.status_code


async def ends_by_itself(house: House, monkeypatch: pytest.MonkeyPatch, who: Person, post: str) -> None:
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE slowed SET until = now() - interval '1 second'")
        await tx.run("UPDATE newcomers SET at = at - interval '30 minutes'")
    assert [await answer(house, who, post) for _ in range(2)] == [200, 200], "it ends by itself"
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    await shield.crowds.forget(house.site)
    async with house.site.db.reading() as tx:
        assert await tx.row("SELECT (SELECT count(*) FROM newcomers), (SELECT count(*) FROM slowed)") == (0, 0)


async def test_twenty_strangers_counted_in_two_processes_slow_a_thread_and_nineteen_do_not(
    house: House, settings: Settings, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, friend = await house.person("visee"), await house.person("connue")
    host, crowd = await house.person("hote", role="host"), await strangers(house, CROWD + 4)
    said, other = await house.say(target, "Un avis."), await house.say(target, "Un autre avis.")
    await house.post(f"/api/v1/accounts/{friend.id}/follow", target)
    await house.say(target, "@inconnu_23 Bonjour à vous.")
    async with House.opened(settings, recorder) as second:
        known = [friend, crowd[23], host]
        for who in (*crowd[: CROWD - 1], *known[:2], crowd[0], target):
            assert await answer(house, who, said["id"]) == 200
        assert await told(house, target) == [], "nineteen strangers, and some whom one knows"
        async with house.site.db.transaction() as tx:
            await tx.run("DELETE FROM newcomers")
        each = [(second if place % 2 else house, crowd[place]) for place in range(CROWD)]
        threads = [said["id"], other["id"]]
        sent = await asyncio.gather(*(answer(at, who, threads[place % 2]) for place, (at, who) in enumerate(each)))
        assert sent == [200] * CROWD
        await house.heard()  # the second process has marks of its own: what it said comes by the bus
        assert len(await told(house, target)) == 1, "whoever came last saw all"
    assert await told(house, host) == [], "the target first"
    async with house.site.db.reading() as tx:
        slow, spared = await tx.row("SELECT conversation_id, spared_id FROM slowed ORDER BY 1") or (0, 0)
    assert (str(slow) in threads, spared) == (True, target.id)
    body = {"status": "Encore.", "in_reply_to_id": str(slow)}
    again = next(who for place, who in enumerate(crowd) if threads[place % 2] == str(slow))
    refused = await house.call("POST", "/api/v1/statuses", again, json=body)
    assert (refused.status_code, "minutes" in refused.json()["error"]) == (429, True)
    assert int(refused.headers["retry-after"]) <= 600
    for who in (target, host, target, host):
        assert await answer(house, who, str(slow)) == 200
    for _ in range(2):
        await shield.crowds.tell_hosts(house.site, target.id, slow)
    assert (len(await told(house, host)), len(await told(house, target))) == (1, 1)
    await ends_by_itself(house, monkeypatch, again, str(slow))
