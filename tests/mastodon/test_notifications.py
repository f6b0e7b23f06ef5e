"""Notifications of the API: one by one, grouped, counted, put away."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.house import House, Person


async def lively(house: House) -> tuple[Person, list[Person], Any]:
    """Somebody whose post two people favour and boost, whom they follow, and whom one names."""
    author, one, two = [await house.person(name) for name in ("autrice", "une", "deux")]
    post = await house.say(author, "bonjour")
    for who in (one, two):
        await house.post(f"/api/v1/statuses/{post['id']}/favourite", who)
        await house.post(f"/api/v1/statuses/{post['id']}/reblog", who)
        await house.post(f"/api/v1/accounts/{author.id}/follow", who)
    await house.say(two, "@autrice coucou")
    return author, [one, two], post


async def test_a_newcomer_has_none(house: House) -> None:
    one = await house.person("une")
    assert await house.get("/api/v1/notifications", one) == []
    assert await house.get("/api/v2/notifications", one) == {"accounts": [], "statuses": [], "notification_groups": []}
    assert await house.get("/api/v1/notifications/unread_count", one) == {"count": 0}


async def test_one_by_one(house: House) -> None:
    author, _, post = await lively(house)
    found = await house.get("/api/v1/notifications", author)
    kinds = [(one["type"], one["account"]["acct"]) for one in found]
    half = [("follow", "une"), ("reblog", "une"), ("favourite", "une")]
    assert kinds == [("mention", "deux"), ("follow", "deux"), ("reblog", "deux"), ("favourite", "deux"), *half]
    mention, follow, reblog, favourite = found[:4]
    assert mention["status"]["account"]["acct"] == "deux"
    assert "status" not in follow
    assert reblog["status"]["id"] == favourite["status"]["id"] == post["id"]
    assert reblog["status"]["reblog"] is None
    assert mention["group_key"] == f"ungrouped-{mention['id']}"
    assert favourite["group_key"].startswith(f"favourite-{post['id']}-")
    assert mention["created_at"].endswith("Z")
    assert await house.get(f"/api/v1/notifications/{mention['id']}", author) == mention


async def test_filters_and_pages(house: House) -> None:
    author, (one, _), _ = await lively(house)
    path = "/api/v1/notifications"
    both = ["mention", "follow"]
    assert [row["type"] for row in await house.get(path, author, **{"types[]": both})] == ["mention", "follow", "follow"]
    assert {row["type"] for row in await house.get(path, author, **{"exclude_types[]": both})} == {"reblog", "favourite"}
    assert {row["account"]["acct"] for row in await house.get(path, author, account_id=one.id)} == {"une"}
    assert await house.get(path, author, **{"types[]": "quote"}) == []
    found, where = [], f"{path}?limit=3"
    for _ in range(4):
        answer = await house.call("GET", where, author)
        found += [row["id"] for row in answer.json()]
        if 'rel="next"' not in answer.headers.get("link", ""):
            break
        where = answer.headers["link"].partition(">")[0].removeprefix("<https://salle.test")
    assert found == [row["id"] for row in await house.get(path, author)]
    newer = await house.get(path, author, min_id=found[-1], limit=2)
    assert [row["id"] for row in newer] == found[-3:-1]
    assert len(await house.get(path, author, limit=1000)) == 7


async def test_grouped(house: House) -> None:
    author, (one, two), post = await lively(house)
    page = await house.get("/api/v2/notifications", author)
    groups = page["notification_groups"]
    assert [(group["type"], group["notifications_count"]) for group in groups] == [
        ("mention", 1), ("follow", 2), ("reblog", 2), ("favourite", 2),
    ]  # fmt: skip
    favourites = groups[3]
    assert favourites["sample_account_ids"] == [str(two.id), str(one.id)]
    assert favourites["status_id"] == groups[2]["status_id"] == post["id"]
    assert favourites["page_max_id"] == str(favourites["most_recent_notification_id"])
    assert int(favourites["page_min_id"]) < int(favourites["page_max_id"])
    assert favourites["latest_page_notification_at"].endswith("Z")
    assert "status_id" not in groups[1]
    assert {account["acct"] for account in page["accounts"]} == {"une", "deux"}
    assert {status["id"] for status in page["statuses"]} == {post["id"], groups[0]["status_id"]}
    assert "partial_accounts" not in page


async def test_grouped_with_partial_accounts_and_fewer_groups(house: House) -> None:
    author, (one, two), _ = await lively(house)
    asked = {"expand_accounts": "partial_avatars", "types[]": ["favourite", "reblog"], "grouped_types[]": ["favourite"]}
    page = await house.get("/api/v2/notifications", author, **asked)
    assert [group["type"] for group in page["notification_groups"]] == ["reblog", "favourite", "reblog"]
    alone = page["notification_groups"][0]
    assert alone["group_key"] == f"ungrouped-{alone['most_recent_notification_id']}"
    page = await house.get("/api/v2/notifications", author, **asked | {"grouped_types[]": ["favourite", "reblog"]})
    assert [account["id"] for account in page["accounts"]] == [str(two.id)]
    assert [account["id"] for account in page["partial_accounts"]] == [str(one.id)]
    partial = {"id", "acct", "url", "avatar", "avatar_static", "avatar_description", "locked", "bot"}
    assert set(page["partial_accounts"][0]) == partial


async def test_one_group(house: House) -> None:
    author, _, post = await lively(house)
    key = (await house.get("/api/v2/notifications", author, **{"types[]": "favourite"}))["notification_groups"][0]["group_key"]
    whole = await house.get(f"/api/v2/notifications/{key}", author)
    assert [group["group_key"] for group in whole["notification_groups"]] == [key]
    assert "page_min_id" not in whole["notification_groups"][0]
    assert [status["id"] for status in whole["statuses"]] == [post["id"]]
    people = await house.call("GET", f"/api/v2/notifications/{key}/accounts?limit=1", author)
    assert [account["acct"] for account in people.json()] == ["deux"]
    assert 'rel="next"' in people.headers["link"]
    assert await house.post(f"/api/v2/notifications/{key}/dismiss", author) == {}
    assert (await house.call("GET", f"/api/v2/notifications/{key}", author)).status_code == 404
    assert len(await house.get("/api/v1/notifications", author)) == 5


async def test_put_away(house: House) -> None:
    author, _, _ = await lively(house)
    path = "/api/v1/notifications"
    first, second, *_ = await house.get(path, author)
    assert await house.post(f"{path}/{first['id']}/dismiss", author) == {}
    assert await house.post(f"{path}/dismiss", author, id=second["id"]) == {}
    assert len(await house.get(path, author)) == 5
    assert await house.post(f"{path}/clear", author) == {}
    assert await house.get(path, author) == []


async def test_unread_ones_are_counted_after_the_marker(house: House) -> None:
    author, _, _ = await lively(house)
    one, two = "/api/v1/notifications/unread_count", "/api/v2/notifications/unread_count"
    assert await house.get(one, author) == {"count": 7}
    assert await house.get(one, author, limit=3) == {"count": 3}
    assert await house.get(one, author, **{"types[]": "follow"}) == {"count": 2}
    assert await house.get(two, author) == {"count": 4}
    latest = (await house.get("/api/v1/notifications", author))[1]["id"]
    async with house.site.db.transaction() as tx:
        query = "INSERT INTO markers (account_id, timeline, last_read_id) VALUES (%s, 'notifications', %s)"
        await tx.run(query, [author.id, int(latest)])
    assert await house.get(one, author) == {"count": 1}
    assert await house.get(two, author) == {"count": 1}


async def test_every_id_of_another_is_missing(house: House) -> None:
    author, (one, _), _ = await lively(house)
    row = (await house.get("/api/v1/notifications", author))[0]["id"]
    key = (await house.get("/api/v2/notifications", author))["notification_groups"][3]["group_key"]
    for method, path in (
        ("GET", f"/api/v1/notifications/{row}"),
        ("POST", f"/api/v1/notifications/{row}/dismiss"),
        ("GET", f"/api/v2/notifications/{key}"),
        ("GET", f"/api/v2/notifications/{key}/accounts"),
        ("GET", f"/api/v2/notifications/ungrouped-{row}"),
        ("GET", "/api/v1/notifications/x"),
        ("GET", "/api/v2/notifications/ungrouped-x"),
    ):
        answer = await house.call(method, path, one)
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})
        assert (await house.call(method, path)).status_code == 401
    await house.post(f"/api/v2/notifications/{key}/dismiss", one)
    await house.post("/api/v1/notifications/clear", one)
    assert len(await house.get("/api/v1/notifications", author)) == 7


@pytest.mark.parametrize("verb", ["block", "mute"])
async def test_who_is_blocked_or_muted_since_is_left_out(house: House, verb: str) -> None:
    author, (one, two), _ = await lively(house)
    await house.post(f"/api/v1/accounts/{two.id}/{verb}", author)
    found = await house.get("/api/v1/notifications", author)
    assert {row["account"]["acct"] for row in found} == {"une"}
    page = await house.get("/api/v2/notifications", author)
    assert [account["id"] for account in page["accounts"]] == [str(one.id)]
    assert {group["notifications_count"] for group in page["notification_groups"]} == {1}
    assert await house.get("/api/v1/notifications/unread_count", author) == {"count": 3}


async def test_a_pile_of_filters_is_read_as_far_as_it_makes_sense(house: House) -> None:
    author, _, _ = await lively(house)
    many = {"types[]": ["x" * 100] * 300, "exclude_types[]": ["y"] * 300}
    assert await house.get("/api/v1/notifications", author, **many) == []
    assert (await house.call("GET", "/api/v1/notifications?account_id=x", author)).status_code == 404
    assert (await house.call("GET", "/api/v1/notifications?limit=x", author)).status_code == 422
