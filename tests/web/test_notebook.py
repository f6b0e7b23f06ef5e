"""« J'ai appris » : marked in one gesture and undone in one, noted, searched, carried away; nobody else ever sees it."""

from __future__ import annotations

import csv
import io

from tests.support.house import House
from tests.web.visitor import Visitor

GONE = "Le message n'est plus lisible ici"


async def test_a_post_is_learned_in_one_gesture_and_undone_in_one(nurse: Visitor, reader: Visitor, visitor: Visitor) -> None:
    post = await nurse.write("Le bicarbonate neutralise. Voir https://exemple.org/étude et https://exemple.org/b")
    await reader.get(f"/gestes/{post}?back=/local")
    page = await reader.submit(f"/carnet/{post}")
    assert "C'est dans votre carnet" in page.text
    page = await reader.get("/carnet")
    assert "Le bicarbonate neutralise" in page.text
    assert "https://exemple.org/b" in page.links
    assert "@nuit" in page.text
    page = await reader.get(f"/gestes/{post}?back=/local")
    assert "Lire, changer ou retirer votre note." in page.text
    await reader.get("/carnet")
    page = await reader.submit(f"/carnet/{post}/retirer")
    assert "Ce n'est plus dans votre carnet." in page.text
    answer = await reader.client.post(page.undo.action, data=page.undo.values)
    assert answer.status_code == 303
    page = await reader.get("/carnet")
    assert "C'est dans votre carnet" in page.text
    assert len(page.all("article")) == 1
    answer = await reader.client.post(page.undo.action, data=page.undo.values)
    assert (await reader.get("/carnet")).all("article") == []
    for who in (nurse, visitor):
        page = await who.get(f"/@nuit/{post}")
        assert "/carnet/" not in page.text
    assert (await nurse.get("/carnet")).all("article") == []
    answer = await visitor.client.get("/carnet")
    assert answer.status_code in {302, 303, 401}


async def test_a_note_is_written_changed_and_asked_before_it_goes(nurse: Visitor, reader: Visitor) -> None:
    post = await nurse.write("On rince à l'eau tiède.")
    await reader.get(f"/carnet/{post}")
    page = await reader.submit(f"/carnet/{post}", note="x" * 2001, status=422)
    assert page.form(f"/carnet/{post}").values["note"].strip() == "x" * 2001
    assert (await reader.get("/carnet")).all("article") == []
    await reader.get(f"/carnet/{post}")
    await reader.submit(f"/carnet/{post}", note="Tiède, <b>jamais</b> chaude.\nDeux fois.")
    page = await reader.get(f"/carnet/{post}")
    assert page.form(f"/carnet/{post}").values["note"].strip().endswith("Deux fois.")
    page = await reader.submit(f"/carnet/{post}", note="Tiède.")
    assert "Votre note est changée." in page.text
    page = await reader.submit(f"/carnet/{post}/retirer")
    assert "Votre note s'efface avec elle" in page.text
    assert len((await reader.get("/carnet")).all("article")) == 1
    await reader.submit(f"/carnet/{post}/retirer")
    await reader.submit(f"/carnet/{post}/retirer")
    assert (await reader.get("/carnet")).all("article") == []
    await reader.get("/carnet/12", 404)


async def test_the_reader_of_conversations_has_the_gesture(nurse: Visitor, reader: Visitor, visitor: Visitor) -> None:
    root = await nurse.write("Racontez.")
    answer = await nurse.answer(f"/@nuit/{root}", "Je raconte.")
    where = f"/@nuit/{root}/lire"
    assert "/carnet/" not in str((await visitor.get(where)).answer.text)
    await reader.get(where)
    page = await reader.submit(f"/carnet/{answer}")
    assert str(page.answer.url.path) == where
    (link,) = [one for one in page.links if one.startswith(f"/carnet/{answer}?back=")]
    assert link.endswith(f"lire%23p{answer}")
    assert [form.action for form in page.forms if form.action.startswith("/carnet/") and not form.undoes] == [f"/carnet/{root}"]


async def test_what_its_author_erases_is_gone_and_the_note_stays(house: House, nurse: Visitor, reader: Visitor) -> None:
    post = await nurse.write("Secret à effacer https://exemple.org/perdu")
    await reader.get(f"/carnet/{post}")
    await reader.submit(f"/carnet/{post}", note="Penser au délai.")
    await nurse.get(f"/gestes/{post}/effacer")
    await nurse.submit(f"/gestes/{post}/effacer")
    page = await reader.get("/carnet")
    assert GONE in page.text
    assert f"/@nuit/{post}" in page.text
    assert "Penser au délai." in page.text
    await reader.get(f"/carnet/{post}")
    await reader.submit(f"/carnet/{post}", note="Penser au délai, et au reste.")
    files = {form: (await reader.client.get(f"/carnet.{form}")).content for form in ("md", "csv", "pdf")}
    for form in ("md", "csv"):
        assert b"exemple.org" not in files[form]
        assert b"Secret" not in files[form]
    assert GONE.encode() in files["md"]
    line = next(csv.DictReader(io.StringIO(files["csv"].decode())))
    assert line["Note"] == "Penser au délai, et au reste."
    assert line["Message"] == house.site.post_url("nuit", post)
    assert line["Note modifiée le"]
    assert files["pdf"].startswith(b"%PDF")
    assert (await reader.client.get("/carnet.exe")).status_code == 404


async def test_it_is_searched_by_the_note_and_by_the_post(nurse: Visitor, reader: Visitor) -> None:
    first = await nurse.write("Les infirmières épuisées dorment mal.")
    second = await nurse.write("Rien à voir.")
    for post, note in ((first, "Protéger le sommeil"), (second, "Des compresses stériles")):
        await reader.get(f"/carnet/{post}")
        await reader.submit(f"/carnet/{post}", note=note)

    async def found(typed: str) -> list[str]:
        page = await reader.get("/carnet", params={"q": typed})
        return [one["id"] for one in page.all("article")]

    assert await found("compresse sterile") == [f"n{second}"]
    assert await found("infirmier epuisé") == [f"n{first}"]
    assert await found("sommeils infirmière") == [f"n{first}"]
    assert await found("de:nuit") == [f"n{second}", f"n{first}"]
    assert await found("de:personne") == []
    assert await found("compresse -sterile") == []
    assert await found("xyzzy") == []
    assert await found("avant:2020") == []
    await nurse.get(f"/gestes/{first}/effacer")
    await nurse.submit(f"/gestes/{first}/effacer")
    assert await found("infirmier") == []
    assert await found("sommeil") == [f"n{first}"]
