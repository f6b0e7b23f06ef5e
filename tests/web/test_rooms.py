"""Rooms by their pages: a circle opened, entered by its code, spoken in, left, kept and closed; a role family proven."""

from __future__ import annotations

import re

from salledepause.features.accounts import Family
from tests.support.house import House
from tests.support.rooms import prove
from tests.web.keepers import keeper
from tests.web.visitor import Visitor, posts, visiting

CODE = re.compile(r"\b[a-z0-9]{4}(?:-[a-z0-9]{4}){3}\b")


async def circle(nurse: Visitor) -> tuple[str, str]:
    """Open a circle; return its address and its code."""
    await nurse.get("/pieces/ouvrir")
    page = await nurse.submit("/pieces/ouvrir", name="Les veilleurs", purpose="Après la nuit")
    address = next(link for link in page.links if link.startswith("/pieces/les_veilleurs"))
    (code,) = set(CODE.findall(page.text))
    return address, code


async def test_a_circle_lives_and_closes(nurse: Visitor, director: Visitor, visitor: Visitor) -> None:
    address, code = await circle(nurse)
    assert code not in (await nurse.get(f"{address}/garder")).answer.text
    await director.get(address, status=404)
    await director.get("/pieces")
    page = await director.submit("/pieces/code", code="aaaa-bbbb-cccc-dddd", status=422)
    assert "n'ouvre aucune pièce" in page.text
    page = await director.submit("/pieces/code", code=code)
    assert "Vous êtes dans la pièce." in page.text
    assert "Seules les personnes de la pièce peuvent lire." in page.text
    page = await director.get(address)
    assert "Sortir sans bruit" in page.text.partition("Votre message")[0], "the way out is above what is said"
    said = await director.send("Un mot pour ici. #tempete")
    assert "Un mot pour ici." in (await nurse.get(address)).text
    await nurse.answer(f"/@garde/{said}", "Bien reçu.")
    assert "Un mot pour ici." in (await nurse.get(f"/@garde/{said}")).text
    for path in ("/local", "/@garde", "/tags/tempete", "/recherche?q=tempete", "/"):
        assert "Un mot pour ici." not in (await nurse.get(path)).text, path
    await visitor.get(f"/@garde/{said}", status=404)
    await visitor.get(address, status=404)
    await nurse.get(f"{address}/garder")
    form = next(form for form in nurse.page.forms if form.values.get("gesture") == "out")
    sent = form.values | {"who": "garde"}
    assert (await nurse.client.post(f"{address}/garder", data=sent)).status_code == 303
    await director.get(address, status=404)
    assert "Un mot" in (await director.get(f"/@garde/{said}")).text, "one's own words can still be erased"
    word = (await nurse.get(f"{address}/garder")).forms[0].values["csrf"]
    asked = await nurse.client.post(f"{address}/garder", data={"csrf": word, "gesture": "close"})
    assert "Fermer cette pièce" in asked.text
    await nurse.client.post(f"{address}/garder", data={"csrf": word, "gesture": "close", "sure": "1"})
    page = await nurse.get(address)
    assert "fermée" in page.text
    assert len(list(posts(page))) == 2
    assert "/ecrire" not in [form.action for form in page.forms]


async def test_leaving_makes_no_noise(nurse: Visitor, director: Visitor) -> None:
    address, code = await circle(nurse)
    await director.get("/pieces")
    await director.submit("/pieces/code", code=code)
    before = (await nurse.get("/notifications")).text
    await director.get(address)
    page = await director.submit(f"{address}/sortir")
    assert "sans bruit" in page.text
    await director.get(address, status=404)
    assert (await nurse.get("/notifications")).text == before


async def test_a_readers_room_invites_to_no_writing(house: House, reader: Visitor) -> None:
    async with keeper(house, "hotesse") as host:
        await host.get("/pieces/ouvrir")
        await host.submit("/pieces/ouvrir", name="Le salon", handle="le_salon", sort="house")
        await host.get("/pieces/le_salon")
        await host.send("La lumière est allumée.")
    page = await reader.get("/pieces/le_salon")
    assert "La lumière est allumée." in page.text
    assert "/ecrire" not in [form.action for form in page.forms]
    assert "Le salon" in (await reader.get("/pieces")).text


async def test_a_proof_is_seen_once_and_destroyed(house: House, nurse: Visitor) -> None:
    here, place = "/reglages/verification", house.site.settings.data / "proofs"
    word = (await nurse.get(here)).form(f"{here}/justificatif").values["csrf"]
    bad = {"file": ("note.txt", b"pas un justificatif", "text/plain")}
    answer = await nurse.client.post(f"{here}/justificatif", data={"csrf": word}, files=bad)
    assert answer.status_code == 422
    assert not list(place.glob("*"))
    good = {"file": ("carte.pdf", b"%PDF-1.4 SECRET", "application/pdf")}
    assert (await nurse.client.post(f"{here}/justificatif", data={"csrf": word}, files=good)).status_code == 303
    (kept,) = place.glob("*")
    assert kept.stat().st_mode & 0o077 == 0
    async with keeper(house, "hotesse") as host:
        page = await host.get("/maison/verifications")
        assert "nuit" not in page.text.replace("Bonne nuit", "").lower().split("justificatif du")[1]
        link = next(link for link in page.links if link.endswith("/fichier"))
        assert (await nurse.client.get(link)).status_code == 403
        seen = await host.client.get(link)
        assert seen.content == b"%PDF-1.4 SECRET"
        assert "sandbox" in seen.headers["content-security-policy"]
        action = link.removesuffix("/fichier")
        await host.submit(action, button=("gesture", "accept"))
        assert (await host.client.get(link)).status_code == 404
    assert not list(place.glob("*"))
    assert "Vérifié" in (await nurse.get(here)).text
    said = await nurse.write("D'où je parle.")
    assert "vérifié·e" in (await nurse.get(f"/@nuit/{said}")).text
    hidden = await _said_without_family(house, nurse)
    assert "vérifié·e" not in (await nurse.get(f"/@nuit/{hidden}")).answer.text.partition("<main")[2]
    for shown in (False, True):
        await _show_family(nurse, said, shown=shown)
        assert ("vérifié·e" in nurse.page.answer.text.partition("<main")[2]) is shown


async def _show_family(nurse: Visitor, said: int, *, shown: bool) -> None:
    """Change whether a message that is out says where one speaks from."""
    path = f"/gestes/{said}/modifier"
    form = (await nurse.get(path)).form(path)
    assert ("shows_family" in form.values) is not shown
    form.values |= {"shows_family": "1"}
    if not shown:
        del form.values["shows_family"]
    await nurse.submit(path)


async def _said_without_family(house: House, nurse: Visitor) -> int:
    await nurse.get("/ecrire")
    form = nurse.page.form("/ecrire")
    form.values.pop("shows_family", None)
    said = await nurse.send("Sans dire d'où.")
    async with house.site.db.reading() as tx:
        assert not await tx.value("SELECT shows_family FROM posts WHERE id = %s", [said])
    return said


async def test_two_words_make_a_verification_and_leave_no_trace(house: House, nurse: Visitor) -> None:
    others = [await house.person(f"pair_{number}", family=Family.MEDICAL) for number in range(2)]
    await prove(house, others[0], Family.MEDICAL)
    vouch = "/api/salledepause/v1/verification/vouch"
    assert (await house.call("POST", vouch, others[0], json={"handle": "nuit"})).status_code == 404
    await nurse.get("/reglages/verification")
    form = next(one for one in nurse.page.forms if ("gesture", "vouching") in one.buttons)
    await nurse.client.post("/reglages/verification", data=form.values | {"gesture": "vouching"})
    assert (await house.call("POST", vouch, others[1], json={"handle": "nuit"})).status_code == 404, "not verified"
    for _ in range(2):
        assert (await house.call("POST", vouch, others[0], json={"handle": "nuit"})).status_code == 200
    assert "Garanties reçues : 1 sur 2." in (await nurse.get("/reglages/verification")).text
    await prove(house, others[1], Family.MEDICAL)
    assert (await house.call("POST", vouch, others[1], json={"handle": "nuit"})).status_code == 200
    assert "Vérifié : soignant·e paramédical·e, par deux membres" in (await nurse.get("/reglages/verification")).text
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM vouches") == 0
        assert await tx.value("SELECT count(*) FROM verification_requests") == 0


async def test_a_code_proves_its_family_alone_and_so_many_times(house: House) -> None:
    async with keeper(house, "hotesse") as host:
        await host.get("/maison/verifications")
        page = await host.submit("/maison/verifications/codes", family="soignant-medical", uses="1", days="1")
    code = re.findall(r'translate="no">([\w-]{16})<', page.answer.text)[0]
    here = "/api/salledepause/v1/verification"
    for family, status in ((Family.PATIENT, 422), (Family.MEDICAL, 200), (Family.MEDICAL, 422)):
        who = await house.person(f"p{status}{family[:4]}{family[-3:]}".replace("-", "") + str(status == 200), family=family)
        assert (await house.call("POST", f"{here}/code", who, json={"code": code})).status_code == status
    async with visiting(house) as nobody:
        assert (await nobody.client.get("/maison/verifications")).status_code == 303
