"""The shield by pages, without a script: explained before, told in numbers, opened behind two taps; evidence, help, duels."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from salledepause.features import archives, language
from salledepause.features.language import Mention
from tests.support.house import House
from tests.web.visitor import Page, Visitor

INSULT = "Espèce de collabo, vous n'êtes qu'un dictateur incompétent, dégagez !"
HERE = "/bouclier"


@pytest.fixture(autouse=True)
def first_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the first pass alone judge, read before the clock of a job runs."""
    monkeypatch.setattr(language, "full", language.quick)
    language.mentions([Mention("Bonjour")], language.quick())


async def test_a_shield_is_explained_worn_sorted_and_taken_off(
    house: House, nurse: Visitor, director: Visitor, tmp_path: Path
) -> None:
    page = await director.get(HERE)
    assert "laisse passer environ la moitié des attaques" in page.text
    page = await director.submit(HERE, button=("gesture", "wear"))
    assert "Rien n'attend" in page.text
    handle = next(link for link in page.links if link.startswith("/@"))[2:]
    first = await nurse.write(f"@{handle} {INSULT}")
    await nurse.write(f"@{handle} {INSULT} Et vite.")
    await house.site.jobs.run(wait=False)
    assert "dictateur" not in (await director.get("/notifications")).answer.text
    page = await director.get(HERE)
    assert "2 attaques contre vous, depuis aujourd'hui" in page.text
    assert "2 insultes cette semaine" in page.text
    assert "collabo × 2" in page.text
    assert "dégagez" not in page.answer.text
    second, one = [form.action for form in page.forms if form.action.startswith(f"{HERE}/sas/")]
    page = await director.get(one)
    head, _, inside = page.answer.text.partition("<details")
    assert ("dégagez" in head, "dégagez" in inside) == (False, True), "behind a second tap"
    await evidence_of(director, nurse, one, first)
    await taken_along(house, handle, tmp_path)
    await director.get(HERE)
    page = await director.submit(second, button=("gesture", "discard"))
    assert "n'en sait rien" in page.text
    assert second not in [form.action for form in page.forms if ("gesture", "discard") in form.buttons]
    (undone,) = [form.action for form in page.forms if form.values.get("gesture") == "restore"]
    page = await press(director, undone, "restore")
    assert second in [form.action for form in page.forms if ("gesture", "discard") in form.buttons]
    await kept_away(director, second, "nuit")
    await director.submit(HERE, button=("gesture", "remove"))
    assert "Porter mon bouclier" in director.page.text


async def press(who: Visitor, path: str, gesture: str) -> Page:
    """Press a button of the page that is open, in the form that has it, then read where it leads."""
    form = next(
        one
        for one in who.page.forms
        if one.action == path and (("gesture", gesture) in one.buttons or one.values.get("gesture") == gesture)
    )
    answer = await who.client.post(path, data=form.values | {"gesture": gesture}, follow_redirects=True)
    who.page = Page(answer)
    return who.page


async def kept_away(director: Visitor, one: str, handle: str) -> None:
    """Keep the author of what waits at a distance, from its page, and undo it; then keep it, and put it back."""
    page = await director.get(one)
    (away,) = [form.action for form in page.forms if ("gesture", "limit") in form.buttons]
    page = await press(director, away, "limit")
    assert (str(page.answer.url).endswith(one), f"@{handle} est limité·e" in page.text) == (True, True)
    assert f"@{handle} n'est plus limité·e." in (await press(director, away, "unlimit")).text
    assert "Gardé dans le sas." in (await press(director, one, "keep")).text
    assert "De nouveau à trier" in (await press(director, one, "restore")).text
    assert (await director.client.post(one, data=page.forms[0].values | {"gesture": "autre"})).status_code == 404


async def taken_along(house: House, handle: str, folder: Path) -> None:
    """Find one's shield in one's archive: numbers of what waits, and no words; the words of a list, weeks."""
    async for _ in archives.export(house.site, handle, folder / "a.zip"):
        pass
    with zipfile.ZipFile(folder / "a.zip") as taken:
        kept = json.loads(taken.read("bouclier.json"))
    assert (kept["worn"], len(kept["waiting"]), kept["words"][0]) == (True, 1, "collabo")
    assert kept["weeks"][0]["kinds"] == {"attack_on_person": 2}
    assert "dégagez" not in json.dumps(kept | {"evidence": None}, ensure_ascii=False)


async def handed_over(director: Visitor, file: bytes) -> None:
    """Check a file on the page for whoever is handed one, as it is, changed, and what is none."""
    assert "/preuves" in director.page.links
    for body, status, told in (
        (file, 200, "Ce fichier est intact, et vient de cette maison"),
        (file.replace("dégagez".encode(), b"venez"), 200, "Pièces qui ne portent pas leur empreinte : 1."),
        (file.replace(b'"seal": "', b'"seal": "0'), 200, "le sceau n'est pas celui de cette maison"),
        (b"[1", 422, "Ce n'est pas un fichier de preuves"),
        (b'{"items":' + b"[" * 5000, 422, "Ce n'est pas un fichier de preuves"),
        (b"\xff", 422, "Ce n'est pas un fichier de preuves"),
    ):
        form = (await director.get("/preuves")).form("/preuves")
        answer = await director.client.post("/preuves", data=form.values, files={"file": ("preuves.json", body)})
        assert answer.status_code == status
        assert told in Page(answer).text, body[:40]


async def evidence_of(director: Visitor, nurse: Visitor, one: str, first: int) -> None:
    """Put what waits aside, see it erased by its author, and read it still."""
    await director.get(one)
    action = next(form for form in director.page.forms if ("gesture", "evidence") in form.buttons)
    sent = action.values | {"gesture": "evidence"}
    answer = await director.client.post(one, data=sent)
    assert answer.headers["location"] == f"{HERE}/preuves"
    await nurse.get(f"/gestes/{first}/effacer")
    await nurse.submit(f"/gestes/{first}/effacer")
    page = await director.get(f"{HERE}/preuves")
    assert "dégagez" in page.text
    file = await director.client.get(f"{HERE}/preuves.json")
    found = json.loads(file.content)
    assert found["sha256"] in page.text
    assert found["items"][0]["sha256"] in page.text
    await handed_over(director, file.content)
    await director.get(f"{HERE}/preuves")
    page = await director.submit(f"{HERE}/preuves", address="nulle part", status=422)
    (copy,) = [
        form.action for form in (await director.get(f"{HERE}/preuves")).forms if form.action.startswith(f"{HERE}/preuves/")
    ]
    assert "Rien de mis de côté" in (await director.submit(copy)).text


async def test_settings_help_and_duels_are_forms(house: House, nurse: Visitor, director: Visitor) -> None:
    names = {}
    for who in (nurse, director):
        page = await who.get(HERE)
        names[who] = next(link for link in page.links if link.startswith("/@"))[2:]
        await who.submit(HERE, button=("gesture", "wear"))
    await director.get(f"{HERE}/reglages")
    await director.submit(f"{HERE}/aide", handle=names[nurse], status=422)
    for one, other in ((nurse, director), (director, nurse)):
        page = await one.get(f"/@{names[other]}")
        action = next(form.action for form in page.forms if form.action.startswith("/personnes/"))
        await one.submit(action, button=("gesture", "follow"))
    await director.get(f"{HERE}/reglages")
    page = await director.submit(f"{HERE}/reglages", digest="hour", at="07:30")
    assert page.all("input", id="at")[0]["value"] == "07:30"
    await director.submit(f"{HERE}/aide", handle=f"@{names[nurse]}")
    assert "n'a pas encore répondu" in director.page.text
    page = await nurse.get(HERE)
    (helped,) = [form.action for form in page.forms if form.action.startswith(f"{HERE}/pour/")]
    assert "Rien à trier" in (await nurse.submit(helped, button=("gesture", "accept"))).text
    assert "compte sur vous" not in (await nurse.get("/notifications")).text, "what is answered is told no more"
    await nurse.get(HERE)
    page = await nurse.submit(helped, button=("gesture", "leave"))
    assert helped not in [form.action for form in page.forms]
    await director.get(f"{HERE}/duels")
    page = await director.submit(f"{HERE}/duels", handle=names[nurse])
    assert "n'a pas encore répondu" in page.text
    page = await nurse.get(f"{HERE}/duels")
    (duel,) = [form.action for form in page.forms if form.action.startswith(f"{HERE}/duels/")]
    assert "c'est convenu" in (await nurse.submit(duel, button=("gesture", "agree"))).text
    await director.get(f"{HERE}/duels")
    (duel,) = [form.action for form in director.page.forms if form.action.startswith(f"{HERE}/duels/")]
    assert "Aucun duel" in (await director.submit(duel, button=("gesture", "end"))).text
