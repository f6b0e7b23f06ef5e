"""Humour is marked, put aside in one click and taken back; what moves waits to be played."""

from __future__ import annotations

from tests.mastodon.test_emojis import moving
from tests.support.house import House
from tests.web.visitor import Page, Visitor


async def test_humour_is_marked_put_aside_and_taken_back(house: House, nurse: Visitor, visitor: Visitor) -> None:
    ana = await house.person("ana")
    said = (await house.say(ana, "Le brancard a pris la tangente. #Humour"))["id"]
    await house.say(ana, "Pas de quoi rire, ici.")
    page = await visitor.get("/local")
    assert len(page.all("a", class_="humour")) == 1, "only what its author marked"
    assert not [form for form in (await visitor.get("/tags/humour")).forms if form.action == "/humour"]
    assert "· humour" in (await visitor.get(f"/@ana/{said}/lire")).text

    await nurse.get(f"/gestes/{said}?back=/local")
    page = await nurse.submit("/humour", button=("gesture", "aside"))
    assert str(page.answer.url).endswith("/local")
    assert "L'humour est de côté" in page.text
    assert "tangente" not in page.text
    assert "Pas de quoi rire" in page.text
    undo = page.undo
    assert "tangente" in (await nurse.get(f"/@ana/{said}")).text, "who goes to look finds it"
    await nurse.get("/tags/humour")
    assert "Il attend ici" in nurse.page.text
    assert "#humour" in (await nurse.get("/reglages/filtres")).text, "it is a filter like others"
    again = Page(await nurse.client.post("/humour", data=undo.values | {"gesture": "aside"}, follow_redirects=True))
    assert again.answer.status_code == 200
    answer = await nurse.client.post(undo.action, data=undo.values, follow_redirects=True)
    assert "L'humour est de retour." in Page(answer).text
    assert "tangente" in (await nurse.get("/local")).text
    assert "#humour" not in (await nurse.get("/reglages/filtres")).text, "asked twice, it had been one filter"
    wrong = await nurse.client.post("/humour", data=undo.values | {"gesture": "loud"})
    assert wrong.status_code == 404
    assert (await nurse.client.post("/humour", data={"gesture": "aside"})).status_code == 403


async def test_a_filter_of_more_words_is_left_alone(house: House, nurse: Visitor) -> None:
    path = "/reglages/filtres/nouveau"
    form = (await nurse.get(path)).form(path)
    values = {"csrf": form.values["csrf"], "title": "À moi", "words": "#humour\nspoiler", "contexts[]": ["home"], "lasts": "0"}
    assert (await nurse.client.post(path, data=values | {"filter_action": "warn"})).status_code == 303
    page = await nurse.get("/tags/humour")
    assert ("gesture", "aside") in page.form("/humour").buttons
    await nurse.submit("/humour", button=("gesture", "aside"))
    await nurse.get("/tags/humour")
    await nurse.submit("/humour", button=("gesture", "back"))
    assert "À moi" in (await nurse.get("/reglages/filtres")).text


async def test_what_moves_waits_to_be_played(house: House, visitor: Visitor) -> None:
    ana = await house.person("ana")
    sent = await house.call("POST", "/api/v2/media", ana, files={"file": ("rond.gif", moving())})
    await house.site.jobs.run(wait=False)
    await house.say(ana, "Un rond qui passe", media_ids=[sent.json()["id"]])
    page = await visitor.get("/local")
    (film,) = page.all("video")
    assert "controls" in film
    assert "autoplay" not in film
    assert film["preload"] == "none"
