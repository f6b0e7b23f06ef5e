"""Help on the web: the card after sending, for its author and once; before sending; the page of lines; the hosts' own."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from salledepause.kernel import clock
from tests.support.house import House
from tests.web.keepers import keeper, press
from tests.web.visitor import Page, Visitor, visiting

SAID = "Je n'en peux plus, j'ai envie de mourir."


def shows(page: Page) -> bool:
    return bool(page.all("aside", class_="lifeline"))


async def test_who_writes_of_distress_sees_the_card_once_and_nobody_else_does(house: House) -> None:
    async with visiting(house) as ada, visiting(house) as ben:
        await ada.sign_up("ada")
        await ben.sign_up("ben")
        await ada.get("/ecrire")
        told = await ada.submit("/ecrire", text=SAID)
        assert shows(told)
        assert "0 805 23 23 36" in told.text
        assert "Votre message est publié." in told.text
        assert told.all("a", href="tel:0805232336")
        assert told.all("a", href="tel:3114")
        path = next(link for link in told.links if link.startswith("/@ada/"))
        for page in [await ada.get(path), await ada.get("/"), await ben.get(path), await ben.get("/local")]:
            assert not shows(page)
        await ada.get(path)
        assert shows(await ada.submit("/ecrire", text="@ada " + SAID))
        await ada.get("/ecrire")
        assert not shows(await ada.submit("/ecrire", text="Je suis morte de rire."))
        calm = await ada.write("Je rentre.")
        for text, expected in ((SAID, True), (SAID + " Vraiment.", False)):
            await ada.get(f"/gestes/{calm}/modifier")
            assert shows(await ada.submit(f"/gestes/{calm}/modifier", text=text)) == expected, "said anew, told once"


async def test_the_card_is_below_the_form_before_sending_and_in_a_report(house: House) -> None:
    other = await house.person("rude")
    async with visiting(house) as ada:
        await ada.sign_up("ada")
        assert not shows(await ada.get("/ecrire"))
        seen = await ada.submit("/ecrire", text=SAID, button=("step", "preview"))
        assert shows(seen)
        assert shows(await ada.submit("/ecrire"))
        word = (await ada.get("/plus")).forms[0].values["csrf"]
        sent = {"csrf": word, "text": SAID}
        part = Page(await ada.client.post("/aide/fiche", data=sent, headers={"x-fragment": "fiche"}))
        assert shows(part)
        assert not shows(Page(await ada.client.post("/aide/fiche", data=sent | {"text": "Tout va bien."})))
        await ada.get(f"/signaler?compte={other.id}")
        assert shows(await ada.submit("/signaler", comment="Depuis ce message je ne veux plus vivre."))
        assert "/aide" in (await ada.submit("/signaler")).links


async def test_the_page_of_help_is_everywhere_and_asks_the_hosts_for_who_wants(house: House) -> None:
    async with visiting(house) as visitor, visiting(house) as ada, keeper(house, "veilleuse") as host:
        for path in ("/", "/local", "/connexion", "/charte"):
            assert "/aide" in (await visitor.get(path)).links
        page = await visitor.get("/aide")
        assert "Vérifié le 29 novembre 2026." in page.text
        assert not [form for form in page.forms if form.action == "/aide"]
        assert "Aide" in (await visitor.get("/plus")).text
        english = await visitor.get("/aide", headers={"accept-language": "en"})
        assert "Suicide prevention" in english.text
        await ada.sign_up("ada")
        await ada.get("/aide")
        assert "tous les mots" not in (await ada.submit("/aide", status=422, words="a" * 600)).text
        assert "personne d'autre" in (await ada.submit("/aide", words="Un mot, oui.")).text
        assert "Un mot, oui." in (await host.get("/maison/aide")).text
        await _press(host, "take")
        assert "@veilleuse s'en occupe" in host.page.text
        assert "vous écrira" in (await ada.get("/aide")).text
        await _press(host, "settle")
        assert "Personne ne demande rien." in host.page.text
        await ada.get("/aide")
        await ada.submit("/aide")
        assert "Il n'en reste rien" in (await ada.submit("/aide", button=("gesture", "withdraw"))).text


async def _press(host: Visitor, gesture: str) -> None:
    (form,) = [one for one in host.page.forms if one.action.startswith("/maison/aide/demandes/")]
    await host.submit(form.action, button=("gesture", gesture))


async def test_an_administrator_keeps_the_numbers_and_is_reminded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 1))  # numbers that the house comes with were checked by then
    old = (clock.today() - timedelta(days=200)).isoformat()
    async with keeper(house, "intendante", "admin") as admin, keeper(house, "veilleuse") as host:
        assert "3 numéros sont à vérifier" in (await admin.get("/maison/aide")).text
        line = (await admin.get("/maison/aide/2")).form("/maison/aide/2")
        assert line.values["number"] == "3114"
        await admin.submit("/maison/aide/2", name="Prévention", number="3114", verified_on=old)
        assert "4 numéros sont à vérifier" in admin.page.text
        again = next(one.action for one in admin.page.forms if one.action.endswith("/verifiee"))
        await admin.submit(again)
        assert "3 numéros sont à vérifier" in admin.page.text
        await admin.get("/maison/aide/nouvelle")
        assert "ne se compose pas" in (await admin.submit("/maison/aide/nouvelle", status=422, name="x", number="abc")).text
        await admin.submit("/maison/aide/nouvelle", name="Ligne d'ici", number="01 23 45 67 89")
        mine = next(link for link in admin.page.links if link.startswith("/maison/aide/") and link != "/maison/aide/nouvelle")
        await admin.get(mine)
        await admin.submit(f"{mine}/retirer")
        assert "est retirée" in (await admin.submit(f"{mine}/retirer")).text
        assert "ligne d'aide" in (await admin.get("/maison/journal")).text
        assert (await press(host, mine, name="x", number="1")).answer.status_code == 403
        assert "Ligne d'ici" in (await host.get("/aide")).text
