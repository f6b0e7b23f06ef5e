"""Filters by the forms: made, changed, erased, and obeyed by the pages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.house import House
from tests.web.visitor import Visitor

NEW = "/reglages/filtres/nouveau"


async def make(browser: Visitor, status: int = 303, path: str = NEW, **given: Any) -> None:
    page = await browser.get(path)
    form = page.form(path)
    values = {"title": "Séries", "words": "final\nspoiler", "whole_word": "1", "filter_action": "warn", "lasts": "0"}
    values |= {"csrf": form.values["csrf"], "contexts[]": ["home", "public", "thread"]} | given
    answer = await browser.client.post(path, data=values)
    assert answer.status_code == status, answer.text


async def test_a_filter_folds_then_hides_then_is_erased(house: House, nurse: Visitor) -> None:
    ana = await house.person("ana")
    await house.say(ana, "Le final était beau")
    await house.say(ana, "Un match finaliste")
    assert "Aucun filtre" in (await nurse.get("/reglages/filtres")).text
    await make(nurse)
    page = await nurse.get("/local")
    assert (page.text.count("Filtré : Séries"), "Le final" in page.text) == (1, True)
    page = await nurse.get("/reglages/filtres")
    path = next(link for link in page.links if link.startswith("/reglages/filtres/") and link[-1].isdigit())
    page = await nurse.get(path)
    assert page.form(path).values["words"] == "final\nspoiler"
    await make(nurse, path=path, filter_action="hide", words="final", title="Fins")
    page = await nurse.get("/local")
    assert ("Le final" in page.text, "finaliste" in page.text) == (False, True)
    page = await nurse.get("/reglages/filtres")
    assert ("« final »" in page.text, "spoiler" in page.text) == (True, False)
    await nurse.get(f"{path}/effacer")
    page = await nurse.submit(f"{path}/effacer")
    assert "Aucun filtre" in page.text
    assert "Le final" in (await nurse.get("/local")).text
    await nurse.get(path, 404)


async def test_a_filter_ends_when_it_was_said(nurse: Visitor) -> None:
    await make(nurse, lasts="86400")
    page = await nurse.get("/reglages/filtres")
    assert "jusqu'au" in page.text
    path = next(link for link in page.links if link.startswith("/reglages/filtres/") and link[-1].isdigit())
    page = await nurse.get(path)
    assert page.form(path).values["lasts"] == "-1"
    await nurse.submit(path)
    assert "jusqu'au" in (await nurse.get("/reglages/filtres")).text
    await nurse.get(path)
    await nurse.submit(path, lasts="0")
    assert "jusqu'au" not in (await nurse.get("/reglages/filtres")).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"words": " \n "},
        {"contexts[]": []},
        {"words": "\n".join(f"mot{number}" for number in range(101))},
        {"words": "x" * 256},
        {"title": "x" * 256},
        {"filter_action": "burn"},
        {"lasts": "toujours"},
        {"contexts[]": ["cave"]},
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_kept(nurse: Visitor, wrong: dict[str, Any]) -> None:
    await make(nurse, 422, **wrong)
    assert "Aucun filtre" in (await nurse.get("/reglages/filtres")).text


async def test_nobody_reads_the_filters_of_others(house: House, nurse: Visitor, director: Visitor) -> None:
    await make(nurse)
    page = await nurse.get("/reglages/filtres")
    path = next(link for link in page.links if link.startswith("/reglages/filtres/") and link[-1].isdigit())
    await director.get(path, 404)
    await director.get(f"{path}/effacer", 404)
    await house.person("ana")
    assert "Séries" not in (await director.get("/reglages/filtres")).text
