"""How soon screens show on a slow phone, that nothing moves after, and how little comes over the wire before one reads.

What a layout shifts and what comes over the wire do not depend on who else computes here, and have no tolerance. When the machine
is busy, and only then, the first paint may take longer by as much as a bare page of the same run does.
"""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import pytest
from playwright.async_api import Route, expect

from tests.web.browsing import CHROMIUM, Browsing
from tests.web.visitor import HTML, Visitor

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
SLOWER = 4
"""Times that the processor is slowed, as Lighthouse does for phones."""
FIRST_PAINT = 1000
"""Milliseconds to the first text, on loopback."""
BARE, CALM = "/robots.txt", 200
"""A page of three lines, and the milliseconds within which it shows, slowed alike, on a machine that does nothing else."""
TRIES = 3
SHIFT = 0.02
WIRE = 100_000
"""Bytes of the first visit, images apart."""
SCREENS = {
    "home": ("contributor", "/"),
    "room": ("visitor", "/local"),
    "thread": ("contributor", "/@{author}/{thread}"),
    "profile": ("contributor", "/@{author}"),
    "compose": ("contributor", "/ecrire"),
    "notifications": ("contributor", "/notifications"),
    "sign-up": ("visitor", "/inscription"),
}
WATCH = """() => {
    window.shift = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((one) => { window.shift += one.value; }))
        .observe({type: 'layout-shift', buffered: true});
}"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length > 0"
SEEN = "() => ({paint: performance.getEntriesByName('first-contentful-paint')[0].startTime, shift: window.shift})"


class Visit(NamedTuple):
    """What a first visit was like: milliseconds to the first text, shift, bytes by sort of request."""

    paint: float
    shift: float
    wire: dict[str, int]


@pytest.mark.parametrize("screen", SCREENS)
async def test_a_screen_shows_at_once_on_a_slow_phone_and_does_not_move(browsing: Browsing, screen: str) -> None:
    who, path = SCREENS[screen]
    seen = []
    for _ in range(TRIES):
        bare = (await _visit(browsing, "visitor", BARE)).paint
        visit = await _visit(browsing, who, path.format(**browsing.scene))
        assert visit.shift < SHIFT, visit
        seen.append((visit.paint, bare))
        if visit.paint <= FIRST_PAINT * max(1, bare / CALM):
            return
    raise AssertionError(f"first paint and that of a bare page: {seen}")


async def test_a_home_of_twenty_posts_weighs_little_and_two_requests_show_it(browsing: Browsing) -> None:
    await _filled(browsing)
    visit = await _visit(browsing, "contributor", "/", posts=20)
    assert visit.wire["Document"] > 5_000, "the log counts what came"
    assert sum(size for sort, size in visit.wire.items() if sort != "Image") <= WIRE, visit.wire
    async with browsing.page("contributor", fresh=True) as page:
        asked: list[str] = []
        held = asyncio.Event()

        async def two_alone(route: Route) -> None:
            asked.append(route.request.resource_type)
            if len(asked) > 2:
                await held.wait()
            await route.continue_()

        await page.route("**/*", two_alone)
        await page.goto("/", wait_until="commit")
        await page.wait_for_function(PAINTED)
        await expect(page.get_by_role("article").first).to_be_visible()
        assert asked[:2] == ["document", "stylesheet"]
        held.set()
        await page.wait_for_load_state()
        await page.unroute_all(behavior="wait")


async def _visit(browsing: Browsing, who: str, path: str, posts: int = 0) -> Visit:
    """Return what a first visit was like, from the browser's own log of what it was sent."""
    async with browsing.page(who, fresh=True) as page:
        session = await page.context.new_cdp_session(page)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        await session.send("Network.enable")
        sorts: dict[str, str] = {}
        wire: dict[str, int] = {}

        def came(event: dict[str, Any]) -> None:
            sort = sorts.get(event["requestId"], "Other")
            wire[sort] = wire.get(sort, 0) + int(event["encodedDataLength"])

        session.on("Network.responseReceived", lambda event: sorts.update({event["requestId"]: event["type"]}))
        session.on("Network.loadingFinished", came)
        await page.add_init_script(f"({WATCH})()")
        await page.goto(path, wait_until="networkidle")
        await page.wait_for_function(PAINTED)
        assert not posts or await page.get_by_role("article").count() == posts
        return Visit(**await page.evaluate(SEEN), wire=wire)


async def _filled(browsing: Browsing) -> None:
    """Have enough said by whom the contributor follows, each as long as a message may be before it unfolds."""
    async with browsing.server.client(headers=HTML) as client:
        author = Visitor(client)
        await author.sign_in(browsing.scene["author"])
        for number in range(20):
            await author.write(f"Récit {number}. " + "Une phrase ordinaire de la nuit. " * 8)
