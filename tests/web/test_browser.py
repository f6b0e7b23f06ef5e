"""A phone, a real browser, a real server: from the street to the first answer, with scripts switched off."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from tests.support.server import Server, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PHONE: ViewportSize = {"width": 390, "height": 844}
PASSWORD = "une longue nuit tranquille"


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Server]:
    """Give a server in a folder that the database's own user may reach, which pytest's are not."""
    with TemporaryDirectory(prefix="salledepause-browser-", ignore_cleanup_errors=True) as folder:
        async with serving(Path(folder) / "data") as running:
            yield running


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        await opened.close()


@pytest.fixture
async def phone(browser: Browser, server: Server) -> AsyncIterator[Page]:
    """Give a phone on the street, scripts off; a refused style, image or form fails the test."""
    context = await browser.new_context(
        viewport=PHONE,
        is_mobile=True,
        has_touch=True,
        locale="fr-FR",
        java_script_enabled=False,
        base_url=server.url,
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("response", lambda answer: complaints.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    yield page
    await context.close()
    assert not complaints


async def enter(page: Page, handle: str) -> None:
    await page.goto("/")
    await page.get_by_role("main").get_by_role("link", name="S’inscrire").click()
    await page.get_by_label("Pseudonyme").fill(handle)
    await page.get_by_label("Mot de passe").fill(PASSWORD)
    await page.get_by_label("soignant·e paramédical·e").check()
    await page.get_by_role("button", name="Créer mon compte").click()
    assert await page.locator("ol.secret li").count() == 8
    await page.get_by_label("J’ai noté mes huit mots.").check()
    await page.get_by_role("button", name="Entrer").click()


async def test_from_the_street_to_the_first_answer(phone: Page) -> None:
    await enter(phone, "premiere_nuit")
    await phone.get_by_text("Comment se passe").click()
    await phone.get_by_label("Votre message").fill("Qui est debout à cette heure ?")
    await phone.get_by_role("radio", name="question").check()
    await phone.get_by_role("button", name="Publier").click()
    post = phone.get_by_role("article").first
    await post.get_by_text("Qui est debout").wait_for()
    await post.get_by_role("link", name="Répondre").click()
    await phone.get_by_label("Votre réponse").fill("Moi.")
    await phone.get_by_role("button", name="Répondre").click()
    assert await phone.get_by_role("article").count() == 2
    assert "1 réponse" in await phone.get_by_role("main").inner_text()


async def test_nothing_is_wider_than_the_phone(phone: Page) -> None:
    await enter(phone, "deuxieme_nuit")
    await phone.goto("/ecrire")
    await phone.get_by_label("Votre message").fill("Unmottrèslong" * 30 + " https://exemple.org/" + "a/" * 200)
    await phone.get_by_role("button", name="Publier").click()
    for path in ("/", "/local", "/@deuxieme_nuit", "/reglages", "/ecrire", "/charte", "/rien"):
        if path != "/rien":
            await phone.goto(path)
        box = await phone.locator("body").bounding_box()
        boxes = [await each.bounding_box() for each in await phone.locator("main *").all()]
        widest = max(one["width"] for one in boxes if one)
        assert box is not None
        assert box["width"] <= PHONE["width"]
        assert widest <= PHONE["width"], path


async def test_everything_can_be_reached_and_done_with_the_keyboard(phone: Page) -> None:
    await phone.goto("/connexion")
    await phone.keyboard.press("Tab")
    assert await phone.locator(":focus").inner_text() == "Aller au contenu"
    await phone.keyboard.press("Enter")
    await phone.keyboard.press("Tab")
    assert await phone.locator(":focus").get_attribute("id") == "handle"
