"""Threads that somebody muted: they are told nothing more of them, and everybody else is."""

from __future__ import annotations

import pytest

from tests.support.house import House, Person


async def kinds(house: House, who: Person) -> list[str]:
    return [one["type"] for one in await house.get("/api/v1/notifications", who)]


async def test_a_muted_thread_says_so_in_each_of_its_posts(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    first = await house.say(one, "Le début")
    answer = await house.say(two, "La suite", in_reply_to_id=first["id"])
    other = await house.say(one, "Ailleurs")
    muted = await house.post(f"/api/v1/statuses/{answer['id']}/mute", one)
    assert (muted["id"], muted["muted"], muted["favourited"]) == (answer["id"], True, False)
    for status, flag in ((first, True), (answer, True), (other, False)):
        path = f"/api/v1/statuses/{status['id']}"
        assert (await house.get(path, one))["muted"] is flag
        assert (await house.get(path, two))["muted"] is False
        assert "muted" not in await house.get(path)
    later = await house.say(one, "J'y reviens", in_reply_to_id=first["id"])
    assert later["muted"] is True
    around = await house.get(f"/api/v1/statuses/{first['id']}/context", one)
    assert [each["muted"] for each in around["descendants"]] == [True, True]
    assert (await house.post(f"/api/v1/statuses/{first['id']}/favourite", one))["muted"] is True
    for _ in range(2):
        assert (await house.post(f"/api/v1/statuses/{first['id']}/unmute", one))["muted"] is False
    assert (await house.get(f"/api/v1/statuses/{later['id']}", one))["muted"] is False


async def test_a_boost_shows_that_the_thread_inside_is_muted(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    first = await house.say(one, "Le début")
    boost = await house.post(f"/api/v1/statuses/{first['id']}/reblog", two)
    muted = await house.post(f"/api/v1/statuses/{boost['id']}/mute", one)
    assert (muted["id"], muted["muted"]) == (first["id"], True)
    shown = await house.get(f"/api/v1/statuses/{boost['id']}", one)
    assert (shown["muted"], shown["reblog"]["muted"]) == (True, True)
    timeline = await house.get("/api/v1/timelines/home", one)
    assert [each["muted"] for each in timeline] == [True]


async def test_nothing_more_is_told_of_a_muted_thread(house: House) -> None:
    one, two, three = [await house.person(name) for name in ("une", "deux", "trois")]
    first = await house.say(one, "Le début", poll={"options": ["oui", "non"], "expires_in": 3600})
    answer = await house.say(two, "@une la suite", in_reply_to_id=first["id"])
    assert await kinds(house, one) == ["mention"]
    for _ in range(2):
        await house.post(f"/api/v1/statuses/{first['id']}/mute", one)
    await house.say(two, "@une encore", in_reply_to_id=answer["id"])
    await house.say(three, "@une @deux moi aussi", in_reply_to_id=answer["id"])
    await house.post(f"/api/v1/statuses/{first['id']}/favourite", two)
    await house.post(f"/api/v1/statuses/{first['id']}/reblog", two)
    assert await kinds(house, one) == ["mention"]
    assert await kinds(house, two) == ["mention"]
    await house.say(two, "@une ailleurs")
    assert await kinds(house, one) == ["mention", "mention"]
    await house.post(f"/api/v1/statuses/{first['id']}/unmute", one)
    await house.say(three, "@une de retour", in_reply_to_id=answer["id"])
    assert await kinds(house, one) == ["mention", "mention", "mention"]


@pytest.mark.parametrize("verb", ["mute", "unmute"])
async def test_what_one_may_not_see_cannot_be_muted(house: House, verb: str) -> None:
    one, two = await house.person("une"), await house.person("deux")
    private = await house.say(one, "Entre nous", visibility="private")
    for ghost in (private["id"], "404", "x"):
        answer = await house.call("POST", f"/api/v1/statuses/{ghost}/{verb}", two)
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM conversation_mutes") == 0


async def test_a_mute_outlives_the_first_post(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    first = await house.say(two, "Le début")
    answer = await house.say(one, "La suite", in_reply_to_id=first["id"])
    await house.post(f"/api/v1/statuses/{answer['id']}/mute", one)
    assert (await house.call("DELETE", f"/api/v1/statuses/{first['id']}", two)).status_code == 200
    assert (await house.get(f"/api/v1/statuses/{answer['id']}", one))["muted"] is True
    await house.say(two, "@une encore", in_reply_to_id=answer["id"])
    assert await kinds(house, one) == []
