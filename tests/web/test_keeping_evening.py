"""A host's evening in Chromium: newcomers let in, a report handled, an announcement published; what goes wrong on the way."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.web import keepers_scene
from tests.web.browsing import CHROMIUM, PHONE, Browsing
from tests.web.inspection import glance, inspect

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
async def test_a_host_comes_on_duty(browsing: Browsing, *, scripts: bool) -> None:
    mark = "avec" if scripts else "sans"
    newcomers = (f"soir_{mark}_un", f"soir_{mark}_deux")
    await keepers_scene.newcomers(browsing.server, newcomers)
    found = await keepers_scene.reported(browsing.server, browsing.scene["doubt"], f"temoin_{mark}")
    async with browsing.page("host", PHONE, scripts=scripts) as page:
        await page.goto("/plus")
        await page.get_by_role("link", name="Inscriptions").click()
        await _let_in(page, newcomers)
        await _handle(page, found["report"])
        await _announce(page, f"Café offert {mark} façon ce soir.")
    async with browsing.page("reader", PHONE, scripts=scripts) as reader:
        await _read(reader, f"Café offert {mark} façon ce soir.", looked_at=scripts)
    async with browsing.page("host", PHONE, scripts=scripts) as page:
        await page.goto("/maison/annonces")
        await page.get_by_role("button", name=f"Retirer « Café offert {mark}").click()
        await page.get_by_role("button", name="Retirer l’annonce").click()
        await expect(page.get_by_text("L’annonce est retirée.")).to_be_visible()
        await page.goto("/maison/journal")
        for words in (f"a laissé entrer @{newcomers[0]}", "a pris un signalement sur", "a publié une annonce"):
            await expect(page.get_by_role("main")).to_contain_text(words)


async def _let_in(page: Page, handles: tuple[str, ...]) -> None:
    for handle in handles:
        await page.get_by_label(f"@{handle}").check()
    await page.get_by_role("button", name="Laisser entrer").click()
    await expect(page.get_by_text("Entrées acceptées : 2.")).to_be_visible()
    await expect(page.get_by_label(f"@{handles[0]}")).to_have_count(0)


async def _handle(page: Page, report: str) -> None:
    await page.goto("/maison/signalements")
    await page.locator(f'a[href="/maison/signalements/{report}"]').click()
    await page.get_by_role("button", name="Je m’en occupe").click()
    await expect(page.get_by_text("Vous vous occupez de ce signalement.")).to_be_visible()
    await page.get_by_label("Dire un mot").check()
    await page.get_by_label("Ce que la personne lira").fill("La patiente se reconnaît : changez l'âge et le jour, merci.")
    await page.get_by_role("button", name="Décider").click()
    await expect(page.get_by_text("en lira la raison")).to_be_visible()
    await expect(page.get_by_text("Clos par")).to_be_visible()


async def _announce(page: Page, text: str) -> None:
    await page.goto("/maison/annonces/nouvelle")
    await page.get_by_label("Ce que tout le monde lira").fill(text)
    await page.get_by_role("button", name="Voir d’abord").click()
    await expect(page.get_by_role("region", name="Aperçu")).to_contain_text(text)
    await page.get_by_role("button", name="Publier", exact=True).click()
    await expect(page.get_by_text("L’annonce est publiée.")).to_be_visible()


async def _read(page: Page, text: str, *, looked_at: bool) -> None:
    """Read what is announced; axe needs scripts to look at it."""
    await page.goto("/")
    told = page.get_by_role("region", name="Les hôtes annoncent")
    await expect(told).to_contain_text(text)
    await told.get_by_text("Réagir").click()
    await told.get_by_role("button", name="☕").click()
    await expect(told.get_by_role("button", name="☕ 1")).to_have_attribute("aria-pressed", "true")
    if looked_at:
        await inspect(page, "accueil-annonce")
        await page.goto("/annonces")
        await glance(page, "annonces-reader")
    await page.goto("/")
    await told.get_by_role("button", name="J’ai lu").click()
    await expect(page.get_by_text("elle reste lisible dans les annonces")).to_be_visible()
    await expect(told).to_have_count(0)


async def test_what_goes_wrong_and_what_is_asked_can_be_stood_on(browsing: Browsing) -> None:
    async with browsing.page("host", PHONE, status=422) as page:
        await page.goto("/maison/annonces/nouvelle")
        await page.get_by_label("Ce que tout le monde lira").fill("Oui")
        await page.get_by_label("Ce dont on parle commence").fill("2026-12-03T03:00")
        await page.get_by_label("et finit").fill("2026-12-02T03:00")
        await page.get_by_role("button", name="Publier", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("Une annonce finit après son début.")
        await inspect(page, "maison-annonce-fausse")
        await page.goto(f"/maison/comptes/{browsing.scene['reported']}")
        await page.get_by_role("button", name="Décider").click()
        await expect(page.get_by_role("alert")).to_contain_text("Écrivez le mot")
        await inspect(page, "maison-compte-faux")
        await page.goto("/maison/entrees")
        await page.get_by_role("button", name="Faire une invitation").click()
        await expect(page.get_by_text("Voici le code")).to_be_visible()
        await glance(page, "maison-invitation")
        await page.get_by_label("@arrivante_du_jour").check()
        await page.get_by_role("button", name="Refuser").click()
        await expect(page.get_by_role("link", name="Non, revenir")).to_be_visible()
        await inspect(page, "maison-refuser")
        await page.get_by_role("link", name="Non, revenir").click()
        await expect(page.get_by_label("@arrivante_du_jour")).to_have_count(1)
