"""Being told that one was put in a collection: once, by whom one may hear from, as long as one is in it."""

from __future__ import annotations

from typing import Any

from salledepause.features import notifications
from salledepause.features.graph import Recommended
from tests.mastodon.test_collections import ALL, gathers
from tests.support.house import House, Person
from tests.support.streams import events

V1, V2 = "/api/v1/notifications", "/api/v2/notifications"
KIND = "added_to_collection"


async def told(house: House, who: Person, **how: Any) -> list[Any]:
    return [one for one in await house.get(V1, who, **how) if one["type"] == KIND]


async def test_who_is_put_in_one_is_told_once(house: House) -> None:
    ana, ben = await house.person("ana", name="Ana <3"), await house.person("ben")
    made = await gathers(house, ana, ana, ben)
    (one,) = await told(house, ben)
    assert (one["account"]["acct"], one["collection"]["id"], one["collection"]["name"]) == ("ana", made["id"], "Mes nuits")
    assert "status" not in one
    assert one["group_key"] == f"ungrouped-{one['id']}"
    assert await told(house, ana) == []
    items, item = f"{ALL}/{made['id']}/items", made["items"][1]["id"]
    await house.post(items, ana, account_id=str(ben.id))
    assert await told(house, ben) == [one]
    await house.call("PATCH", f"{ALL}/{made['id']}", ana, json={"name": "Mes jours"})
    assert [again["collection"]["name"] for again in await told(house, ben)] == ["Mes jours"]
    await house.call("DELETE", f"{items}/{item}", ana)
    assert await told(house, ben) == []
    assert await house.get(f"{V1}/unread_count", ben) == {"count": 0}
    await house.post(items, ana, account_id=str(ben.id))
    assert [again["id"] for again in await told(house, ben)] == [one["id"]]
    await house.post(f"{V1}/{one['id']}/dismiss", ben)
    await house.post(items, ana, account_id=str(ben.id))
    assert await told(house, ben) == []


async def test_streams_say_it_and_a_second_reaction_says_nothing(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    async with events(house, "user/notification", ben) as stream:
        made = await gathers(house, ana, ben)
        heard = await stream.next()
        assert (heard.event, heard.body["type"], heard.body["collection"]["id"]) == ("notification", KIND, made["id"])
    async with house.site.db.transaction() as tx:
        await notifications.collected(tx, Recommended(int(made["id"]), ana.id, ben.id))
    assert len(await told(house, ben)) == 1


async def test_it_goes_with_the_collection_and_with_who_made_it(house: House) -> None:
    ana, ben, eve = await house.person("ana"), await house.person("ben"), await house.person("eve")
    first, second, third = await gathers(house, ana, ben), await gathers(house, ana, ben), await gathers(house, eve, ben)
    assert len(await told(house, ben)) == 3
    await house.call("DELETE", f"{ALL}/{first['id']}", ana)
    assert [one["collection"]["id"] for one in await told(house, ben)] == [third["id"], second["id"]]
    await house.post(f"{ALL}/{second['id']}/items/{second['items'][0]['id']}/revoke", ben)
    assert [one["collection"]["id"] for one in await told(house, ben)] == [third["id"]]
    await house.call("PATCH", "/api/v1/accounts/update_credentials", eve, json={"salledepause": {"mode": "reader"}})
    assert await told(house, ben) == []


async def test_nobody_is_told_across_a_block_a_mute_or_what_they_wish(house: House) -> None:
    ana = await house.person("ana")
    shut, deaf, far, picky = [await house.person(name) for name in ("ferme", "sourd", "loin", "choisit")]
    await house.post(f"/api/v1/accounts/{ana.id}/mute", deaf)
    await house.call("PATCH", f"{V2}/policy", picky, json={"for_not_following": "filter"})
    await house.call("PATCH", f"{V2}/policy", far, json={"for_not_following": "drop"})
    made = await gathers(house, ana, shut, deaf, far, picky)
    for who in (deaf, far, picky):
        assert await told(house, who) == []
    assert len(await told(house, picky, include_filtered="true")) == 1
    assert [one["account"]["acct"] for one in await house.get(f"{V1}/requests", picky)] == ["ana"]
    assert len(await told(house, shut)) == 1
    await house.post(f"/api/v1/accounts/{ana.id}/block", shut)
    assert await told(house, shut) == []
    assert made["item_count"] == 4


async def test_an_app_that_knows_nothing_of_it_gets_words(house: House) -> None:
    ana, ben = await house.person("ana", name="Ana <3"), await house.person("ben")
    await gathers(house, ana, ben)
    (plain,) = await told(house, ben)
    assert "fallback" not in plain
    (one,) = await told(house, ben, **{"supported_types[]": ["follow"]})
    assert one["fallback"]["title"] == "Ana &lt;3 recommends you in a collection"
    assert 'href="https://salle.test/notifications"' in one["fallback"]["summary"]
    assert one["fallback"]["details"] is None
    single = await house.get(f"{V1}/{one['id']}", ben, **{"supported_types[]": ["follow"]})
    assert single == one
    assert "fallback" not in await house.get(f"{V1}/{one['id']}", ben, **{"supported_types[]": [KIND]})
    page = await house.get(V2, ben, **{"supported_types[]": ["follow"]})
    (group,) = page["notification_groups"]
    assert (group["type"], group["fallback"], group["collection"]) == (KIND, one["fallback"], one["collection"])
    assert [who["acct"] for who in page["accounts"]] == ["ana"]
    alone = await house.get(f"{V2}/{group['group_key']}", ben, **{"supported_types[]": [KIND]})
    assert "fallback" not in alone["notification_groups"][0]
    french = await house.call("GET", V1, ben, params={"supported_types[]": "follow"}, headers={"accept-language": "fr"})
    assert french.json()[0]["fallback"]["title"] == "Ana &lt;3 vous recommande dans une collection"
