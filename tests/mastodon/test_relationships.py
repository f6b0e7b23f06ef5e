"""Follows, requests, blocks, mutes and tags of the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.house import House, Person

FIELDS = {
    "id", "following", "showing_reblogs", "notifying", "languages", "followed_by", "blocking", "blocked_by", "muting",
    "muting_notifications", "muting_expires_at", "requested", "requested_by", "domain_blocking", "endorsed", "note",
    "salledepause",
}  # fmt: skip


async def act(house: House, who: Person, verb: str, whom: Person, **given: Any) -> Any:
    return await house.post(f"/api/v1/accounts/{whom.id}/{verb}", who, **given)


async def names(house: House, path: str, who: Person | None = None, **given: Any) -> list[str]:
    return [one["acct"] for one in await house.get(path, who, **given)]


async def test_follow_and_unfollow(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    tie = await act(house, one, "follow", two)
    assert set(tie) == FIELDS
    assert (tie["id"], tie["following"], tie["showing_reblogs"], tie["notifying"]) == (str(two.id), True, True, False)
    assert await names(house, f"/api/v1/accounts/{one.id}/following", two) == ["deux"]
    assert await names(house, f"/api/v1/accounts/{two.id}/followers") == ["une"]
    assert (await house.get(f"/api/v1/accounts/{two.id}"))["followers_count"] == 1
    tie = await act(house, one, "follow", two, reblogs=False, notify=True, languages=["fr"])
    assert (tie["showing_reblogs"], tie["notifying"], tie["languages"]) == (False, True, ["fr"])
    assert (await act(house, one, "unfollow", two))["following"] is False
    assert (await house.get(f"/api/v1/accounts/{two.id}"))["followers_count"] == 0


async def test_a_post_without_body_is_enough(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    for verb, flag, value in (("follow", "following", True), ("mute", "muting", True), ("block", "blocking", True)):
        answer = await house.call("POST", f"/api/v1/accounts/{two.id}/{verb}", one)
        assert answer.json()[flag] is value
    for verb, flag in (("unmute", "muting"), ("unblock", "blocking"), ("unmute", "muting"), ("unblock", "blocking")):
        answer = await house.call("POST", f"/api/v1/accounts/{two.id}/{verb}", one)
        assert (answer.status_code, answer.json()[flag]) == (200, False)


async def test_form_and_query_spellings(house: House) -> None:
    one, two, three = [await house.person(name) for name in ("une", "deux", "trois")]
    given = {"reblogs": "False", "languages[]": ["fr", "en"]}
    answer = await house.call("POST", f"/api/v1/accounts/{two.id}/follow", one, data=given)
    assert (answer.json()["showing_reblogs"], answer.json()["languages"]) == (False, ["en", "fr"])
    path = "/api/v1/accounts/relationships"
    both = f"id[]={two.id}&id[]={three.id}"
    for query in (both, f"id={two.id}&id={three.id}", f"{both}&id[]=12&id[]=x"):
        found = (await house.call("GET", f"{path}?{query}", one)).json()
        assert str(three.id) in [tie["id"] for tie in found]
    assert (await house.call("GET", f"{path}?id={two.id}", one)).json()[0]["following"] is True
    assert await house.get(path, one) == []


async def test_relationships_keep_the_order_and_hide_the_suspended(house: House) -> None:
    one, two, three = [await house.person(name) for name in ("une", "deux", "trois")]
    gone = await house.person("partie", state="suspended")
    wanted = {"id[]": [three.id, gone.id, two.id]}
    path = "/api/v1/accounts/relationships"
    assert [tie["id"] for tie in await house.get(path, one, **wanted)] == [str(three.id), str(two.id)]
    assert len(await house.get(path, one, **wanted, with_suspended="true")) == 3


async def test_requests_are_listed_and_decided(house: House) -> None:
    close = await house.person("close", locked=True)
    one, two, three = [await house.person(name) for name in ("une", "deux", "trois")]
    for who in (one, two, three):
        tie = await act(house, who, "follow", close)
        assert (tie["following"], tie["requested"]) == (False, True)
    assert await names(house, "/api/v1/follow_requests", close) == ["trois", "deux", "une"]
    assert (await house.get("/api/v1/accounts/verify_credentials", close))["source"]["follow_requests_count"] == 3
    assert (await house.post(f"/api/v1/follow_requests/{one.id}/authorize", close))["followed_by"] is True
    assert (await house.post(f"/api/v1/follow_requests/{two.id}/reject", close))["followed_by"] is False
    assert await names(house, "/api/v1/follow_requests", close) == ["trois"]
    for verb in ("authorize", "reject"):
        answer = await house.call("POST", f"/api/v1/follow_requests/{two.id}/{verb}", close)
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})
    assert await names(house, f"/api/v1/accounts/{close.id}/followers") == ["une"]
    assert (await act(house, close, "remove_from_followers", one))["followed_by"] is False
    assert await names(house, f"/api/v1/accounts/{close.id}/followers") == []


async def test_blocks_and_mutes_are_listed(house: House) -> None:
    one, two, three = [await house.person(name) for name in ("une", "deux", "trois")]
    assert await house.get("/api/v1/blocks", one) == []
    assert await house.get("/api/v1/mutes", one) == []
    await act(house, one, "block", two)
    tie = await act(house, one, "mute", two, duration=3600, notifications=False)
    assert (tie["muting"], tie["muting_notifications"]) == (True, False)
    assert tie["muting_expires_at"].endswith("Z")
    await act(house, one, "mute", three)
    assert await names(house, "/api/v1/blocks", one) == ["deux"]
    muted = await house.get("/api/v1/mutes", one)
    assert [(one["acct"], one["mute_expires_at"] is None) for one in muted] == [("trois", True), ("deux", False)]
    found = await house.get("/api/v1/accounts/search", one, q="deux", resolve="true")
    assert [account["acct"] for account in found] == ["deux"]


async def test_who_is_blocked_cannot_follow(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    await act(house, one, "block", two)
    answer = await house.call("POST", f"/api/v1/accounts/{one.id}/follow", two)
    assert answer.status_code == 403
    assert set(answer.json()) == {"error"}
    assert (await house.call("POST", f"/api/v1/accounts/{one.id}/follow", one)).status_code == 403


@pytest.mark.parametrize("verb", ["follow", "unfollow", "block", "unblock", "mute", "unmute", "remove_from_followers"])
async def test_nobody_is_there(house: House, verb: str) -> None:
    one, waiting = await house.person("une"), await house.person("attente", state="pending")
    for ghost in ("404", "x", "99999999999999999999", str(waiting.id)):
        answer = await house.call("POST", f"/api/v1/accounts/{ghost}/{verb}", one)
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})
    assert (await house.call("POST", f"/api/v1/accounts/{one.id}/{verb}")).status_code == 401


@pytest.mark.parametrize("given", [{"duration": -1}, {"duration": 10**15}, {"duration": "longtemps"}, {"duration": 10**40}])
async def test_a_mute_lasts_a_number_of_seconds(house: House, given: dict[str, Any]) -> None:
    one, two = await house.person("une"), await house.person("deux")
    assert (await house.call("POST", f"/api/v1/accounts/{two.id}/mute", one, json=given)).status_code == 422


@pytest.mark.parametrize("languages", [["fr"] * 51, ["pas une langue"], ["x" * 2000], [1]])
async def test_languages_of_a_follow_are_bounded(house: House, languages: list[Any]) -> None:
    one, two = await house.person("une"), await house.person("deux")
    answer = await house.call("POST", f"/api/v1/accounts/{two.id}/follow", one, json={"languages": languages})
    assert answer.status_code == 422


async def test_relationships_are_bounded(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    answer = await house.call("GET", "/api/v1/accounts/relationships", one, params={"id[]": [1] * 200 + [two.id]})
    assert answer.json() == []


async def test_followers_are_paged_and_the_last_page_has_no_next(house: House) -> None:
    star = await house.person("star")
    crowd = [await house.person(f"p{number}") for number in range(5)]
    for who in crowd:
        await act(house, who, "follow", star)
    path, found = f"/api/v1/accounts/{star.id}/followers?limit=2", []
    for _ in range(4):
        answer = await house.call("GET", path, crowd[0])
        found += [one["acct"] for one in answer.json()]
        if 'rel="next"' not in answer.headers.get("link", ""):
            break
        assert answer.headers["link"].startswith(f"<https://salle.test/api/v1/accounts/{star.id}/followers?limit=2&max_id=")
        path = answer.headers["link"].partition(">")[0].removeprefix("<https://salle.test")
    assert found == ["p4", "p3", "p2", "p1", "p0"]
    assert 'rel="next"' not in answer.headers["link"]


async def test_hidden_collections_and_readers(house: House) -> None:
    one, two = await house.person("une", hide_collections=True), await house.person("deux")
    quiet = await house.person("discret", mode="reader")
    for who, whom in ((one, two), (two, one), (quiet, two), (two, quiet)):
        await act(house, who, "follow", whom)
    assert await names(house, f"/api/v1/accounts/{one.id}/followers", two) == []
    assert await names(house, f"/api/v1/accounts/{one.id}/followers", one) == ["deux"]
    assert await names(house, f"/api/v1/accounts/{two.id}/followers", one) == ["une"]
    assert await names(house, f"/api/v1/accounts/{two.id}/following", one) == ["une"]
    ties = await house.get("/api/v1/accounts/relationships", two, id=quiet.id)
    assert (ties[0]["following"], ties[0]["followed_by"]) == (True, False)
    assert [one["type"] for one in await house.get("/api/v1/notifications", two)] == ["follow"]


async def test_tags_are_followed_and_shown(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    tag = await house.get("/api/v1/tags/foo")
    assert (tag["name"], tag["url"], len(tag["history"])) == ("foo", "https://salle.test/tags/foo", 7)
    assert "following" not in tag
    followed = await house.post("/api/v1/tags/Foo/follow", one)
    assert (followed["name"], followed["following"], followed["featuring"]) == ("foo", True, False)
    assert [tag["name"] for tag in await house.get("/api/v1/followed_tags", one)] == ["foo"]
    assert await house.get("/api/v1/followed_tags", two) == []
    await house.say(two, "Une #Foo et encore #foo")
    await house.say(one, "#foo entre nous", visibility="private")
    today = (await house.get("/api/v1/tags/foo", two))["history"][0]
    assert (today["uses"], today["accounts"], int(today["day"]) % 86400) == ("1", "1", 0)
    assert len(await house.get("/api/v1/timelines/home", one)) == 2
    assert (await house.post("/api/v1/tags/foo/unfollow", one))["following"] is False
    assert await house.get("/api/v1/followed_tags", one) == []
    for verb, value in (("feature", True), ("unfeature", False)):
        assert (await house.post(f"/api/v1/tags/foo/{verb}", one))["featuring"] is value


@pytest.mark.parametrize("name", ["123", "a b", "a-b", "%23", "x" * 300])
async def test_what_can_be_no_tag_is_not_found(house: House, name: str) -> None:
    one = await house.person("une")
    assert (await house.call("GET", f"/api/v1/tags/{name}", one)).status_code == 404
    assert (await house.call("POST", f"/api/v1/tags/{name}/follow", one)).status_code == 404
    assert (await house.call("POST", "/api/v1/featured_tags", one, json={"name": name})).status_code in {200, 422}


async def test_featured_tags(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    made = (await house.call("POST", "/api/v1/featured_tags", one, data={"name": "Gériatrie"})).json()
    assert (made["name"], made["statuses_count"], made["last_status_at"]) == ("Gériatrie", "0", None)
    assert made["url"] == "https://salle.test/tags/geriatrie"
    post = await house.say(one, "Bonjour #geriatrie et #nuit")
    await house.say(one, "Secret #geriatrie", visibility="direct")
    shown = await house.get("/api/v1/featured_tags", one)
    assert (shown[0]["statuses_count"], shown[0]["last_status_at"]) == ("1", post["created_at"][:10])
    assert await house.get(f"/api/v1/accounts/{one.id}/featured_tags") == shown
    assert [tag["name"] for tag in await house.get("/api/v1/featured_tags/suggestions", one)] == ["nuit"]
    path = f"/api/v1/featured_tags/{made['id']}"
    assert (await house.call("DELETE", path, two)).status_code == 404
    answer = await house.call("DELETE", path, one)
    assert (answer.status_code, answer.json()) == (200, {})
    assert await house.get("/api/v1/featured_tags", one) == []


async def test_a_silenced_or_suspended_author_does_not_swell_a_tag(house: House) -> None:
    one, gone = await house.person("une", silenced=True), await house.person("partie")
    await house.say(one, "#pousse")
    await house.say(gone, "#pousse")
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET state = 'suspended' WHERE id = %s", [gone.id])
    assert (await house.get("/api/v1/tags/pousse"))["history"][0]["uses"] == "0"
