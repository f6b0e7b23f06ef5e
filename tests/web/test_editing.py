"""A message that is out is said better; what is for fun says so by a tag, and can be filtered; what is too old is not lost."""

from __future__ import annotations

from typing import Any

from tests.support.house import House
from tests.web.test_compose import attach, picture
from tests.web.visitor import Page, Visitor, posts

PUBLISH = ("step", "publish")


async def test_a_message_is_edited_by_its_author_alone(house: House, nurse: Visitor, director: Visitor) -> None:
    await nurse.get("/ecrire")
    page = await attach(nurse, picture())
    one = page.all("figure", class_="medium")[0]["data-medium"]
    described = f"media[{one}][description]"
    first: dict[str, Any] = {"text": "Une fote de nuit.", described: "Un carré."}
    await nurse.submit("/ecrire", button=PUBLISH, **first)
    said = next(iter(posts(await nurse.get("/@nuit"))))["id"].removeprefix("p")
    path = f"/gestes/{said}/modifier"
    assert path in (await nurse.get(f"/gestes/{said}?back=/")).links
    page = await nurse.get(path)
    assert page.form(path).values["text"] == "Une fote de nuit."
    assert page.form(path).values[described] == "Un carré."
    page = await nurse.submit(path, text="x" * 6000, warning="Gardé", status=422)
    assert (page.form(path).values["text"], page.form(path).values["warning"]) == ("x" * 6000, "Gardé")
    assert "#texte" in page.links
    better: dict[str, Any] = {"text": "Une faute de nuit.", "warning": "", described: "Un carré doré."}
    page = await nurse.submit(path, **better)
    assert "Votre message est modifié." in page.text
    assert "Une faute de nuit." in page.text
    assert page.all("img", alt="Un carré doré.")
    assert (await director.client.get(path)).status_code == 404
    word = (await director.get("/plus")).forms[0].values["csrf"]
    assert (await director.client.post(path, data={"csrf": word, "text": "Volé"})).status_code == 404
    assert (await nurse.client.post(path, data={"text": "Sans mot"})).status_code == 403
    assert "Une faute de nuit." in (await director.get("/@nuit")).text


async def test_what_is_for_fun_says_so_once_and_can_be_filtered(nurse: Visitor, director: Visitor) -> None:
    await nurse.get("/ecrire")
    page = await nurse.submit("/ecrire", button=("step", "preview"), text="Le gériatre court vite.", humour="1")
    assert "Le gériatre court vite. #humour" in page.text
    assert page.form("/ecrire").values["humour"] == "1"
    await nurse.submit("/ecrire", button=PUBLISH)
    await nurse.get("/ecrire")
    await nurse.submit("/ecrire", button=PUBLISH, text="Déjà dit #Humour", humour="1")
    page = await nurse.get("/tags/humour")
    assert page.text.count("Le gériatre court vite.") == 1
    assert "#humour" not in page.text.partition("Déjà dit")[2][:40]
    begun = next(link for link in (await director.get("/reglages/filtres")).links if "words=%23humour" in link)
    page = await director.get(begun)
    assert page.form("/reglages/filtres/nouveau").values["words"] == "#humour"
    wanted: dict[str, Any] = {"filter_action": "hide", "contexts[]": "public"}
    await director.submit("/reglages/filtres/nouveau", **wanted)
    page = await director.get("/local")
    assert "gériatre" not in page.text
    assert "Déjà dit" not in page.text


async def test_files_that_cannot_be_read_do_not_hold_back_the_others(nurse: Visitor) -> None:
    await nurse.get("/ecrire")
    page: Page = await attach(nurse, picture(), b"\xff\xd8rien", picture(), status=422, text="Deux sur trois")
    assert len(page.all("figure", class_="medium")) == 2
    assert "Fichiers joints : 2 sur 3. Ce fichier n'est pas une image" in page.text
    assert page.form("/ecrire").values["text"] == "Deux sur trois"


async def test_a_form_that_is_too_old_comes_back_as_it_was_typed(nurse: Visitor) -> None:
    await nurse.get("/ecrire")
    page = await nurse.submit(
        "/ecrire", button=PUBLISH, csrf="ancien", text="Toute une nuit à l'écrire.", kind="story", status=403
    )
    assert "Rien n'est perdu" in page.text
    assert not list(posts(await nurse.get("/@nuit")))
    nurse.page = page
    assert page.form("/ecrire").values["kind"] == "story"
    page = await nurse.submit("/ecrire", button=PUBLISH)
    assert "Toute une nuit à l'écrire." in page.text
