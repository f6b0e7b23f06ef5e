"""People who read, in a real browser: a night nurse with four minutes, a reader who never posts, what comes while one reads."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.web.browsing import CHROMIUM, DESKTOP, PHONE, Browsing
from tests.web.inspection import glance, inspect
from tests.web.scenery import Talk

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")


LOOKS_AWAY = """() => {
    Object.defineProperty(document, 'visibilityState', {value: 'hidden'});
    setInterval(() => document.dispatchEvent(new Event('visibilitychange')), 200);
}"""
"""Look away again and again: what stood before the eyes is noted after a second, or later when the machine is busy."""


async def followed(page: Page, browsing: Browsing, handle: str) -> str:
    """Have somebody new come and be followed by who looks; return their token."""
    token = await browsing.server.person(handle)
    await page.goto(f"/@{handle}")
    await page.get_by_role("main").get_by_role("button", name="Suivre", exact=True).click()
    await expect(page.get_by_text("Vous suivez @").first).to_be_visible()
    return token


async def say(browsing: Browsing, token: str, text: str) -> str:
    """Have somebody say something now."""
    async with browsing.server.client() as client:
        return await Talk(client).say(token, text)


async def test_new_posts_are_announced_and_move_nothing(phone: Page, browsing: Browsing) -> None:
    token = await followed(phone, browsing, "relais_du_soir")
    await phone.goto("/")
    first = phone.get_by_role("article").first
    before = await first.get_attribute("id")
    box = await first.bounding_box()
    news = phone.locator("#direct a")
    await expect(news).to_be_hidden()
    await say(browsing, token, "Une chose vient d'arriver.")
    await expect(news).to_be_visible(timeout=15_000)
    await expect(news).to_have_text("1 nouveau message")
    await expect(first).to_have_id(before or "")
    assert await first.bounding_box() == box
    await inspect(phone, "nouveaux-messages")
    await phone.set_viewport_size(PHONE)
    await news.click()
    await expect(phone.get_by_role("article").filter(has_text="Une chose vient d'arriver.").first).to_be_visible()
    await expect(news).to_be_hidden()


async def test_a_night_nurse_reads_for_four_minutes(browsing: Browsing) -> None:
    async with browsing.page("contributor", PHONE, fresh=True) as phone:
        token = await followed(phone, browsing, "relais_du_matin")
        await phone.goto("/")
        await expect(phone.get_by_text("Équilibré")).to_be_visible()
        await phone.get_by_role("button", name="Tout dans l’ordre des heures").click()
        await expect(phone.get_by_role("status")).to_contain_text("l’ordre des heures")
        await glance(phone, "accueil-heures")
        await phone.get_by_role("navigation", name="Filtrer").get_by_role("link", name="histoires").click()
        await phone.wait_for_url("**kind=story*")
        kept = phone.get_by_role("article").first
        await kept.get_by_role("button", name="Garder").click()
        await expect(kept.get_by_role("button", name="Garder")).to_have_attribute("aria-pressed", "true")
        await phone.goto(f"/@{browsing.scene['author']}/{browsing.scene['thread']}")
        await phone.get_by_role("link", name="Lire d’un trait").click()
        await expect(phone.get_by_text("minute de lecture")).to_be_visible()
        await phone.goto("/signets")
        await expect(phone.get_by_role("article").first).to_be_visible()
        await say(browsing, token, "Avant la relève.")
        await phone.goto("/")
        async with phone.expect_response("**/position") as sent:
            await phone.evaluate(LOOKS_AWAY)
        assert (await sent.value).request.method == "POST"
        later = await say(browsing, token, "Pendant qu'elle était en chambre.")
        await phone.goto("/")
        await phone.get_by_role("link", name="Reprendre où vous en étiez").click()
        await expect(phone.locator(f"#p{later}")).to_be_visible()


async def test_the_keyboard_goes_from_message_to_message(browsing: Browsing) -> None:
    async with browsing.page("visitor", DESKTOP) as page:
        await page.goto(f"/@{browsing.scene['author']}/{browsing.scene['thread']}/lire")
        await page.locator(".unrolled .number").first.focus()
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        articles = page.locator(".unrolled article")
        await expect(articles.nth(2)).to_be_focused()
        await page.keyboard.press("k")
        await expect(articles.nth(1)).to_be_focused()
        await page.emulate_media(media="print")
        await expect(page.locator(".places")).to_be_hidden()
        await expect(articles.first).to_be_visible()
        await expect(page.get_by_role("button", name="Imprimer")).to_be_hidden()


async def test_a_reader_who_never_posts_has_a_whole_evening(browsing: Browsing) -> None:
    async with browsing.page("reader", PHONE, scripts=False) as page:
        await page.goto("/annuaire")
        await page.goto(f"/@{browsing.scene['author']}")
        follow = page.get_by_role("main").get_by_role("button", name="Suivre", exact=True)
        if await follow.count():
            await follow.click()
            await expect(page.get_by_text("Vous suivez @").first).to_be_visible()
        await page.goto("/listes")
        await page.get_by_label("Son titre").fill("À lire le soir")
        await page.get_by_role("button", name="Faire la liste").click()
        await page.get_by_label("Ajouter quelqu’un").fill(browsing.scene["author"])
        await page.get_by_role("button", name="Ajouter").click()
        await page.get_by_role("link", name="Lire la liste").click()
        await expect(page.get_by_role("article").nth(9)).to_be_visible()
        await page.get_by_role("link", name="victoires").click()
        await page.wait_for_url("**kind=victory*")
        await page.goto("/recherche")
        await page.get_by_role("searchbox").fill("#garde")
        await page.get_by_role("button", name="Chercher").click()
        await page.get_by_role("link", name="#garde").first.click()
        await page.get_by_role("button", name="Suivre ce mot").click()
        await expect(page.get_by_role("button", name="Ne plus suivre ce mot")).to_be_visible()
        await page.goto("/local")
        await page.get_by_text("Aller à une date").click()
        await page.get_by_label("Lire à partir").fill("2020-01-01")
        await page.get_by_role("button", name="Y aller").click()
        await page.get_by_role("link", name="Plus récents").click()
        await expect(page.get_by_role("article").nth(9)).to_be_visible()
        assert not await page.get_by_role("link", name="Écrire").count()
