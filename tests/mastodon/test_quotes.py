"""Quotes by consent: nobody is quoted who did not agree, nobody sees in a quote what they may not see."""

from __future__ import annotations

from typing import Any

import pytest

from salledepause.features import accounts
from tests.support.house import House, Person

STATUSES = "/api/v1/statuses"
POLICIES = ("public", "followers", "nobody")
AUDIENCES = ("public", "unlisted", "private", "direct")
QUOTERS = ("stranger", "follower", "author", "blocked", "blocking")
OPEN_TO = {"public": {"stranger", "follower", "author"}, "followers": {"follower", "author"}, "nobody": {"author"}}
"""The oracle: who may quote a post that is open to all. Whoever blocks or is blocked quotes nothing."""


async def cast(house: House) -> dict[str, Person]:
    people = {name: await house.person(name) for name in (*QUOTERS, "reader")}
    for name in ("follower", "blocked", "blocking"):
        await house.post(f"/api/v1/accounts/{people['author'].id}/follow", people[name])
    await house.post(f"/api/v1/accounts/{people['blocked'].id}/block", people["author"])
    await house.post(f"/api/v1/accounts/{people['author'].id}/block", people["blocking"])
    return people


async def quoted(house: House, author: Person, quoter: Person, **more: Any) -> tuple[Any, Any]:
    """Return a post open to quotes, and one that quotes it."""
    post = await house.say(author, "Une nuit calme", quote_approval_policy="public")
    return post, await house.say(quoter, "À lire", quoted_status_id=post["id"], **more)


async def state(house: House, quoting: Any, viewer: Person | None) -> str:
    """Return what the viewer is told of a quote, once it is sure that nothing else is."""
    shown = await house.get(f"{STATUSES}/{quoting['id']}", viewer)
    quote = shown["quote"]
    assert (quote["quoted_status"] is not None) == (quote["state"] == "accepted")
    found: str = quote["state"]
    return found


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_who_may_quote_is_what_the_table_says(house: House, audience: str) -> None:
    people = await cast(house)
    for policy in POLICIES:
        post = await house.say(people["author"], "@stranger @follower dit", visibility=audience, quote_approval_policy=policy)
        for name in QUOTERS:
            seen = await house.call("GET", f"{STATUSES}/{post['id']}", people[name])
            may = name in (OPEN_TO[policy] if audience in {"public", "unlisted"} else {"author"}) and audience != "direct"
            made = await house.call("POST", STATUSES, people[name], json={"status": "Voilà", "quoted_status_id": post["id"]})
            assert made.status_code == (200 if may else 403 if seen.status_code == 200 else 404), (policy, name)
            if seen.status_code == 200:
                assert seen.json()["quote_approval"]["current_user"] == ("automatic" if may else "denied"), (policy, name)
            if may:
                assert made.json()["quote"]["state"] == "accepted"
                assert made.json()["quote"]["quoted_status"]["id"] == post["id"]
        allowed = [policy] if audience in {"public", "unlisted"} and policy != "nobody" else []
        assert (await house.get(f"{STATUSES}/{post['id']}", people["author"]))["quote_approval"] == {
            "automatic": allowed,
            "manual": [],
            "current_user": "denied" if audience == "direct" else "automatic",
        }


async def test_nobody_quotes_unless_the_author_says_so(house: House) -> None:
    author, other = await house.person("ana"), await house.person("bob")
    assert (await house.get("/api/v1/accounts/verify_credentials", author))["source"]["quote_policy"] == "nobody"
    closed = await house.say(author, "Une erreur de ma part")
    assert closed["quote_approval"]["automatic"] == []
    asked = {"status": "Regardez-le", "quoted_status_id": closed["id"]}
    assert (await house.call("POST", STATUSES, other, json=asked)).status_code == 403
    wish = {"source": {"quote_policy": "public"}}
    assert (await house.call("PATCH", "/api/v1/accounts/update_credentials", author, json=wish)).status_code == 200
    assert (await house.get("/api/v1/preferences", author))["posting:default:quote_policy"] == "public"
    opened = await house.say(author, "Une idée à faire tourner")
    assert (await house.say(other, "Oui", quoted_status_id=opened["id"]))["quote"]["state"] == "accepted"
    assert (await house.call("POST", STATUSES, other, json=asked)).status_code == 403, "what was said before stays closed"


async def test_the_policy_is_changed_and_what_is_quoted_stays(house: House) -> None:
    author, other = await house.person("ana"), await house.person("bob")
    post, quoting = await quoted(house, author, other)
    path = f"{STATUSES}/{post['id']}/interaction_policy"
    changed = await house.call("PUT", path, author, json={"quote_approval_policy": "nobody"})
    assert changed.status_code == 200
    assert changed.json()["quote_approval"] == {"automatic": [], "manual": [], "current_user": "automatic"}
    assert changed.json()["edited_at"] is None
    assert (await house.get(f"{STATUSES}/{post['id']}", other))["quote_approval"]["current_user"] == "denied"
    assert await state(house, quoting, other) == "accepted"
    assert (await house.call("PUT", path, other, json={"quote_approval_policy": "public"})).status_code == 404
    for wrong in ({}, {"quote_approval_policy": "everybody"}):
        assert (await house.call("PUT", path, author, json=wrong)).status_code == 422
    private = await house.say(author, "Entre nous", visibility="private")
    still = await house.call(
        "PUT", f"{STATUSES}/{private['id']}/interaction_policy", author, json={"quote_approval_policy": "public"}
    )
    assert still.json()["quote_approval"]["automatic"] == []


async def test_an_edit_changes_the_policy_and_never_what_is_quoted(house: House) -> None:
    author, other = await house.person("ana"), await house.person("bob")
    post, quoting = await quoted(house, author, other)
    another = await house.say(author, "Autre chose", quote_approval_policy="public")
    asked = {"status": "Relu", "quoted_status_id": another["id"], "quote_approval_policy": "followers"}
    edited = (await house.call("PUT", f"{STATUSES}/{quoting['id']}", other, json=asked)).json()
    assert edited["quote"]["quoted_status"]["id"] == post["id"]
    assert edited["quote_approval"]["automatic"] == ["followers"]
    assert (await house.get(f"{STATUSES}/{post['id']}"))["quotes_count"] == 1
    versions = await house.get(f"{STATUSES}/{quoting['id']}/history")
    assert [one["quote"] for one in versions] == [{"state": "accepted", "quoted_status_id": post["id"]}] * 2


async def test_taking_a_quote_back_is_for_ever(house: House) -> None:
    author, other, third = await house.person("ana"), await house.person("bob"), await house.person("kim")
    post, quoting = await quoted(house, author, other)
    path = f"{STATUSES}/{post['id']}/quotes/{quoting['id']}/revoke"
    for somebody in (other, third):
        assert (await house.call("POST", path, somebody, json={})).status_code == 404
    assert (await house.call("POST", path, json={})).status_code == 401
    strange = f"{STATUSES}/{post['id']}/quotes/{post['id']}/revoke"
    assert (await house.call("POST", strange, author, json={})).status_code == 404
    for viewer in (author, other, third, None):
        assert await state(house, quoting, viewer) == "accepted"
    for _ in range(2):
        assert (await house.post(path, author))["quote"] == {"state": "revoked", "quoted_status": None}
    for viewer in (author, other, third, None):
        assert await state(house, quoting, viewer) == "revoked"
    assert (await house.get(f"{STATUSES}/{post['id']}"))["quotes_count"] == 0
    assert await house.get(f"{STATUSES}/{post['id']}/quotes", author) == []
    await house.call("DELETE", f"{STATUSES}/{post['id']}", author)
    assert await state(house, quoting, other) == "revoked"


async def test_the_quoted_author_reads_every_quote_and_lists_them(house: House) -> None:
    author, other, third = await house.person("ana"), await house.person("bob"), await house.person("kim")
    post, quoting = await quoted(house, author, other, visibility="private")
    path = f"{STATUSES}/{post['id']}/quotes"
    assert [one["id"] for one in await house.get(path, author)] == [quoting["id"]]
    assert quoting["mentions"] == []
    assert await house.get(path, third) == []
    assert (await house.call("GET", path)).status_code == 401
    secret = await house.say(author, "Caché", visibility="private")
    assert (await house.call("GET", f"{STATUSES}/{secret['id']}/quotes", third)).status_code == 404


async def test_a_private_word_quotes_only_whom_it_names(house: House) -> None:
    author, other, third = await house.person("ana"), await house.person("bob"), await house.person("kim")
    post = await house.say(author, "Une nuit calme", quote_approval_policy="public")
    asked = {"status": "@kim tu as vu ?", "quoted_status_id": post["id"], "visibility": "direct"}
    assert (await house.call("POST", STATUSES, other, json=asked)).status_code == 422
    named = await house.say(other, "@kim @ana vous avez vu ?", quoted_status_id=post["id"], visibility="direct")
    assert await state(house, named, third) == "accepted"
    assert (await house.get(f"{STATUSES}/{post['id']}"))["quotes_count"] == 0, "as answers, private words are not counted"


async def test_a_post_for_followers_is_quoted_by_its_author_for_followers(house: House) -> None:
    author, follower = await house.person("ana"), await house.person("bob")
    await house.post(f"/api/v1/accounts/{author.id}/follow", follower)
    post = await house.say(author, "Entre nous", visibility="private")
    again = await house.say(author, "J'y reviens", quoted_status_id=post["id"], visibility="public")
    assert again["visibility"] == "private"
    assert await state(house, again, follower) == "accepted"
    named = await house.say(author, "@kim rien", visibility="direct", quoted_status_id=post["id"])
    assert named["quote"]["state"] == "accepted"


async def test_who_is_named_in_a_quote_sees_no_more_than_before(house: House) -> None:
    author, third = await house.person("ana"), await house.person("kim")
    post = await house.say(author, "Entre nous", visibility="private")
    again = await house.say(author, "@kim vois ça", quoted_status_id=post["id"], visibility="private")
    assert await state(house, again, third) == "unauthorized"
    await house.post(f"/api/v1/accounts/{author.id}/follow", third)
    assert await state(house, again, third) == "accepted"
    await house.post(f"/api/v1/accounts/{author.id}/unfollow", third)
    assert await state(house, again, third) == "unauthorized"


async def test_what_the_viewer_may_not_see_or_does_not_want_vanishes_at_once(house: House) -> None:
    author, other, third = await house.person("ana"), await house.person("bob"), await house.person("kim")
    _, quoting = await quoted(house, author, other)
    ties = f"/api/v1/accounts/{author.id}/"
    for act, undo, told in (("block", "unblock", "blocked_account"), ("mute", "unmute", "muted_account")):
        assert await state(house, quoting, third) == "accepted"
        await house.post(ties + act, third)
        assert await state(house, quoting, third) == told
        assert await state(house, quoting, None) == "accepted"
        await house.post(ties + undo, third)
    await house.post(f"/api/v1/accounts/{third.id}/block", author)
    assert await state(house, quoting, third) == "unauthorized"
    await house.post(f"/api/v1/accounts/{third.id}/unblock", author)
    async with house.site.db.transaction() as tx:
        await accounts.suspend(tx, author.id)
    for viewer in (third, other, None):
        assert await state(house, quoting, viewer) == "unauthorized"


@pytest.mark.parametrize("author_blocks", [True, False])
async def test_a_block_between_the_two_bars_the_quote_for_all(house: House, author_blocks: bool) -> None:
    author, other, third = await house.person("ana"), await house.person("bob"), await house.person("kim")
    _, quoting = await quoted(house, author, other)
    assert await state(house, quoting, third) == "accepted"
    who, whom = (author, other) if author_blocks else (other, author)
    await house.post(f"/api/v1/accounts/{whom.id}/block", who)
    for viewer in (other, third, None):
        assert await state(house, quoting, viewer) == "revoked"
    await house.post(f"/api/v1/accounts/{whom.id}/unblock", who)
    assert await state(house, quoting, third) == "accepted"


async def test_what_is_erased_is_gone_from_every_quote(house: House) -> None:
    author, other = await house.person("ana"), await house.person("bob")
    post, quoting = await quoted(house, author, other)
    assert await state(house, quoting, None) == "accepted"
    await house.call("DELETE", f"{STATUSES}/{post['id']}", author)
    assert await state(house, quoting, None) == "deleted"
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT quoted_id FROM quotes WHERE post_id = %s", [int(quoting["id"])]) is None
    post, quoting = await quoted(house, author, other)
    erased = await house.call("DELETE", f"{STATUSES}/{quoting['id']}", other)
    assert erased.json()["quote"]["quoted_status"]["id"] == post["id"]
    assert (await house.get(f"{STATUSES}/{post['id']}"))["quotes_count"] == 0


async def test_a_quote_of_a_quote_only_names_it(house: House) -> None:
    author, other, third = await house.person("ana"), await house.person("bob"), await house.person("kim")
    post, quoting = await quoted(house, author, other, quote_approval_policy="public")
    around = await house.say(third, "Et encore", quoted_status_id=quoting["id"])
    inner = around["quote"]["quoted_status"]
    assert (inner["id"], inner["quote"]) == (quoting["id"], {"state": "accepted", "quoted_status_id": post["id"]})
    await house.post(f"/api/v1/accounts/{author.id}/block", third)
    again = await house.get(f"{STATUSES}/{around['id']}", third)
    assert again["quote"]["quoted_status"]["quote"] == {"state": "blocked_account", "quoted_status_id": None}


async def test_what_is_boosted_quotes_too_and_a_boost_is_quoted_as_what_it_boosts(house: House) -> None:
    author, other = await house.person("ana"), await house.person("bob")
    post, quoting = await quoted(house, author, other)
    boost = await house.post(f"{STATUSES}/{quoting['id']}/reblog", author)
    assert boost["quote"] is None
    assert boost["reblog"]["quote"]["quoted_status"]["id"] == post["id"]
    shared = await house.post(f"{STATUSES}/{post['id']}/reblog", other)
    again = await house.say(other, "Encore", quoted_status_id=shared["id"])
    assert again["quote"]["quoted_status"]["id"] == post["id"]


async def test_a_doubt_is_quoted_as_it_is_answered_and_shows_no_score(house: House) -> None:
    author, other = await house.person("ana"), await house.person("bob")
    doubt = await house.say(author, "Ai-je bien fait ?", quote_approval_policy="public", salledepause={"kind": "doubt"})
    asked = {"status": "Bien sûr que non", "quoted_status_id": doubt["id"]}
    scolding = await house.call("POST", STATUSES, other, json=asked | {"salledepause": {"kind": "opinion"}})
    assert scolding.status_code == 422
    made = await house.post(STATUSES, other, **asked)
    assert made["salledepause"]["kind"] == "experience"
    turned = {"status": "Non", "salledepause": {"kind": "rant"}}
    assert (await house.call("PUT", f"{STATUSES}/{made['id']}", other, json=turned)).status_code == 422
    assert (await house.get(f"{STATUSES}/{doubt['id']}"))["quotes_count"] == 0


async def test_whoever_is_quoted_is_told_and_whoever_quotes_what_is_edited(house: House) -> None:
    author, other = await house.person("ana"), await house.person("bob")
    post, quoting = await quoted(house, author, other)
    await house.say(author, "Je me cite", quoted_status_id=post["id"])
    (told,) = await house.get("/api/v1/notifications", author)
    assert (told["type"], told["account"]["id"], told["status"]["id"]) == ("quote", str(other.id), quoting["id"])
    for text in ("Une nuit très calme", "Une nuit agitée"):
        assert (await house.call("PUT", f"{STATUSES}/{post['id']}", author, json={"status": text})).status_code == 200
    (told,) = await house.get("/api/v1/notifications", other)
    assert (told["type"], told["account"]["id"], told["status"]["id"]) == ("quoted_update", str(author.id), quoting["id"])
    assert "agitée" in told["status"]["quote"]["quoted_status"]["content"]
    grouped = await house.get("/api/v2/notifications", author)
    assert [one["type"] for one in grouped["notification_groups"]] == ["quote"]


async def test_a_scheduled_quote_is_checked_when_written(house: House) -> None:
    author, other = await house.person("ana"), await house.person("bob")
    closed = await house.say(author, "Fermé")
    asked = {"status": "Demain", "quoted_status_id": closed["id"], "scheduled_at": "2099-01-01T00:00:00Z"}
    assert (await house.call("POST", STATUSES, other, json=asked)).status_code == 403
    post = await house.say(author, "Ouvert", quote_approval_policy="public")
    made = await house.post(STATUSES, other, **asked | {"quoted_status_id": post["id"], "quote_approval_policy": "followers"})
    assert made["params"]["quoted_status_id"] == post["id"]
    assert made["params"]["quote_approval_policy"] == "followers"
    assert (await house.get(f"{STATUSES}/{post['id']}"))["quotes_count"] == 0


@pytest.mark.parametrize("wrong", ["x", "-1", "0", "99999999999999999999", "123"])
async def test_nothing_is_quoted_that_is_nothing(house: House, wrong: str) -> None:
    who = await house.person("ana")
    answer = await house.call("POST", STATUSES, who, json={"status": "Voilà", "quoted_status_id": wrong})
    assert answer.status_code == 404
    assert await house.get(f"/api/v1/accounts/{who.id}/statuses", who) == []
