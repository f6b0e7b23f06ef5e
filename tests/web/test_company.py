"""A word at 3 a.m. by the pages, without scripts: asking, being on shift, answering, advising, hours in one tap, presence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from salledepause.features import company, rooms
from salledepause.features.rooms import Entry, Opening, Reads, Rules, Speaks
from salledepause.kernel import clock
from tests.support.house import House
from tests.web.keepers import keeper
from tests.web.visitor import Visitor

NIGHT = Rules(reads=Reads.SIGNED_IN, speaks=Speaks.SIGNED_IN, entry=Entry.FREE, presence=True, quiet_from=21, quiet_to=9)


@pytest.fixture
def ten_past(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the clock stand at ten past the hour."""
    at = clock.now().replace(minute=10, second=0, microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: at)


async def take(one: Visitor, ahead: int = 0) -> str:
    """Take an hour by its button; return what names it."""
    starts = company.hour_of(clock.now()) + timedelta(hours=ahead)
    value = f"{starts:%Y-%m-%dT%H:%MZ}"
    await one.get("/garde/heures")
    page = await one.submit("/garde/heures", button=("take", value))
    assert "L'heure est à vous" in page.text
    assert ("leave", value) in page.form("/garde/heures").buttons
    return value


@pytest.mark.usefixtures("ten_past")
async def test_a_word_is_asked_for_and_given(house: House, nurse: Visitor, director: Visitor, reader: Visitor) -> None:
    assert "pas de garde" in (await director.get("/garde")).text
    await reader.get("/garde", status=403)
    await take(director)
    assert "Personne n'attend" in (await director.get("/garde")).text
    await nurse.get("/")
    assert "/ecrire?mot=1" in nurse.page.links
    assert "word" in (await nurse.get("/ecrire?mot=1")).form("/ecrire").values
    said = await nurse.send("Troisième nuit seule. Je n'arrive pas à dormir.")
    page = await nurse.get(f"/@nuit/{said}")
    assert "Votre appel est entendu" in page.text
    page = await director.get("/garde")
    assert "Troisième nuit seule" in page.text
    assert any(place.get("href") == "/garde" for place in page.all("a"))
    assert "a besoin d'un mot" in (await director.get("/notifications")).text
    await director.get("/garde")
    page = await director.submit(f"/garde/{said}", button=("gesture", "claim"))
    assert "Vous répondez" in page.text
    form = page.form("/ecrire")
    assert form.values["gives"] == "support"
    assert form.choices["gives"] == ["support", "advice"]
    advice = await director.send("@nuit Une tisane ?", gives="advice")
    page = await nurse.get(f"/@nuit/{said}")
    assert "Votre appel est entendu" in page.text, "advice alone does not close it"
    assert "conseil" in page.text
    assert "conseil" not in (await nurse.get(f"/@garde/{advice}")).text.partition("Votre réponse")[0].partition("Conversation")[0]
    await director.get(f"/@nuit/{said}")
    await director.send("@nuit Je suis là, raconte.")
    page = await nurse.get(f"/@nuit/{said}")
    assert "Quelqu'un vous a répondu" in page.text
    assert "Personne n'attend" in (await director.get("/garde")).text
    async with house.site.db.reading() as tx:
        assert not await tx.value("SELECT count(*) FROM company_calls WHERE answered_at IS NULL")


@pytest.mark.usefixtures("ten_past")
async def test_a_call_is_taken_back_and_made_on_a_message_that_is_out(nurse: Visitor, director: Visitor) -> None:
    await take(director)
    said = await nurse.write("Un message comme un autre.")
    await nurse.get(f"/@nuit/{said}")
    page = await nurse.submit(f"/garde/{said}", button=("gesture", "ask"))
    assert "un message comme un autre" in (await director.get("/garde")).text.lower()
    await nurse.get(f"/@nuit/{said}")
    page = await nurse.submit(f"/garde/{said}", button=("gesture", "withdraw"))
    assert "retiré" in page.text
    assert "un message comme un autre" not in (await director.get("/garde")).text.lower()
    await nurse.get("/ecrire?mot=1")
    answer = await nurse.post("/ecrire", text="Tout bas.", audience="direct")
    assert answer.status_code == 422
    assert "puisse vous lire" in answer.text
    assert "Tout bas." in answer.text


@pytest.mark.usefixtures("ten_past")
async def test_hours_are_given_back_repeated_and_missed_by_hosts(house: House, nurse: Visitor) -> None:
    value = await take(nurse, 3)
    page = await nurse.submit("/garde/heures", button=("leave", value))
    assert "L'heure est rendue" in page.text
    page = await nurse.submit("/garde/semaine", weekday="7", start="22", number="4")
    assert "dimanche, de 22" in page.text
    assert "lundi, de 0" in page.text
    async with house.site.db.reading() as tx:
        found = await tx.rows("SELECT weekday, hour FROM company_weeks ORDER BY weekday, hour")
    assert found == [(1, 0), (1, 1), (7, 22), (7, 23)]
    async with keeper(house, "hotesse") as host:
        page = await host.get("/maison/gardes")
        missing = page.text
        assert "heures sans personne" in missing
        assert "nuit" not in missing.partition("<main")[2].replace("Bonne nuit", "")
    await nurse.get("/maison/gardes", status=403)
    for body in ({"take": "hier"}, {"take": "0001-01-01T00:00+23:00"}, {"take": ""}, {"leave": "2020-01-01T00:00Z"}):
        word = (await nurse.get("/garde/heures")).form("/garde/heures").values["csrf"]
        assert (await nurse.client.post("/garde/heures", data=body | {"csrf": word})).status_code == 422, body


async def test_presence_is_said_by_those_who_want_to(house: House, nurse: Visitor, director: Visitor, reader: Visitor) -> None:
    async with house.site.db.transaction() as tx:
        await rooms.create(tx, None, Opening(name="La nuit", handle="la_nuit", sort="night", listed=True, rules=NIGHT))
    here = "/pieces/la_nuit"
    for _ in range(2):
        page = await nurse.get(here)
        assert [one for one in page.all("form") if one["action"] == f"{here}/la" and "data-seen" in one]
        assert "Personne d'autre ici" in (await director.get(here)).text, "a page that is read writes nothing"
    page = await reader.get(here)
    assert [one for one in page.all("form") if one["action"] == f"{here}/la" and "data-seen" not in one]
    await nurse.submit(f"{here}/la")
    page = await director.get(here)
    assert "Quelques personnes sont là" in page.text
    assert "@nuit" not in page.text.partition("Votre message")[0]
    assert "/ecrire?mot=1&piece=la_nuit" in page.links
    await director.get("/ecrire?mot=1&piece=la_nuit")
    await director.send("Une nuit blanche.")
    assert "Une nuit blanche." in (await nurse.get(here)).text
    assert "Votre appel" in (await director.get(here)).text or "Une nuit blanche." in director.page.text
