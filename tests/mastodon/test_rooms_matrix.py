"""The oracle of rooms: for every rule, everybody and every door, what may be read, said and done is what the pure rules say."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest

from salledepause.features.rooms import Reads, Rings, Room, Rules, Speaks, may_know, may_read, may_speak
from salledepause.features.verification import CARERS
from tests.support.house import House, Person
from tests.support.rooms import CAST, gather, room, who

LISTS = (
    "timelines/home",
    "timelines/public",
    "timelines/direct",
    "accounts/{keeper}/statuses",
    "accounts/{keeper}/statuses?pinned=true",
    "timelines/tag/motdiese",
    "trends/statuses",
    "conversations",
)
"""Where nobody, not its author, meets what is said in a room."""
GESTURES = ("favourite", "bookmark", "unbookmark", "unfavourite", "mute", "unmute")
Cell = tuple[str, Any, Any]
"""A door, what was found there, what the oracle says."""


class Scene:
    """One room for each way of reading, a post of its keeper in each, which names everybody."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.cast: dict[str, Person | None] = {}
        self.rooms: list[Room] = []
        self.posts: dict[int, Any] = {}

    async def set(self) -> Scene:
        self.cast = await gather(self.house)
        keeper = self.person("keeper")
        for name in ("stranger", "member"):
            await self.house.post(f"/api/v1/accounts/{keeper.id}/follow", self.cast[name], notify=True)
        named = " ".join(f"@{name}" for name in CAST if name != "visitor")
        for reads in Reads:
            rules = Rules(reads=reads, families=CARERS, searchable=reads is not Reads.FAMILIES, rings=Rings.WORDS)
            one = await room(self.house, self.cast, f"r_{reads}", rules, listed=True)
            text = f"@{one.handle} {named} unmot{reads.replace('_', '')} #motdiese"
            poll = {"options": ["oui", "non"], "expires_in": 3600}
            self.rooms.append(one)
            self.posts[one.id] = await self.house.say(keeper, text, poll=poll, visibility="public")
        return self

    def person(self, name: str) -> Person:
        found = self.cast[name]
        assert found
        return found

    async def status(self, method: str, path: str, viewer: str, **body: Any) -> int:
        given = {"json": body} if body else {}
        return (await self.house.call(method, path, self.cast[viewer], **given)).status_code

    async def body(self, path: str, viewer: str) -> str:
        return (await self.house.call("GET", f"/api/v1/{path}", self.cast[viewer])).text


@pytest.fixture
async def scene(house: House) -> Scene:
    return await Scene(house).set()


async def test_reading_through_every_door(scene: Scene) -> None:
    wrong = [
        f"{name} {one.rules.reads} {where}: {found}, not {expected}"
        for one, name in product(scene.rooms, CAST)
        for where, found, expected in await _doors(scene, one, name)
        if found != expected
    ]
    assert not wrong
    for one, name in product(scene.rooms, ("stranger", "carer", "member", "put_out", "host")):
        found, expected = await _reports(scene, one, name)
        assert found == expected, (one.rules.reads, name)


async def _doors(scene: Scene, one: Room, name: str) -> list[Cell]:
    post, may = scene.posts[one.id], may_read(one.rules, who(name))
    here, inside = f"/api/v1/statuses/{post['id']}", CAST[name][3] in {"member", "keeper"}
    opens = 200 if may else 404
    views = ("", "/context", "/history", "/favourited_by", "/reblogged_by")
    found: list[Cell] = [(path, await scene.status("GET", here + path, name), opens) for path in views]
    found.append(("poll", await scene.status("GET", f"/api/v1/polls/{post['poll']['id']}", name), opens))
    page = 200 if one.rules.reads == "everyone" else 404
    found.append(("page", await scene.status("GET", f"/@keeper/{post['id']}", "visitor"), page))
    found.append(("several", post["id"] in await scene.body(f"statuses?id[]={post['id']}", name), may))
    found.append(("oembed", await scene.status("GET", f"/api/oembed?url={post['url']}", name), 404))
    said = await scene.house.call("GET", f"/api/salledepause/v1/rooms/{one.id}/posts", scene.cast[name])
    found.append(("room", (said.status_code, post["id"] in said.text), (opens, may)))
    listed = await scene.house.call("GET", "/api/salledepause/v1/rooms", scene.cast[name])
    found.append(("rooms", f'"{one.id}"' in listed.text, may_know(one, who(name))))
    for path in LISTS:
        where = path.format(keeper=scene.person("keeper").id)
        found.append((path, post["id"] in await scene.body(where, name), False))
    if name != "visitor":
        found += await _own_doors(scene, one, name, inside=inside)
    return found


async def _own_doors(scene: Scene, one: Room, name: str, *, inside: bool) -> list[Cell]:
    post, may = scene.posts[one.id], may_read(one.rules, who(name))
    here, opens = f"/api/v1/statuses/{post['id']}", 200 if may else 404
    word = re.findall(r"unmot\w+", post["content"])[0]
    listed = 200 if inside and may else 404
    finds = may and one.rules.searchable
    reader = CAST[name][1] == "reader"
    quote = {"status": "vu", "quoted_status_id": post["id"]}
    found: list[Cell] = [
        ("search", post["id"] in (await scene.body(f"../v2/search?q={word}&type=statuses", name)), finds),
        ("from", post["id"] in (await scene.body("../v2/search?q=from:keeper&type=statuses", name)), finds),
        ("tags", "motdiese" in (await scene.body("../v2/search?q=motdiese&type=hashtags", name)), False),
        ("told", post["id"] in await scene.body("notifications", name), may and name != "keeper"),
        ("groups", post["id"] in await scene.body("../v2/notifications", name), may and name != "keeper"),
        ("list", await scene.status("GET", f"/api/v1/timelines/list/{one.id}", name), listed),
        ("lists", f'"{one.id}"' in await scene.body("lists", name), listed == 200),
        ("in list", await scene.status("GET", f"/api/v1/lists/{one.id}/accounts", name), listed),
        ("source", await scene.status("GET", f"{here}/source", name), opens),
        ("reblog", await scene.status("POST", f"{here}/reblog", name), 403 if may else 404),
        ("quote", await scene.status("POST", "/api/v1/statuses", name, **quote), 403 if may or reader else 404),
    ]
    return found + [(one, await scene.status("POST", f"{here}/{one}", name), opens) for one in GESTURES]


async def _reports(scene: Scene, one: Room, name: str) -> tuple[int, int]:
    report = {"account_id": str(scene.person("keeper").id), "status_ids": [scene.posts[one.id]["id"]]}
    opens = 200 if may_read(one.rules, who(name)) else 404
    return await scene.status("POST", "/api/v1/reports", name, **report), opens


async def test_speaking_by_every_rule(house: House) -> None:
    cast = await gather(house)
    wrong: list[tuple[Any, ...]] = []
    for reads, speaks in product(Reads, Speaks):
        rules = Rules(reads=reads, speaks=speaks, families=CARERS)
        one = await room(house, cast, f"s_{reads}_{speaks}", rules)
        root = await house.say(_person(cast, "keeper"), "@" + one.handle)
        for name in list(CAST)[1:]:
            may, reads_it = may_speak(one, who(name)), may_read(rules, who(name))
            reader = CAST[name][1] == "reader"
            mentioned = await house.call("POST", "/api/v1/statuses", cast[name], json={"status": f"Bonjour @{one.handle}"})
            answer = {"status": "oui", "in_reply_to_id": root["id"], "visibility": "public"}
            answered = await house.call("POST", "/api/v1/statuses", cast[name], json=answer)
            for said, hidden in ((mentioned, 422), (answered, 404)):
                expected = 200 if may else 403 if reader or reads_it else hidden
                known = may_know(one, who(name)) and not reads_it
                if said.status_code != expected and not (known and said.status_code == 403):
                    wrong.append((reads, speaks, name, said.status_code, expected))
                if said.status_code == 200 and said.json()["salledepause"].get("room", {}).get("id") != str(one.id):
                    wrong.append((reads, speaks, name, said.json()["visibility"], "not in the room"))
    assert not wrong
    assert await house.get("/api/v1/timelines/public") == []


def _person(cast: dict[str, Person | None], name: str) -> Person:
    found = cast[name]
    assert found
    return found
