"""Whatever happens to rooms, in whichever process, what is remembered is right at once; streams hear no more than they may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest

from salledepause.features import posts, rooms, verification
from salledepause.features.accounts import Family
from salledepause.features.rooms import Change, Entry, Opening, Reads, Rings, Room, Rules, Speaks
from salledepause.features.verification import CARERS
from salledepause.kernel.config import Settings
from tests.mastodon.test_windows import agree, ask
from tests.support.histories import four_processes
from tests.support.house import House, Person
from tests.support.recorder import Recorder
from tests.support.rooms import prove
from tests.support.streams import events

STEPS = 50
NAMES = ("ines", "jean", "kim", "lou")
DEEDS = (*["say"] * 5, *["enter"] * 2, "leave", "out", "back", "prove", "doubt", "rule", "edit", "like")
WAYS = (Reads.MEMBERS, Reads.VERIFIED, Reads.EVERYONE, Reads.SIGNED_IN)


@pytest.fixture
async def houses(settings: Settings, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[House]]:
    async with four_processes(settings, recorder, monkeypatch) as opened:
        yield opened


class Corridor:
    """Some people, two rooms, and what they do at random through two processes of a host."""

    def __init__(self, seed: int, houses: list[House]) -> None:
        self.random = Random(seed)  # noqa: S311 - a history to replay, no secret
        self.houses = houses
        self.people: list[Person] = []
        self.rooms: list[Room] = []
        self.posts: list[str] = []

    async def set(self) -> Corridor:
        self.people = [await self.houses[0].person(name, family=Family.MEDICAL, role="host") for name in NAMES]
        async with self.houses[0].site.db.transaction() as tx:
            for handle in ("la_une", "la_deux"):
                rules = Rules(reads=Reads.MEMBERS, speaks=Speaks.MEMBERS, families=CARERS, entry=Entry.FREE, rings=Rings.WORDS)
                opening = Opening(name=handle, handle=handle, rules=rules, listed=True)
                made = await rooms.create(tx, self.people[0].id, opening)
                self.rooms.append((await rooms.one(tx, self.people[0].id, made.id)).room)
        return self

    async def act(self) -> str:
        name = self.random.choice(DEEDS)
        house, who = self.random.choice(self.houses[:2]), self.random.choice(self.people)
        room = self.random.choice(self.rooms)
        if name in {"leave", "out"} and who is self.people[0]:
            who = self.people[1]  # somebody has to keep the rooms
        await getattr(self, f"_{name}")(house, who, room)
        return f"{name} by {who.handle} in {room.handle}"

    async def _say(self, house: House, who: Person, room: Room) -> None:
        body: dict[str, Any] = {"status": f"@{room.handle} @{self.random.choice(NAMES)} {self.random.random()}"}
        said = await house.call("POST", "/api/v1/statuses", who, json=body)
        if said.status_code == 200:
            self.posts.append(said.json()["id"])

    async def _enter(self, house: House, who: Person, room: Room) -> None:
        await house.call("POST", f"/api/salledepause/v1/rooms/{room.id}/enter", who)

    async def _leave(self, house: House, who: Person, room: Room) -> None:
        await house.call("POST", f"/api/salledepause/v1/rooms/{room.id}/leave", who)

    async def _out(self, house: House, who: Person, room: Room) -> None:
        body = {"account_id": str(who.id), "reason": "Trop de bruit."}
        await house.call("POST", f"/api/salledepause/v1/rooms/{room.id}/out", self.people[0], json=body)

    async def _back(self, house: House, who: Person, room: Room) -> None:
        body = {"account_id": str(who.id)}
        await house.call("POST", f"/api/salledepause/v1/rooms/{room.id}/in", self.people[0], json=body)

    async def _prove(self, house: House, who: Person, room: Room) -> None:
        del room
        async with house.site.db.transaction() as tx:
            code = await verification.create_code(tx, self.people[0].id, Family.MEDICAL)
            await verification.use_code(tx, house.site, who.id, code)

    async def _doubt(self, house: House, who: Person, room: Room) -> None:
        del room
        await house.call("DELETE", "/api/salledepause/v1/verification", who)

    async def _rule(self, house: House, who: Person, room: Room) -> None:
        del who
        async with house.site.db.transaction() as tx:
            rules = await rooms.rules(tx, room.id)
            changed = {"reads": self.random.choice(WAYS), "scores": self.random.random() < 0.5}
            wanted = Rules(**{name: getattr(rules, name) for name in Rules.__struct_fields__} | changed)
            if rooms.opens_wider(rules, wanted):  # a room where people spoke is not
                await posts.erase_all(tx, await tx.values("SELECT id FROM posts WHERE room_id = %s", [room.id]))
            await rooms.change(tx, self.people[0].id, room.id, Change(rules=wanted))

    async def _edit(self, house: House, who: Person, room: Room) -> None:
        del room
        if self.posts:
            body = {"status": f"Corrigé {self.random.random()}"}
            await house.call("PUT", f"/api/v1/statuses/{self.random.choice(self.posts)}", who, json=body)

    async def _like(self, house: House, who: Person, room: Room) -> None:
        del room
        if self.posts:
            verb = self.random.choice(("favourite", "bookmark"))
            await house.call("POST", f"/api/v1/statuses/{self.random.choice(self.posts)}/{verb}", who)

    def probes(self) -> list[tuple[Person | None, str]]:
        room = self.random.choice(self.rooms)
        paths = [f"../salledepause/v1/rooms/{room.id}/posts", f"timelines/list/{room.id}", "notifications", "bookmarks", "lists"]
        paths += ["timelines/home", "timelines/public"]
        if self.posts:
            recent = self.random.choice(self.posts[-6:])
            paths += [f"statuses/{recent}", f"statuses/{recent}/context"]
        return [(self.random.choice([*self.people, None]), path) for path in paths]


@pytest.mark.parametrize("seed", [43])
async def test_what_is_remembered_of_rooms_is_what_the_database_would_give(houses: list[House], seed: int) -> None:
    corridor = await Corridor(seed, houses).set()
    kept = 0
    for _ in range(STEPS):
        questions = corridor.probes()
        for house in houses[:3]:
            for question in questions:
                await ask(house, *question)
        done = await corridor.act()
        for question in questions:
            right = await ask(houses[3], *question)
            for house in houses[:2]:
                assert await ask(house, *question) == right, (done, question)
            assert await agree(houses[2], question, right), (done, question)
            kept += right[0] == 200
    assert kept > STEPS * 3
    assert len(corridor.posts) > 4


async def test_an_open_stream_ends_with_ones_place_in_the_room(house: House) -> None:
    keeper = await house.person("ines", family=Family.MEDICAL, role="host")
    member = await house.person("jean", family=Family.MEDICAL)
    await prove(house, member, Family.MEDICAL)
    rules = {"reads": "verified", "speaks": "verified", "families": list(CARERS), "entry": "free"}
    made = await house.post("/api/salledepause/v1/rooms", keeper, name="Veille", handle="veille", listed=True, rules=rules)
    room = made["room"]["id"]
    await house.post(f"/api/salledepause/v1/rooms/{room}/enter", member)
    async with events(house, "list", member, list=room) as there, events(house, "user", member) as own:
        first = await house.say(keeper, "@veille Bonsoir")
        heard = await there.next()
        assert (heard.event, heard.body["id"]) == ("update", first["id"])
        erased = await house.call("DELETE", f"/api/v1/statuses/{first['id']}", keeper)
        assert erased.json()["text"] == "@veille Bonsoir"
        assert (await there.next())[1:] == ("delete", first["id"])
        await house.post(f"/api/salledepause/v1/rooms/{room}/leave", member)
        await house.say(keeper, "@veille Encore là ?")
        assert await there.quiet()
        await house.post(f"/api/salledepause/v1/rooms/{room}/out", keeper, account_id=str(member.id), reason="Trop de bruit.")
        assert (await own.next()).body["type"] == "moderation_warning", "why, and nothing else"
        await house.say(keeper, "@veille @jean Rien que nous")
        public = await house.say(keeper, "@jean Pour tous")
        told = await own.next()
        assert (told.event, told.body["status"]["id"]) == ("notification", public["id"])
