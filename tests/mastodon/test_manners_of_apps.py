"""What apps lean on in small: garbage among ids, totals of a poll that hides them, the words of a refusal."""

from __future__ import annotations

import re

from tests.support.house import House


async def test_garbage_among_ids_hides_nothing_of_the_rest(house: House) -> None:
    ana = await house.person("ana")
    said = await house.say(ana, "Bonsoir")
    odd = ["abc", "", "-1", "9" * 30, "1"]
    found = await house.get("/api/v1/statuses", ana, **{"id[]": [*odd, said["id"], said["id"]]})
    assert [one["id"] for one in found] == [said["id"]]
    people = await house.get("/api/v1/accounts", ana, **{"id[]": [*odd, str(ana.id)]})
    assert [one["acct"] for one in people] == ["ana"]


async def test_a_poll_that_hides_its_totals_says_how_many_voted(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    asked = {"options": ["a", "b", "c"], "expires_in": 600, "hide_totals": True, "multiple": True}
    poll = (await house.say(ana, "?", poll=asked))["poll"]
    voted = await house.post(f"/api/v1/polls/{poll['id']}/votes", bob, choices=[0, 2])
    assert (voted["votes_count"], voted["voters_count"]) == (2, 1)
    assert [one["votes_count"] for one in voted["options"]] == [None, None, None]


async def test_somebody_elses_post_is_not_pinned(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    seen, hidden = await house.say(bob, "Vu"), await house.say(bob, "Caché", visibility="private")
    refused = await house.call("POST", f"/api/v1/statuses/{seen['id']}/pin", ana)
    assert (refused.status_code, refused.json()["error"]) == (422, "Validation failed: Someone else's post cannot be pinned")
    assert (await house.call("POST", f"/api/v1/statuses/{hidden['id']}/pin", ana)).status_code == 404


async def test_what_one_keeps_pages_by_when_it_was_kept_not_by_what_it_is(house: House) -> None:
    ana = await house.person("ana")
    said = [(await house.say(ana, f"mot {number}"))["id"] for number in range(4)]
    order = [said[2], said[0], said[3], said[1]]
    for gesture, path in (("bookmark", "/api/v1/bookmarks"), ("favourite", "/api/v1/favourites")):
        for one in order:
            await house.post(f"/api/v1/statuses/{one}/{gesture}", ana)
        found, where = [], f"{path}?limit=3"
        for _ in range(2):
            answer = await house.call("GET", where, ana)
            found += [one["id"] for one in answer.json()]
            where = answer.headers["link"].partition(">")[0].removeprefix("<https://salle.test")
        assert found == order[::-1]
        assert 'rel="next"' not in answer.headers["link"]


async def test_links_of_a_text_are_those_of_its_mentions_and_tags(house: House) -> None:
    ana, _ = await house.person("ana"), await house.person("Ben_2")
    said = await house.say(ana, "@ben_2 la #Santé et la #sante de @ana, voir #Nuit")
    assert [one["acct"] for one in said["mentions"]] == ["Ben_2", "ana"]
    known = {"u-url mention": {one["url"] for one in said["mentions"]}, "mention hashtag": {one["url"] for one in said["tags"]}}
    linked = re.findall(r'<a href="([^"]*)" class="([^"]*)"', said["content"])
    assert len(linked) == 5
    assert {kind: {href for href, one in linked if one == kind} for kind in known} == known
