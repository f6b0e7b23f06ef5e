"""Votes that were empty, repeated, late or out of range raised counts (Mastodon 3.5.3); see `tests/mastodon/test_polls.py`."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.security.estate import Estate, broken, rows, written
from tests.support.house import House

WEIRD: list[Any] = [
    None,
    [],
    [None],
    "",
    [""],
    [-1],
    [2],
    [0, 0],
    ["0", "0"],
    [0, 1],
    [0.5],
    ["zéro"],
    [[0]],
    {"0": 0},
    [2**31],
    [2**63],
    [True, False],
    "0,1",
    [0] * 500,
]


async def test_odd_votes_count_nothing(house: House, estate: Estate) -> None:
    before = await rows(house)
    for choices in WEIRD:
        answer = await house.call("POST", f"/api/v1/polls/{estate.things['poll']}/votes", estate.eve, json={"choices": choices})
        assert answer.status_code in {400, 422}, choices
    for way in ({"params": {"choices": "0,1"}}, {"data": {"choices[]": ["0", "1"]}}, {"data": {"choices[5]": "-0x0"}}):
        assert (await house.call("POST", f"/api/v1/polls/{estate.things['poll']}/votes", estate.eve, **way)).status_code == 422
    assert not written(before, await rows(house))


async def test_a_late_vote_counts_nothing(house: House, estate: Estate) -> None:
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE polls SET expires_at = now() - interval '1 millisecond'")
    before = await rows(house)
    assert (
        await house.call("POST", f"/api/v1/polls/{estate.things['poll']}/votes", estate.eve, json={"choices": [0]})
    ).status_code == 422
    assert not written(before, await rows(house))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.integers(-2, 3), st.sampled_from(["0", "1", "", None, "a"])), max_size=4))
async def test_tallies_are_the_votes_whatever_is_sent(house: House, estate: Estate, choices: list[Any]) -> None:
    poll = f"/api/v1/polls/{estate.things['poll']}"
    answer = await house.call("POST", f"{poll}/votes", estate.eve, json={"choices": choices})
    assert not broken(answer)
    async with house.site.db.reading() as tx:
        votes = await tx.values("SELECT choices FROM poll_votes")
        (tallies, voters), *_ = await tx.rows("SELECT tallies, voters_count FROM polls")
    assert (voters, tallies) == (len(votes), [sum(one in vote for vote in votes) for one in range(2)])
