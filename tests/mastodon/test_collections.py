"""Collections: made, read by all, left for good by who is in them; nobody who does not wish to be found is put in one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.house import House, Person

ALL = "/api/v1/collections"


async def gathers(house: House, who: Person, *people: Person, **how: Any) -> Any:
    body = {"name": "Mes nuits", "discoverable": True} | how
    return (await house.post(ALL, who, account_ids=[str(one.id) for one in people], **body))["collection"]


async def held(house: House, collection: Any, viewer: Person | None = None) -> list[str]:
    found = await house.get(f"{ALL}/{collection['id']}", viewer)
    assert found["collection"]["item_count"] == len(found["collection"]["items"])
    return [one["username"] for one in found["accounts"][1:]]


async def test_a_collection_is_made_and_read_by_all(house: House) -> None:
    ana, ben, dan = await house.person("ana"), await house.person("ben"), await house.person("dan")
    made = await gathers(house, ana, ben, dan, description="La relève", language="fr", tag_name="#nuit", sensitive="1")
    assert (made["account_id"], made["name"], made["description"]) == (str(ana.id), "Mes nuits", "La relève")
    assert (made["language"], made["tag"]["name"], made["sensitive"], made["local"]) == ("fr", "nuit", True, True)
    found = await house.get(f"{ALL}/{made['id']}")
    assert [one["username"] for one in found["accounts"]] == ["ana", "ben", "dan"]
    assert found["collection"] == made
    assert [one["state"] for one in made["items"]] == ["accepted", "accepted"]


async def test_only_what_is_given_changes(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    made = await gathers(house, ana, ben, tag_name="nuit", language="fr")
    path = f"{ALL}/{made['id']}"
    changed = (await house.call("PATCH", path, ana, json={"name": "Le jour", "tag_name": ""})).json()["collection"]
    assert (changed["name"], changed["tag"], changed["language"], changed["discoverable"]) == ("Le jour", None, "fr", True)
    assert (await house.call("PATCH", path, ben, json={"name": "À moi"})).status_code == 404
    assert (await house.call("DELETE", path, ben)).status_code == 404
    assert (await house.call("DELETE", path, ana)).json() == {}
    assert (await house.call("GET", path, ana)).status_code == 404


async def test_what_is_not_to_be_found_is_not_listed(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    shown, hidden = await gathers(house, ana), await gathers(house, ana, discoverable=False)
    path = f"/api/v1/accounts/{ana.id}/collections"
    assert [one["id"] for one in (await house.get(path, ana))["collections"]] == [hidden["id"], shown["id"]]
    assert [one["id"] for one in (await house.get(path, ben))["collections"]] == [shown["id"]]
    assert [one["id"] for one in (await house.get(path, ana, limit=1, offset=1))["collections"]] == [shown["id"]]
    assert await held(house, hidden, ben) == []
    await house.call("PATCH", "/api/v1/profile", ana, json={"hide_collections": True})
    assert (await house.get(path, ben))["collections"] == []


async def test_people_are_put_in_and_taken_out_by_the_owner(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    made = await gathers(house, ana)
    items = f"{ALL}/{made['id']}/items"
    item = (await house.post(items, ana, account_id=str(ben.id)))["collection_item"]
    assert (await house.post(items, ana, account_id=str(ben.id)))["collection_item"] == item
    assert await held(house, made) == ["ben"]
    for path in (f"{items}/{item['id']}", f"{ALL}/{int(made['id']) + 1}/items/{item['id']}"):
        assert (await house.call("DELETE", path, ben)).status_code == 404
    assert (await house.call("POST", items, ben, json={"account_id": str(ben.id)})).status_code == 404
    assert (await house.call("DELETE", f"{items}/{item['id']}", ana)).json() == {}
    assert await held(house, made) == []


async def test_who_is_in_one_leaves_it_for_good(house: House) -> None:
    ana, ben, eve = await house.person("ana"), await house.person("ben"), await house.person("eve")
    made = await gathers(house, ana, ben)
    item = f"{ALL}/{made['id']}/items/{made['items'][0]['id']}"
    mine = f"/api/v1/accounts/{ben.id}/in_collections"
    assert [one["id"] for one in (await house.get(mine, ben))["collections"]] == [made["id"]]
    assert (await house.call("GET", mine, eve)).status_code == 404
    for other in (eve, ana):
        assert (await house.call("POST", item + "/revoke", other)).status_code == 404
    assert await house.post(item + "/revoke", ben) == {}
    assert (await house.get(mine, ben))["collections"] == []
    assert await held(house, made, ana) == []
    again = await house.call("POST", f"{ALL}/{made['id']}/items", ana, json={"account_id": str(ben.id)})
    assert again.status_code == 403


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"discoverable": False}, 403),
        ({"mode": "reader"}, 403),
        ({"state": "suspended"}, 404),
        ({"state": "pending"}, 404),
    ],
)
async def test_who_does_not_wish_to_be_found_is_put_in_none(house: House, how: dict[str, Any], status: int) -> None:
    ana, other = await house.person("ana"), await house.person("autre", **how)
    refused = await house.call("POST", ALL, ana, json={"name": "x", "account_ids": [str(other.id)]})
    assert refused.status_code == status
    assert (await house.get(f"/api/v1/accounts/{ana.id}/collections", ana))["collections"] == []


async def test_a_block_hides_both_ways(house: House) -> None:
    ana, ben, eve = await house.person("ana"), await house.person("ben"), await house.person("eve")
    made = await gathers(house, ana, ben)
    await house.post(f"/api/v1/accounts/{eve.id}/block", ben)
    assert await held(house, made, eve) == []
    await house.post(f"/api/v1/accounts/{eve.id}/block", ana)
    assert (await house.call("GET", f"{ALL}/{made['id']}", eve)).status_code == 404
    assert (await house.get(f"/api/v1/accounts/{ana.id}/collections", eve))["collections"] == []
    assert (await house.call("POST", ALL, eve, json={"name": "x", "account_ids": [str(ben.id)]})).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": " "},
        {"name": "x" * 41},
        {"name": "x", "description": "x" * 101},
        {"name": "x", "language": "!"},
        {"name": "x", "tag_name": "deux mots"},
        {"name": "x", "discoverable": "peut-être"},
        {"name": "x", "account_ids": "12"},
    ],
)
async def test_what_cannot_be_is_refused(house: House, body: dict[str, Any]) -> None:
    ana = await house.person("ana")
    assert (await house.call("POST", ALL, ana, json=body)).status_code in {404, 422}
    assert (await house.get(f"/api/v1/accounts/{ana.id}/collections", ana))["collections"] == []


async def test_there_are_bounds(house: House) -> None:
    ana, reader = await house.person("ana"), await house.person("lit", mode="reader")
    for _ in range(10):
        made = await gathers(house, ana)
    assert (await house.call("POST", ALL, ana, json={"name": "x"})).status_code == 422
    assert (await house.call("POST", ALL, reader, json={"name": "x"})).status_code == 403
    for number in range(25):
        one = await house.person(f"p{number}")
        await house.post(f"{ALL}/{made['id']}/items", ana, account_id=str(one.id))
    full = await house.call("POST", f"{ALL}/{made['id']}/items", ana, json={"account_id": str(ana.id)})
    assert full.status_code == 422
    assert len(await held(house, made)) == 25
