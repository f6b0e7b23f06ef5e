"""The names of moderators leaked to those they moderated: no answer to anybody says which host did what (Mastodon 3.5.3)."""

from __future__ import annotations

from salledepause.features import accounts, moderation
from tests.security.estate import READING, Estate, name_of, probe
from tests.support.house import House, Person


async def decide(house: House, host: Person, target: Person, report: int) -> None:
    async with house.site.db.transaction() as tx:
        await moderation.resolve(tx, host.id, report)
        await accounts.silence(tx, target.id)


async def test_nobody_learns_which_host_decided(house: House, estate: Estate) -> None:
    host = await house.person("garde", role="host")
    report = await house.post("/api/v1/reports", estate.eve, account_id=str(estate.ada.id), comment="bruit")
    await decide(house, host, estate.ada, int(report["id"]))
    told = await house.get("/api/v1/notifications", host)
    assert [one["type"] for one in told] == ["admin.report"]
    public = {
        "GET /api/v1/directory",
        "GET /api/v2/instance",
        "GET /api/v1/instance",
        "GET /api/v2/suggestions",
        "GET /api/v1/suggestions",
    }
    for who in (estate.ada, estate.eve, None):
        for line in READING:
            answer = await probe(house, "GET", estate.path(line), who)
            named = str(host.id) in answer.text or '"garde"' in answer.text
            assert not named or name_of(line) in public, name_of(line)


async def test_the_person_reported_does_not_learn_who_told(house: House, estate: Estate) -> None:
    dan = await house.person("delateur")
    await house.post("/api/v1/reports", dan, account_id=str(estate.ada.id), status_ids=[estate.things["status"]], comment="bruit")
    for line in READING:
        answer = await probe(house, "GET", estate.path(line), estate.ada)
        listed = {"GET /api/v1/directory", "GET /api/v2/suggestions", "GET /api/v1/suggestions"}
        assert str(dan.id) not in answer.text or name_of(line) in listed, name_of(line)


async def test_a_report_is_no_message_to_whom_it_is_about(house: House) -> None:
    host, other = await house.person("garde", role="host"), await house.person("autre", role="host")
    eve = await house.person("eve")
    await house.post("/api/v1/reports", eve, account_id=str(host.id), comment="abus")
    reports = {"types[]": "admin.report"}
    assert await house.get("/api/v1/notifications", host, **reports) == []
    assert [one["type"] for one in await house.get("/api/v1/notifications", other, **reports)] == ["admin.report"]
