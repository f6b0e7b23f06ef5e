"""Desks as pages, without a script: opened, shared, asked, one tap that answers a pile, drafts, what is learned, stop."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import pytest

from salledepause.features import desks
from salledepause.features.desks import Judged, Near
from salledepause.features.desks.thinking import Taught
from tests.support.house import House
from tests.web.visitor import Page, Visitor

CARD: dict[str, Any] = {
    "remark": "Le logement de fonction est un privilège",
    "answer": "C'est la contrepartie des gardes.",
    "sources": "Décret n° 2010-30\n\nhttps://www.legifrance.gouv.fr/",
}


@pytest.fixture
def sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an engine that is sure of the words of a card and of nothing else."""

    def judged(known: Taught, texts: list[str]) -> list[Judged]:
        card, remark, _ = known.cards[0]
        return [Judged([Near(card, 0.6, remark)], card if text == remark else None, "comme lui") for text in texts]

    monkeypatch.setattr("salledepause.features.desks.thinking.judged", judged)


async def press(who: Visitor, path: str, button: tuple[str, str], status: int = 200, **values: Any) -> Page:
    """Press a button of the page that is open, in the form that has it, then read where it leads."""
    form = next(
        one for one in who.page.forms if one.action == path and button in one.buttons and all(name in one for name in values)
    )
    answer = await who.client.post(path, data=form.values | values | (dict([button]) if button[0] else {}))
    while answer.is_redirect:
        answer = await who.client.get(urljoin(str(answer.url), answer.headers["location"]))
    assert answer.status_code == status, Page(answer).text[-600:]
    who.page = Page(answer)
    return who.page


async def opened(director: Visitor) -> tuple[str, str]:
    """Open a desk with a card; return both addresses."""
    await director.get("/guichets")
    page = await director.submit("/guichets", name=" ", status=422)
    assert "Donnez un nom au guichet" in page.text
    page = await director.submit("/guichets", name="Direction", purpose="Mille fois")
    here = str(page.answer.url).removesuffix("/fiches").partition("salle.test")[2]
    page = await director.submit(f"{here}/fiches", status=422, **CARD | {"sources": ""})
    assert "Une fiche cite d'une à 5 sources" in page.text
    assert page.form(f"{here}/fiches").values["answer"] == CARD["answer"], "what was typed stays"
    page = await director.submit(f"{here}/fiches", automatic="1", **CARD)
    assert "Pas encore envoyée" in page.text
    return here, str(page.answer.url).partition("salle.test")[2]


async def shared(director: Visitor, nurse: Visitor, here: str) -> None:
    """Have a desk kept by two, one of whom says when they are there; what is wrong is told, and stays in its form."""
    settings = f"{here}/reglages"
    await director.get(settings)
    page = await press(director, settings, ("", ""), 422, handle="personne")
    assert page.all("input", id="pseudonyme")[0]["value"] == "personne"
    page = await press(director, settings, ("", ""), 422, name=" ", purpose="Encore plus")
    assert "Encore plus" in [form.values.get("purpose") for form in page.forms], "what was typed stays"
    page = await press(director, settings, ("", ""), handle="@nuit")
    assert "invitation en attente" in page.text
    assert "Personne n'a dit ses heures" in page.text
    page = await press(director, settings, ("", ""), 422, weekday="2", start="21", end="6")
    assert "Une nuit se dit en deux jours" in page.text
    page = await press(director, settings, ("", ""), weekday="2", start="9", end="11")
    assert "mardi, de 9 h à 11 h · @garde" in page.text
    assert "On vous invite à tenir le guichet" in (await nurse.get("/guichets")).text
    page = await press(nurse, here, ("gesture", "join"))
    assert "Rien n'attend" in page.text


async def sorted_out(nurse: Visitor, director: Visitor, here: str, card: str) -> None:
    """Sort three remarks: one has a draft, one is none of the card and is answered in one's words, one is answered by it."""
    page = await nurse.get(here)
    assert "3 remarques attendent" in page.text
    assert "ressemble à « Le logement de fonction est un privilège »" in page.text
    remarks = [link for link in page.links if link.startswith("/remarques/")]
    page = await nurse.get(remarks[0])
    assert "Pourquoi elle : la remarque ressemble à" in page.text
    await press(nurse, remarks[0], ("gesture", "draft"), text="Je regarde.")
    assert "@nuit écrit une réponse" in (await director.get(here)).text
    await director.get(remarks[1])
    page = await press(director, remarks[1], ("gesture", "refuse"))
    assert "cette fiche ne répond pas à cela" in page.text
    page = await press(director, remarks[1], ("gesture", "answer"), text="Le parking restera gratuit.")
    assert "La réponse est partie" in page.text
    await nurse.get(here)
    chosen: dict[str, Any] = {"remark_ids[]": remarks[2].rpartition("/")[2]}
    page = await press(nurse, f"{card}/envoyer", ("", ""), **chosen)
    assert "Réponse envoyée à 1 personne" in page.text


async def test_a_desk_is_kept_by_two_and_answers_in_private(
    house: House, nurse: Visitor, director: Visitor, reader: Visitor, sure: None
) -> None:
    here, card = await opened(director)
    await shared(director, nurse, here)
    assert "Ouvrir un guichet" not in (await reader.get("/guichets")).text
    for text in ("Logés gratis ?", "Et le parking ?", "Une maison, pour rien ?"):
        await reader.get(here)
        page = await reader.submit(here, text=text)
        assert "La réponse viendra dans vos conversations" in page.text
    await reader.get(card, status=404)
    await desks.consider(house.site)
    told = await nurse.get("/notifications")
    assert "Votre guichet vous attend" in told.text
    assert "/guichets" in told.links
    await sorted_out(nurse, director, here, card)
    await desks.deliver(house.site, int(here.rpartition("/")[2]))
    page = await reader.get("/conversations")
    assert "Le parking restera gratuit." in page.text
    assert "C'est la contrepartie des gardes." in page.text
    page = await nurse.get(here)
    assert "réponse déjà donnée" in page.text
    assert "Dit 1 fois · 4 minutes épargnées" in page.text
    page = await nurse.get(card)
    assert "Une maison, pour rien ?" in page.text
    assert "Une autre remarque" in page.text
    await nurse.get(f"{here}/reglages")
    assert "Quitter ce guichet ?" in (await press(nurse, here, ("gesture", "leave"))).text
    assert "Vous avez quitté ce guichet." in (await nurse.submit(here)).text


async def taken_back(nurse: Visitor, action: str) -> None:
    """Take a stop back where it was said, by the button that tells of it, and in the settings."""
    assert "Vous avez arrêté les réponses automatiques ici." in nurse.page.text
    page = await press(nurse, action, ("gesture", "again"))
    assert "C'est repris" in page.text
    assert "Un guichet a répondu ici tout seul." in page.text
    assert "Aucun guichet arrêté" in (await nurse.get("/reglages/automates")).text
    await nurse.client.post(page.undo.action, data=page.undo.values)
    assert "/reglages/automates" in (await nurse.get("/reglages")).links
    page = await nurse.get("/reglages/automates")
    assert "Il ne vous répond plus tout seul, nulle part." in page.text
    assert "La conversation de @nuit, commencée le" in page.text
    form = next(one for one in page.forms if one.action.startswith("/reglages/automates/"))
    page = await press(nurse, form.action, ("", ""))
    assert "ce guichet peut à nouveau vous répondre" in page.text
    assert "Aucun guichet arrêté" in page.text


async def test_an_automatic_answer_says_so_and_one_press_stops_it(
    house: House, nurse: Visitor, director: Visitor, reader: Visitor, sure: None
) -> None:
    here, card = await opened(director)
    settings = f"{here}/reglages"
    await director.get(settings)
    form = next(one for one in director.page.forms if one.action == settings and "pace" in one.values)
    await director.client.post(settings, data=form.values | {"answers": "1", "takes_in": "1", "asked": "1"})
    await director.get(card)
    form = director.page.form(card)
    assert (await director.client.post(card, data=form.values | {"automatic": "1", "public": "1"})).status_code == 303
    said = await nurse.write(f"@garde {CARD['remark']}")
    await desks.consider(house.site)
    talk = next(link for link in (await nurse.get("/conversations")).links if link.startswith("/conversations/"))
    assert [one for one in (await nurse.get(talk)).forms if one.action.startswith("/automates/")], "one stops it where it is read"
    page = await nurse.get(f"/@nuit/{said}")
    assert "automate" in page.text
    assert "Réponse automatique : Le logement de fonction est un privilège" in page.text
    answers = [link for link in page.links if link.startswith("/@garde/")]
    form = next(one for one in page.forms if one.action.startswith("/automates/"))
    assert answers
    await press(nurse, form.action, ("gesture", "stop"))
    await taken_back(nurse, form.action)
    await reader.get(f"/@nuit/{said}")
    page = await press(reader, form.action, ("gesture", "stop"))
    assert "C'est arrêté" in page.text, "whoever reads the answer in the open stops it too"
    assert "Tout arrêter" in (await director.get(here)).text
    page = await press(director, here, ("gesture", "stop"))
    assert "ne répond plus tout seul" in page.text
    await reader.get(here)
    await reader.submit(here, text=CARD["remark"])
    await desks.consider(house.site)
    assert "contrepartie" not in (await reader.get("/conversations")).text
    await director.get(f"{here}/reglages")
    page = await press(director, here, ("gesture", "close"))
    page = await director.submit(here)
    assert "Le guichet est fermé." in page.text
    await director.get(card, status=404)
