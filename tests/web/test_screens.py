"""Every screen as people meet it: nothing to stumble on by day or by night, on a phone or on a desk, with scripts or without."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page

from salledepause.surfaces import web
from tests.web.browsing import CHROMIUM, Browsing
from tests.web.inspection import faults, faults_as_it_is, wide
from tests.web.screens import LEAD_ELSEWHERE, SCREENS, Screen

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")


@needs_chromium
@pytest.mark.parametrize("screen", SCREENS, ids=lambda one: one.name)
async def test_a_screen_is_for_everybody(browsing: Browsing, screen: Screen) -> None:
    path = screen.path.format(**browsing.scene)
    first, *others = screen.who
    async with browsing.tab(first, status=screen.status) as page:
        await _go(page, path, screen)
        assert await faults(page, f"{screen.name}-{first}") == []
    for who in others:
        async with browsing.tab(who, status=screen.status) as page:
            await _go(page, path, screen)
            assert await faults_as_it_is(page, f"{screen.name}-{who}") == []


@needs_chromium
@pytest.mark.parametrize("screen", SCREENS, ids=lambda one: one.name)
async def test_a_screen_needs_no_script(browsing: Browsing, screen: Screen) -> None:
    async with browsing.tab(screen.who[0], scripts=False, status=screen.status) as page:
        await _go(page, screen.path.format(**browsing.scene), screen)
        assert await page.locator("h1").count() == 1
        assert not await wide(page)


async def _go(page: Page, path: str, screen: Screen) -> None:
    answer = await page.goto(path)
    assert answer is not None
    assert answer.status == screen.status, path


def test_every_page_is_among_the_screens() -> None:
    shown = [screen.path.partition("?")[0] for screen in SCREENS]
    served = [line.path for topic in web.TOPICS for line in topic.ROUTES if line.method == "GET"]
    missing = [path for path in served if not any(_is(path, one) for one in shown)]
    assert sorted(set(missing) - LEAD_ELSEWHERE) == []


def _is(path: str, shown: str) -> bool:
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", r"[^/]+", re.escape(path)), shown) is not None
