"""A newcomer's journey in Chromium: in by three steps, then by the passkey of a device that is not there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.async_api import CDPSession, Page, async_playwright, expect

from bench.process import free_port
from tests.support.server import Server
from tests.web.browsing import ARGUMENTS, CHROMIUM, PHONE, Browsing
from tests.web.inspection import inspect
from tests.web.visitor import PASSWORD

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")


@pytest.fixture
async def at_home() -> AsyncIterator[Browsing]:
    """Give a browser on a house named `localhost`: browsers bind passkeys to names, never to addresses."""
    port = free_port()
    with TemporaryDirectory(prefix="salledepause-newcomer-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder) / "data", port, {"SALLEDEPAUSE_DOMAIN": f"localhost:{port}"})
        await server.start()
        try:
            server.url = f"http://localhost:{port}"
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
                yield Browsing(server, browser)
                await browser.close()
        finally:
            await server.stop()


@needs_chromium
async def test_a_newcomer_comes_in_by_three_steps_and_by_a_passkey(at_home: Browsing) -> None:
    async with at_home.page("visitor", PHONE, fresh=True) as page:
        await signed_up(page)
        device = await authenticator(page)
        await keyed(page)
        await page.context.clear_cookies()
        await page.goto("/connexion")
        await inspect(page, "connexion-cle")
        await page.get_by_role("button", name="Entrer avec une clé d’accès").click()
        await page.wait_for_url("/")
        assert await page.get_by_role("link", name="Entrer", exact=True).count() == 0, "who is in is not asked in"
        await page.goto("/reglages/partir")
        await inspect(page, "partir")
        confirm = page.get_by_role("button", name="Confirmer avec une clé d’accès")
        await confirm.click()
        assert await page.evaluate("() => document.activeElement.id") == "handle", "what is missing is asked before the device"
        await page.get_by_label("Votre pseudonyme").fill(await page.locator("input[name=username]").input_value())
        await confirm.press("Enter")
        await expect(page.get_by_text("Votre compte est effacé.")).to_be_visible()
        await device.send("WebAuthn.disable")


async def signed_up(page: Page) -> None:
    """Go through the sign-up, looking at each step."""
    await page.goto("/inscription")
    await page.locator(".drawn li a").first.click()
    await page.get_by_label("Mot de passe").fill(PASSWORD)
    await page.get_by_role("button", name="Continuer").click()
    await page.get_by_text("Qui je suis").first.wait_for()
    await inspect(page, "inscription-2")
    await page.locator("input[name=family]").nth(1).check()
    await page.get_by_role("button", name="Continuer").click()
    await page.locator("ol.secret").wait_for()
    words = await page.locator("ol.secret li").all_inner_texts()
    await inspect(page, "inscription-3")
    await page.get_by_role("button", name="C’est noté").click()
    await page.get_by_role("button", name="Créer mon compte").wait_for()
    await inspect(page, "inscription-4")
    for label in await page.locator("form[action='/inscription/fin'] label").all():
        number = int(re.sub(r"\D", "", await label.inner_text()))
        await page.locator(f"#{await label.get_attribute('for')}").fill(words[number - 1].split()[-1])
    await page.get_by_role("button", name="Créer mon compte").click()
    await page.wait_for_url("/")


async def authenticator(page: Page) -> CDPSession:
    """Plug a virtual device in that verifies its person."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    kind |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    await session.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    return session


async def keyed(page: Page) -> None:
    """Add a key in the settings."""
    await page.goto("/reglages/securite")
    form = page.locator("form[data-passkey=create]")
    await form.get_by_label("Nom de la clé").fill("Mon téléphone")
    await form.get_by_label("Mot de passe").fill(PASSWORD)
    await form.get_by_role("button").click()
    await expect(page.get_by_text("Cette clé ouvre maintenant votre compte.")).to_be_visible()
    await inspect(page, "securite-cle")
