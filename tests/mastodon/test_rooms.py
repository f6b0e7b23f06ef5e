"""What rooms let be done to what is said in them, rule by rule; what apps may do wrong with them; what is over is gone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from salledepause.features import accounts, posts, rooms
from salledepause.features.accounts import Family
from salledepause.features.rooms import Rings, Room, Rules, Speaks, is_quiet
from salledepause.features.verification import CARERS
from salledepause.kernel.clock import PARIS
from salledepause.kernel.errors import BadInput
from tests.support.house import House, Person
from tests.support.rooms import gather, prove, room

STATUSES, ROOMS = "/api/v1/statuses", "/api/salledepause/v1/rooms"


@pytest.fixture
async def people(house: House) -> dict[str, Person]:
    return {name: person for name, person in (await gather(house)).items() if person}


async def said(house: House, who: Person, text: str, **body: Any) -> tuple[int, Any]:
    answer = await house.call("POST", STATUSES, who, json={"status": text, **body})
    return answer.status_code, answer.json()


def astray(people: dict[str, Person], one: Room, root: str, outside: str) -> list[tuple[Person, dict[str, Any]]]:
    """Return what was meant for a room and cannot go there, by who says it: `root` is in the first room, `outside` in none."""
    keeper, stranger = people["keeper"], people["stranger"]
    return [
        (stranger, {"text": "@la_une je craque"}),
        (stranger, {"text": "Je voulais le dire à @la_une, vraiment"}),
        (stranger, {"text": "Je le dis", "spoiler_text": "pour @la_une"}),
        (keeper, {"text": "@la_un une faute de frappe"}),
        (keeper, {"text": "@la_une et @la_deux"}),
        (keeper, {"text": "@la_deux", "in_reply_to_id": root}),
        (keeper, {"text": "@la_une", "in_reply_to_id": outside}),
        (keeper, {"text": "entre nous", "in_reply_to_id": root, "visibility": "direct"}),
        (keeper, {"text": "@la_une", "quoted_status_id": outside}),
        (keeper, {"text": "vu dedans", "quoted_status_id": root}),
        (stranger, {"text": "Par son numéro", "salledepause": {"room": str(one.id)}}),
        (keeper, {"text": "Nulle part", "salledepause": {"room": "424242"}}),
    ]


async def test_nothing_meant_for_a_room_is_published_elsewhere(house: House, people: dict[str, Person]) -> None:
    keeper, stranger = people["keeper"], people["stranger"]
    one = await room(house, people, "la_une", Rules(speaks=Speaks.MEMBERS))
    other = await room(house, people, "la_deux", Rules())
    root = (await said(house, keeper, "@la_une Bonsoir"))[1]
    outside = (await said(house, keeper, "Dehors"))[1]
    for who, asked in astray(people, one, root["id"], outside["id"]):
        status, body = await said(house, who, **asked)
        assert status in {403, 404, 422}, (asked, body)
    unknown = (await said(house, stranger, "@la_une"))[1]["error"].replace("la_une", "X")
    assert unknown == (await said(house, stranger, "@la_zero"))[1]["error"].replace("la_zero", "X"), (
        "a secret room is not betrayed"
    )
    everything = await house.get("/api/v1/timelines/public")
    assert [one["id"] for one in everything] == [outside["id"]]
    for text, more in (("Merci @LA_UNE", {}), ("Par son numéro", {"salledepause": {"room": str(one.id)}})):
        status, body = await said(house, keeper, text, visibility="public", **more)
        assert (status, body["visibility"], body["salledepause"]["room"]["handle"]) == (200, "private", "la_une")
    assert (await house.get(f"/api/v1/accounts/{keeper.id}"))["statuses_count"] == 1
    later = {"scheduled_at": "2099-01-01T00:00:00Z"}
    assert (await said(house, stranger, "@la_deux plus tard", **later))[0] == 422
    status, planned = await said(house, keeper, "@la_deux plus tard", **later)
    assert status == 200
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE room_members SET standing = 'out' WHERE room_id = %s", [other.id])
        await tx.run("UPDATE scheduled_posts SET at = now() WHERE id = %s", [int(planned["id"])])
    await posts.scheduled.publish(house.site, int(planned["id"]))
    assert len(await house.get("/api/v1/timelines/public")) == 1


async def test_an_edit_and_a_redraft_widen_nothing(house: House, people: dict[str, Person]) -> None:
    keeper = people["keeper"]
    await room(house, people, "la_une", Rules())
    inside, outside = (await said(house, keeper, "@la_une Bonsoir"))[1], (await said(house, keeper, "Dehors"))[1]
    edited = await house.call("PUT", f"{STATUSES}/{inside['id']}", keeper, json={"status": "Sans la nommer #rien"})
    assert edited.json()["salledepause"]["room"]["handle"] == "la_une"
    assert (await house.call("GET", f"{STATUSES}/{inside['id']}", people["stranger"])).status_code == 404
    assert (await house.call("PUT", f"{STATUSES}/{outside['id']}", keeper, json={"status": "@la_une oups"})).status_code == 422
    erased = await house.call("DELETE", f"{STATUSES}/{inside['id']}", keeper)
    assert erased.json()["text"] == "@la_une Sans la nommer #rien"
    answer = (await said(house, people["member"], "@la_une à moi"))[1]
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE room_members SET standing = 'out' WHERE account_id = %s", [people["member"].id])
        tx.touches_everything()
    changed = await house.call("PUT", f"{STATUSES}/{answer['id']}", people["member"], json={"status": "encore"})
    assert changed.status_code == 404
    assert (await house.call("DELETE", f"{STATUSES}/{answer['id']}", people["member"])).status_code == 200


async def test_each_rule_is_kept_where_things_are_done(house: House, people: dict[str, Person]) -> None:
    keeper, member = people["keeper"], people["member"]
    strict = Rules(media=False, scores=False, pace_seconds=60, rings=Rings.NEVER)
    await room(house, people, "stricte", strict)
    await room(house, people, "souple", Rules(reads=rooms.Reads.SIGNED_IN, boosts=True, quotes=True, searchable=True))
    root = (await said(house, keeper, "@stricte @member Bonsoir"))[1]
    assert (await said(house, keeper, "@stricte encore"))[0] == 429
    assert (await said(house, member, "@stricte oui", media_ids=[1]))[0] == 422
    await house.post(f"{STATUSES}/{root['id']}/favourite", member)
    seen = await house.get(f"{STATUSES}/{root['id']}", member)
    assert (seen["favourited"], seen["favourites_count"]) == (True, 0)
    assert await house.get(f"{STATUSES}/{root['id']}/favourited_by", keeper) == []
    assert await house.get("/api/v1/notifications", member) == await house.get("/api/v1/notifications", keeper) == []
    open_one = (await said(house, keeper, "@souple Bonsoir unmotrare"))[1]
    assert (await house.call("POST", f"{STATUSES}/{root['id']}/pin", keeper)).status_code == 422
    await house.post(f"/api/v1/accounts/{member.id}/follow", people["stranger"])
    boost = await house.post(f"{STATUSES}/{open_one['id']}/reblog", member)
    homes = await house.get("/api/v1/timelines/home", people["stranger"])
    assert [one["id"] for one in homes] == [boost["id"]]
    assert (await house.call("GET", f"{STATUSES}/{boost['id']}")).status_code == 404, "visitors read nothing of it"
    status, quoting = await said(house, member, "@souple d'accord", quoted_status_id=open_one["id"])
    assert (status, quoting["quote"]["state"]) == (200, "accepted")
    assert (await said(house, member, "dehors", quoted_status_id=open_one["id"]))[0] == 403


async def test_what_is_over_is_gone(house: House, people: dict[str, Person]) -> None:
    keeper, carer = people["keeper"], people["carer"]
    one = await room(house, people, "soupape", rooms.VENT)
    kept = (await said(house, carer, "@soupape unmotdecolere"))[1]
    assert kept["salledepause"]["expires_at"] > kept["created_at"]
    await house.post(f"{STATUSES}/{kept['id']}/bookmark", keeper)
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE posts SET expires_at = now() - interval '1 second' WHERE room_id = %s", [one.id])
        tx.touches_everything()
    for who in (keeper, carer):
        assert (await house.call("GET", f"{STATUSES}/{kept['id']}", who)).status_code == 404
        assert await house.get(f"{ROOMS}/{one.id}/posts", who) == []
        assert await house.get("/api/v1/bookmarks", who) == []
    await posts.expire(house.site)
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM posts WHERE room_id = %s", [one.id]) == 0
        assert await tx.value("SELECT count(*) FROM gestures") == 0


async def test_doors_of_a_circle(house: House) -> None:
    ines, jean = await house.person("ines"), await house.person("jean")
    made = await house.post(ROOMS, ines, name="Les veilleurs", rules={"most_members": 3})
    one, code = made["room"], made["code"]
    assert one["handle"].startswith("les_veilleurs_")
    assert one["people"] is None
    here = f"{ROOMS}/{one['id']}"
    for body, status in (({}, 404), ({"code": "faux"}, 404)):
        assert (await house.call("POST", f"{here}/enter", jean, json=body)).status_code == status
    assert (await house.post(f"{ROOMS}/enter", jean, code=code))["standing"] == "member"
    await house.post(f"{ROOMS}/enter", await house.person("kim"), code=code)
    third = await house.person("lou")
    assert (await house.call("POST", f"{ROOMS}/enter", third, json={"code": code})).status_code == 409, "full"
    assert (await house.call("POST", f"{here}/leave", ines)).status_code == 409, "its last keeper"
    await house.post(f"{here}/keepers", ines, handle="jean")
    await house.post(f"{here}/leave", ines)
    assert (await house.call("GET", here, ines)).status_code == 404
    new = (await house.post(f"{here}/code", jean))["code"]
    assert (await house.call("POST", f"{ROOMS}/enter", ines, json={"code": code})).status_code == 422
    await house.post(f"{ROOMS}/enter", ines, code=new)
    closed = await house.post(f"{here}/close", jean)
    assert (closed["closed"], closed["may_speak"], closed["may_read"]) == (True, False, True)
    assert (await said(house, jean, f"@{one['handle']} encore"))[0] == 403
    bad = [{"name": ""}, {"name": "x" * 51}, {"name": "a", "rules": {"reads": "everyone"}}, {"name": "a", "listed": True}]
    bad += [
        {"name": "a", "rules": {"most_members": 26}},
        {"name": "a", "rules": {"most_members": 2}},
        {"name": "a", "rules": {"entry": "free"}},
        {"name": "a", "handle": "moi"},
    ]
    bad += [{"name": "a", "rules": {"expires_hours": 73}}, {"name": "a", "rules": {"pace_seconds": -1}}, {"name": {"a": 1}}]
    bad += [{"name": "a", "handle": "moi"}]
    for asked in bad:
        assert (await house.call("POST", ROOMS, ines, json=asked)).status_code in {403, 422}, asked
    reader = await house.person("lectrice", mode="reader")
    assert (await house.call("POST", ROOMS, reader, json={"name": "a"})).status_code == 403


async def test_a_handle_is_a_persons_or_a_rooms(house: House, people: dict[str, Person]) -> None:
    await room(house, people, "la_une", Rules())
    async with house.site.db.transaction() as tx:
        assert not await accounts.hold_handle(tx, "keeper")
        with pytest.raises(BadInput, match="pris"):
            await accounts.create(tx, "La_Une", None)


async def test_few_are_never_counted_and_presence_is_approximate(house: House, people: dict[str, Person]) -> None:
    one = await room(house, people, "veille", Rules(presence=True))
    here = f"{ROOMS}/{one.id}"
    shown = await house.get(here, people["member"])
    assert (shown["people"], shown["presence"]) == (None, "nobody")
    await house.post(f"{here}/glance", people["member_reader"])
    assert (await house.get(here, people["member"]))["presence"] == "some"
    async with house.site.db.transaction() as tx:
        for number in range(2):
            person = await house.person(f"autre_{number}")
            await tx.run("INSERT INTO room_members VALUES (%s, %s, 'member')", [one.id, person.id])
        tx.touches_everything()
    assert (await house.get(here, people["member"]))["people"] == 5
    assert (await house.call("GET", here, people["stranger"])).status_code == 404


def test_quiet_hours_follow_the_clock_of_paris() -> None:
    rules = Rules(quiet_from=22, quiet_to=6)
    for hour, quiet in ((21, False), (22, True), (3, True), (6, False)):
        assert is_quiet(rules, datetime(2026, 7, 1, hour, 30, tzinfo=PARIS)) is quiet
    assert not is_quiet(Rules(), datetime(2026, 7, 1, 3, tzinfo=PARIS))


async def test_the_description_of_our_api_is_that_of_its_answers(house: House, people: dict[str, Person]) -> None:
    described = await house.get("/api/salledepause/openapi.json")
    one = await room(house, people, "la_une", Rules(families=CARERS))
    await prove(house, people["unproven"], Family.PARAMEDICAL)
    asked = {ROOMS: "keeper", f"{ROOMS}/{{id}}": "keeper", "/api/salledepause/v1/verification": "unproven"}
    for path, name in asked.items():
        found = await house.get(path.replace("{id}", str(one.id)), people[name])
        schema = described["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        Draft202012Validator(schema | {"components": described["components"]}).validate(found)
    ours = [path for path in described["paths"] if path.startswith((ROOMS, "/api/salledepause/v1/verification"))]
    assert all(operation["summary"] for path in ours for operation in described["paths"][path].values())
