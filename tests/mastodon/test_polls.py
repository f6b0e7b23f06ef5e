"""Polls: one vote a person, counted exactly whatever happens at once, told once when they end."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from salledepause.features import posts
from salledepause.features.posts import PollEnded
from salledepause.kernel.db import Tx
from tests.support.house import House, Person

ASKED: dict[str, Any] = {"options": ["oui", "non", "peut-être"], "expires_in": 3600}
ALREADY = "You have already voted on this poll"


async def asks(house: House, who: Person, **more: Any) -> Any:
    """Publish a status with a poll; return the poll."""
    visibility = more.pop("visibility", "public")
    return (await house.say(who, "Alors ?", poll=ASKED | more, visibility=visibility))["poll"]


async def votes(house: House, who: Person, poll: Any, *choices: Any) -> Any:
    return await house.call("POST", f"/api/v1/polls/{poll['id']}/votes", who, json={"choices": list(choices)})


async def finish(house: House, poll: Any) -> None:
    """Let a poll reach its end."""
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE polls SET expires_at = now() - interval '1 second' WHERE id = %s", [int(poll["id"])])


def tallies(poll: Any) -> list[int | None]:
    return [option["votes_count"] for option in poll["options"]]


async def test_a_poll_is_read_back_as_asked(house: House) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    poll = await asks(house, ide)
    assert poll["options"] == [{"title": title, "votes_count": 0} for title in ASKED["options"]]
    assert (poll["expired"], poll["multiple"], poll["votes_count"]) == (False, False, 0)
    assert (poll["voted"], poll["own_votes"]) == (True, [])
    assert (await house.get(f"/api/v1/polls/{poll['id']}", other))["voted"] is False
    visitor = await house.get(f"/api/v1/polls/{poll['id']}")
    assert "voted" not in visitor
    assert visitor["id"] == poll["id"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"options": ["seule"]},
        {"options": ["a", " "]},
        {"options": ["a", "a "]},
        {"options": [str(number) for number in range(9)]},
        {"options": ["a", "b" * 101]},
        {"expires_in": 299},
        {"expires_in": 31 * 86400 + 1},
        {"expires_in": -1},
        {"expires_in": 10**30},
    ],
)
async def test_a_bad_poll_writes_nothing(house: House, wrong: dict[str, Any]) -> None:
    ide = await house.person("ide")
    answer = await house.call("POST", "/api/v1/statuses", ide, json={"status": "Alors ?", "poll": ASKED | wrong})
    assert answer.status_code == 422
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM posts") == 0


async def test_eight_long_answers_are_accepted_and_blank_ones_left_out(house: House) -> None:
    ide = await house.person("ide")
    options = [f"{number}" + "é" * 99 for number in range(8)]
    poll = await asks(house, ide, options=[*options, "  "])
    assert [option["title"] for option in poll["options"]] == options


async def test_a_vote_counts_once(house: House) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    poll = await asks(house, ide)
    voted = await votes(house, other, poll, 1)
    assert voted.status_code == 200
    assert (voted.json()["voted"], voted.json()["own_votes"], tallies(voted.json())) == (True, [1], [0, 1, 0])
    for choice in (1, 0):
        again = await votes(house, other, poll, choice)
        assert (again.status_code, again.json()) == (422, {"error": ALREADY})
    seen = await house.get(f"/api/v1/polls/{poll['id']}", other)
    assert (tallies(seen), seen["votes_count"], seen["voters_count"], seen["own_votes"]) == ([0, 1, 0], 1, 1, [1])


async def test_stuffing_leaves_counts_as_they_were(house: House) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    single, several = await asks(house, ide), await asks(house, ide, multiple=True)
    refused: list[tuple[Any, list[Any], str | None]] = [
        (single, [0, 1], ALREADY),
        (single, [0, 0], ALREADY),
        (several, [0, 0], ALREADY),
        (single, [], None),
        (single, [3], "The chosen vote option does not exist"),
        (single, [-1], "The chosen vote option does not exist"),
        (several, [0, 99], "The chosen vote option does not exist"),
        (single, [10**40], None),
        (single, ["oui"], None),
    ]
    for poll, choices, error in refused:
        answer = await votes(house, other, poll, *choices)
        assert answer.status_code == 422, choices
        assert error is None or answer.json()["error"] == error
    own = await votes(house, ide, single, 0)
    assert (own.status_code, own.json()["error"]) == (422, "You cannot vote in your own polls")
    for poll in (single, several):
        seen = await house.get(f"/api/v1/polls/{poll['id']}", other)
        assert (tallies(seen), seen["voters_count"], seen["voted"]) == ([0, 0, 0], 0, False)


async def test_several_answers_where_the_poll_takes_them(house: House) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    poll = await asks(house, ide, multiple=True)
    answer = await house.call("POST", f"/api/v1/polls/{poll['id']}/votes", other, data={"choices[]": ["0", "2"]})
    assert (answer.json()["own_votes"], answer.json()["votes_count"], answer.json()["voters_count"]) == ([0, 2], 2, 1)


async def test_votes_at_once_are_all_counted(house: House) -> None:
    ide = await house.person("ide")
    people = [await house.person(f"p{number}") for number in range(12)]
    poll = await asks(house, ide)
    answers = await asyncio.gather(*(votes(house, one, poll, number % 3) for number, one in enumerate(people)))
    assert {answer.status_code for answer in answers} == {200}
    assert tallies(await house.get(f"/api/v1/polls/{poll['id']}")) == [4, 4, 4]


@pytest.mark.parametrize(("multiple", "taken"), [(False, 1), (True, 3)])
async def test_one_person_at_once_counts_once(house: House, multiple: bool, taken: int) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    poll = await asks(house, ide, multiple=multiple)
    answers = await asyncio.gather(*(votes(house, other, poll, number % 3) for number in range(12)))
    assert sorted(answer.status_code for answer in answers) == [200] * taken + [422] * (12 - taken)
    seen = await house.get(f"/api/v1/polls/{poll['id']}")
    assert (seen["votes_count"], seen["voters_count"]) == (taken, 1)


async def test_where_several_answers_may_be_chosen_some_may_come_later(house: House) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    poll = await asks(house, ide, multiple=True)
    await votes(house, other, poll, 2)
    later = (await votes(house, other, poll, 0)).json()
    assert (later["own_votes"], later["votes_count"], later["voters_count"]) == ([2, 0], 2, 1)
    again = await votes(house, other, poll, 1, 0)
    assert (again.status_code, again.json()["error"]) == (422, ALREADY)
    seen = await house.get(f"/api/v1/polls/{poll['id']}", other)
    assert (tallies(seen), seen["voters_count"], seen["own_votes"]) == ([1, 0, 1], 1, [2, 0])


async def test_nobody_votes_once_it_is_over(house: House) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    poll = await asks(house, ide)
    await finish(house, poll)
    late = await votes(house, other, poll, 0)
    assert (late.status_code, late.json()["error"]) == (422, "The poll has already ended")
    seen = await house.get(f"/api/v1/polls/{poll['id']}", other)
    assert (seen["expired"], tallies(seen)) == (True, [0, 0, 0])


async def test_hidden_totals_show_when_it_is_over(house: House) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    poll = await asks(house, ide, hide_totals=True)
    assert tallies((await votes(house, other, poll, 2)).json()) == [None] * 3
    for viewer in (ide, other, None):
        assert tallies(await house.get(f"/api/v1/polls/{poll['id']}", viewer)) == [None] * 3
    await finish(house, poll)
    assert tallies(await house.get(f"/api/v1/polls/{poll['id']}")) == [0, 0, 1]


async def test_a_poll_is_read_through_the_gate_of_its_post(house: House) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    poll = await asks(house, ide, visibility="private")
    for viewer in (other, None):
        assert (await house.call("GET", f"/api/v1/polls/{poll['id']}", viewer)).status_code == 404
    assert (await votes(house, other, poll, 0)).status_code == 404
    assert (await house.call("GET", "/api/v1/polls/1", ide)).status_code == 404
    assert (await house.call("POST", f"/api/v1/polls/{poll['id']}/votes", None, json={"choices": [0]})).status_code == 401


async def test_other_answers_begin_again_from_zero(house: House) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    said = await house.say(ide, "Alors ?", poll=ASKED)
    path = f"/api/v1/statuses/{said['id']}"
    await votes(house, other, said["poll"], 0)
    same = await house.call("PUT", path, ide, json={"status": "Alors, alors ?", "poll": ASKED})
    assert tallies(same.json()["poll"]) == [1, 0, 0]
    words = await house.call("PUT", path, ide, json={"status": "Alors donc ?"})
    assert tallies(words.json()["poll"]) == [1, 0, 0]
    changed = await house.call("PUT", path, ide, json={"status": "Alors ?", "poll": ASKED | {"options": ["noir", "blanc"]}})
    assert (tallies(changed.json()["poll"]), changed.json()["poll"]["voters_count"]) == ([0, 0], 0)
    assert (await votes(house, other, said["poll"], 1)).status_code == 200
    history = await house.get(f"{path}/history", other)
    assert [len(version["poll"]["options"]) for version in history] == [3, 3, 3, 2]


async def test_an_edit_against_votes_loses_none(house: House) -> None:
    ide = await house.person("ide")
    people = [await house.person(f"p{number}") for number in range(6)]
    said = await house.say(ide, "Alors ?", poll=ASKED)
    edit = house.call("PUT", f"/api/v1/statuses/{said['id']}", ide, json={"poll": ASKED | {"options": ["noir", "blanc"]}})
    answers = await asyncio.gather(*(votes(house, one, said["poll"], 0) for one in people), edit)
    assert {answer.status_code for answer in answers} == {200}
    seen = await house.get(f"/api/v1/polls/{said['poll']['id']}")
    async with house.site.db.reading() as tx:
        cast = await tx.value("SELECT count(*) FROM poll_votes")
    assert (sum(tallies(seen)), seen["voters_count"]) == (cast, cast)  # type: ignore[arg-type]


async def test_its_end_is_told_once(house: House) -> None:
    told: list[int] = []

    async def hear(tx: Tx, event: PollEnded) -> None:
        told.append(event.post_id)
        assert await posts.polls.voters(tx, event.post_id) == [other.id]

    ide, other = await house.person("ide"), await house.person("autre")
    poll = await asks(house, ide)
    await votes(house, other, poll, 0)
    wiring = house.site.db.wiring
    assert wiring is not None
    house.site.db.wiring = msgspec.structs.replace(wiring, now=wiring.now | {PollEnded: (hear,)})
    await posts.polls.end(house.site, int(poll["id"]))
    assert told == []
    await finish(house, poll)
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'posts.end_poll'")
    await asyncio.gather(*(posts.polls.end(house.site, int(poll["id"])) for _ in range(4)), house.site.jobs.run(wait=False))
    assert len(told) == 1
    async with house.site.db.reading() as tx:
        assert not await tx.value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'posts.end_poll'")


async def test_the_end_of_an_erased_poll_is_nothing(house: House) -> None:
    ide = await house.person("ide")
    said = await house.say(ide, "Alors ?", poll=ASKED)
    await house.call("DELETE", f"/api/v1/statuses/{said['id']}", ide)
    await posts.polls.end(house.site, int(said["poll"]["id"]))
    assert await house.get("/api/v1/notifications", ide) == []
