"""Looking at a page as people do: by day and by night, on a phone and on a desk, by the keyboard, through axe-core."""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import files
from pathlib import Path

from playwright.async_api import Page

from tests.web.browsing import DESKTOP, PHONE

ROOT = Path(__file__).parents[2]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_LIGHT = ["color-contrast", "link-in-text-block"]
"""Rules whose verdict changes with light."""
OF_WIDTH = [*OF_LIGHT, "target-size"]
"""Rules whose verdict changes with width; the others are asked once."""
STOPS = 8
"""How many elements the keyboard visits."""

RUN = """async (only) => {
    const rules = only ? {type: 'rule', values: only} : {type: 'tag', values: TAGS};
    const found = await axe.run(document, {runOnly: rules, resultTypes: ['violations']});
    return found.violations.map((one) => `${one.id}: ${one.help} ` + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)
        + ' ' + (node.any[0]?.message ?? '')).join(' | '));
}""".replace("TAGS", str(RULES))
DRESS = """(theme) => {
    const all = [...document.querySelectorAll('body *')];
    const boxes = () => all.map((one) => one.getBoundingClientRect()).map((box) => [box.x, box.y, box.width, box.height].join());
    const before = boxes();
    document.documentElement.dataset.theme = theme;
    const after = boxes();
    const moved = all.filter((one, at) => before[at] !== after[at] && before[at] !== '0,0,0,0');
    return moved.slice(0, 3).map((one) => one.outerHTML.slice(0, 160));
}"""
"""What moves when a page changes its light; what is folded away has no box."""
WIDE = """() => {
    const most = document.documentElement.clientWidth;
    const kept = ['auto', 'scroll', 'hidden'];
    const scrolls = (one) => one && (kept.includes(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
    const wide = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > most + 1
        && !scrolls(one.parentElement) && one.checkVisibility());
    const page = document.documentElement.scrollWidth > most ? ['the page itself'] : [];
    return [...page, ...wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 120))];
}"""
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return 'nothing';
    const seen = [one, one.nextElementSibling, one.closest('label'), ...(one.labels ?? [])].filter(Boolean).some((each) => {
        const style = getComputedStyle(each);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    });
    const box = one.getBoundingClientRect();
    return seen && box.bottom > 0 && box.top < innerHeight ? '' : one.outerHTML.slice(0, 160);
}"""


async def inspect(page: Page, name: str = "") -> None:
    """Fail for anything that a person would stumble on, in light and dark, at 390 and 1 280 px; save what was seen as `name`."""
    assert await faults(page, name) == [], page.url


async def glance(page: Page, name: str = "") -> None:
    """Fail for what axe finds on the page as it is, and for what is wider than it."""
    assert await faults_as_it_is(page, name) == [], page.url


async def faults(page: Page, name: str = "") -> list[str]:
    """Return what `inspect` fails for: its headings, what moves with the light, what axe says, what is too wide, a lost focus."""
    await _ready(page)
    found = await _headings(page)
    asked: list[str] | None = None
    for size in (PHONE, DESKTOP):
        await page.set_viewport_size(size)
        for theme in ("light", "dark"):
            seen = f"{theme}, {size['width']} px: "
            found += [f"{seen}moves: {one}" for one in await page.evaluate(DRESS, theme)]
            found += [seen + one for one in (*await page.evaluate(RUN, asked), *await page.evaluate(WIDE))]
            await _keep(page, f"{name}-{theme}-{size['width']}")
            asked = OF_LIGHT
        asked = OF_WIDTH
    return found + await _lost(page)


async def faults_as_it_is(page: Page, name: str = "") -> list[str]:
    """Return what `glance` fails for."""
    await _ready(page)
    found = [*await _headings(page), *await page.evaluate(RUN, None), *await page.evaluate(WIDE)]
    await _keep(page, name)
    return found


async def _headings(page: Page) -> list[str]:
    headings = await page.locator("h1:visible").count()
    return [] if headings == 1 else [f"{headings} h1"]


async def _lost(page: Page) -> list[str]:
    """Go from stop to stop with the keyboard alone; return where it does not show that one is there, or is off the screen."""
    await page.evaluate("() => { document.activeElement?.blur(); scrollTo(0, 0); }")
    for _ in range(STOPS):
        await page.keyboard.press("Tab")
        lost: str = await page.evaluate(FOCUSED)
        if lost:
            return [] if lost == "nothing" else [f"the focus does not show: {lost}"]
    return []


async def wide(page: Page) -> list[str]:
    """Return what is wider than the page."""
    return list(await page.evaluate(WIDE))


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


async def _ready(page: Page) -> None:
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(_axe())


async def _keep(page: Page, name: str) -> None:
    if folder := _album():
        await page.screenshot(path=f"{folder}/{name}.png")


@cache
def _album() -> str:
    """Return the folder that `SHOTS` names to save what is seen, empty without one; the repository is no place for it."""
    folder = os.environ.get("SHOTS", "")
    assert not folder or not Path(folder).resolve().is_relative_to(ROOT), "pictures of screens have no place in the repository"
    return folder
