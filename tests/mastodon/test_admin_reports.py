"""Reports on the hosts' desk: listed, sorted, taken over, settled, opened again; what they show and to whom."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mastodon.admin import armed, journal, keeper
from tests.support.house import House, Person

V1 = "/api/v1/admin/reports"


async def filed(house: House, who: Person, whom: Person, **given: Any) -> str:
    return str((await house.post("/api/v1/reports", who, account_id=str(whom.id), **given))["id"])


async def test_a_report_shows_who_whom_and_what(house: House) -> None:
    host, one, two = await keeper(house, "hote"), await house.person("une"), await house.person("deux")
    post = await house.say(two, "désagréable")
    report = await filed(house, one, two, status_ids=[post["id"]], comment="aïe", rule_ids=["2", "99"])
    found = await house.get(f"{V1}/{report}", host)
    assert await house.get(V1, host) == [found]
    assert (found["account"]["username"], found["target_account"]["username"]) == ("une", "deux")
    assert (found["category"], found["comment"], found["action_taken"]) == ("violation", "aïe", False)
    assert [status["id"] for status in found["statuses"]] == [post["id"]]
    assert [rule["id"] for rule in found["rules"]] == ["2"], "a rule that is no more is left out"
    assert (found["assigned_account"], found["action_taken_by_account"], found["action_taken_at"]) == (None, None, None)


async def test_a_report_opens_nothing_to_hosts(house: House) -> None:
    host, one, two = await keeper(house, "hote"), await house.person("une"), await house.person("deux")
    hidden = await house.say(two, "entre nous @une", visibility="direct")
    report = await filed(house, one, two, status_ids=[hidden["id"]])
    answer = await house.call("GET", f"{V1}/{report}", host)
    assert answer.json()["statuses"] == []
    assert "entre nous" not in answer.text


async def test_lists_filter_and_wait_by_default(house: House) -> None:
    host, one, two = await keeper(house, "hote"), await house.person("une"), await house.person("deux")
    first, second, third = await filed(house, one, two), await filed(house, two, one), await filed(house, host, two)
    await house.post(f"{V1}/{first}/resolve", host)

    async def ids(**given: Any) -> list[str]:
        return [report["id"] for report in await house.get(V1, host, **given)]

    assert await ids() == await ids(resolved="false") == [third, second]
    assert await ids(resolved="true") == [first]
    assert await ids(account_id=str(two.id)) == [second]
    assert await ids(target_account_id=str(two.id)) == [third]
    assert await ids(target_account_id=str(two.id), account_id=str(two.id)) == []
    answer = await house.call("GET", V1, host, params={"limit": 1})
    assert [report["id"] for report in answer.json()] == [third]
    following = (await house.call("GET", answer.links["next"]["url"], host)).json()
    assert [report["id"] for report in following] == [second]
    assert (await house.call("GET", V1, host, params={"account_id": "x"})).status_code == 404


async def test_the_life_of_a_report(house: House) -> None:
    host, other = await keeper(house, "hote"), await keeper(house, "autre")
    one, two = await house.person("une"), await house.person("deux")
    report = await filed(house, one, two, comment="bruit")

    async def act(who: Person, verb: str) -> Any:
        return await house.post(f"{V1}/{report}/{verb}", who)

    for _ in range(2):
        assert (await act(host, "assign_to_self"))["assigned_account"]["username"] == "hote"
    assert (await act(other, "assign_to_self"))["assigned_account"]["username"] == "autre"
    for _ in range(2):
        assert (await act(host, "unassign"))["assigned_account"] is None
    for who in (host, other):
        settled = await act(who, "resolve")
        assert (settled["action_taken"], settled["action_taken_by_account"]["username"]) == (True, "hote")
        assert settled["action_taken_at"] is not None
    for _ in range(2):
        opened = await act(other, "reopen")
        assert (opened["action_taken"], opened["action_taken_by_account"], opened["action_taken_at"]) == (False, None, None)
    assert opened["updated_at"] > opened["created_at"]
    assert [(who, what) for who, what, _, _ in await journal(house)] == [
        ("hote", "assign_report"),
        ("autre", "assign_report"),
        ("hote", "unassign_report"),
        ("hote", "resolve_report"),
        ("autre", "reopen_report"),
    ], "what changes nothing is not written down"


async def test_a_report_is_sorted_anew(house: House) -> None:
    host, one, two = await keeper(house, "hote"), await house.person("une"), await house.person("deux")
    report = await filed(house, one, two, comment="bruit")

    async def change(**given: Any) -> tuple[int, Any]:
        answer = await house.call("PUT", f"{V1}/{report}", host, json=given)
        return answer.status_code, answer.json()

    status, found = await change(category="violation", rule_ids=["1", "3", "1"])
    assert (status, found["category"], [rule["id"] for rule in found["rules"]]) == (200, "violation", ["1", "3"])
    status, found = await change()
    assert (status, [rule["id"] for rule in found["rules"]]) == (200, ["1", "3"])
    status, found = await change(category="spam")
    assert (status, found["category"], found["rules"]) == (200, "spam", [])
    assert (await change(category="envie"))[0] == 422
    assert (await change(rule_ids=["x"]))[0] == 404
    assert (await change(category="violation", rule_ids=[str(number) for number in range(51)]))[0] == 422
    assert (await house.get(f"{V1}/{report}", host))["category"] == "spam"


async def test_a_host_never_meets_a_report_about_themselves(house: House) -> None:
    host, chief, one = await keeper(house, "hote"), await keeper(house, "chef", "admin"), await house.person("une")
    report = await filed(house, one, host, comment="abus")
    assert await house.get(V1, host) == []
    for method, path in (("GET", ""), ("PUT", ""), ("POST", "/resolve"), ("POST", "/assign_to_self"), ("POST", "/reopen")):
        assert (await house.call(method, f"{V1}/{report}{path}", host, json={"category": "spam"})).status_code == 404
    assert [found["id"] for found in await house.get(V1, chief)] == [report]


async def test_a_reporter_who_left_is_nobody_and_the_report_stays(house: House) -> None:
    host, one, two = await keeper(house, "hote"), await house.person("une"), await house.person("deux")
    report = await filed(house, one, two)
    async with house.site.db.transaction() as tx:
        await tx.run("DELETE FROM accounts WHERE id = %s", [one.id])
    found = await house.get(f"{V1}/{report}", host)
    assert (found["account"]["id"], found["account"]["suspended"]) == ("0", True)


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("GET", "/{id}"), ("POST", "/{id}/resolve"), ("PUT", "/{id}")])
async def test_only_hosts_with_the_right_scope_enter(house: House, method: str, path: str) -> None:
    one, two = await armed(house, await house.person("une")), await house.person("deux", role="host")
    report = await filed(house, two, one)
    address = V1 + path.format(id=report)
    assert (await house.call(method, address, one)).status_code == 403
    assert (await house.call(method, address, two)).status_code == 403
    assert (await house.call(method, address)).status_code == 401
