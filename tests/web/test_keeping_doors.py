"""The hosts' pages are closed alike to everybody else: every role at every route, whatever stands behind it."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from tests.security.estate import rows, written
from tests.support.house import House
from tests.web.keepers import ADMINS, LINES, Estate, change, keeper, press, settled
from tests.web.visitor import Page, Visitor, visiting


@pytest.fixture
async def estate(house: House) -> Estate:
    return await settled(house)


async def test_a_visitor_is_sent_to_sign_in(house: House, estate: Estate) -> None:
    before, wrong = await rows(house), []
    async with visiting(house) as visitor:
        for line in LINES:
            answer = await visitor.client.request(line.method, estate.path(line))
            if answer.status_code != 303 or not answer.headers["location"].startswith("/connexion"):
                wrong.append(f"{line.method} {line.path}: {answer.status_code}")
    assert not wrong
    assert not written(before, await rows(house))


@pytest.mark.parametrize("mode", ["contributor", "reader"])
async def test_members_meet_one_closed_door_whatever_stands_behind(house: House, estate: Estate, mode: str) -> None:
    async with keeper(house, "membre", "member", mode) as member:
        word = (await member.get("/plus")).forms[0].values["csrf"]
        before, wrong = await rows(house), set()
        for line in LINES:
            for missing in (False, True):
                path = estate.path(line, missing=missing)
                sent = {"csrf": word, "sure": "1"} if line.method == "POST" else None
                answer = await member.client.request(line.method, path, data=sent)
                wrong.add((answer.status_code, "des hôtes de la maison" in Page(answer).text))
        assert wrong == {(403, True)}
        assert not written(before, await rows(house))
        assert not [link for link in (await member.get("/plus")).links if link.startswith("/maison")]


async def test_who_waits_to_be_let_in_meets_it_too(house: House, estate: Estate) -> None:
    async with keeper(house, "attend", "admin") as waiting:
        await change(house, "attend", state="pending")
        statuses = {(await waiting.client.get(estate.path(line))).status_code for line in LINES if line.method == "GET"}
        assert statuses == {403}


@pytest.mark.parametrize("role", ["host", "admin"])
async def test_hosts_come_in_and_their_forms_need_the_word(house: House, estate: Estate, role: str) -> None:
    async with keeper(house, "veilleuse", role) as host:
        before, wrong = await rows(house), []
        for line in LINES:
            answer = await host.client.request(line.method, estate.path(line))
            if answer.status_code != (200 if line.method == "GET" else 403):
                wrong.append(f"{line.method} {line.path}: {answer.status_code}")
        assert not wrong
        assert not written(before, await rows(house))


async def test_what_nobody_has_is_missing_for_hosts(house: House, estate: Estate) -> None:
    async with keeper(house, "veilleuse", "admin") as host:
        word = (await host.get("/plus")).forms[0].values["csrf"]
        given = {"csrf": word, "sure": "1", "measure": "suspend", "lifting": "enable", "gesture": "take", "role": "host"}
        given |= {"category": "spam", "text": "Un mot", "verdict": "restore"}
        before, wrong = await rows(house), []
        for line in LINES:
            if "{" not in line.path:
                continue
            answer = await host.client.request(line.method, estate.path(line, missing=True), data=given)
            if answer.status_code != 404:
                wrong.append(f"{line.method} {line.path}: {answer.status_code}")
        assert not wrong
        assert not written(before, await rows(house))


async def test_hosts_do_not_pass_the_doors_of_admins(house: House, estate: Estate) -> None:
    async with keeper(house, "veilleuse") as host:
        before = await rows(house)
        for path in ADMINS:
            answer = await press(host, path.replace("{id}", str(estate.member)), role="admin", sure="1")
            assert answer.answer.status_code == 403
            assert "administrateurs" in answer.text
        assert not written(before, await rows(house))


@pytest.mark.parametrize(("mine", "theirs"), [("host", "host"), ("host", "admin"), ("admin", "admin")])
async def test_nobody_decides_about_their_own_rank_or_above(house: House, mine: str, theirs: str) -> None:
    other = await house.person("collegue", role=theirs)
    async with keeper(house, "veilleuse", mine) as host:
        own = await change(house, "veilleuse", role=mine)
        before = await rows(house)
        for account_id in (other.id, own):
            page = await host.get(f"/maison/comptes/{account_id}")
            assert "vous ne décidez pas de lui" in page.text
            assert not [form for form in page.forms if form.action.startswith("/maison/comptes/")]
            for path, values in _decisions(account_id):
                answer = await press(host, path, **values)
                assert answer.answer.status_code == 403, path
        assert not written(before, await rows(house))


def _decisions(account_id: int) -> list[tuple[str, dict[str, str]]]:
    at = f"/maison/comptes/{account_id}"
    return [
        (at, {"measure": "suspend"}),
        (at, {"measure": "none", "reason": "Un mot."}),
        (f"{at}/lever", {"lifting": "enable"}),
        (f"{at}/role", {"role": "member"}),
        (f"{at}/sessions", {}),
        (f"{at}/effacer", {"sure": "1"}),
    ]


HOSTILE = ["", "abc", "-1", "9" * 40, "\u0000", "😀", "'; --", "a" * 5000]


async def test_hostile_forms_are_refused_clearly(house: House, estate: Estate) -> None:
    names = [
        "gesture",
        "ids[]",
        "measure",
        "reason",
        "lifting",
        "role",
        "category",
        "rules[]",
        "uses",
        "days",
        "domain",
        "severity",
        "text",
        "starts",
        "ends",
        "code",
        "name",
    ]
    async with AsyncExitStack() as stack:
        host: Visitor = await stack.enter_async_context(keeper(house, "veilleuse", "admin"))
        word = (await host.get("/plus")).forms[0].values["csrf"]
        wrong = []
        for line in (one for one in LINES if one.method == "POST"):
            for value in HOSTILE:
                sent = dict.fromkeys(names, value) | {"csrf": word}
                answer = await host.client.post(estate.path(line), data=sent)
                if answer.status_code not in {200, 303, 403, 404, 422}:
                    wrong.append(f"{line.path} {value[:8]!r}: {answer.status_code}")
        assert not wrong
