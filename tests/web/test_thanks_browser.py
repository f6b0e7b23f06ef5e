"""« À qui ? » in Chromium: proposals come as one types, what is chosen stays on the page and in the draft."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.web.browsing import CHROMIUM, PHONE, Browsing
from tests.web.inspection import glance
from tests.web.test_composer import kept

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")


async def test_recipients_are_proposed_chosen_kept_and_sent(browsing: Browsing) -> None:
    async with browsing.page("contributor", PHONE, fresh=True) as phone:
        await phone.goto("/ecrire")
        field = phone.get_by_label("Une équipe, un service, un hôpital, une personne")
        await expect(field).to_be_hidden()
        await phone.get_by_label("merci", exact=True).check(force=True)
        await phone.locator("#texte").fill("Merci à vous deux.")
        await field.press_sequentially("samu")
        await phone.locator("#proposes button", has_text="SAMU 66").click()
        await expect(phone.locator(".chosen li")).to_have_text(["SAMU 66"])
        await expect(field).to_be_focused()
        await expect(phone.locator("#texte")).to_have_value("Merci à vous deux.")
        await field.press_sequentially("La lingerie")
        await phone.get_by_role("button", name="tel quel").click()
        await expect(phone.locator(".chosen li")).to_have_count(2)
        await glance(phone, "ecrire-merci")
        await kept(phone, "La lingerie")
        await phone.reload()
        await expect(phone.locator(".chosen li")).to_have_count(2)
        await phone.get_by_role("button", name="Retirer La lingerie").click()
        await expect(phone.locator(".chosen li")).to_have_text(["SAMU 66"])
        await phone.get_by_role("button", name="Publier").click()
        await phone.wait_for_url(re.compile(r"#p\d+$"))
        await phone.goto("/@nuit_calme")
        card = phone.locator("article", has_text="Merci à vous deux.").first
        await expect(card.locator(".given a")).to_have_text(["SAMU 66"])
        await phone.goto("/equipes")
        await phone.get_by_label("Un hôpital, un service, une équipe, une ville").press_sequentially("samu 6")
        await expect(phone).to_have_url(re.compile(r"/equipes\?q=samu\+6$"))
        await expect(phone.locator("#trouves a")).to_have_text(["SAMU 66"])
