"""A browser that is woken: its worker shows what it is told, and says plainly when it cannot be woken."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.web.browsing import CHROMIUM, PATIENCE, Browsing

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
NIGHT = "/reglages/notifications"
SHOWN = """async () => {
    for (let wait = 0; wait < 20; wait += 1) {
        const all = await Promise.all((await navigator.serviceWorker.getRegistrations()).map((one) => one.getNotifications()));
        const told = all.flat().map((one) => [one.title, one.body, one.silent, one.lang]);
        if (told.length) return told;
        await new Promise((done) => setTimeout(done, 100));
    }
    return [];
}"""
AWAKE = """async () => {
    const made = await navigator.serviceWorker.register("/sw.js", { scope: "/" });
    while (!made.active) await new Promise((done) => setTimeout(done, 50));
}"""


async def pushed(page: Page, origin: str, told: dict[str, Any]) -> list[Any]:
    """Have the browser's own worker receive a message, as its push service would; return what it then shows."""
    session = await page.context.new_cdp_session(page)
    known: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: known.extend(event["registrations"]))
    await session.send("ServiceWorker.enable")
    await page.evaluate(AWAKE)
    async with asyncio.timeout(PATIENCE / 1000):
        while not known:
            await page.wait_for_timeout(100)
    message = {"origin": origin, "registrationId": known[-1]["registrationId"], "data": json.dumps(told)}
    for _ in range(10):  # as a push service does: what was not received is delivered again
        await session.send("ServiceWorker.deliverPushMessage", message)
        shown: list[Any] = await page.evaluate(SHOWN)
        if shown:
            return shown
    return []


@needs_chromium
async def test_the_worker_shows_what_it_is_told(browsing: Browsing) -> None:
    async with browsing.page("contributor", fresh=True) as page:
        await page.context.grant_permissions(["notifications"])
        await page.goto(NIGHT)
        told = {"title": "garde vous mentionne", "body": "Tu es là ?", "silent": True, "preferred_locale": "fr"}
        shown = await pushed(page, browsing.server.url, told | {"notification_id": 7, "icon": "/favicon.svg"})
        assert shown == [["garde vous mentionne", "Tu es là ?", True, "fr"]]


@needs_chromium
async def test_a_browser_that_may_not_be_woken_says_so(browsing: Browsing) -> None:
    async with browsing.page("contributor", fresh=True) as page:
        await page.goto(NIGHT)
        await page.get_by_role("button", name="Me prévenir sur ce navigateur").click()
        await expect(page.get_by_text("Ce navigateur ne sait pas être prévenu")).to_be_visible()
        assert page.url.endswith(NIGHT)
