"""Scheduled statuses: published once at their hour, or not at all; a replayed key schedules nothing twice."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from salledepause.features import posts
from salledepause.kernel import clock
from tests.support.house import House, Person

LIST = "/api/v1/scheduled_statuses"


def later(**delta: float) -> str:
    return (clock.now() + timedelta(**(delta or {"hours": 2}))).isoformat()


async def schedules(house: House, who: Person, text: str = "Demain", **body: Any) -> Any:
    headers = body.pop("headers", {})
    asked = {"status": text, "scheduled_at": later()} | body
    return await house.call("POST", "/api/v1/statuses", who, json=asked, headers=headers)


async def due(house: House) -> None:
    """Let the hour of every scheduled post come, then work."""
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE scheduled_posts SET at = now() - interval '1 second'")
        await tx.run("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'posts.publish_scheduled'")
    await house.site.jobs.run(wait=False)


async def said(house: House, who: Person) -> list[Any]:
    found: list[Any] = await house.get(f"/api/v1/accounts/{who.id}/statuses", who)
    return found


async def picture(house: House, who: Person) -> str:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(out, "PNG")
    answer = await house.call("POST", "/api/v2/media", who, files={"file": ("image.png", out.getvalue())})
    assert answer.status_code == 200, answer.text
    identifier: str = answer.json()["id"]
    return identifier


async def test_a_scheduled_status_waits_then_is_published_once(house: House) -> None:
    ide = await house.person("ide")
    poll = {"options": ["oui", "non"], "expires_in": 3600}
    made = (await schedules(house, ide, "Demain #garde", spoiler_text="Nuit", visibility="unlisted", poll=poll)).json()
    assert "scheduled_at" in made
    assert made["scheduled_at"].endswith("Z")
    params = made["params"]
    assert (params["text"], params["spoiler_text"], params["visibility"]) == ("Demain #garde", "Nuit", "unlisted")
    assert params["poll"] == poll | {"multiple": False, "hide_totals": False}
    assert made["media_attachments"] == []
    assert await said(house, ide) == []
    before = clock.now()
    await due(house)
    (published,) = await said(house, ide)
    assert (published["spoiler_text"], published["visibility"], published["tags"][0]["name"]) == ("Nuit", "unlisted", "garde")
    assert "scheduled_at" not in published
    written = datetime.fromisoformat(published["created_at"])
    assert abs(written - before) < timedelta(minutes=1)
    assert published["poll"]["options"][0]["title"] == "oui"
    assert datetime.fromisoformat(published["poll"]["expires_at"]) - written == timedelta(hours=1)
    assert await house.get(LIST, ide) == []
    for _ in range(2):
        await posts.scheduled.publish(house.site, int(made["id"]))
    assert len(await said(house, ide)) == 1


async def test_publishing_many_times_at_once_publishes_once(house: House) -> None:
    ide = await house.person("ide")
    made = (await schedules(house, ide)).json()
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE scheduled_posts SET at = now()")
    await asyncio.gather(*(posts.scheduled.publish(house.site, int(made["id"])) for _ in range(5)))
    assert len(await said(house, ide)) == 1


async def test_nothing_is_published_before_its_hour(house: House) -> None:
    ide = await house.person("ide")
    made = (await schedules(house, ide)).json()
    await posts.scheduled.publish(house.site, int(made["id"]))
    await house.site.jobs.run(wait=False)
    assert await said(house, ide) == []
    assert len(await house.get(LIST, ide)) == 1


async def test_a_replayed_key_schedules_once(house: House) -> None:
    ide = await house.person("ide")
    key = {"idempotency-key": "une fois"}
    at = later()
    answers = await asyncio.gather(*(schedules(house, ide, scheduled_at=at, headers=key) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await house.get(LIST, ide)) == 1
    other = await house.person("autre")
    assert (await schedules(house, other, scheduled_at=at, headers=key)).json()["id"] != answers[0].json()["id"]
    await due(house)
    assert len(await said(house, ide)) == 1


async def test_a_refused_schedule_frees_its_key(house: House) -> None:
    ide = await house.person("ide")
    key = {"idempotency-key": "une fois"}
    assert (await schedules(house, ide, "", headers=key)).status_code == 422
    assert (await schedules(house, ide, headers=key)).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"scheduled_at": "banana"}, 422),
        ({"scheduled_at": "2020-01-01T00:00:00Z"}, 422),
        ({"scheduled_at": later(minutes=4)}, 422),
        ({"status": ""}, 422),
        ({"status": "x" * 5001}, 422),
        ({"in_reply_to_id": "1"}, 404),
        ({"media_ids": ["1"]}, 422),
        ({"poll": {"options": ["seule"], "expires_in": 3600}}, 422),
        ({"poll": {"options": ["a", "b"], "expires_in": 10}}, 422),
        ({"visibility": "everyone"}, 422),
        ({"status": " ".join(f"#t{number}" for number in range(40))}, 422),
        ({"status": " ".join(f"@p{number}" for number in range(60))}, 422),
    ],
)
async def test_what_could_not_be_published_is_not_scheduled(house: House, body: dict[str, Any], status: int) -> None:
    ide = await house.person("ide")
    answer = await schedules(house, ide, **{"text": body["status"]} if "status" in body else body)
    assert answer.status_code == status, answer.text
    assert await house.get(LIST, ide) == []


async def test_a_doubt_takes_its_three_kinds_tomorrow_too(house: House) -> None:
    ide = await house.person("ide")
    doubt = await house.say(ide, "Faut-il insister ?", salledepause={"kind": "doubt"})
    for kind, status in (("rant", 422), ("experience", 200)):
        answer = await schedules(house, ide, in_reply_to_id=doubt["id"], salledepause={"kind": kind})
        assert answer.status_code == status
    assert answer.json()["params"]["salledepause"]["kind"] == "experience"


async def test_readers_schedule_nothing(house: House) -> None:
    reader = await house.person("lectrice", mode="reader")
    assert (await schedules(house, reader)).status_code == 403


async def test_twenty_five_a_day_and_three_hundred_in_all(house: House) -> None:
    ide = await house.person("ide")
    day = datetime(2099, 3, 1, 12, tzinfo=UTC)
    insert = """INSERT INTO scheduled_posts (account_id, at, draft)
        SELECT %s, %s + make_interval(days => n / %s), '{}' FROM generate_series(0, %s) AS n"""
    async with house.site.db.transaction() as tx:
        await tx.run(insert, [ide.id, day, 24, 23])
    answers = await asyncio.gather(*(schedules(house, ide, scheduled_at=day.isoformat()) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    next_day = (await schedules(house, ide, scheduled_at=(day + timedelta(days=1)).isoformat())).json()
    moved = await house.call("PUT", f"{LIST}/{next_day['id']}", ide, json={"scheduled_at": day.isoformat()})
    assert moved.status_code == 422
    async with house.site.db.transaction() as tx:
        await tx.run(insert, [ide.id, day + timedelta(days=30), 20, 273])
    full = await schedules(house, ide, scheduled_at=(day + timedelta(days=200)).isoformat())
    assert (full.status_code, full.json()["error"]) == (422, "You have exceeded the limit of 300 scheduled posts")


async def test_the_hour_can_change(house: House) -> None:
    ide = await house.person("ide")
    made = (await schedules(house, ide)).json()
    at = clock.now().replace(microsecond=0) + timedelta(days=3)
    moved = await house.call("PUT", f"{LIST}/{made['id']}", ide, json={"scheduled_at": at.isoformat()})
    assert moved.status_code == 200
    assert moved.json()["scheduled_at"] == clock.iso(at)
    assert (await house.get(f"{LIST}/{made['id']}", ide))["scheduled_at"] == clock.iso(at)
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE procrastinate_jobs SET scheduled_at = now()")
    await house.site.jobs.run(wait=False)
    assert await said(house, ide) == []
    for wrong in ("hier", later(minutes=1)):
        refused = await house.call("PUT", f"{LIST}/{made['id']}", ide, json={"scheduled_at": wrong})
        assert refused.status_code == 422
    await due(house)
    assert await said(house, ide) == []  # its jobs ran before: only its own hour's job publishes
    await posts.scheduled.publish(house.site, int(made["id"]))
    assert len(await said(house, ide)) == 1


async def test_a_cancelled_one_is_never_published(house: House) -> None:
    ide = await house.person("ide")
    made = (await schedules(house, ide)).json()
    assert (await house.call("DELETE", f"{LIST}/{made['id']}", ide)).status_code == 200
    await due(house)
    assert await said(house, ide) == []
    for method in ("GET", "PUT", "DELETE"):
        assert (await house.call(method, f"{LIST}/{made['id']}", ide, params={"scheduled_at": later()})).status_code == 404


async def test_nobody_sees_or_touches_others(house: House) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    made = (await schedules(house, ide)).json()
    for method in ("GET", "PUT", "DELETE"):
        answer = await house.call(method, f"{LIST}/{made['id']}", other, params={"scheduled_at": later()})
        assert answer.status_code == 404, method
    assert await house.get(LIST, other) == []
    assert (await house.call("GET", LIST)).status_code == 401


async def test_pages_of_scheduled_statuses(house: House) -> None:
    ide = await house.person("ide")
    made = [(await schedules(house, ide, str(number))).json()["id"] for number in range(5)]
    first = await house.call("GET", LIST, ide, params={"limit": 3})
    assert [one["id"] for one in first.json()] == made[:1:-1]
    assert first.headers["link"].startswith("<")
    rest = await house.call("GET", LIST, ide, params={"limit": 3, "max_id": made[2]})
    assert [one["id"] for one in rest.json()] == made[1::-1]
    assert 'rel="next"' not in rest.headers["link"]


async def test_media_are_kept_for_their_hour(house: House) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    first, second = await picture(house, ide), await picture(house, ide)
    assert (await schedules(house, other, media_ids=[first])).status_code == 422
    made = (await schedules(house, ide, media_ids=[second, first])).json()
    assert [one["id"] for one in made["media_attachments"]] == [second, first]
    assert made["params"]["media_ids"] == [second, first]
    taken = await house.call("POST", "/api/v1/statuses", ide, json={"status": "x", "media_ids": [first]})
    assert taken.status_code == 422
    assert (await house.call("DELETE", f"/api/v1/media/{first}", ide)).status_code == 422
    await due(house)
    (published,) = await said(house, ide)
    assert [one["id"] for one in published["media_attachments"]] == [second, first]


async def test_media_of_a_cancelled_one_are_loose_again(house: House) -> None:
    ide = await house.person("ide")
    one = await picture(house, ide)
    made = (await schedules(house, ide, media_ids=[one])).json()
    await house.call("DELETE", f"{LIST}/{made['id']}", ide)
    said = await house.say(ide, "finalement", media_ids=[one])
    assert [medium["id"] for medium in said["media_attachments"]] == [one]


async def test_what_may_no_longer_be_published_is_given_up(house: House) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    parent = await house.say(other, "Question ?")
    made = (await schedules(house, ide, "Réponse", in_reply_to_id=parent["id"])).json()
    assert made["params"]["in_reply_to_id"] == int(parent["id"])
    await house.call("DELETE", f"/api/v1/statuses/{parent['id']}", other)
    await due(house)
    assert await said(house, ide) == []
    assert await house.get(LIST, ide) == []


@pytest.mark.parametrize("out", ["state = 'suspended'", "disabled = true"])
async def test_an_author_who_is_out_publishes_nothing(house: House, out: str) -> None:
    ide = await house.person("ide")
    made = (await schedules(house, ide)).json()
    async with house.site.db.transaction() as tx:
        await tx.run(f"UPDATE accounts SET {out} WHERE id = %s", [ide.id])
        await tx.run("UPDATE scheduled_posts SET at = now()")
    await posts.scheduled.publish(house.site, int(made["id"]))
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM posts") == 0
        assert await tx.value("SELECT count(*) FROM scheduled_posts") == 0
