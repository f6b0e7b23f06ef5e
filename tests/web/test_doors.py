"""A door by its pages, without a script: announced, agreed to, written, asked, answered, read again and printed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from salledepause.features import doors
from salledepause.kernel import clock, ids
from salledepause.surfaces.web import live
from tests.support.doors import moved
from tests.support.house import House
from tests.web.keepers import keeper
from tests.web.visitor import Visitor


def local(minutes: int) -> str:
    """Return an hour so many minutes from now, as a form of Paris says it."""
    return f"{(clock.now() + timedelta(minutes=minutes)).astimezone(clock.PARIS):%Y-%m-%dT%H:%M}"


async def announced(house: House) -> str:
    """Have a host announce a pair by the form, a wrong name first; return the door."""
    async with keeper(house, "hotesse_porte") as host:
        assert "/portes/ouvrir" in (await host.get("/portes")).links
        await host.get("/portes/ouvrir")
        typed: dict[str, Any] = {
            "topic": "Vis ma nuit",
            "about": "Un <b>service</b>, la nuit.",
            "opens": local(60),
            "ends": local(660),
        }
        typed |= {"title": "La nuit", "who": "nuit", "other_title": "La journée", "other": "personne_du_tout"}
        page = await host.submit("/portes/ouvrir", status=422, **typed)
        assert "Personne ne s'appelle « @personne_du_tout » ici." in page.text
        page = await host.submit("/portes/ouvrir", other="garde")
        assert "demandé à @nuit" in page.text
        return str(page.answer.url).rpartition("/")[2]


async def asked_and_answered(house: House, nurse: Visitor, here: str) -> None:
    """Have somebody ask two questions, of which a diarist answers one: who asked is told of it."""
    async with keeper(house, "curieuse") as asker:
        await asker.get(here)
        await asker.submit(f"{here}/question", status=422, question=" ")
        await asker.submit(f"{here}/question", question="Et vos pauses ?")
        page = await asker.submit(f"{here}/question", question="Sans suite ?")
        assert "Sans réponse pour l'instant." in page.text
        await asker.get(here)
        (form, *_) = [one for one in asker.page.forms if one.action.startswith("/portes/questions/")]
        queue = await nurse.get(f"{here}/questions")
        assert "@curieuse" in queue.text
        answering = next(link for link in queue.links if link == f"/ecrire?question={form.action.rpartition('/')[2]}")
        page = await nurse.get(answering)
        assert "En réponse à : « Et vos pauses ? »" in page.text
        answer = await nurse.send("Debout, avec un yaourt.")
        page = await asker.get(here)
        assert f"#p{answer}" in page.links
        assert "répond à votre question, derrière une porte ouverte" in (await asker.get("/notifications")).text


async def test_a_night_and_a_day_are_told_and_asked_about(
    house: House, nurse: Visitor, director: Visitor, reader: Visitor, visitor: Visitor
) -> None:
    door = await announced(house)
    here = f"/portes/{door}"
    page = await visitor.get(here)
    assert "Ouvre " in page.text
    assert f"{here}/journal.ics" in page.links
    assert "og:title" in page.answer.text
    assert "<b>service</b>" not in page.answer.text
    for who in (nurse, director):
        page = await who.get(here)
        assert "On vous propose d'y tenir un journal" in page.text
        await who.submit(here, button=("gesture", "accept"))
    await moved(house, door, -30)
    await nurse.get(here)
    entry = await nurse.send("Trois sonnettes, une seule moi.")
    assert f'id="p{entry}"' in (await director.get(here)).answer.text
    assert "passez en mode contributeur" in (await reader.get(here)).text
    assert "entrez ou créez un pseudonyme" in (await visitor.get(here)).text
    await asked_and_answered(house, nurse, here)
    told = (await visitor.get(here)).text
    assert "On a demandé : Et vos pauses ?" in told
    assert "curieuse" not in told
    assert "Sans suite" not in told
    await moved(house, door, -700)
    await doors.sweep(house.site)
    page = await nurse.get(here)
    assert "/ecrire" not in [one.action for one in page.forms]
    for name, kind in (("md", "text/markdown"), ("json", "application/json"), ("ics", "text/calendar")):
        file = await visitor.client.get(f"{here}/journal.{name}")
        assert (file.status_code, file.headers["content-type"].partition(";")[0]) == (200, kind)
    assert (await visitor.client.get(f"{here}/journal.exe")).status_code == 404
    assert (await reader.client.get(f"{here}/questions")).status_code == 403
    async with house.site.db.reading() as tx:
        handle = await tx.value("SELECT handle FROM rooms WHERE id = %s", [int(door)])
    assert (await nurse.client.get(f"/pieces/{handle}")).headers["location"] == here


async def test_an_open_page_hears_of_what_is_written_and_what_waits(house: House, nurse: Visitor, director: Visitor) -> None:
    door = await announced(house)
    page = await nurse.get("/")
    assert page.all("a", href="/portes")
    assert "1 nouveauté" in page.text
    await nurse.get(f"/portes/{door}")
    await nurse.submit(f"/portes/{door}", button=("gesture", "accept"))
    assert "1 nouveauté" not in (await nurse.get("/")).text
    await moved(house, door, -30)
    page = await director.get(f"/portes/{door}")
    (direct,) = page.all("div", id="direct")
    assert f"lieu=/portes/{door}" in direct["data-source"].replace("%2F", "/")
    async with house.site.db.reading() as tx:
        me = await tx.value("SELECT id FROM accounts WHERE handle = 'garde'")
    watch = live.Watch("", me, "fr", f"/portes/{door}", ids.floor(clock.now() - timedelta(minutes=1)))
    await nurse.get(f"/portes/{door}")
    await nurse.send("Une ligne.")
    async with house.site.db.reading() as tx:
        assert await live.count(tx, watch) == 1
