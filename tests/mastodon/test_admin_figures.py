"""Figures for the hosts' apps: true, of everybody together, and silent about fewer than five people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.mastodon.admin import armed, keeper
from tests.support.house import House

ADMIN = "/api/v1/admin"


def span() -> dict[str, str]:
    """Return the four days around now: a session may last beyond the end of the month in which it began."""
    now = datetime.now(UTC)
    return {"start_at": (now - timedelta(2)).isoformat(), "end_at": (now + timedelta(1)).isoformat()}


async def measured(house: House, who: Any, *keys: str, **more: Any) -> dict[str, list[str]]:
    """Return by key its total, that of the span before, and its days that are not nil."""
    found = await house.post(f"{ADMIN}/measures", who, keys=list(keys), **span() | more)
    assert all(len(one["data"]) == 4 for one in found)
    return {
        one["key"]: [one["total"], one["previous_total"], *(day["value"] for day in one["data"] if day["value"] != "0")]
        for one in found
    }


async def test_figures_are_those_of_five_people_or_more(house: House) -> None:
    host, month = await keeper(house, "hote"), f"{datetime.now(UTC):%Y-%m}"
    people = [await house.person(f"p{number}") for number in range(5)]
    first = await house.say(people[0], "Nuit #Garde", language="fr")
    for one in people[1:4]:
        await house.say(one, "Aussi #garde", in_reply_to_id=first["id"], language="fr")
        await house.post(f"/api/v1/statuses/{first['id']}/favourite", one)
    keys = ["active_users", "interactions", "tag_uses", "tag_accounts"]
    tags = {"tag_uses": {"id": "Garde"}, "tag_accounts": {"id": "garde"}}
    nothing = {key: ["0", "0"] for key in keys}
    assert await measured(house, host, *keys, **tags) == nothing
    assert (await measured(house, host, "new_users"))["new_users"] == ["6", "0", "6"]
    [languages] = await house.post(f"{ADMIN}/dimensions", host, keys=["languages"], **span())
    assert languages == {"key": "languages", "data": []}
    await house.say(people[4], "Et moi #garde", in_reply_to_id=first["id"], language="fr")
    await house.post(f"/api/v1/statuses/{first['id']}/favourite", people[4])
    await house.post(f"/api/v1/statuses/{first['id']}/favourite", host)
    said = {
        "active_users": ["5", "0", "5"],
        "interactions": ["9", "0", "9"],
        "tag_uses": ["5", "0", "5"],
        "tag_accounts": ["5", "0", "5"],
    }
    assert await measured(house, host, *keys, **tags) == said
    asked = {"keys": ["languages", "tag_languages", "sources", "servers"], "tag_languages": {"id": "garde"}}
    found = await house.post(f"{ADMIN}/dimensions", host, **asked, **span())
    french = [{"key": "fr", "human_key": "fr", "value": "5"}]
    assert {one["key"]: one["data"] for one in found} == {
        "languages": french, "tag_languages": french, "servers": [],
        "sources": [{"key": "web", "human_key": "salle.test", "value": "5"}],
    }  # fmt: skip
    cohorts = await house.post(f"{ADMIN}/retention", host, frequency="month", **span())
    present = next(one for one in cohorts if one["period"].startswith(month))
    assert (present["frequency"], present["data"][0]["value"], present["data"][0]["rate"]) == ("month", "5", round(5 / 6, 4))
    daily = await house.post(f"{ADMIN}/retention", host, **span())
    assert [len(one["data"]) for one in daily] == [4, 3, 2, 1]


async def test_reports_are_counted_but_those_about_who_asks(house: House) -> None:
    host, one, two = await keeper(house, "hote"), await house.person("une"), await house.person("deux")
    for target in (two, host):
        report = await house.post("/api/v1/reports", one, account_id=str(target.id), comment="aïe")
        await house.call("POST", f"{ADMIN}/reports/{report['id']}/resolve", host)
    found = await measured(house, host, "opened_reports", "resolved_reports", "instance_statuses", "rien")
    assert found == {"opened_reports": ["1", "0", "1"], "resolved_reports": ["1", "0", "1"], "instance_statuses": ["0", "0"]}
    machines = await house.post(f"{ADMIN}/dimensions", host, keys=["space_usage", "software_versions", "rien"], **span())
    assert [one["key"] for one in machines] == ["space_usage", "software_versions"]
    assert all(value["value"] for one in machines for value in one["data"])


async def test_hosts_alone_ask_of_days_that_are_days(house: House) -> None:
    host, one = await keeper(house, "hote"), await armed(house, await house.person("une"))
    for path in ("measures", "dimensions", "retention"):
        body = {"keys": ["new_users"], **span()}
        assert (await house.call("POST", f"{ADMIN}/{path}", one, json=body)).status_code == 403
        assert (await house.call("POST", f"{ADMIN}/{path}", json=body)).status_code == 401
        for wrong in ("", "hier", "0001-01-01", "9999-12-31T23:59:59-12:00", "2020-01-01"):
            answer = await house.call("POST", f"{ADMIN}/{path}", host, json=body | {"start_at": wrong})
            assert answer.status_code == 422, wrong
    answer = await house.call("POST", f"{ADMIN}/retention", host, json=span() | {"frequency": "dayz"})
    assert answer.status_code == 422
