"""What each grade of distance hides, where: the table is the promise, and every door keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from salledepause.features import graph
from tests.support.house import House, Person
from tests.support.streams import events

EVERYWHERE = {"home", "shared", "local", "tag", "list", "thread", "search", "profile", "link", "notifications"}
SHOWS: dict[str, set[str]] = {
    "none": EVERYWHERE,
    "boosts": EVERYWHERE,
    "mute": {"profile", "link"},
    "mute_but_tell": {"profile", "link", "notifications"},
    "limit": {"list", "thread", "search", "profile", "link", "aside"},
    "block": {"profile", "link"},
}
"""Where the viewer still meets somebody by grade; `aside`: among the notifications that wait apart."""


class Cast:
    """A viewer who follows somebody and a friend; somebody answers the viewer, the friend shares what somebody said."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.viewer: Person
        self.one: Person
        self.friend: Person
        self.said: str
        self.root: str
        self.list: str

    async def placed(self) -> Cast:
        self.viewer, self.friend = await self.house.person("garde"), await self.house.person("amie")
        self.one = await self.house.person("rude", indexable=True)
        for whom in (self.one, self.friend):
            await self.house.post(f"/api/v1/accounts/{whom.id}/follow", self.viewer)
        self.list = (await self.house.post("/api/v1/lists", self.viewer, title="À part"))["id"]
        await self.house.post(f"/api/v1/lists/{self.list}/accounts", self.viewer, account_ids=[str(self.one.id)])
        self.root = (await self.house.say(self.viewer, "Une décision difficile"))["id"]
        return self

    async def speak(self) -> None:
        answer = await self.house.say(self.one, "@garde quelle incurie #nuit", in_reply_to_id=self.root)
        self.said = answer["id"]
        await self.house.post(f"/api/v1/statuses/{self.said}/reblog", self.friend)

    async def distance(self, grade: str) -> None:
        path = f"/api/v1/accounts/{self.one.id}"
        if grade == "limit":
            async with self.house.site.db.transaction() as tx:
                await graph.limit(tx, self.viewer.id, self.one.id)
        elif grade == "boosts":
            await self.house.post(f"{path}/follow", self.viewer, reblogs=False)
        elif grade == "block":
            await self.house.post(f"{path}/block", self.viewer)
        elif grade != "none":
            await self.house.post(f"{path}/mute", self.viewer, notifications=grade == "mute")

    async def met(self) -> set[str]:
        """Return where the viewer meets what somebody said."""
        paths = {
            "home": "/api/v1/timelines/home",
            "local": "/api/v1/timelines/public",
            "tag": "/api/v1/timelines/tag/nuit",
            "list": f"/api/v1/timelines/list/{self.list}",
            "thread": f"/api/v1/statuses/{self.root}/context",
            "search": "/api/v2/search",
            "profile": f"/api/v1/accounts/{self.one.id}/statuses",
            "notifications": "/api/v2/notifications",
        }
        asked: dict[str, dict[str, str]] = {
            "search": {"q": "incurie", "type": "statuses"},
            "notifications": {"types[]": "mention"},
        }
        found = set()
        for name, path in paths.items():
            if self.said in _ids(await self.house.get(path, self.viewer, **asked.get(name, {}))):
                found.add(name)
        home = await self.house.get(paths["home"], self.viewer)
        found |= {"shared"} if any((one["reblog"] or {}).get("id") == self.said for one in home) else set()
        link = await self.house.call("GET", f"/api/v1/statuses/{self.said}", self.viewer)
        found |= {"link"} if link.status_code == 200 else set()
        waiting = await self.house.get("/api/v1/notifications/requests", self.viewer)
        return found | {"aside" for one in waiting if one["account"]["id"] == str(self.one.id)}


def _ids(answer: Any) -> set[str]:
    if isinstance(answer, dict):
        answer = [*answer.get("statuses", []), *answer.get("descendants", [])]
    return {str(one["id"]) for one in answer}


@pytest.mark.parametrize("grade", SHOWS)
async def test_each_grade_hides_what_its_line_says_of_what_was_said_before(house: House, grade: str) -> None:
    cast = await Cast(house).placed()
    await cast.speak()
    await cast.distance(grade)
    assert await cast.met() == SHOWS[grade]


@pytest.mark.parametrize("grade", set(SHOWS) - {"block"})
async def test_each_grade_hides_what_its_line_says_of_what_is_said_then(house: House, grade: str) -> None:
    cast = await Cast(house).placed()
    await cast.distance(grade)
    await cast.speak()
    assert await cast.met() == SHOWS[grade]


async def test_who_is_blocked_cannot_even_answer(house: House) -> None:
    cast = await Cast(house).placed()
    await cast.distance("block")
    answer = await house.call("POST", "/api/v1/statuses", cast.one, json={"status": "@garde", "in_reply_to_id": cast.root})
    assert answer.status_code == 404


async def test_a_limit_taken_back_leaves_no_trace(house: House) -> None:
    cast = await Cast(house).placed()
    await cast.speak()
    assert await cast.met() == EVERYWHERE
    await cast.distance("limit")
    assert await cast.met() == SHOWS["limit"]
    async with house.site.db.transaction() as tx:
        await graph.unlimit(tx, cast.viewer.id, cast.one.id)
        await graph.unlimit(tx, cast.viewer.id, cast.one.id)
    assert await cast.met() == EVERYWHERE


async def test_a_limit_is_silent_and_known_to_its_author_alone(house: House) -> None:
    cast = await Cast(house).placed()
    await cast.speak()
    before = await house.get("/api/v1/accounts/relationships", cast.one, **{"id[]": str(cast.viewer.id)})
    await cast.distance("limit")
    after = await house.get("/api/v1/accounts/relationships", cast.one, **{"id[]": str(cast.viewer.id)})
    assert after == before
    mine = await house.get("/api/v1/accounts/relationships", cast.viewer, **{"id[]": str(cast.one.id)})
    assert mine[0]["salledepause"] == {"limiting": True}
    assert (mine[0]["following"], mine[0]["muting"]) == (True, False)
    assert cast.root in _ids(await house.get(f"/api/v1/accounts/{cast.viewer.id}/statuses", cast.one))


async def test_a_mute_and_a_limit_take_the_place_of_each_other(house: House) -> None:
    cast = await Cast(house).placed()
    for grade, expected in (("mute", (True, False)), ("limit", (False, True)), ("mute", (True, False))):
        await cast.distance(grade)
        (found,) = await house.get("/api/v1/accounts/relationships", cast.viewer, **{"id[]": str(cast.one.id)})
        assert (found["muting"], found["salledepause"]["limiting"]) == expected


async def test_who_is_let_in_is_told_again_and_a_new_limit_sets_them_apart_again(house: House) -> None:
    cast = await Cast(house).placed()
    await cast.distance("limit")
    await cast.speak()
    (request,) = await house.get("/api/v1/notifications/requests", cast.viewer)
    await house.post(f"/api/v1/notifications/requests/{request['id']}/accept", cast.viewer)
    assert await cast.met() == SHOWS["limit"] - {"aside"} | {"notifications"}
    async with house.site.db.transaction() as tx:
        await graph.unlimit(tx, cast.viewer.id, cast.one.id)
        await graph.limit(tx, cast.viewer.id, cast.one.id)
    assert await cast.met() == SHOWS["limit"]
    (request,) = await house.get("/api/v1/notifications/requests", cast.viewer)
    await house.post(f"/api/v1/notifications/requests/{request['id']}/dismiss", cast.viewer)
    assert await cast.met() == SHOWS["limit"] - {"aside"}


async def test_streams_of_what_comes_by_itself_keep_silent(house: House) -> None:
    cast = await Cast(house).placed()
    await cast.distance("limit")
    async with (
        events(house, "user", cast.viewer) as home,
        events(house, "public", cast.viewer) as room,
        events(house, "list", cast.viewer, list=cast.list) as kept,
    ):
        await house.say(cast.one, "De loin #nuit")
        await house.say(cast.friend, "De près")
        assert "De loin" in (await kept.next()).payload
        assert ["De près" in (await each.next()).payload for each in (home, room)] == [True, True]
