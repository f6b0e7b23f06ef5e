"""The composer in Chromium before its script has come: what one writes, chooses or sends then is neither lost nor doubled."""

from __future__ import annotations

import asyncio
import json

import pytest
from playwright.async_api import Page, Route, expect

from tests.web.browsing import CHROMIUM, PHONE, Browsing
from tests.web.test_composer import kept, picture

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")


async def slow(phone: Page) -> asyncio.Event:
    """Have the script of the composer come only while what is returned is set."""
    may_come = asyncio.Event()
    may_come.set()

    async def late(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await phone.context.route("**/composer.js", late)
    await phone.add_init_script("delete Navigator.prototype.serviceWorker")  # which would have the script at hand
    return may_come


async def test_a_picture_that_was_chosen_before_the_script_came_leaves_when_it_comes(browsing: Browsing) -> None:
    async with browsing.page("contributor", PHONE, fresh=True) as phone:
        may_come = await slow(phone)
        may_come.clear()
        await phone.goto("/ecrire")
        await phone.get_by_label("Choisir des images").set_input_files([picture("blue")])
        await expect(phone.locator("form.scripted")).to_have_count(0)
        may_come.set()
        await expect(phone.locator("[data-medium]")).to_have_count(1)
        await expect(phone.get_by_label("Choisir des images")).to_have_value("")


async def test_what_is_written_before_the_script_came_is_kept(browsing: Browsing) -> None:
    async with browsing.page("contributor", PHONE, fresh=True) as phone:
        may_come = await slow(phone)
        await phone.goto("/ecrire")
        await expect(phone.locator(".counter")).to_be_visible()
        await phone.get_by_label("Votre message").fill("Avant.")
        await kept(phone, "Avant.")
        for said_early, whole in (("Pendant.", "Avant.\n\nPendant."), ("Avant.\n\nPendant. Après.", "Avant.\n\nPendant. Après.")):
            may_come.clear()
            await phone.goto("/ecrire")
            await phone.get_by_label("Votre message").fill(said_early)
            may_come.set()
            await expect(phone.locator(".counter")).to_be_visible()
            await expect(phone.get_by_label("Votre message")).to_have_value(whole)
            await kept(phone, json.dumps(whole, ensure_ascii=False)[1:-1])


async def test_what_left_before_the_script_came_is_no_draft(browsing: Browsing) -> None:
    async with browsing.page("contributor", PHONE, fresh=True) as phone:
        may_come, may_answer = await slow(phone), asyncio.Event()

        async def late(route: Route) -> None:
            await may_answer.wait()
            await route.continue_()

        await phone.route("**/ecrire", late)
        may_come.clear()
        may_answer.set()
        await phone.goto("/ecrire")
        may_answer.clear()
        await phone.get_by_label("Votre message").fill("Parti de lui-même.")
        await phone.get_by_role("button", name="Publier").click(no_wait_after=True)
        async with phone.expect_event("requestfinished", lambda one: "/whom.js" in one.url):  # the composer has begun
            may_come.set()
        may_answer.set()
        await expect(phone.get_by_role("status")).to_contain_text("Votre message est publié.")
        await phone.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('brouillon:'))")
        await phone.goto("/ecrire")
        await expect(phone.locator(".counter")).to_be_visible()
        await expect(phone.get_by_label("Votre message")).to_have_value("")
