"""Hundreds of people named in one message (spam of February 2024): fifty at most, however they are written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from salledepause.features.posts.model import MOST_MENTIONS
from salledepause.kernel import clock
from tests.support.house import House


def naming(number: int, shape: str = "@p{}") -> str:
    return " ".join(shape.format(one) for one in range(number))


async def test_too_many_names_are_refused_wherever_they_stand(house: House) -> None:
    spammer = await house.person("spam")
    people = [await house.person(f"p{number}") for number in range(MOST_MENTIONS + 1)]
    later = clock.iso(clock.now() + timedelta(days=1))
    said = await house.say(spammer, "bonjour")
    much = MOST_MENTIONS + 1
    bodies: list[dict[str, Any]] = [
        {"status": naming(much, shape)} for shape in ("@p{}", "@P{}@salle.test", "(@p{})", "@p{}@ailleurs.example")
    ]
    bodies += [{"status": naming(much - 10), "spoiler_text": "@spam " + naming(much, "@p{}")}]
    for body in bodies:
        for audience in ("public", "direct"):
            answer = await house.call("POST", "/api/v1/statuses", spammer, json=body | {"visibility": audience})
            assert answer.status_code == 422, body
        assert (await house.call("POST", "/api/v1/statuses", spammer, json=body | {"scheduled_at": later})).status_code == 422
        assert (await house.call("PUT", f"/api/v1/statuses/{said['id']}", spammer, json=body)).status_code == 422
    for person in people[:3]:
        assert await house.get("/api/v1/notifications", person) == []
    most = await house.say(spammer, naming(MOST_MENTIONS))
    assert len(most["mentions"]) == MOST_MENTIONS
    told = [len(await house.get("/api/v1/notifications", person)) for person in (people[0], people[-2], people[-1])]
    assert told == [1, 1, 0]


async def test_naming_somebody_often_tells_them_once(house: House) -> None:
    spammer, person = await house.person("spam"), await house.person("p0")
    said = await house.say(spammer, " ".join(["@p0 @P0 @p0@salle.test"] * 30))
    assert len(said["mentions"]) == 1
    for _ in range(5):
        await house.call("PUT", f"/api/v1/statuses/{said['id']}", spammer, json={"status": "@p0 encore"})
    assert len(await house.get("/api/v1/notifications", person)) == 1


async def test_who_is_blocked_reaches_nobody_by_naming_them(house: House) -> None:
    spammer, person = await house.person("spam"), await house.person("p0")
    await house.post(f"/api/v1/accounts/{spammer.id}/block", person)
    await house.say(spammer, "@p0 @p0@salle.test")
    await house.say(spammer, "@p0", visibility="direct")
    assert await house.get("/api/v1/notifications", person) == []
    assert await house.get("/api/v1/conversations", person) == []
    assert await house.get("/api/v1/timelines/home", person) == []
