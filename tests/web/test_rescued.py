"""Forms that waited too long, or whose session is over: what was written comes back and is sent again by a button."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from salledepause.features import accounts
from salledepause.kernel.errors import TooMany
from salledepause.surfaces import limits
from tests.support.house import House
from tests.web.browsing import CHROMIUM, PHONE, Browsing
from tests.web.inspection import inspect
from tests.web.keepers import keeper
from tests.web.visitor import Page, Visitor

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
WORDS = "Une nuit d'écriture, « avec » des <signes>\net deux lignes"
OLD = {"csrf": "ancien"}
FORMS = {
    "/signaler": {"compte": "1", "rules[]": "2", "comment": WORDS},
    "/images/7": {"words": WORDS},
    "/aide": {"words": WORDS},
    "/personnes/7/note": {"note": WORDS},
    "/prendre-l-air": {"note": "Je reviens lundi", "days": "3"},
    "/listes": {"title": "Celles de la nuit"},
    "/listes/7/reglages": {"title": "Celles de la nuit"},
    "/reglages/filtres/nouveau": {"title": "Repos", "words": WORDS, "contexts[]": "home"},
    "/reglages/filtres/7": {"title": "Repos", "words": WORDS},
    "/reglages/profil": {"name": "Nuit", "note": WORDS, "titles[]": "Service", "values[]": "Nuit"},
    "/gestes/7/modifier": {"text": WORDS, "warning": "Fatigue", "media[116630000000000009][description]": "Une aube"},
    "/ecrire/destinataires": {"text": WORDS, "kind": "thanks", "key": "k"},
    "/guichets": {"name": "Direction", "purpose": WORDS},
    "/guichets/7": {"text": WORDS, "gesture": "ask"},
    "/guichets/7/reglages": {"name": "Direction", "purpose": WORDS},
    "/guichets/7/fiches": {"remark": WORDS, "answer": WORDS, "nuance": WORDS, "sources": WORDS},
    "/fiches/7": {"remark": WORDS, "answer": WORDS},
    "/remarques/7": {"text": WORDS},
    "/maison/annonces/nouvelle": {"text": WORDS, "starts": ""},
    "/maison/annonces/7": {"text": WORDS},
    "/maison/comptes/7": {"reason": WORDS, "act": "warn"},
    "/maison/signalements/7": {"reason": WORDS},
    "/maison/images/7": {"reason": WORDS},
    "/maison/contestations/7": {"reason": WORDS},
    "/decisions/7": {"words": WORDS},
    "/pieces/la_reserve/garder": {"gesture": "out", "who": "ada", "reason": WORDS},
    "/maison/serveurs/nouveau": {"domain": "ailleurs.example", "private_comment": WORDS, "public_comment": "Spam"},
    "/maison/serveurs/7": {"private_comment": WORDS},
    "/maison/aide/nouvelle": {"name": "Écoute", "number": "3114", "hours": "24 h", "note": WORDS},
    "/maison/aide/7": {"note": WORDS},
}


async def sent(who: Visitor, path: str, status: int, values: dict[str, str], headers: dict[str, str] | None = None) -> Page:
    """Send a form as it was typed, whatever its word; return where it led."""
    answer = await who.client.post(path, data=values, headers=headers or {})
    assert answer.status_code == status, (path, answer.status_code)
    return Page(answer)


async def test_every_form_that_holds_words_gives_them_back(visitor: Visitor, nurse: Visitor) -> None:
    for path, typed in FORMS.items():
        for who, told in ((visitor, "Votre session s'est terminée"), (nurse, "La page a trop attendu")):
            page = await sent(who, path, 403, OLD | typed)
            assert told in page.text, path
            form = page.form(path)
            held = {name.replace("[0]", "[]"): value.replace("\r", "") for name, value in form.values.items()}
            assert held.pop("csrf") != OLD["csrf"]
            assert held == typed, path
            shown = [one for one in (*page.all("textarea"), *page.all("input")) if one.get("type") != "hidden"]
            assert {one["id"] for one in shown} == {one["for"] for one in page.all("label")}, path
            assert shown
            assert page.answer.headers["cache-control"] == "no-store"
            assert bool(page.all("a", target="_blank")) is (who is visitor)


async def test_what_comes_back_is_sent_by_one_press_and_does_what_it_was_to_do(house: House) -> None:
    async with keeper(house, "hote_du_soir") as host:
        for path, values in (
            ("/listes", {"title": "Celles du jour"}),
            ("/reglages/profil", {"name": "La nuit", "note": WORDS, "titles[0]": "Service", "values[0]": "Réa"}),
            ("/maison/annonces/nouvelle", {"text": "Travaux ce soir dans la salle.", "gesture": "draft"}),
        ):
            host.page = await sent(host, path, 403, OLD | values)
            await host.submit(path)
        assert "Celles du jour" in (await host.get("/listes")).text
        profile = (await host.get("/reglages/profil")).form("/reglages/profil").values
        assert profile["note"].replace("\r", "") == WORDS
        assert "Travaux ce soir" in (await host.get("/maison/annonces")).text


async def test_whoever_signs_in_beside_it_sends_what_waited(house: House, nurse: Visitor) -> None:
    """The session is over, the page stays open, another opens: two presses, nothing typed again."""
    async with house.site.db.transaction() as tx:
        await accounts.close_session(tx, nurse.client.cookies["__Host-session"])
    nurse.page = await sent(nurse, "/listes", 403, OLD | {"title": "Celles qui restent"})
    waiting = nurse.page
    await nurse.sign_in("nuit")
    nurse.page = waiting
    nurse.page = await nurse.submit("/listes", status=403)
    await nurse.submit("/listes")
    assert "Celles qui restent" in (await nurse.get("/listes")).text


async def test_nobody_elsewhere_puts_words_into_a_form(visitor: Visitor, nurse: Visitor) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://ailleurs.example"}, {"origin": "null"}):
        for path in ("/signaler", "/ecrire"):
            page = await sent(nurse, path, 403, OLD | {"comment": WORDS, "text": WORDS}, headers)
            assert "écriture" not in page.answer.text
        assert (await visitor.client.post("/signaler", data={"comment": WORDS}, headers=headers)).is_redirect
    assert (await visitor.client.post("/signaler", data={"comment": WORDS}, headers={"x-fragment": "a"})).is_redirect
    for path, values in (("/listes", {"title": " "}), ("/reglages/mot-de-passe", {"old": "secret", "new": "secret"})):
        assert (await visitor.client.post(path, data=values)).is_redirect
        assert "secret" not in (await sent(nurse, path, 403, OLD | values)).answer.text
    same = {"sec-fetch-site": "same-origin", "origin": "https://salle.test"}
    assert "écriture" in (await sent(nurse, "/signaler", 403, OLD | {"comment": WORDS}, same)).answer.text


async def test_too_many_requests_lose_nothing_either(nurse: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    word = (await nurse.get("/listes")).form("/listes").values["csrf"]
    monkeypatch.setattr(limits.Limiter, "count", _spent)
    page = await sent(nurse, "/listes", 429, {"csrf": word, "title": "Celles du soir"})
    assert page.form("/listes").values["title"] == "Celles du soir"
    assert page.answer.headers["retry-after"]


def _spent(*_: object) -> None:
    raise TooMany("Doucement.", retry_after=60)


@needs_chromium
async def test_a_report_written_while_the_session_ended_is_read_again(browsing: Browsing) -> None:
    async with browsing.page("contributor", PHONE, fresh=True, status=403) as phone:
        await phone.goto(f"/signaler?compte={browsing.scene['rude']}&back=/")
        await phone.get_by_label("Avec vos mots").fill(WORDS)
        await phone.context.clear_cookies()
        await phone.locator("form[action='/signaler'] button").last.click()
        await expect(phone.locator("h1")).to_have_text("Rien n’est perdu")
        await expect(phone.get_by_label("Avec vos mots")).to_have_value(WORDS)
        await inspect(phone, "rendu")
