"""Lists of the API: their owner's alone, people one follows, what they say at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.house import House, Person


async def circle(house: House) -> tuple[Person, Person, Any]:
    one, two = await house.person("une"), await house.person("deux")
    await house.post(f"/api/v1/accounts/{two.id}/follow", one)
    return one, two, await house.post("/api/v1/lists", one, title="Réa", replies_policy="none")


async def test_a_list_from_its_making_to_its_end(house: House) -> None:
    one, two, made = await circle(house)
    assert made == {"id": made["id"], "title": "Réa", "replies_policy": "none", "exclusive": False}
    assert await house.get("/api/v1/lists", one) == [made]
    assert await house.get(f"/api/v1/lists/{made['id']}", one) == made
    answer = await house.call("PUT", f"/api/v1/lists/{made['id']}", one, data={"title": "Nuits", "exclusive": "true"})
    assert answer.json() == {"id": made["id"], "title": "Nuits", "replies_policy": "none", "exclusive": True}
    members = f"/api/v1/lists/{made['id']}/accounts"
    assert await house.post(members, one, account_ids=[str(two.id)]) == {}
    assert [account["acct"] for account in await house.get(members, one)] == ["deux"]
    assert [entry["title"] for entry in await house.get(f"/api/v1/accounts/{two.id}/lists", one)] == ["Nuits"]
    await house.say(one, "à moi")
    said = await house.say(two, "à elle")
    timeline = await house.get(f"/api/v1/timelines/list/{made['id']}", one)
    assert [post["id"] for post in timeline] == [said["id"]]
    answer = await house.call("DELETE", members, one, json={"account_ids": [str(two.id)]})
    assert (answer.status_code, answer.json()) == (200, {})
    assert await house.get(members, one) == []
    answer = await house.call("DELETE", f"/api/v1/lists/{made['id']}", one)
    assert (answer.status_code, answer.json()) == (200, {})
    assert await house.get("/api/v1/lists", one) == []


async def test_only_people_one_follows_all_or_none(house: House) -> None:
    one, two, made = await circle(house)
    stranger = await house.person("trois")
    members = f"/api/v1/lists/{made['id']}/accounts"
    for wanted in ([stranger.id], [two.id, stranger.id], ["404"], ["x"]):
        answer = await house.call("POST", members, one, json={"account_ids": [str(who) for who in wanted]})
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})
    assert await house.get(members, one) == []


async def test_every_door_of_anothers_list_is_closed(house: House) -> None:
    one, two, made = await circle(house)
    await house.post(f"/api/v1/accounts/{one.id}/follow", two)
    path = f"/api/v1/lists/{made['id']}"
    for method, where, given in (
        ("GET", path, None),
        ("PUT", path, {"title": "Volée"}),
        ("DELETE", path, None),
        ("GET", f"{path}/accounts", None),
        ("POST", f"{path}/accounts", {"account_ids": [str(one.id)]}),
        ("DELETE", f"{path}/accounts", {"account_ids": [str(two.id)]}),
        ("GET", f"/api/v1/timelines/list/{made['id']}", None),
    ):
        assert (await house.call(method, where, two, json=given)).status_code == 404
        assert (await house.call(method, where, json=given)).status_code == 401
    assert await house.get(f"/api/v1/accounts/{two.id}/lists", two) == []
    assert await house.get(path, one) == made


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"title": ""},
        {"title": "x" * 256},
        {"title": "\u200b \n"},
        {"title": "ok", "replies_policy": "all"},
        {"title": ["a", "b"]},
    ],
)
async def test_a_list_has_a_title_of_bounded_length(house: House, given: dict[str, Any]) -> None:
    one = await house.person("une")
    assert (await house.call("POST", "/api/v1/lists", one, json=given)).status_code == 422


async def test_members_are_bounded_and_paged(house: House) -> None:
    one, _, made = await circle(house)
    members = f"/api/v1/lists/{made['id']}/accounts"
    answer = await house.call("POST", members, one, json={"account_ids": [str(number) for number in range(501)]})
    assert answer.status_code == 422
    async with house.site.db.transaction() as tx:
        await tx.run("INSERT INTO accounts (id, handle, family) SELECT i, 'p' || i, 'autre' FROM generate_series(1, 100) AS i")
        await tx.run("INSERT INTO list_members SELECT %s, i FROM generate_series(1, 100) AS i", [int(made["id"])])
    assert len(await house.get(members, one)) == 40
    assert len(await house.get(members, one, limit=500)) == 80
    everybody = await house.call("GET", f"{members}?limit=0", one)
    assert len(everybody.json()) == 100
    assert 'rel="next"' not in everybody.headers["link"]
