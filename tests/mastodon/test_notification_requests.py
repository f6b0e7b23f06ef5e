"""Policies and requests of the API: whose notifications are told, put aside or dropped, and what becomes of those put aside."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.house import House, Person
from tests.support.streams import events

POLICY, REQUESTS, LIST = "/api/v2/notifications/policy", "/api/v1/notifications/requests", "/api/v1/notifications"
DEFAULT = {
    "for_not_following": "accept",
    "for_not_followers": "accept",
    "for_new_accounts": "accept",
    "for_private_mentions": "accept",
    "for_limited_accounts": "filter",
}


async def choose(house: House, who: Person, **given: str) -> Any:
    answer = await house.call("PATCH", POLICY, who, json=given)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def told(house: House, who: Person, **given: Any) -> list[tuple[str, str]]:
    return [(one["type"], one["account"]["acct"]) for one in await house.get(LIST, who, **given)]


async def asked(house: House, who: Person) -> list[tuple[str, str]]:
    return [(one["account"]["acct"], one["notifications_count"]) for one in await house.get(REQUESTS, who)]


async def follow(house: House, who: Person, whom: Person) -> None:
    await house.post(f"/api/v1/accounts/{whom.id}/follow", who)


async def test_the_policy_is_shown_and_changed_in_parts(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    none = {"pending_requests_count": 0, "pending_notifications_count": 0}
    assert await house.get(POLICY, one) == DEFAULT | {"summary": none}
    changed = await choose(house, one, for_not_following="filter", for_limited_accounts="drop")
    assert changed == DEFAULT | {"for_not_following": "filter", "for_limited_accounts": "drop", "summary": none}
    changed = await choose(house, one, for_new_accounts="drop")
    assert changed["for_not_following"] == "filter"
    assert await house.get(POLICY, one) == changed
    assert await house.get(POLICY, two) == DEFAULT | {"summary": none}
    wrongs: tuple[Any, ...] = ("maybe", "", 1, ["filter"], {})
    for wrong in wrongs:
        answer = await house.call("PATCH", POLICY, one, json={"for_not_followers": wrong})
        assert answer.status_code in ({200} if wrong == "" else {422})
    assert await house.get(POLICY, one) == changed


async def test_what_is_put_aside_is_in_no_list_but_on_demand(house: House) -> None:
    one, friend, stranger = [await house.person(name) for name in ("une", "amie", "inconnue")]
    await follow(house, one, friend)
    await choose(house, one, for_not_following="filter")
    post = await house.say(one, "Bonjour")
    for who in (friend, stranger):
        await house.post(f"/api/v1/statuses/{post['id']}/favourite", who)
    hello = await house.say(stranger, "@une enchantée")
    assert await told(house, one) == [("favourite", "amie")]
    every = [("mention", "inconnue"), ("favourite", "inconnue"), ("favourite", "amie")]
    assert await told(house, one, include_filtered="true") == every
    assert await house.get(f"{LIST}/unread_count", one) == {"count": 1}
    assert await house.get(f"{LIST}/unread_count", one, include_filtered=True) == {"count": 3}
    (group,) = (await house.get("/api/v2/notifications", one))["notification_groups"]
    assert (group["notifications_count"], group["sample_account_ids"]) == (1, [str(friend.id)])
    key = f"/api/v2/notifications/{group['group_key']}"
    assert [each["acct"] for each in await house.get(f"{key}/accounts", one)] == ["amie"]
    assert [each["acct"] for each in await house.get(f"{key}/accounts", one, include_filtered=1)] == ["inconnue", "amie"]
    whole = (await house.get("/api/v2/notifications", one, include_filtered=True))["notification_groups"]
    assert [(each["type"], each["notifications_count"]) for each in whole] == [("mention", 1), ("favourite", 2)]
    (request,) = await house.get(REQUESTS, one)
    assert (request["account"]["acct"], request["notifications_count"]) == ("inconnue", "2")
    assert request["last_status"]["id"] == hello["id"]
    assert request["created_at"] <= request["updated_at"]
    assert await house.get(f"{REQUESTS}/{request['id']}", one) == request
    assert (await house.get(POLICY, one))["summary"] == {"pending_requests_count": 1, "pending_notifications_count": 2}


async def test_an_accepted_request_lets_in_the_past_and_the_future(house: House) -> None:
    one, stranger, other = [await house.person(name) for name in ("une", "inconnue", "autre")]
    await choose(house, one, for_not_following="filter")
    for who in (stranger, other):
        await house.say(who, "@une bonjour")
    newest, oldest = await house.get(REQUESTS, one)
    assert [newest["account"]["acct"], oldest["account"]["acct"]] == ["autre", "inconnue"]
    assert await house.post(f"{REQUESTS}/{oldest['id']}/accept", one) == {}
    assert await house.get(f"{REQUESTS}/merged", one) == {"merged": True}
    assert await told(house, one) == [("mention", "inconnue")]
    await house.say(stranger, "@une encore")
    assert await told(house, one) == [("mention", "inconnue")] * 2
    assert await asked(house, one) == [("autre", "1")]
    for verb in ("accept", "dismiss"):
        assert (await house.call("POST", f"{REQUESTS}/{oldest['id']}/{verb}", one)).status_code == 404


async def test_a_dismissed_request_is_gone_until_something_new(house: House) -> None:
    one, stranger = await house.person("une"), await house.person("inconnue")
    await choose(house, one, for_not_following="filter")
    await house.say(stranger, "@une bonjour")
    (request,) = await house.get(REQUESTS, one)
    assert await house.post(f"{REQUESTS}/{request['id']}/dismiss", one) == {}
    assert await asked(house, one) == []
    assert await told(house, one, include_filtered=True) == []
    assert (await house.get(POLICY, one))["summary"] == {"pending_requests_count": 0, "pending_notifications_count": 0}
    await house.say(stranger, "@une encore")
    assert await asked(house, one) == [("inconnue", "1")]


async def test_many_at_once(house: House) -> None:
    one = await house.person("une")
    people = [await house.person(f"p{number}") for number in range(4)]
    await choose(house, one, for_not_following="filter")
    for who in people:
        await house.say(who, "@une bonjour")
    ids = [each["id"] for each in await house.get(REQUESTS, one)]
    answer = await house.call("GET", f"{REQUESTS}?limit=3", one)
    assert [each["id"] for each in answer.json()] == ids[:3]
    following = answer.headers["link"].partition(">")[0].removeprefix("<https://salle.test")
    assert [each["id"] for each in (await house.call("GET", following, one)).json()] == ids[3:]
    assert await house.post(f"{REQUESTS}/accept", one, id=[*ids[:2], "404"]) == {}
    assert await house.post(f"{REQUESTS}/dismiss", one, id=ids[2:3]) == {}
    assert await asked(house, one) == [("p0", "1")]
    assert await told(house, one) == [("mention", "p3"), ("mention", "p2")]
    assert (await house.call("POST", f"{REQUESTS}/accept", one, json={"id": ["x"]})).status_code == 404


async def test_requests_are_their_owners(house: House) -> None:
    one, two, stranger = [await house.person(name) for name in ("une", "deux", "inconnue")]
    await choose(house, one, for_not_following="filter")
    await house.say(stranger, "@une bonjour")
    (request,) = await house.get(REQUESTS, one)
    for method, rest in (("GET", ""), ("POST", "/accept"), ("POST", "/dismiss")):
        assert (await house.call(method, f"{REQUESTS}/{request['id']}{rest}", two)).status_code == 404
    for verb in ("accept", "dismiss"):
        assert await house.post(f"{REQUESTS}/{verb}", two, id=[request["id"]]) == {}
    assert await asked(house, one) == [("inconnue", "1")]
    assert await asked(house, two) == []


async def test_what_is_dropped_was_never_told(house: House) -> None:
    one, stranger = await house.person("une"), await house.person("inconnue")
    await choose(house, one, for_not_following="drop", for_not_followers="filter")
    await house.say(stranger, "@une bonjour")
    assert await told(house, one, include_filtered=True) == []
    await choose(house, one, for_not_following="accept", for_not_followers="accept")
    await house.say(stranger, "@une encore")
    assert len(await told(house, one)) == 1


async def test_followers_and_newcomers(house: House) -> None:
    one, fan, elder, newcomer = [await house.person(name) for name in ("une", "fan", "ancienne", "nouvelle")]
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET created_at = now() - interval '31 days' WHERE id = ANY(%s)", [[elder.id, fan.id]])
    await follow(house, fan, one)
    await choose(house, one, for_not_followers="filter")
    for who in (fan, elder):
        await house.say(who, "@une bonjour")
    assert await told(house, one) == [("mention", "fan"), ("follow", "fan")]
    await choose(house, one, for_not_followers="accept", for_new_accounts="filter")
    for who in (elder, newcomer):
        await house.say(who, "@une rebonjour")
    assert await told(house, one) == [("mention", "ancienne"), ("mention", "fan"), ("follow", "fan")]
    assert await asked(house, one) == [("nouvelle", "1"), ("ancienne", "1")]
    await follow(house, one, newcomer)
    await house.say(newcomer, "@une merci")
    assert (await told(house, one))[0] == ("mention", "nouvelle")


async def test_private_mentions(house: House) -> None:
    one, stranger, friend = [await house.person(name) for name in ("une", "inconnue", "amie")]
    await follow(house, one, friend)
    await choose(house, one, for_private_mentions="filter")
    await house.say(stranger, "@une un mot", visibility="direct")
    await house.say(friend, "@une un mot", visibility="direct")
    await house.say(stranger, "@une devant tous")
    assert await told(house, one) == [("mention", "inconnue"), ("mention", "amie")]
    mine = await house.say(one, "@inconnue une question", visibility="direct")
    await house.say(stranger, "@une une réponse", visibility="direct", in_reply_to_id=mine["id"])
    assert (await told(house, one))[0] == ("mention", "inconnue")
    assert await asked(house, one) == [("inconnue", "1")]


async def test_limited_strangers_wait_until_one_decides(house: House) -> None:
    one, limited, fellow = await house.person("une"), await house.person("mise", silenced=True), await house.person("deux")
    await house.say(limited, "@une @deux bonjour")
    await follow(house, fellow, limited)
    assert await told(house, one) == []
    assert await asked(house, one) == [("mise", "1")]
    await choose(house, one, for_limited_accounts="accept")
    await house.say(limited, "@une @deux encore")
    assert await told(house, one) == [("mention", "mise")]
    assert await told(house, fellow) == [("mention", "mise")]
    await choose(house, one, for_limited_accounts="drop")
    await house.say(limited, "@une @deux toujours")
    assert (len(await told(house, one)), await asked(house, one)) == (1, [("mise", "1")])


async def test_hosts_are_heard_and_what_one_asked_for_is_never_put_aside(house: House) -> None:
    one, host = await house.person("une"), await house.person("hote", role="host")
    poller, alerted = await house.person("sonde"), await house.person("suivie")
    await follow(house, one, alerted)
    await house.post(f"/api/v1/accounts/{alerted.id}/follow", one, notify=True)
    drop = dict.fromkeys(DEFAULT, "drop")
    await choose(house, one, **drop)
    await house.say(host, "@une un mot de la maison", visibility="direct")
    await house.say(alerted, "Du neuf")
    await house.say(poller, "@une bonjour")
    assert await told(house, one) == [("status", "suivie"), ("mention", "hote")]


@pytest.mark.parametrize("way", ["block", "erase", "reader", "suspend"])
async def test_a_request_holds_only_what_may_still_be_read(house: House, way: str) -> None:
    one, stranger = await house.person("une"), await house.person("inconnue")
    await choose(house, one, for_not_following="filter")
    post = await house.say(one, "Bonjour")
    await house.post(f"/api/v1/statuses/{post['id']}/favourite", stranger)
    assert await asked(house, one) == [("inconnue", "1")]
    (request,) = await house.get(REQUESTS, one)
    if way == "block":
        await house.post(f"/api/v1/accounts/{stranger.id}/block", one)
    elif way == "erase":
        await house.post(f"/api/v1/statuses/{post['id']}/unfavourite", stranger)
    else:
        change = {"reader": "mode = 'reader'", "suspend": "state = 'suspended'"}[way]
        async with house.site.db.transaction() as tx:
            await tx.run(f"UPDATE accounts SET {change} WHERE id = %s", [stranger.id])
    assert await asked(house, one) == []
    assert (await house.call("GET", f"{REQUESTS}/{request['id']}", one)).status_code == 404
    assert (await house.get(POLICY, one))["summary"]["pending_requests_count"] == 0


async def test_a_block_takes_the_permission_back(house: House) -> None:
    one, stranger = await house.person("une"), await house.person("inconnue")
    await choose(house, one, for_not_following="filter")
    await house.say(stranger, "@une bonjour")
    await house.post(f"{REQUESTS}/accept", one, id=[each["id"] for each in await house.get(REQUESTS, one)])
    for verb in ("block", "unblock"):
        await house.post(f"/api/v1/accounts/{stranger.id}/{verb}", one)
    await house.say(stranger, "@une encore")
    assert await asked(house, one) == [("inconnue", "1")]


async def test_a_last_status_that_one_may_no_longer_see_is_left_out(house: House) -> None:
    one, stranger = await house.person("une"), await house.person("inconnue")
    await choose(house, one, for_not_following="filter")
    said = await house.say(stranger, "@une bonjour")
    await follow(house, stranger, one)
    await house.call("DELETE", f"/api/v1/statuses/{said['id']}", stranger)
    (request,) = await house.get(REQUESTS, one)
    assert (request["notifications_count"], "last_status" in request) == ("1", False)


async def test_two_who_write_at_once_make_one_request_each(house: House) -> None:
    one = await house.person("une")
    people = [await house.person(f"p{number}") for number in range(3)]
    await choose(house, one, for_not_following="filter")
    await asyncio.gather(*(house.say(who, f"@une {number}") for who in people for number in range(3)))
    assert sorted(await asked(house, one)) == [("p0", "3"), ("p1", "3"), ("p2", "3")]


async def test_streams_hear_nothing_of_what_is_put_aside_and_then_that_it_was_let_in(house: House) -> None:
    one, stranger, friend = [await house.person(name) for name in ("une", "inconnue", "amie")]
    await follow(house, one, friend)
    await choose(house, one, for_not_following="filter")
    async with events(house, "user/notification", one) as stream:
        await house.say(stranger, "@une bonjour")
        await house.say(friend, "@une bonsoir")
        assert (await stream.next()).body["account"]["acct"] == "amie"
        (request,) = await house.get(REQUESTS, one)
        await house.post(f"{REQUESTS}/{request['id']}/accept", one)
        heard = await stream.next()
        assert (heard.event, heard.payload) == ("notifications_merged", "1")
        await house.say(stranger, "@une encore")
        assert (await stream.next()).body["account"]["acct"] == "inconnue"
