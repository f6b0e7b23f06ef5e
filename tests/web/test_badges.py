"""What waits for somebody is told right on every page, remembered or not: whatever they put away, mute, read or rest from."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from salledepause.features import accounts, announcements, graph, notifications, timelines
from salledepause.features.announcements import Draft
from salledepause.features.notifications import Quiet
from salledepause.kernel import clock
from salledepause.kernel.config import Settings
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Page as Cursor
from salledepause.surfaces.web import direct, live
from tests.support.histories import four_processes
from tests.support.house import House, Person
from tests.support.recorder import Recorder
from tests.support.streams import listening
from tests.web.keepers import keeper
from tests.web.test_live import asked
from tests.web.test_remembered import seen, session, view
from tests.web.visitor import Page, Visitor

ACTS = ("say", "say", "announce", "favour", "rest", "hours", "read", "distance", "distance", "announce", "hosts", "clear")
PLACES = ("/", "/local", "/?kind=info")
DOT = "du nouveau"


async def opened(house: House, who: Visitor) -> None:
    """Open the stream of a page, as its script does, and leave."""
    cookies = "; ".join(f"{name}={value}" for name, value in who.client.cookies.items())
    async with listening(house, direct.PATH, {"cookie": cookies}) as stream:
        assert stream.status == 200


async def test_a_page_that_listens_takes_no_badge_from_the_next(house: House, nurse: Visitor) -> None:
    author = await house.person("garde")
    async with keeper(house, "directrice") as director:
        for who, handle in ((nurse, "nuit"), (director, "directrice")):
            await who.get("/")
            await house.say(author, f"Bonsoir @{handle}")
            await opened(house, who)
            for path in PLACES:
                assert DOT in (await who.get(path)).text, (handle, path)


class Days:
    """What people do that changes what waits for them, at random but the same each time."""

    def __init__(self, seed: int, houses: list[House], people: list[Person]) -> None:
        self.random = Random(seed)  # noqa: S311 - a history to replay, no secret
        self.near = houses[:2]
        self.people = people
        self.told: list[int] = []

    async def act(self, name: str) -> str:
        """Do something through one of two processes; return what."""
        house, (who, other) = self.random.choice(self.near), self.random.sample(self.people, 2)
        if name == "say":
            await house.say(other, f"Tu es là, @{who.handle} ? {self.random.random()}")
        elif name == "favour":
            said = await house.say(who, "Une chose")
            await house.post(f"/api/v1/statuses/{said['id']}/{self.random.choice(('favourite', 'reblog'))}", other)
        elif name == "clear":
            await house.post("/api/v1/notifications/clear", who)
        else:
            async with house.site.db.transaction() as tx:
                await getattr(self, f"_{name}")(tx, who.id, other.id)
        return f"{name} of {who.handle} and {other.handle}"

    async def _rest(self, tx: Tx, me: int, _: int) -> None:
        if (await notifications.rest(tx, me)).away_from is None:
            await notifications.go_away(tx, me, "")
        elif self.random.random() < 0.5:
            await notifications.empty(tx, me)
        else:
            await notifications.come_back(tx, me)

    async def _hours(self, tx: Tx, me: int, _: int) -> None:
        await notifications.keep_quiet(tx, me, self.random.choice((Quiet(False), Quiet(True, 0, 1439), Quiet())))

    async def _read(self, tx: Tx, me: int, _: int) -> None:
        found = (await notifications.notifications(tx, me, Cursor(3))).items
        up_to = self.random.choice([one.told.id for one in found] or [1])
        await timelines.mark(tx, me, {"notifications": up_to, "home": up_to})

    async def _distance(self, tx: Tx, me: int, other: int) -> None:
        acts = (graph.limit, graph.unlimit, graph.mute, graph.unmute, graph.block, graph.unblock)
        await self.random.choice(acts)(tx, me, other)
        waiting = (await notifications.requests(tx, me, Cursor(9))).items
        if waiting and self.random.random() < 0.5:
            await self.random.choice((notifications.accept, notifications.refuse))(tx, me, [waiting[0].id])

    async def _announce(self, tx: Tx, me: int, _: int) -> None:
        choice = self.random.random()
        if not self.told or choice < 0.4:
            draft = Draft(text=f"Coupure {len(self.told)}", ends_at=clock.now() + timedelta(hours=choice * 20))
            self.told.append(await announcements.announce(tx, None, draft, published=not self.told or choice < 0.3))
        elif choice < 0.6:
            await announcements.publish(tx, None, self.told[-1])
        elif choice < 0.8:
            await announcements.rewrite(tx, None, self.told[-1], Draft(text=f"Autrement {choice}"))
        elif any(one.announcement.id == self.told[-1] for one in await announcements.shown(tx, me)):
            await announcements.dismiss(tx, me, self.told[-1])
        else:
            await announcements.withdraw(tx, None, self.told.pop())

    async def _hosts(self, tx: Tx, _: int, other: int) -> None:
        await self.random.choice((accounts.silence, accounts.unsilence, accounts.suspend, accounts.restore))(tx, other)


async def heard(house: House, path: str, cookie: str, who: Person) -> int:
    """Return how many posts a page as it stands would be told to have missed."""
    page = Page(await view(house, path, cookie))
    if page.answer.status_code != 200 or not page.all("div", id="direct"):
        return 0
    since = asked(page).get("depuis", "")
    if not since:
        return 0
    async with house.site.db.reading() as tx:
        return await live.count(tx, live.Watch(cookie, who.id, "fr", path, int(since)))


async def test_badges_rest_and_announcements_are_those_of_the_database(
    settings: Settings, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with four_processes(settings, recorder, monkeypatch) as houses:
        people = [await houses[0].person("ines", role="admin"), *[await houses[0].person(name) for name in ("jean", "kim")]]
        cookies = [await session(houses[0], one.id) for one in people]
        days, told, dots = Days(1958, houses, people), 0, 0
        for name in days.random.sample(ACTS * 2, len(ACTS) * 2):
            for house in days.near:
                for cookie in cookies:
                    await view(house, "/", cookie)
            done = await days.act(name)
            for who, cookie in zip(people, cookies, strict=True):
                right = await seen(houses[3], "/", cookie)
                dots, told = dots + right[1].count(b"badge dot"), told + right[1].count(b"Coupure") + right[1].count(b"Autrement")
                for house in days.near:
                    assert await seen(house, "/", cookie) == right, (done, who.handle)
                if b"member" in right[1]:
                    assert not await heard(days.near[0], "/", cookie, who), done
        assert dots > 5
        assert told > 5


async def test_what_changes_at_an_hour_is_remembered_until_then(
    house: House, nurse: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.say(await house.person("garde"), "Bonsoir @nuit")
    soon = clock.now() + timedelta(seconds=50)
    async with house.site.db.transaction() as tx:
        me = (await accounts.by_handle(tx, "nuit")).id
        await announcements.announce(tx, None, Draft(text="Coupure", ends_at=soon))
        await announcements.announce(tx, None, Draft(text="Autre", ends_at=soon + timedelta(days=1)))
    async with house.site.db.reading() as tx:
        await announcements.shown(tx, me)
        assert tx.ends == soon
    await nurse.write("Ici")
    for _ in range(2):  # the first tells what was done, and is nobody's but its own
        assert "Coupure" in (await nurse.get("/")).text
    kept = [one for key, one in house.site.windows._kept.items() if key[1:2] == ("/",)]  # type: ignore[index]  # noqa: SLF001
    assert [time.monotonic() < one.until < time.monotonic() + 50 for one in kept] == [True]
    evening = datetime(2026, 6, 1, 19, 59, 50, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: evening)
    for ends, hushed in ((evening + timedelta(seconds=10), False), (evening + timedelta(hours=8, seconds=10), True)):
        async with house.site.db.reading() as tx:
            assert await notifications.hushed(tx, me) is hushed
            assert tx.ends == ends
        house.site.windows.marks.touch_all()
        assert ("hushed" in (await nurse.get("/charte")).answer.text) is hushed
        evening = ends
