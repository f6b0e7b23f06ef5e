"""Conversations: threads of direct posts, seen by their people only, put away until somebody speaks again."""

from __future__ import annotations

from typing import Any

from tests.support.house import House, Person

CONVERSATIONS = "/api/v1/conversations"


async def whisper(house: House, who: Person, text: str, **body: Any) -> Any:
    return await house.say(who, text, visibility="direct", **body)


async def test_a_direct_post_makes_a_conversation_for_its_people(house: House) -> None:
    ana, bob, eve = await house.person("ana"), await house.person("bob"), await house.person("eve")
    post = await whisper(house, ana, "@bob entre nous")
    await house.say(ana, "@bob devant tous")
    for who, other, unread in ((ana, "bob", False), (bob, "ana", True)):
        (one,) = await house.get(CONVERSATIONS, who)
        assert one["last_status"]["id"] == post["id"]
        assert [each["acct"] for each in one["accounts"]] == [other]
        assert one["unread"] is unread
    assert await house.get(CONVERSATIONS, eve) == []


async def test_an_answer_moves_the_conversation(house: House) -> None:
    ana, bob, eve = await house.person("ana"), await house.person("bob"), await house.person("eve")
    post = await whisper(house, ana, "@bob @eve à trois")
    answer = await whisper(house, bob, "@ana @eve oui", in_reply_to_id=post["id"])
    (one,) = await house.get(CONVERSATIONS, ana)
    assert (one["last_status"]["id"], one["unread"]) == (answer["id"], True)
    assert {each["acct"] for each in one["accounts"]} == {"bob", "eve"}
    (his,) = await house.get(CONVERSATIONS, bob)
    assert (his["id"], his["unread"]) == (one["id"], False)
    assert len(await house.get(CONVERSATIONS, eve)) == 1


async def test_reading_and_putting_away(house: House) -> None:
    ana, bob, eve = await house.person("ana"), await house.person("bob"), await house.person("eve")
    await whisper(house, ana, "@bob entre nous")
    (one,) = await house.get(CONVERSATIONS, bob)
    assert (await house.post(f"{CONVERSATIONS}/{one['id']}/read", bob))["unread"] is False
    assert (await house.get(CONVERSATIONS, bob))[0]["unread"] is False
    for method, path in (("POST", f"/{one['id']}/read"), ("DELETE", f"/{one['id']}")):
        assert (await house.call(method, CONVERSATIONS + path, eve)).status_code == 404
    assert (await house.call("DELETE", f"{CONVERSATIONS}/{one['id']}", bob)).json() == {}
    assert await house.get(CONVERSATIONS, bob) == []
    assert len(await house.get(CONVERSATIONS, ana)) == 1
    await whisper(house, ana, "@bob encore", in_reply_to_id=one["last_status"]["id"])
    assert (await house.get(CONVERSATIONS, bob))[0]["unread"] is True


async def test_pages_follow_the_latest_post(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    posts = [await whisper(house, ana, f"@bob {number}") for number in range(3)]
    answer = await house.call("GET", CONVERSATIONS, bob, params={"limit": 2})
    assert [one["last_status"]["id"] for one in answer.json()] == [posts[2]["id"], posts[1]["id"]]
    assert f'max_id={posts[1]["id"]}>; rel="next"' in answer.headers["link"]
    rest = await house.get(CONVERSATIONS, bob, max_id=posts[1]["id"])
    assert [one["last_status"]["id"] for one in rest] == [posts[0]["id"]]


async def test_blocked_and_suspended_people_leave_conversations(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    await whisper(house, ana, "@bob entre nous")
    await house.post(f"/api/v1/accounts/{ana.id}/block", bob)
    assert await house.get(CONVERSATIONS, bob) == []


async def test_whoever_speaks_alone_is_shown_to_themselves(house: House) -> None:
    ana = await house.person("ana")
    await whisper(house, ana, "Pour mémoire")
    (one,) = await house.get(CONVERSATIONS, ana)
    assert [each["acct"] for each in one["accounts"]] == ["ana"]
