"""A whole account asleep: shown to nobody, woken as it was until its last day, erased the day after."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from salledepause.features import accounts, moderation
from salledepause.features.moderation import Decision
from salledepause.kernel import clock
from tests.support.house import House, Person
from tests.web.visitor import PASSWORD, Visitor

SLEEP, WAKE = "/reglages/sommeil", "/reveil"


def at(monkeypatch: pytest.MonkeyPatch, when: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: when)


async def asleep(nurse: Visitor) -> None:
    await nurse.get(SLEEP)
    await nurse.submit(SLEEP, password=PASSWORD)


async def identity(house: House, handle: str) -> int:
    async with house.site.db.reading() as tx:
        return (await accounts.by_handle(tx, handle)).id


async def token_of(house: House, handle: str) -> Person:
    me = await identity(house, handle)
    async with house.site.db.transaction() as tx:
        return Person(me, handle, await accounts.give_token(tx, me, ["read", "write", "follow"]))


@pytest.mark.parametrize(
    ("asleep", "last"),
    [
        (date(2027, 3, 1), date(2028, 3, 1)),
        (date(2028, 2, 28), date(2029, 2, 28)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2027, 2, 28), date(2028, 2, 28)),
        (date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_twelve_months_are_those_of_the_calendar(asleep: date, last: date) -> None:
    assert accounts.last_day(asleep) == last


async def test_who_sleeps_is_shown_to_nobody_and_wakes_as_they_were(house: House, nurse: Visitor, visitor: Visitor) -> None:
    friend, app = await house.person("garde"), await token_of(house, "nuit")
    post = await nurse.write("Je reviendrai.")
    await house.post(f"/api/v1/accounts/{app.id}/follow", friend)
    await house.post(f"/api/v1/accounts/{friend.id}/follow", app)
    listed = await house.post("/api/v1/lists", app, title="Nuit")
    await house.post(f"/api/v1/lists/{listed['id']}/accounts", app, account_ids=[str(friend.id)])
    page = await nurse.get(SLEEP)
    assert "effacé pour de bon" in page.text
    page = await nurse.submit(SLEEP, password="un autre mot de passe", status=422)
    assert "actuel incorrect" in page.text
    page = await nurse.submit(SLEEP, password=PASSWORD)
    assert "Votre compte dort jusqu'au" in page.text
    assert "__Host-session" not in nurse.client.cookies
    await nothing_shows(house, visitor, app, friend, post)
    await nurse.get("/connexion")
    page = await nurse.submit("/connexion", handle="nuit", password=PASSWORD)
    assert page.answer.url.path == WAKE
    assert "Votre compte dort" in (await nurse.get("/local")).text
    assert (await nurse.get("/notifications")).answer.url.path == WAKE, "nothing is open to who sleeps"
    await visitor.get("/@nuit", status=404)
    await nurse.submit(WAKE)
    assert "Je reviendrai." in (await visitor.get("/@nuit")).text
    assert [one["id"] for one in await house.get("/api/v1/timelines/home", friend)] == [str(post)]
    shown = await house.get("/api/v1/accounts/verify_credentials", app)
    assert (shown["followers_count"], shown["following_count"], shown["statuses_count"]) == (1, 1, 1)
    assert [one["id"] for one in await house.get(f"/api/v1/lists/{listed['id']}/accounts", app)] == [str(friend.id)]
    assert (await nurse.get(WAKE)).answer.url.path == "/", "there is nobody to wake"


async def nothing_shows(house: House, visitor: Visitor, app: Person, friend: Person, post: int) -> None:
    page = await visitor.get("/@nuit", status=404)
    assert "Ce compte dort" in page.text
    await visitor.get(f"/@nuit/{post}", status=404)
    assert "Je reviendrai." not in (await visitor.get("/local")).text
    assert await house.get("/api/v1/timelines/home", friend) == []
    shown = await house.get(f"/api/v1/accounts/{app.id}", friend)
    assert (shown["suspended"], shown["display_name"], shown["note"]) == (True, "", "")
    assert await house.get(f"/api/v1/accounts/{app.id}/statuses", friend) == []
    assert (await house.call("GET", f"/api/v1/statuses/{post}", friend)).status_code == 404
    assert (await house.call("GET", "/.well-known/webfinger?resource=acct:nuit@" + house.site.settings.domain)).status_code == 404
    for path in ("/api/v1/timelines/home", "/api/v1/accounts/verify_credentials"):
        answer = await house.call("GET", path, app)
        assert answer.status_code == 403, answer.text


async def test_who_does_not_wake_is_erased_the_day_after_the_last_in_paris(
    house: House, nurse: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, datetime(2028, 2, 28, 23, 30, tzinfo=UTC))  # the 29th in Paris
    page = await nurse.get(SLEEP)
    assert "jusqu'au 28 février 2029 inclus" in page.text
    await nurse.submit(SLEEP, password=PASSWORD)
    at(monkeypatch, datetime(2029, 2, 28, 22, 59, 59, tzinfo=UTC))
    await accounts.let_go(house.site)
    me = await identity(house, "nuit")
    at(monkeypatch, datetime(2029, 2, 28, 23, 0, tzinfo=UTC))
    await accounts.let_go(house.site)
    await accounts.let_go(house.site)
    async with house.site.db.reading() as tx:
        assert await accounts.load(tx, [me]) == {}


async def test_the_hosts_may_still_suspend_who_sleeps_who_then_has_the_whole_time_again(
    house: House, nurse: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, me = await house.person("veille", role="host"), await identity(house, "nuit")
    summer = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)  # the night when clocks go back
    at(monkeypatch, summer)
    async with house.site.db.transaction() as tx:
        assert await accounts.fall_asleep(tx, me) == await accounts.fall_asleep(tx, me) == date(2028, 10, 31)
        await moderation.decide(tx, host.id, me, Decision("suspend"))
    await nurse.get("/connexion")
    page = await nurse.submit("/connexion", handle="nuit", password=PASSWORD, status=422)
    assert "suspendu" in page.text
    at(monkeypatch, datetime(2028, 12, 1, tzinfo=UTC))
    await accounts.let_go(house.site)
    async with house.site.db.transaction() as tx:
        await moderation.lift(tx, host.id, me, "unsuspend")
        assert await accounts.asleep_until(tx, me) == date(2029, 12, 1)
        assert (await accounts.one(tx, me)).state == "asleep"
        await accounts.disable(tx, me)
    at(monkeypatch, datetime(2029, 12, 2, tzinfo=UTC))
    await accounts.let_go(house.site)
    async with house.site.db.transaction() as tx:
        await accounts.enable(tx, me)
        assert await accounts.asleep_until(tx, me) == date(2030, 12, 2)
        await accounts.wake(tx, me)
        await accounts.wake(tx, me)
        assert (await accounts.one(tx, me)).state == "active"
        assert await accounts.asleep_until(tx, me) is None


async def test_only_who_sleeps_can_wake_and_only_themselves(house: House, nurse: Visitor, visitor: Visitor) -> None:
    assert (await visitor.client.post(WAKE, data={})).status_code == 403
    form = (await nurse.get(SLEEP)).form(SLEEP)
    answer = await nurse.client.post(WAKE, data={"csrf": form.values["csrf"]})
    assert answer.status_code == 303, answer.text[-300:]
    assert answer.headers["location"].startswith("/connexion")
    assert (await nurse.client.post(SLEEP, data={"password": PASSWORD})).status_code == 403
    await nurse.get("/reglages")
    async with house.site.db.reading() as tx:
        assert (await accounts.by_handle(tx, "nuit")).state == "active"
