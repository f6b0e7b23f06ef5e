"""Rest: quiet hours, a browser that is woken only when it may be, being away and coming back gently."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from salledepause.features import accounts, notifications
from salledepause.features.notifications import Quiet
from salledepause.kernel import clock
from salledepause.kernel.page import Page as Cursor
from tests.support.house import House, Person
from tests.support.push import App, PushService
from tests.web.visitor import Visitor, visiting

NIGHT = "/reglages/notifications"
AIR = "/prendre-l-air"


@pytest.fixture
def at_night(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Make it three in the morning in Paris, of the next night."""
    tomorrow = clock.now().astimezone(clock.PARIS) + timedelta(days=1)
    hour = tomorrow.replace(hour=3, minute=0, second=0, microsecond=0).astimezone(UTC)
    monkeypatch.setattr(clock, "now", lambda: hour)
    return hour


async def rested(house: House, handle: str) -> notifications.Rest:
    async with house.site.db.reading() as tx:
        return await notifications.rest(tx, (await accounts.by_handle(tx, handle)).id)


async def unread(house: House, handle: str) -> int:
    async with house.site.db.reading() as tx:
        return len((await notifications.notifications(tx, (await accounts.by_handle(tx, handle)).id, Cursor(40))).items)


async def subscribed(visitor: Visitor, app: App, endpoint: str, **more: Any) -> None:
    """Send what the script of the page would fill in."""
    form = (await visitor.get(NIGHT)).form("/reglages/reveil")
    sent = {"csrf": form.values["csrf"], "endpoint": endpoint, **app.keys, "alerts[]": ["mention", "follow"], "policy": "all"}
    answer = await visitor.client.post("/reglages/reveil", data=sent | more)
    assert answer.status_code == 303, answer.text[-300:]


async def due(house: House) -> list[Any]:
    async with house.site.db.reading() as tx:
        query = "SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'mastodon.wake' AND status = 'todo'"
        return list(await tx.values(query))


async def hurry(house: House) -> None:
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'mastodon.wake'")
    await house.site.jobs.run(wait=False)


async def test_quiet_hours_are_shown_and_set(house: House, nurse: Visitor) -> None:
    form = (await nurse.get(NIGHT)).form("/reglages/nuit")
    assert (form.values["start"], form.values["end"], form.values["quiet"]) == ("22:00", "06:00", "1")
    await nurse.submit("/reglages/nuit", start="23:30", end="7:05")
    assert (await rested(house, "nuit")).quiet == Quiet(True, 23 * 60 + 30, 7 * 60 + 5)
    for wrong in ("", "24:00", "7", "22:60", "-1:00", "٢٢:٠٠"):
        await nurse.get(NIGHT)
        await nurse.submit("/reglages/nuit", start=wrong, status=422)
    answer = await nurse.client.post("/reglages/nuit", data={"csrf": form.values["csrf"], "start": "1:00", "end": "2:00"})
    assert answer.status_code == 303
    assert not (await rested(house, "nuit")).quiet.on


async def test_what_strangers_do_is_for_one_to_choose(house: House, nurse: Visitor) -> None:
    await nurse.get(NIGHT)
    await nurse.submit(NIGHT, for_not_following="filter", for_new_accounts="drop")
    async with house.site.db.reading() as tx:
        policy = await notifications.policy(tx, (await accounts.by_handle(tx, "nuit")).id)
    assert (policy.for_not_following, policy.for_new_accounts, policy.for_not_followers) == ("filter", "drop", "accept")
    assert (await rested(house, "nuit")).quiet == Quiet(), "one form does not undo the other"


async def test_a_browser_is_woken_by_day_until_it_is_signed_out(near: House, service: PushService) -> None:
    async with visiting(near) as nurse:
        await nurse.sign_up("nuit")
        async with near.site.db.transaction() as tx:
            await notifications.keep_quiet(tx, (await accounts.by_handle(tx, "nuit")).id, Quiet(False))
        app, author = App(), await near.person("garde")
        await subscribed(nurse, app, service.url)
        await near.say(author, "Bonjour @nuit")
        await near.site.jobs.run(wait=False)
        (sent,) = service.arrived
        told = app.read(sent)
        assert told["title"] == "garde vous mentionne"
        assert "access_token" not in told
        assert told["silent"] is False
        await nurse.get("/reglages")
        await nurse.post("/deconnexion")
        await near.say(author, "Encore @nuit")
        await near.site.jobs.run(wait=False)
        assert len(service.arrived) == 1


async def test_at_night_nothing_rings_and_the_morning_tells_the_newest_alone_without_a_sound(
    near: House, service: PushService, at_night: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with visiting(near) as nurse:
        await nurse.sign_up("nuit")
        app, author = App(), await near.person("garde")
        await subscribed(nurse, app, service.url)
        for text in ("Une @nuit", "Deux @nuit"):
            await near.say(author, text)
        await near.site.jobs.run(wait=False)
        assert service.arrived == []
        morning = at_night + timedelta(hours=3)
        assert all(morning <= when < morning + timedelta(minutes=10) for when in await due(near))
        monkeypatch.setattr(clock, "now", lambda: morning)
        await hurry(near)
        (sent,) = service.arrived
        told = app.read(sent)
        assert told["body"] == "Deux @nuit"
        assert told["silent"] is True
        assert sent.headers["urgency"] == "low"


@pytest.mark.parametrize(
    "given",
    [
        {"endpoint": ""},
        {"endpoint": "http://127.0.0.1:1/"},
        {"endpoint": "https://10.0.0.1/"},
        {"endpoint": "https://push.example/" + "a" * 3000},
        {"p256dh": "AAAA"},
        {"auth": "A" * 400},
        {"alerts[]": ["nothing"]},
        {"policy": "everybody"},
    ],
)
async def test_a_hostile_subscription_is_refused(house: House, nurse: Visitor, given: dict[str, Any]) -> None:
    form = (await nurse.get(NIGHT)).form("/reglages/reveil")
    sent = {"csrf": form.values["csrf"], "endpoint": "https://push.example/a", **App().keys, "alerts[]": ["mention"]} | given
    assert (await nurse.client.post("/reglages/reveil", data=sent)).status_code == 422
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM push_subscriptions") == 0


async def called(house: House, author: Person) -> None:
    await house.say(author, "Tu es là, @nuit ?")
    await house.say(author, "Bonne route @nuit")


async def test_while_one_is_away_nothing_rings_and_all_is_kept_aside(house: House, nurse: Visitor) -> None:
    author = await house.person("garde")
    await house.say(author, "Avant @nuit")
    await nurse.get(AIR)
    page = await nurse.submit(AIR, note="De retour en mars.")
    assert "Rien ne sonnera" in page.text
    await called(house, author)
    async with house.site.db.reading() as tx:
        told = await tx.value("SELECT count(*) FROM notifications WHERE kind = 'mention'")
    assert (told, await unread(house, "nuit")) == (3, 1)
    page = await nurse.get(AIR)
    assert "2 mentions, 0 autre nouvelle" in page.text
    assert "De retour en mars." in (await nurse.get("/@nuit")).text
    await nurse.get(AIR)
    page = await nurse.submit(f"{AIR}/retour")
    assert page.answer.url.path == "/prendre-l-air/retour"
    assert await unread(house, "nuit") == 3
    assert "De retour en mars." not in (await nurse.get("/@nuit")).text


async def test_what_was_kept_aside_can_be_emptied_unread(house: House, nurse: Visitor) -> None:
    author = await house.person("garde")
    await house.say(author, "Avant @nuit")
    await nurse.get(AIR)
    await nurse.submit(AIR)
    await called(house, author)
    await nurse.get(AIR)
    page = await nurse.submit(f"{AIR}/vider")
    assert "0 mention, 0 autre nouvelle" in page.text
    await nurse.submit(f"{AIR}/retour")
    assert await unread(house, "nuit") == 1


async def test_going_twice_and_coming_back_twice_equal_once(house: House, nurse: Visitor) -> None:
    await nurse.get(AIR)
    await nurse.submit(AIR)
    since = (await rested(house, "nuit")).away_from
    await nurse.submit(AIR, note="Au vert.")
    assert await rested(house, "nuit") == notifications.Rest(Quiet(), since, "Au vert.")
    form = nurse.page.form(f"{AIR}/retour")
    await nurse.submit(f"{AIR}/retour")
    answer = await nurse.client.post(f"{AIR}/retour", data=form.values)
    assert answer.headers["location"] == "/"
    await nurse.get(AIR)
    await nurse.submit(AIR, note="a" * 201, status=422)
    assert (await rested(house, "nuit")).away_from is None


async def test_the_catch_up_holds_ten_at_most_victories_of_those_one_follows_first(house: House, nurse: Visitor) -> None:
    friend, stranger = await house.person("amie"), await house.person("garde")
    page = await nurse.get("/@amie")
    action = next(form.action for form in page.forms if form.action.startswith("/personnes/"))
    await nurse.submit(action, button=("gesture", "follow"))
    await house.say(friend, "Trop tôt.")
    await nurse.get(AIR)
    await nurse.submit(AIR)
    await house.say(friend, "Gagné hier.", salledepause={"kind": "victory"})
    for number in range(11):
        await house.say(friend, f"Chose {number}.")
    await house.say(stranger, "Gagné ailleurs.", salledepause={"kind": "victory"})
    await nurse.get(AIR)
    page = await nurse.submit(f"{AIR}/retour")
    assert len(page.all("article", class_="post")) == 10
    assert page.text.index("Gagné hier.") < page.text.index("Chose 10.") < page.text.index("Chose 9.")
    assert "Trop tôt." not in page.text
    for strange in ("-1", "99999999999999999999", "rien"):
        answer = await nurse.client.get(f"{AIR}/retour?depuis={strange}")
        assert answer.status_code in {200, 422}


async def test_the_house_is_hushed_at_night_and_while_one_is_away(
    house: House, nurse: Visitor, at_night: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hushed() -> bool:
        async with house.site.db.reading() as tx:
            return await notifications.hushed(tx, (await accounts.by_handle(tx, "nuit")).id)

    assert await hushed()
    monkeypatch.setattr(clock, "now", lambda: at_night + timedelta(hours=9))
    assert not await hushed()
    await nurse.get(AIR)
    await nurse.submit(AIR)
    assert await hushed()
