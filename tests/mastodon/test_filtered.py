"""What a person's filters catch is said in every status they are shown, and costs nothing to whoever has none."""

from __future__ import annotations

from typing import Any

import pytest

from salledepause.features.timelines import filters_store
from tests.support.house import House, Person

FILTERS = "/api/v2/filters"


async def make(house: House, who: Person, *words: str, whole_word: bool = False, **more: Any) -> Any:
    keywords = [{"keyword": word, "whole_word": whole_word} for word in words]
    body = {"title": "Repos", "context": ["home"], "keywords_attributes": keywords} | more
    return await house.post(FILTERS, who, **body)


async def test_a_status_says_what_caught_it_wherever_it_shows(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    await house.post(f"/api/v1/accounts/{bob.id}/follow", ana)
    made = await make(house, ana, "paye", "garde", context=["home", "thread"], filter_action="hide")
    post = await house.say(bob, "@ana la paye #nuit")
    await house.post(f"/api/v1/statuses/{post['id']}/bookmark", ana)
    whole = await house.get(f"{FILTERS}/{made['id']}", ana)
    bare = {name: whole[name] for name in ("id", "title", "context", "expires_at", "filter_action")}
    right = [{"filter": bare, "keyword_matches": ["paye"], "status_matches": None}]
    lists = ("timelines/home", "timelines/public", "timelines/tag/nuit", f"accounts/{bob.id}/statuses", "bookmarks")
    for path in lists:
        (shown,) = await house.get(f"/api/v1/{path}", ana)
        assert shown["filtered"] == right, path
        assert "filtered" not in (await house.get("/api/v1/timelines/public"))[0]
    (told,) = await house.get("/api/v1/notifications", ana)
    assert told["status"]["filtered"] == right
    (grouped,) = (await house.get("/api/v2/notifications", ana))["statuses"]
    assert grouped["filtered"] == right
    answered = await house.say(bob, "Sans rien", in_reply_to_id=post["id"])
    around = await house.get(f"/api/v1/statuses/{answered['id']}/context", ana)
    assert [one["filtered"] for one in around["ancestors"]] == [right]
    assert (await house.get(f"/api/v1/statuses/{answered['id']}", ana))["filtered"] == []
    assert (await house.get(f"/api/v1/statuses/{post['id']}", bob))["filtered"] == []


async def test_warnings_pictures_and_polls_are_read_too(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    await make(house, ana, "budget", whole_word=True)
    warned = await house.say(bob, "rien", spoiler_text="Budget")
    polled = await house.say(bob, "rien", poll={"options": ["le budget", "non"], "expires_in": 3600})
    longer = await house.say(bob, "les budgets")
    found = {one["id"]: bool(one["filtered"]) for one in await house.get("/api/v1/timelines/public", ana)}
    assert found == {warned["id"]: True, polled["id"]: True, longer["id"]: False}


async def test_a_boost_and_a_quote_say_it_of_what_they_carry(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    await make(house, ana, "paye")
    post = await house.say(bob, "La paye", quote_approval_policy="public")
    boost = await house.post(f"/api/v1/statuses/{post['id']}/reblog", bob)
    quoting = await house.say(bob, "Lisez", quoted_status_id=post["id"])
    shown = await house.get(f"/api/v1/statuses/{boost['id']}", ana)
    assert shown["filtered"] == shown["reblog"]["filtered"] != []
    shown = await house.get(f"/api/v1/statuses/{quoting['id']}", ana)
    assert (shown["filtered"], len(shown["quote"]["quoted_status"]["filtered"])) == ([], 1)


async def test_what_changes_is_seen_in_the_next_answer(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    post = await house.say(bob, "La paye")
    path = f"/api/v1/statuses/{post['id']}"
    assert (await house.get(path, ana))["filtered"] == []
    made = await make(house, ana, "garde")
    assert (await house.get(path, ana))["filtered"] == []
    word = await house.post(f"{FILTERS}/{made['id']}/keywords", ana, keyword="PAYE")
    assert (await house.get(path, ana))["filtered"][0]["keyword_matches"] == ["PAYE"]
    await house.call("DELETE", f"{FILTERS}/keywords/{word['id']}", ana)
    assert (await house.get(path, ana))["filtered"] == []
    caught = await house.post(f"{FILTERS}/{made['id']}/statuses", ana, status_id=post["id"])
    assert (await house.get(path, ana))["filtered"][0]["status_matches"] == [post["id"]]
    await house.call("DELETE", f"{FILTERS}/statuses/{caught['id']}", ana)
    assert (await house.get(path, ana))["filtered"] == []


async def test_a_filter_that_ends_catches_no_more(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    post = await house.say(bob, "La paye")
    made = await make(house, ana, "paye", expires_in=3600)
    assert len((await house.get(f"/api/v1/statuses/{post['id']}", ana))["filtered"]) == 1
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE filters SET expires_at = now() - interval '1 second' WHERE id = %s", [int(made["id"])])
        tx.touches_everything()
    assert (await house.get(f"/api/v1/statuses/{post['id']}", ana))["filtered"] == []


async def test_whoever_has_no_filter_is_asked_for_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    await house.heard()  # what is heard late of how they came would have them asked for again
    asked: list[int] = []
    ask = filters_store.filters

    async def counting(tx: Any, me: int, **more: Any) -> Any:
        asked.append(me)
        return await ask(tx, me, **more)

    monkeypatch.setattr(filters_store, "filters", counting)
    for number in range(5):
        await house.say(bob, f"Encore {number}")
        await house.get("/api/v1/timelines/public", ana)
    assert asked.count(ana.id) == 1
    assert asked.count(bob.id) == 1
