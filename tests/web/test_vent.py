"""La soupape by its pages: a calm place, words that say when they are gone, support in one click, hosts who change its rules."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from salledepause.features import rooms
from salledepause.features.accounts import Family
from salledepause.kernel import clock
from salledepause.surfaces.web import wording
from tests.support.house import House, Person
from tests.support.rooms import prove
from tests.web.keepers import keeper
from tests.web.visitor import Page, Visitor, visiting

HERE = "/pieces/la_soupape"


async def proven(house: House, handle: str, family: Family = Family.PARAMEDICAL) -> None:
    async with house.site.db.transaction() as tx:
        account_id = await tx.value("SELECT id FROM accounts WHERE handle = %s", [handle])
    await prove(house, Person(account_id, handle, ""), family)


@pytest.fixture
async def nurse(house: House, nurse: Visitor) -> Visitor:
    """Give a verified nurse in a house that has la soupape."""
    async with house.site.db.transaction() as tx:
        opening = rooms.Opening(name="La soupape", handle="la_soupape", sort="vent", listed=True, rules=rooms.VENT)
        await rooms.create(tx, None, opening)
    await proven(house, "nuit")
    return nurse


async def entered(somebody: Visitor) -> Visitor:
    await somebody.get(HERE)
    await somebody.submit(f"{HERE}/entrer")
    return somebody


@pytest.fixture
async def other(house: House, nurse: Visitor) -> AsyncIterator[Visitor]:
    async with visiting(house) as opened:
        await opened.sign_up("jour")
        await proven(house, "jour")
        yield await entered(opened)


async def said_in(somebody: Visitor, text: str) -> int:
    await entered(somebody)
    return await somebody.send(text)


def pressed(page: Page) -> list[str]:
    """Return the words of support that a page shows as said."""
    return [tag["value"] for tag in page.all("button") if tag.get("class") == "word" and tag.get("aria-pressed") == "true"]


async def test_a_calm_place_says_its_rules_before_one_enters(nurse: Visitor, director: Visitor, visitor: Visitor) -> None:
    page = await nurse.get(HERE)
    for sentence in ("Avant d'entrer", "métier vérifié", "Tout s'efface : au bout de 24 h", "Ne sonne jamais.", "c'est calme"):
        assert sentence in page.text, sentence
    assert page.answer.headers["cache-control"] == "no-store"
    assert "/ecrire" not in [form.action for form in page.forms]
    page = await nurse.submit(f"{HERE}/entrer")
    assert "/ecrire" in [form.action for form in page.forms]
    assert "Avant d'entrer" not in page.text
    assert "La soupape" in (await nurse.get("/pieces")).text
    await director.get(HERE, status=404)
    await visitor.get(HERE, status=404)
    assert "soupape" not in (await director.get("/pieces")).text.lower()


async def test_what_is_said_tells_when_it_is_gone(nurse: Visitor, other: Visitor, director: Visitor) -> None:
    form = (await entered(nurse)).page.form("/ecrire")
    assert form.values["hours"] == "24"
    assert form.choices.get("hours") is None or set(form.choices["hours"]) == {"1", "3", "6", "12", "24", "48", "72"}
    assert nurse.page.all("form", action="/ecrire")[0]["data-unkept"] == ""
    said = await nurse.send("Le mot motdesoupape.", hours="3")
    page = await other.get(HERE)
    assert "s'efface dans 3 h" in page.text
    await other.answer(f"/@nuit/{said}", "Je passe.")
    assert "s'efface dans 24 h" in (await nurse.get(HERE)).text
    page = await nurse.get(f"/@nuit/{said}")
    assert page.answer.headers["cache-control"] == "no-store"
    assert "og:" not in page.answer.text
    for path in ("/local", "/@nuit", "/recherche?q=motdesoupape", "/", "/notifications"):
        assert "Le mot motdesoupape" not in (await other.get(path)).text, path
    await director.get(f"/@nuit/{said}", status=404)
    card = await other.get(HERE)
    assert not [tag for tag in card.all("button") if tag.get("value") in {"like", "share", "keep"}]
    assert not [link for link in card.links if "cite=" in link]
    sent = (await nurse.get(HERE)).form("/ecrire").values | {"text": "Trop long", "hours": "99", "step": "publish"}
    refused = Page(await nurse.client.post("/ecrire", data=sent))
    assert "Un message dure de 1 à 72 heures" in refused.text
    assert refused.form("/ecrire").values["text"] == "Trop long"


async def test_support_is_one_click_and_its_author_alone_reads_it(nurse: Visitor, other: Visitor) -> None:
    said = await said_in(nurse, "Onze sonnettes.")
    action = f"/gestes/{said}"
    await other.get(HERE)
    page = await other.submit(action, button=("gesture", "support-here"))
    assert pressed(page) == ["unsupport"]
    page = await other.submit(action, button=("gesture", "support-courage"))
    assert pressed(page) == ["unsupport"]
    mine = await nurse.get(HERE)
    assert "Courage" in mine.text.partition("Onze sonnettes.")[2]
    assert not pressed(mine)
    assert "jour" not in mine.text.partition("Onze sonnettes.")[2].partition("Ici")[0]
    told = await nurse.get("/notifications")
    assert "On vous soutient dans « La soupape »" in told.text
    assert "sonnettes" not in told.text
    await other.get(HERE)
    page = await other.submit(action, button=("gesture", "unsupport"))
    assert not pressed(page)
    assert "On vous soutient" not in (await nurse.get("/notifications")).text


async def test_the_help_card_shows_to_its_author_alone(nurse: Visitor, other: Visitor) -> None:
    await entered(nurse)
    page = await nurse.submit("/ecrire", text="Je veux mourir, je n'en peux plus.", step="publish")
    assert "3114" in page.text
    assert "Je veux mourir" in page.text
    assert "3114" not in (await other.get(HERE)).text


async def test_hosts_say_who_comes_and_how_long_words_stay(house: House, nurse: Visitor) -> None:
    await said_in(nurse, "Entre nous seulement.")
    async with keeper(house, "hotesse") as host:
        page = await host.get(HERE)
        assert "Entre nous seulement." not in page.text
        page = await host.get(f"{HERE}/garder")
        form = next(form for form in page.forms if form.values.get("gesture") == "rules")
        word = form.values["csrf"]
        given = {"csrf": word, "gesture": "rules", "hours": "6", "families[]": ["soignant-medical"], "proven": "1"}
        wider = given | {"families[]": ["soignant-medical", "direction"]}
        answer = await host.client.post(f"{HERE}/garder", data=wider)
        assert (answer.status_code, "devant moins de monde" in answer.text) == (422, True)
        assert (await host.client.post(f"{HERE}/garder", data=given)).status_code == 303
        refused: list[dict[str, Any]] = [{"hours": "73"}, {"hours": "0"}, {"families[]": []}]
        for wrong in refused:
            answer = await host.client.post(f"{HERE}/garder", data=given | wrong)
            assert answer.status_code == 422, wrong
    async with house.site.db.transaction() as tx:
        one = await tx.row("SELECT expires_hours, families, reads FROM rooms WHERE handle = 'la_soupape'")
    assert one == (6, ["soignant-medical"], "verified")
    assert "Entre nous seulement." not in (await nurse.get(HERE)).text, "she entered, and may not read any more"


def test_what_is_left_is_said_in_words() -> None:
    now = clock.now()
    told = {
        timedelta(hours=3): "s'efface dans 3 h",
        timedelta(hours=72): "s'efface dans 72 h",
        timedelta(minutes=59): "s'efface dans 59 min",
        timedelta(seconds=20): "s'efface d'un instant à l'autre",
        timedelta(seconds=-5): "s'efface d'un instant à l'autre",
    }
    for left, sentence in told.items():
        said = wording.left(now + left, "fr", now).replace("’", "'").replace("\u202f", " ").replace("\u00a0", " ")
        assert said == sentence
