"""Reports: what may be reported, what a report says, who hears of it."""

from __future__ import annotations

from typing import Any

import pytest

from salledepause.features import moderation
from salledepause.kernel.errors import Forbidden, Missing
from salledepause.kernel.page import Page
from tests.support.house import House


async def test_a_report_reaches_the_hosts(house: House) -> None:
    host, one, two = await house.person("hote", role="host"), await house.person("une"), await house.person("deux")
    post = await house.say(two, "désagréable")
    given = {"status_ids": [post["id"]], "comment": "aïe", "category": "violation", "rule_ids": ["1", "2"]}
    filed = await house.post("/api/v1/reports", one, account_id=str(two.id), **given)
    assert given == {key: filed[key] for key in given}
    assert (filed["action_taken"], filed["action_taken_at"], filed["forwarded"]) == (False, None, False)
    assert filed["target_account"]["acct"] == "deux"
    told = await house.get("/api/v1/notifications", host)
    assert [(one["type"], one["account"]["acct"], one["report"]["id"]) for one in told if one["type"] == "admin.report"] == [
        ("admin.report", "une", filed["id"])
    ]
    grouped = await house.get("/api/v2/notifications", host, **{"types[]": "admin.report"})
    assert grouped["notification_groups"][0]["report"]["comment"] == "aïe"
    assert await house.get("/api/v1/notifications", two) == []
    async with house.site.db.transaction() as tx:
        waiting = await moderation.open_reports(tx, host.id, Page())
        assert [str(one.id) for one in waiting.items] == [filed["id"]]
        for act in (moderation.resolve(tx, one.id, int(filed["id"])), moderation.open_reports(tx, two.id, Page())):
            with pytest.raises(Forbidden):
                await act
        with pytest.raises(Missing):
            await moderation.resolve(tx, host.id, 404)
        await moderation.resolve(tx, host.id, int(filed["id"]))
        await moderation.resolve(tx, host.id, int(filed["id"]))
        assert (await moderation.open_reports(tx, host.id, Page())).items == []
        settled = (await moderation.load(tx, [int(filed["id"])]))[int(filed["id"])]
        assert settled.resolved_at is not None


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_what_one_may_not_see_cannot_be_reported(house: House, visibility: str) -> None:
    one, two, three = [await house.person(name) for name in ("une", "deux", "trois")]
    hidden = await house.say(two, "entre nous @trois", visibility=visibility)
    given = {"account_id": str(two.id), "status_ids": [hidden["id"]]}
    answer = await house.call("POST", "/api/v1/reports", one, json=given)
    assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})
    assert (await house.post("/api/v1/reports", three, **given))["status_ids"] == [hidden["id"]]


async def test_only_the_targets_own_posts(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    mine = await house.say(one, "de moi")
    for posts in ([mine["id"]], ["404"], ["x"]):
        answer = await house.call("POST", "/api/v1/reports", one, json={"account_id": str(two.id), "status_ids": posts})
        assert answer.status_code == 404
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM reports") == 0


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"comment": "x" * 1001}, 422),
        ({"category": "envie"}, 422),
        ({"status_ids": [str(number) for number in range(101)]}, 422),
        ({"rule_ids": [str(number) for number in range(51)]}, 422),
        ({"account_id": "404"}, 404),
        ({"account_id": ""}, 404),
        ({"comment": "x" * 1000}, 200),
        ({"category": ""}, 200),
        ({"forward": "true"}, 200),
    ],
)
async def test_limits_of_a_report(house: House, given: dict[str, Any], status: int) -> None:
    one, two = await house.person("une"), await house.person("deux")
    answer = await house.call("POST", "/api/v1/reports", one, json={"account_id": str(two.id)} | given)
    assert answer.status_code == status


async def test_one_may_ask_the_hosts_to_look_at_oneself_but_not_without_a_token(house: House) -> None:
    one = await house.person("une")
    assert (await house.post("/api/v1/reports", one, account_id=str(one.id)))["target_account"]["id"] == str(one.id)
    assert (await house.call("POST", "/api/v1/reports", json={"account_id": str(one.id)})).status_code == 401
