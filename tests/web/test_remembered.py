"""Pages are remembered, and whatever happens the next view is right: in each process, for each person, session and view."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from salledepause.features import accounts
from salledepause.kernel import clock
from salledepause.kernel.config import Settings
from tests.support.histories import NAMES, World, four_processes
from tests.support.house import House
from tests.support.recorder import Recorder
from tests.web.visitor import Page, Visitor, posts

STEPS = 40
PASSING = re.compile(rb'(?<=depuis=)[0-9]+|(?<=name="key" value=")[^"]*|(?<=>)[^<]*(?=</time>)|(?<=class="clock">)[^<]*')
"""What is new in each view: the key of a form; how long ago; what time it is; since when a page listens, which only bounds what
it asks for."""


@pytest.fixture
async def houses(settings: Settings, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[House]]:
    async with four_processes(settings, recorder, monkeypatch) as opened:
        yield opened


async def session(house: House, account_id: int) -> str:
    """Open a session; return its cookie."""
    async with house.site.db.transaction() as tx:
        token, _ = await accounts.open_session(tx, account_id)
    return f"__Host-session={token}"


async def view(house: House, path: str, cookie: str = "", **headers: str) -> httpx.Response:
    return await house.client.get(path, headers={"accept-language": "fr", "cookie": cookie, **headers})


async def seen(house: House, path: str, cookie: str = "", **headers: str) -> tuple[int, bytes]:
    """Return a page without what differs from view to view."""
    answer = await view(house, path, cookie, **headers)
    return answer.status_code, PASSING.sub(b"", answer.content)


def kept(house: House) -> int:
    return len(house.site.windows._kept)  # noqa: SLF001 - memory is seen by nobody


@pytest.mark.parametrize("seed", [11, 3984])
async def test_a_remembered_page_is_that_of_the_database(houses: list[House], seed: int) -> None:
    people = [await houses[0].person(name) for name in NAMES]
    cookies = ["", *[await session(houses[0], one.id) for one in people], await session(houses[0], people[0].id)]
    world = World(seed, houses, people)
    right_ones = 0
    for _ in range(STEPS):
        asked = [(path, world.random.choice(cookies)) for path in ("/", "/", "/local", "/tags/nuit", *pages(world))]
        for house in world.near:
            for path, cookie in asked:
                await view(house, path, cookie)
        done = await world.act()
        for path, cookie in asked:
            right = await seen(world.oracle, path, cookie)
            for house in world.near:
                assert await seen(house, path, cookie) == right, (done, path)
            right_ones += right[0] == 200
    assert right_ones > STEPS * 3
    assert kept(world.near[0]) > 5


def pages(world: World) -> list[str]:
    """Return the profile of somebody and the latest conversations."""
    who = world.random.choice(world.people).handle
    return [f"/@{who}", f"/@{who}?voir=reponses", *(f"/@{world.random.choice(NAMES)}/{one}" for one in world.posts[-2:])]


async def test_each_session_has_its_word_and_each_view_its_key(houses: list[House]) -> None:
    ines, jean = [await houses[0].person(name) for name in NAMES[:2]]
    await houses[0].say(ines, "Bonsoir")
    cookies = [await session(houses[0], one.id) for one in (ines, ines, jean)]
    found: dict[str, set[str]] = {}
    keys = []
    for _ in range(3):
        for house in houses[:2]:
            for cookie in cookies:
                page = Page(await view(house, "/", cookie))
                words = {one.values["csrf"] for one in page.forms if one.method == "POST"}
                assert len(words) == 1
                found.setdefault(cookie, set()).update(words)
                keys.append(page.form("/ecrire").values["key"])
    assert [len(one) for one in found.values()] == [1, 1, 1]
    assert len(set.union(*found.values())) == 3
    assert len(set(keys)) == len(keys) == 18
    assert all(len(one) == 16 for one in keys)
    assert b"csrf" not in (await view(houses[0], "/local")).content


async def test_a_page_is_taken_from_memory_until_something_changes(houses: list[House], monkeypatch: pytest.MonkeyPatch) -> None:
    who = await houses[0].person("ines")
    await houses[0].say(who, "Bonsoir")
    cookie = await session(houses[0], who.id)
    for path in ("/", "/local", "/@ines"):
        first = await seen(houses[0], path, cookie)
        with monkeypatch.context() as patch:
            patch.setattr(houses[0].site.db, "reading", None)
            assert await seen(houses[0], path, cookie) == first
    await houses[1].say(who, "Encore")
    assert b"Encore" in (await view(houses[0], "/", cookie)).content


async def test_a_session_that_ended_opens_nothing_in_the_next_view(houses: list[House]) -> None:
    who = await houses[0].person("ines")
    await houses[0].say(who, "Entre nous", visibility="private")
    first, second = [await session(houses[0], who.id) for _ in range(2)]
    for house in houses[:2]:
        for cookie in (first, second):
            assert b"Entre nous" in (await view(house, "/", cookie)).content
    async with houses[1].site.db.transaction() as tx:
        await accounts.close_session(tx, first.partition("=")[2])
    for house in houses[:2]:
        assert b"Entre nous" not in (await view(house, "/", first)).content
        assert b"Entre nous" in (await view(house, "/", second)).content
    async with houses[1].site.db.transaction() as tx:
        await accounts.suspend(tx, who.id)
    for house in houses[:2]:
        assert b"Entre nous" not in (await view(house, "/", second)).content


async def test_a_block_an_erasure_and_a_filter_show_at_once(houses: list[House]) -> None:
    ines, jean = [await houses[0].person(name) for name in NAMES[:2]]
    cookie, other = [await session(houses[0], one.id) for one in (ines, jean)]
    said = await houses[0].say(jean, "La garde de trop")

    async def shown(wanted: bool) -> None:
        for house in houses[:2]:
            for path in ("/local", "/@jean"):
                assert (b"La garde de trop" in (await view(house, path, cookie)).content) is wanted, path
            assert b"La garde de trop" in (await view(house, "/local", other)).content

    await shown(wanted=True)
    body: dict[str, Any] = {"title": "Repos", "context": ["public", "account"], "filter_action": "hide"}
    words = {"keywords_attributes": [{"keyword": "garde"}]}
    made = await houses[1].post("/api/v2/filters", ines, **body, **words)
    await shown(wanted=False)
    await houses[1].call("DELETE", f"/api/v2/filters/{made['id']}", ines)
    await shown(wanted=True)
    await houses[1].post(f"/api/v1/accounts/{jean.id}/block", ines)
    for house in houses[:2]:
        assert b"La garde de trop" not in (await view(house, "/local", cookie)).content
        assert "Ne plus bloquer" in (await view(house, "/@jean", cookie)).text
    await houses[1].post(f"/api/v1/accounts/{jean.id}/unblock", ines)
    await shown(wanted=True)
    await houses[1].call("DELETE", f"/api/v1/statuses/{said['id']}", jean)
    for house in houses[:2]:
        for one in (cookie, other, ""):
            assert b"La garde de trop" not in (await view(house, "/local", one)).content


async def test_languages_themes_and_choices_have_pages_of_their_own(houses: list[House]) -> None:
    who = await houses[0].person("ines")
    cookie = await session(houses[0], who.id)
    for _ in range(2):
        assert b'lang="fr"' in (await view(houses[0], "/local", cookie)).content
        assert b'lang="en"' in (await view(houses[0], "/local", cookie, **{"accept-language": "en"})).content
        assert b'data-theme="dark"' in (await view(houses[0], "/local", f"{cookie}; __Host-theme=dark")).content
        assert b'data-theme="light"' in (await view(houses[0], "/local", f"{cookie}; __Host-theme=light")).content
    before = kept(houses[0])
    for number in range(3):
        await view(houses[0], "/local", f"{cookie}; padding={number}{'x' * 400}")
    assert kept(houses[0]) == before


async def test_night_falls_and_minutes_pass_on_remembered_pages(houses: list[House], monkeypatch: pytest.MonkeyPatch) -> None:
    who = await houses[0].person("ines")
    await houses[0].say(who, "Bonsoir")
    begun = clock.now()
    await view(houses[0], "/local")
    before = kept(houses[0])
    minute, day = timedelta(minutes=1), timedelta(days=1)
    passed = {0 * minute: "à l’instant", minute: "il y a 1 min", 59 * minute: "il y a 59 min", 25 * 60 * minute: "il y a 1 j"}
    for later, told in passed.items():
        monkeypatch.setattr(clock, "now", lambda later=later: begun + later)
        assert f">{told}</time>" in (await view(houses[0], "/local")).text.replace("\u00a0", " ")
    assert kept(houses[0]) <= before + 1
    for hour, dark in ((12, False), (23, True), (12, False)):
        monkeypatch.setattr(clock, "now", lambda hour=hour: begun.replace(hour=hour) + day)
        assert (b'data-theme="dark"' in (await view(houses[0], "/local")).content) is dark


async def test_what_is_told_is_told_once_to_whom_it_concerns(nurse: Visitor, director: Visitor) -> None:
    await nurse.write("bonjour")
    for browser in (nurse, director, director):
        await browser.get("/@nuit")
    action = next(form.action for form in director.page.forms if form.action.startswith("/personnes/"))
    page = await director.submit(action, button=("gesture", "follow"))
    assert "Vous suivez @nuit" in page.text
    assert page.form(action).buttons[0] == ("gesture", "unfollow")
    for browser in (director, nurse, director):
        assert "Vous suivez @nuit" not in (await browser.get("/@nuit")).text


async def test_two_messages_written_from_remembered_pages_are_two(nurse: Visitor) -> None:
    for number in range(3):
        await nurse.get("/")
        await nurse.send(f"message {number}")
    assert len(list(posts(await nurse.get("/")))) == 3
