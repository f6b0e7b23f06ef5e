"""La ronde by pages: a clap is a form, an open page hears the number, the keepsake stays, nothing of the month is ranked."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from salledepause.features import accounts, graph, notifications, waves
from salledepause.features.notifications import Quiet
from salledepause.kernel import clock
from salledepause.surfaces.web import direct
from tests.mastodon.admin import keeper
from tests.mastodon.test_waves import clap, over, victory, wave_of
from tests.support.house import House
from tests.support.streams import Events, listening
from tests.web.visitor import Visitor

MONTH = "/victoires"
QUESTION = f"{MONTH}/rendez-vous"


@asynccontextmanager
async def opened(house: House, who: Visitor, place: str) -> AsyncIterator[Events]:
    cookies = "; ".join(f"{name}={value}" for name, value in who.client.cookies.items())
    async with listening(house, direct.PATH, {"cookie": cookies, "accept-language": "fr"}, lieu=place) as stream:
        yield stream


async def told(stream: Events, wanted: str) -> Any:
    """Return what is told of a wave, once it is so many."""
    while True:
        heard = await stream.next()
        if heard.event == "wave" and (said := json.loads(heard.payload))["told"].startswith(wanted):
            return said


async def test_a_clap_is_a_form_and_the_keepsake_is_the_victorys_page(
    house: House, nurse: Visitor, director: Visitor, reader: Visitor, visitor: Visitor
) -> None:
    author = await house.person("autrice")
    won = await victory(house, author)
    address, form = f"/@autrice/{won['id']}", f"/ronde/{won['id']}"
    page = await nurse.get(address)
    assert page.form(form).buttons == [("", "")]
    assert page.all("div", id="direct")[0]["data-source"].endswith(f"lieu=%2Fronde%2F{won['id']}")
    assert "Il vous en reste 5" in page.text
    page = await nurse.submit(form, word="é" * 81, sign="coffee", status=422)
    assert page.all("input", id="mot")[0]["aria-invalid"] == "true"
    assert page.form(form).values["sign"] == "coffee"
    page = await nurse.submit(form, word="Quel soir !")
    assert "Votre félicitation est dans la ronde." in page.text
    assert form not in [one.action for one in page.forms]
    await director.get(address)
    page = await director.submit(form, word="De la part de la direction", anonymous="true")
    assert "2 félicitations" in page.text
    for who in (reader, visitor):
        page = await who.get(address)
        assert form not in [one.action for one in page.forms]
        for words in ("Une ronde est ouverte", "2 félicitations", "le soin paramédical", "Quel soir !", "sans nom"):
            assert words in page.text
        assert "la direction" not in page.text.replace("de la direction", "")
    assert "Une ronde en ce moment" in (await visitor.get(MONTH)).text
    during = [(await visitor.client.get(f"{address}/carte.{kind}")).content for kind in ("png", "pdf")]
    await over(house, won)
    await waves.end(house.site, int(won["id"]))
    after = [(await visitor.client.get(f"{address}/carte.{kind}")).content for kind in ("png", "pdf")]
    assert all(now != then for now, then in zip(after, during, strict=True)), "the card shows the keepsake"
    page = await visitor.get(address)
    for words in ("Un souvenir du", "Ont félicité :", "Quel soir !", "De la part de la direction"):
        assert words in page.text
    page = await nurse.get(f"/ronde/{won['id']}")
    (mine,) = [one.action for one in page.forms if one.action.startswith("/ronde/mots/")]
    page = await nurse.submit(mine)
    assert "Quel soir !" not in page.text
    assert "2 félicitations" in page.text


async def test_an_open_page_hears_the_number_and_closes_for_who_is_blocked(
    house: House, nurse: Visitor, director: Visitor
) -> None:
    author = await house.person("autrice")
    won = await victory(house, author)
    place = f"/ronde/{won['id']}"
    async with opened(house, nurse, place) as stream, opened(house, director, place) as other:
        people = [await house.person(f"p{number}") for number in range(12)]
        for one in people:
            await clap(house, one, won)
        said = await told(stream, "12")
        assert said == {"told": "12 félicitations", "families": "d’autres métiers", "open": True}
        assert await told(other, "12") == said
        async with house.site.db.transaction() as tx:
            await graph.block(tx, author.id, (await accounts.by_handle(tx, "garde")).id)
        await clap(house, await house.person("p12"), won)
        await told(stream, "13")
        assert await other.ended()
        await over(house, won)
        await waves.end(house.site, int(won["id"]))
        while (await told(stream, "13"))["open"]:
            pass


async def test_the_page_remembers_nothing_that_changed(house: House, nurse: Visitor, director: Visitor) -> None:
    author = await house.person("autrice")
    won = await victory(house, author)
    address = f"/@autrice/{won['id']}"
    for who in (nurse, director):
        await who.get(address)
    await nurse.submit(f"/ronde/{won['id']}", word="De nuit")
    for who in (nurse, director, nurse):
        assert "De nuit" in (await who.get(address)).text
    async with house.site.db.transaction() as tx:
        nurse_id = (await accounts.by_handle(tx, "nuit")).id
        await graph.block(tx, author.id, nurse_id)
    assert "De nuit" not in (await director.get(address)).text
    async with house.site.db.transaction() as tx:
        await graph.unblock(tx, author.id, nurse_id)
    assert "De nuit" in (await director.get(address)).text
    async with house.site.db.transaction() as tx:
        await accounts.erase(tx, nurse_id)
    page = await director.get(address)
    assert "De nuit" not in page.text
    assert "0 félicitation" in page.text


async def test_hosts_take_a_word_away_and_it_is_noted(house: House, director: Visitor) -> None:
    author, rude, host = await house.person("autrice"), await house.person("rude"), await keeper(house, "hote")
    won = await victory(house, author)
    await clap(house, rude, won, word="Bouh")
    (one,) = (await house.get(wave_of(won), host))["words"]
    path = f"/api/salledepause/v1/waves/words/{one['id']}"
    assert (await house.call("DELETE", path, host)).status_code == 200
    assert (await house.call("DELETE", path, host)).status_code == 404
    async with house.site.db.reading() as tx:
        assert await tx.values("SELECT subject FROM moderation_acts WHERE act = 'unsay_clap'") == [won["id"]]


async def test_the_order_of_the_month_depends_on_no_author_no_follower_and_no_clap(house: House) -> None:
    people = [await house.person(f"autrice{number}") for number in range(8)]
    said = [await victory(house, one, f"Petite victoire {number}") for number, one in enumerate(people)]

    async def order() -> list[str]:
        first, link = await house.call("GET", "/api/salledepause/v1/victories", params={"limit": 5}), None
        link = first.links["next"]["url"]
        rest = await house.call("GET", link.partition("salle.test")[2])
        return [one["id"] for one in (*first.json(), *rest.json())]

    before = await order()
    assert sorted(before) == sorted(one["id"] for one in said)
    assert before not in (sorted(before), sorted(before, reverse=True))
    for one in people[1:]:
        await house.post(f"/api/v1/accounts/{people[0].id}/follow", one)
        await house.post(f"/api/v1/statuses/{said[0]['id']}/favourite", one)
        await clap(house, one, said[0])
    assert await order() == before
    ids = [one.id for one in people]
    for seed in range(5):
        dealt = random.Random(seed).sample(ids, len(ids))  # noqa: S311 - an order, no secret
        async with house.site.db.transaction() as tx:
            for one, to in zip(said, dealt, strict=True):
                await tx.run("UPDATE posts SET account_id = %s WHERE id = %s", [to, int(one["id"])])
            tx.touches_everything()
        assert await order() == before


async def test_the_month_has_its_own_victories_and_another_day_deals_them_otherwise(
    house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = await house.person("autrice")
    for number in range(6):
        await victory(house, author, f"Victoire {number}")
    await victory(house, author, "Pour mes abonnés", visibility="private")
    await house.say(author, "Une opinion")
    first = [one["id"] for one in await house.get("/api/salledepause/v1/victories")]
    page = await visitor.get(MONTH)
    assert len(page.all("article")) == len(first) == 6
    month = clock.today().replace(day=1)
    assert f"{MONTH}?mois={waves.month_before(month):%Y-%m}" in page.links
    assert "Pas encore de victoire" in (await visitor.get(f"{MONTH}?mois={waves.month_before(month):%Y-%m}")).text
    for wrong in ("hier", "0001-01", "9999-12", "2026-13", "x" * 5000):
        await visitor.get(f"{MONTH}?mois={wrong}", 422)
    now = clock.now()
    orders = set()
    for day in range(4):
        monkeypatch.setattr(clock, "now", lambda day=day: now + timedelta(days=day))
        found = await house.get("/api/salledepause/v1/victories", month=f"{month:%Y-%m}")
        orders.add(tuple(one["id"] for one in found))
    assert len(orders) > 1
    assert {tuple(sorted(one)) for one in orders} == {tuple(sorted(first))}


async def asked(house: House, handle: str) -> int:
    async with house.site.db.reading() as tx:
        query = """SELECT count(*) FROM notifications n JOIN accounts a ON a.id = n.account_id
            WHERE n.kind = 'victory_prompt' AND a.handle = %s AND NOT n.dismissed"""
        return int(await tx.value(query, [handle]))


async def test_the_question_comes_once_a_week_outside_quiet_hours_and_stops_in_one_click(
    house: House, nurse: Visitor, director: Visitor, reader: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 19, 10, 0, tzinfo=UTC))
    assert QUESTION not in [one.action for one in (await reader.get(MONTH)).forms]
    for who in (nurse, director):
        await who.get(MONTH)
        await who.submit(QUESTION, button=("gesture", "want"))
    async with house.site.db.transaction() as tx:
        await notifications.keep_quiet(tx, (await accounts.by_handle(tx, "nuit")).id, Quiet(start=17 * 60, end=19 * 60))
    for hour, number in (
        (datetime(2026, 10, 21, 15, 59, tzinfo=UTC), (0, 0)),
        (datetime(2026, 10, 21, 16, 1, tzinfo=UTC), (0, 1)),
        (datetime(2026, 10, 21, 17, 1, tzinfo=UTC), (1, 1)),
        (datetime(2026, 10, 25, 12, 0, tzinfo=UTC), (1, 1)),
    ):
        monkeypatch.setattr(clock, "now", lambda hour=hour: hour)
        for _ in range(2):
            await waves.ask(house.site)
        assert (await asked(house, "nuit"), await asked(house, "garde")) == number
    page = await nurse.get("/notifications")
    assert "Une petite victoire cette semaine ?" in page.text
    assert "/ecrire?kind=victory" in page.links
    assert (await nurse.get("/ecrire?kind=victory")).form("/ecrire").values["kind"] == "victory"
    await nurse.get("/notifications")
    page = await nurse.submit(QUESTION, button=("gesture", "stop"))
    assert "Une petite victoire cette semaine ?" not in page.text
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 28, 17, 30, tzinfo=UTC))
    await waves.ask(house.site)
    assert (await asked(house, "nuit"), await asked(house, "garde")) == (0, 1)
