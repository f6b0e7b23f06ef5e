"""Chromium on a real server, with people of every sort: the kit of every test that looks at a screen."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright, expect

from tests.support.server import Server, serving
from tests.web import scenery

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PATIENCE = 15_000
"""Milliseconds within which what must show shows, on a machine that may be busy."""


class Browsing:
    """A server, its people with their sessions open, what there is to see, and one browser for all."""

    def __init__(self, server: Server, browser: Browser) -> None:
        self.server = server
        self.browser = browser
        self.sessions: dict[str, str] = {}
        self.scene: dict[str, str] = {}
        self._contexts: dict[tuple[str, bool], BrowserContext] = {}
        self._tabs: dict[tuple[str, bool], Page] = {}

    @asynccontextmanager
    async def page(
        self,
        who: str = "contributor",
        size: ViewportSize = PHONE,
        *,
        scripts: bool = True,
        fresh: bool = False,
        status: int = 200,
    ) -> AsyncIterator[Page]:
        """Open a page as somebody for a block; whatever the browser or the server complains of fails the test.

        Contexts are kept from test to test, unless `fresh`. `status` is one more answer that is no complaint; 0: no network.
        """
        context = await self._new(who, scripts=scripts) if fresh else await self._kept(who, scripts=scripts)
        page = await context.new_page()
        async with self._heard(page, status):
            await page.set_viewport_size(size)
            yield page
            await (context.close() if fresh else page.close())

    @asynccontextmanager
    async def tab(self, who: str, *, scripts: bool = True, status: int = 200) -> AsyncIterator[Page]:
        """Lend somebody's one tab, on a phone, to a test that goes to a screen and only looks: opening one costs a process."""
        if (who, scripts) not in self._tabs:
            self._tabs[who, scripts] = await (await self._kept(who, scripts=scripts)).new_page()
        page = self._tabs[who, scripts]
        async with self._heard(page, status):
            await page.set_viewport_size(PHONE)
            yield page

    @asynccontextmanager
    async def _heard(self, page: Page, status: int) -> AsyncIterator[None]:
        """Gather what is complained of during a block, which fails for it at its end."""
        complaints: list[str] = []
        ears: dict[Any, Callable[..., None]] = {
            "console": lambda said: complaints.append(said.text) if not _expected(said.text, status) else None,
            "pageerror": lambda error: complaints.append(str(error)),
            "response": lambda one: complaints.append(f"{one.status} {one.url}") if _bad(one.status, status) else None,
            "request": _at_home(self.server.url, complaints),
        }
        for event, ear in ears.items():
            page.on(event, ear)
        try:
            yield
        finally:
            for event, ear in ears.items():
                page.remove_listener(event, ear)
        assert not complaints

    async def _kept(self, who: str, *, scripts: bool) -> BrowserContext:
        if (who, scripts) not in self._contexts:
            self._contexts[who, scripts] = await self._new(who, scripts=scripts)
        return self._contexts[who, scripts]

    async def _new(self, who: str, *, scripts: bool) -> BrowserContext:
        context = await self.browser.new_context(
            locale="fr-FR", base_url=self.server.url, java_script_enabled=scripts, reduced_motion="reduce", has_touch=True
        )
        if who in self.sessions:
            await context.add_cookies([{"name": "session", "value": self.sessions[who], "url": self.server.url}])
        return context


def _expected(said: str, status: int) -> bool:
    """Tell whether the console only repeats an answer that a test expects (0: that the network is away) or what it cleared."""
    return ("ERR_INTERNET_DISCONNECTED" if status == 0 else f"status of {status}") in said or said.startswith("Clear-Site-Data")


def _bad(status: int, expected: int) -> bool:
    return status >= HTTPStatus.BAD_REQUEST and status != expected


def _at_home(url: str, complaints: list[str]) -> Callable[..., None]:
    def look(request: object) -> None:
        address = str(getattr(request, "url", ""))
        if not address.startswith((url, "data:", "blob:")):
            complaints.append(f"a request left the house: {address}")

    return look


@asynccontextmanager
async def opened() -> AsyncIterator[Browsing]:
    """Start a server in a folder that the database's own user may reach, fill it, and start one browser."""
    with TemporaryDirectory(prefix="salledepause-browser-", ignore_cleanup_errors=True) as folder:
        async with serving(Path(folder) / "data") as server, async_playwright() as playwright:
            expect.set_options(timeout=PATIENCE)
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            browsing = Browsing(server, browser)
            browsing.sessions = await scenery.opened(server)
            browsing.scene = await scenery.furnished(server, browsing.sessions)
            yield browsing
            await browser.close()
