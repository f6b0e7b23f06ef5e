"""Somebody who was cared for says thank you without saying from where, is answered, answers a doubt, and leaves for good."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.web.browsing import CHROMIUM, PHONE, Browsing
from tests.web.scenery import Talk
from tests.web.visitor import HTML, PASSWORD, Visitor

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
ME, THANKS = "sortie_de_rea", "Vous m'avez tenu la main à quatre heures. Je suis debout."


async def test_a_patient_thanks_is_answered_and_leaves_for_good(browsing: Browsing) -> None:
    async with browsing.server.client(headers=HTML) as client:
        await Visitor(client).sign_up(ME, "patient-proche", "contributor")
        browsing.sessions["patient"] = client.cookies["session"]
    async with browsing.page("patient", PHONE, fresh=True) as page:
        said = await _thanks(page)
        await _is_answered(page, browsing, said)
        await _answers_a_doubt(page, browsing)
    async with browsing.page("patient", PHONE, fresh=True, scripts=False) as page:
        await _leaves(page)
    async with browsing.page("visitor", PHONE, fresh=True, status=404) as page:
        for path in (f"/@{ME}", f"/@{ME}/{said}"):
            answer = await page.goto(path)
            assert answer is not None
            assert answer.status == 404
        await page.goto("/local?kind=thanks")
        await expect(page.get_by_text("Vous m'avez tenu la main")).to_have_count(0)


async def _thanks(page: Page) -> str:
    """Say thank you, without saying from where; return the post."""
    await page.goto("/local")
    await page.get_by_role("navigation", name="Filtrer").get_by_role("link", name="mercis").click()
    await page.wait_for_url("**kind=thanks")
    await page.goto("/ecrire")
    await page.get_by_label("Votre message").fill(THANKS)
    await page.get_by_role("radio", name="merci", exact=True).check()
    await page.get_by_text("Qui lit et répond").click()
    await page.get_by_label("Montrer d’où je parle").uncheck()
    await page.get_by_role("button", name="Publier").click()
    await page.wait_for_url("**/#p*")
    said = page.url.rpartition("#p")[2]
    await page.goto("/local?kind=thanks")
    card = page.locator(f"#p{said}")
    await expect(card.locator(".kind")).to_have_text("merci")
    await expect(card.locator(".family")).to_have_count(0)
    return said


async def _is_answered(page: Page, browsing: Browsing, said: str) -> None:
    token = await browsing.server.person("infirmiere_de_rea")
    async with browsing.server.client() as client:
        await Talk(client).say(token, f"@{ME} On s'en souvient tous.", in_reply_to_id=said)
    await page.goto("/")
    await expect(page.locator(".places .badge.dot").first).to_be_visible()
    await page.goto("/notifications?voir=reponses")
    await page.get_by_text("On s'en souvient tous").first.wait_for()
    await page.goto(f"/@{ME}/{said}")
    await page.locator(".below").get_by_role("button", name="Aimer").click()
    await expect(page.get_by_role("status")).to_have_text("Vous aimez ce message.")


async def _answers_a_doubt(page: Page, browsing: Browsing) -> None:
    """Find what a doubt takes, and no score on it."""
    await page.goto(f"/@{browsing.scene['author']}/{browsing.scene['doubt']}")
    offered = await page.locator("#repondre input[name=kind]").evaluate_all("(all) => all.map((one) => one.value)")
    assert sorted(offered) == ["experience", "question", "source"]
    focal = page.locator(f"#p{browsing.scene['doubt']}")
    assert not re.search(r"\d", await focal.locator(".like").inner_text())
    await page.get_by_label("Votre réponse").fill("Moi, on m'a pressé, et je n'ai rien osé dire.")
    await page.get_by_role("radio", name="expérience").check()
    await page.get_by_role("button", name="Répondre", exact=True).click()
    await expect(page.locator(".below .post.kind-experience").filter(has_text="je n'ai rien osé dire")).to_have_count(1)


async def _leaves(page: Page) -> None:
    await page.goto("/reglages/partir")
    await page.get_by_label("Votre pseudonyme").fill(ME)
    await page.get_by_label("Mot de passe").fill(PASSWORD)
    await page.get_by_role("button", name="Effacer mon compte pour de bon").click()
    await page.get_by_text("Votre compte est effacé").wait_for()
    assert not [one for one in await page.context.cookies() if one["name"] == "session"]
