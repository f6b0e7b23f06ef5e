"""Reading positions: kept, moved as the app says, one's own only, never half written."""

from __future__ import annotations

import pytest

from tests.support.house import House

MARKERS = "/api/v1/markers"


async def test_markers_are_kept_and_counted(house: House) -> None:
    ana = await house.person("ana")
    assert await house.get(MARKERS, ana, **{"timeline[]": ["home", "notifications"]}) == {}
    made = await house.post(MARKERS, ana, home={"last_read_id": "42"})
    assert made["home"]["last_read_id"] == "42"
    assert made["home"]["version"] == 1
    assert made["home"]["updated_at"].endswith("Z")
    assert "notifications" not in made
    again = await house.post(MARKERS, ana, home={"last_read_id": "41"}, notifications={"last_read_id": 7})
    assert (again["home"]["last_read_id"], again["home"]["version"]) == ("41", 2), "it goes where the app says, back included"
    assert again["notifications"]["last_read_id"] == "7"
    assert await house.get(MARKERS, ana, **{"timeline[]": ["home", "notifications"]}) == again
    assert set(await house.get(MARKERS, ana, **{"timeline[]": "home"})) == {"home"}
    assert await house.get(MARKERS, ana) == {}


async def test_forms_are_read_like_json(house: House) -> None:
    ana = await house.person("ana")
    answer = await house.call("POST", MARKERS, ana, data={"home[last_read_id]": "103194548672408537"})
    assert answer.json()["home"]["last_read_id"] == "103194548672408537"


async def test_markers_are_ones_own(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    await house.post(MARKERS, ana, home={"last_read_id": "42"})
    assert await house.get(MARKERS, bob, **{"timeline[]": "home"}) == {}
    assert (await house.call("GET", MARKERS)).status_code == 401
    assert (await house.call("POST", MARKERS)).status_code == 401


@pytest.mark.parametrize("read", ["abc", "-1", "", "99999999999999999999"])
async def test_a_position_that_is_no_id_is_refused(house: House, read: str) -> None:
    ana = await house.person("ana")
    answer = await house.call("POST", MARKERS, ana, json={"home": {"last_read_id": read}})
    assert answer.status_code == 422
    assert await house.get(MARKERS, ana, **{"timeline[]": "home"}) == {}


async def test_an_unknown_timeline_is_refused(house: House) -> None:
    ana = await house.person("ana")
    assert (await house.call("GET", MARKERS, ana, params={"timeline[]": "public"})).status_code == 422


async def test_two_apps_at_the_same_moment_conflict(house: House) -> None:
    ana = await house.person("ana")
    await house.post(MARKERS, ana, home={"last_read_id": "1"})
    async with house.site.db.transaction() as tx:
        await tx.run("SELECT 1 FROM markers WHERE account_id = %s FOR UPDATE", [ana.id])
        answer = await house.call("POST", MARKERS, ana, json={"home": {"last_read_id": "2"}})
        assert (answer.status_code, answer.json()) == (409, {"error": "Conflict during update, please try again"})
    assert (await house.post(MARKERS, ana, home={"last_read_id": "2"}))["home"]["version"] == 2
