"""Everything with the keyboard alone: coming in, saying something, answering, telling the hosts; one always sees where one is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.web.browsing import CHROMIUM, Browsing
from tests.web.inspection import FOCUSED
from tests.web.visitor import PASSWORD

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
MOST = 60
"""Stops that anything is away at most, from the top of its page or of its dialog."""


class Keys:
    """A page, and somebody who has a keyboard alone."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def seen(self) -> None:
        """Fail unless something has the focus and shows it."""
        lost: Any = await self.page.evaluate(FOCUSED)
        assert not lost, f"the focus does not show on {self.page.url}: {lost}"

    async def to(self, wanted: Locator) -> None:
        """Go on by Tab until something has the focus; each stop on the way shows that it does."""
        for _ in range(MOST):
            await self.page.keyboard.press("Tab")
            await self.seen()
            if await wanted.evaluate("(one) => one === document.activeElement"):
                return
        raise AssertionError(f"no way by the keyboard to {wanted} on {self.page.url}")

    async def press(self, wanted: Locator, key: str = "Enter") -> None:
        """Go to something and press a key there."""
        await self.to(wanted)
        await self.page.keyboard.press(key)

    async def write(self, wanted: Locator, text: str) -> None:
        """Go to a field and type."""
        await self.to(wanted)
        await self.page.keyboard.type(text)

    async def skip(self) -> None:
        """Leave out what stands before the content."""
        await self.press(self.page.get_by_role("link", name="Aller au contenu"))
        await expect(self.page.locator("#contenu:focus")).to_have_count(1)


async def test_coming_in_posting_answering_and_reporting_need_no_mouse(browsing: Browsing) -> None:
    async with browsing.page("visitor", fresh=True) as page:
        keys = Keys(page)
        await _come_in(keys)
        await _post(keys, "Je n'ai qu'un clavier.")
        await _answer(keys, "Je n'ai qu'un clavier.", "Et il suffit.")
        await _gesture(keys)
        await _report(keys, browsing.scene)
        assert await page.locator("meta[name=account]").get_attribute("content"), "who came in is still here"


async def _come_in(keys: Keys) -> None:
    page = keys.page
    await page.goto("/inscription")
    await keys.skip()
    await keys.press(page.locator(".drawn li a").first)
    await expect(page.locator("#handle")).not_to_have_value("")
    await keys.write(page.locator("#password"), PASSWORD)
    await keys.press(page.get_by_role("button", name="Continuer"))
    await page.get_by_text("Qui je suis").first.wait_for()
    await keys.press(page.locator("input[name=family]").first, "Space")
    await page.keyboard.press("ArrowDown")
    await keys.seen()
    await expect(page.locator("input[name=family]").nth(1)).to_be_checked()
    await keys.to(page.locator("input[name=mode][value=contributor]"))
    await keys.press(page.get_by_role("button", name="Continuer"))
    await page.locator("ol.secret").wait_for()
    words = [one.split()[-1] for one in await page.locator("ol.secret li").all_inner_texts()]
    await keys.press(page.get_by_role("button", name="C’est noté"))
    await page.get_by_role("button", name="Créer mon compte").wait_for()
    for label in await page.locator("form[action='/inscription/fin'] label").all():
        number = int(re.sub(r"\D", "", await label.inner_text()))
        await keys.write(page.locator(f"#{await label.get_attribute('for')}"), words[number - 1])
    await page.keyboard.press("Enter")
    await page.wait_for_url("/")


async def _post(keys: Keys, text: str) -> None:
    page = keys.page
    await keys.press(page.get_by_role("link", name="Écrire", exact=True).locator("visible=true").first)
    await page.wait_for_url("**/ecrire")
    await keys.skip()
    await keys.write(page.locator("#texte"), text)
    await keys.to(page.get_by_role("radio").first)
    await page.keyboard.press("ArrowRight")
    await keys.seen()
    await keys.press(page.get_by_role("button", name="Publier"))
    await page.wait_for_url("**/#p*")


async def _answer(keys: Keys, text: str, answer: str) -> None:
    page = keys.page
    await page.get_by_role("article").filter(has_text=text).first.wait_for()
    await keys.press(page.get_by_role("article").filter(has_text=text).get_by_role("link", name="Répondre"))
    await page.wait_for_url("**#repondre")
    await expect(page.get_by_label("Votre réponse")).to_be_focused()
    await page.keyboard.type(answer)
    await keys.press(page.get_by_role("button", name="Répondre", exact=True))
    await expect(page.get_by_role("article").filter(has_text=answer)).to_have_count(1)


async def _gesture(keys: Keys) -> None:
    """Press a button whose part of the page is replaced: one stays on it."""
    like = keys.page.get_by_role("article").last.get_by_role("button", name="Aimer")
    await keys.press(like, "Space")
    await expect(keys.page.get_by_role("status")).to_have_text("Vous aimez ce message.")
    await expect(like).to_be_focused()
    await keys.seen()


async def _report(keys: Keys, scene: dict[str, str]) -> None:
    page = keys.page
    await page.goto("/@{author}/{picture}".format(**scene))
    more = page.locator("#p{picture}".format(**scene)).get_by_role("link", name="Autres gestes")
    await keys.press(more)
    dialog = page.get_by_role("dialog", name="Autour de ce message")
    await dialog.wait_for()
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    await keys.seen()
    await page.keyboard.press("Enter")
    await dialog.wait_for()
    await keys.press(dialog.get_by_role("link", name="Signaler aux hôtes"))
    await page.get_by_role("heading", level=1, name="Signaler").wait_for()
    await keys.skip()
    await keys.press(page.locator("input[name='rules[]']").first, "Space")
    await keys.write(page.locator("#recit"), "Essai du clavier.")
    await keys.press(page.get_by_role("button", name="Relire avant d’envoyer"))
    await page.get_by_role("heading", name="Envoyer ce signalement").wait_for()
    await keys.press(page.get_by_role("button", name="Envoyer aux hôtes"))
    await page.get_by_role("heading", name="Merci").wait_for()


async def test_what_takes_the_place_of_a_form_keeps_the_focus(browsing: Browsing) -> None:
    async with browsing.page("contributor", fresh=True) as page:
        keys = Keys(page)
        poll = page.locator(f"#s{browsing.scene['poll']}")
        await page.goto(f"/@{browsing.scene['author']}/{browsing.scene['poll']}")
        await keys.skip()
        await keys.press(poll.get_by_role("checkbox").first, "Space")
        await keys.press(poll.get_by_role("button", name="Voter"))
        await expect(poll.get_by_text("(votre choix)")).to_have_count(1)
        await expect(poll).to_be_focused()
        await keys.seen()
