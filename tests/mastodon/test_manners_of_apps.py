"""What apps lean on in small: garbage among ids, totals of a poll that hides them, the words of a refusal."""

from __future__ import annotations

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
