"""What an open page hears: numbers of what one may see, in one's language, until the session ends; nothing is done for nobody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from salledepause.features import accounts, graph, posts
from salledepause.features.posts import Audience, Draft
from salledepause.surfaces.web import direct, live
from salledepause.surfaces.web.navigation import Destination
from tests.support.house import House
from tests.support.streams import QUIET, Events, listening
from tests.support.wires import PATIENCE
from tests.web.test_lists import a_list, follow
from tests.web.visitor import Visitor


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PAUSE", 0.02)


@asynccontextmanager
async def opened(house: House, who: Visitor, **query: Any) -> AsyncIterator[Events]:
    """Open the stream of a page as a browser does."""
    cookies = "; ".join(f"{name}={value}" for name, value in who.client.cookies.items())
    async with listening(house, direct.PATH, {"cookie": cookies, "accept-language": "fr"}, **query) as stream:
        yield stream


async def told(stream: Events) -> str:
    """Return what is told next of posts."""
    while (heard := await stream.next()).event != "news":
        assert heard.event == "badges"
    return str(json.loads(heard.payload)).replace("\u202f", " ")


async def quiet(stream: Events) -> bool:
    """Tell whether nothing comes but what waits elsewhere."""
    with suppress(TimeoutError):
        while True:
            if (await stream.next(QUIET)).event != "badges":
                return False
    return True


def asked(page: Any) -> dict[str, str]:
    """Return what the page that is open asks of its stream."""
    query = page.all("div", id="direct")[0]["data-source"].partition("?")[2]
    return dict(pair.split("=") for pair in query.replace("%2F", "/").split("&"))


async def test_new_posts_are_counted_and_told_in_words(house: House, nurse: Visitor, reader: Visitor) -> None:
    await follow(reader, "nuit")
    await nurse.write("avant")
    async with opened(house, reader, **asked(await reader.get("/"))) as stream:
        assert await quiet(stream)
        await nurse.write("un")
        assert await told(stream) == "1 nouveau message"
        post = await nurse.write("deux")
        assert await told(stream) == "2 nouveaux messages"
        async with house.site.db.transaction() as tx:
            await posts.erase(tx, (await accounts.by_handle(tx, "nuit")).id, post)
        assert await told(stream) == "1 nouveau message"


@pytest.mark.parametrize("path", ["/local", "/tags/garde", "list"])
async def test_every_list_hears_its_own(house: House, nurse: Visitor, director: Visitor, reader: Visitor, path: str) -> None:
    await follow(reader, "nuit")
    if path == "list":
        path = await a_list(reader)
        await reader.submit(f"{path}/personnes", handle="nuit")
    async with opened(house, reader, **asked(await reader.get(f"{path}?kind=story"))) as stream:
        await nurse.write("pas de cette sorte #garde", kind="info")
        await director.write("ni d'ici" if path.startswith("/listes") else "entre nous", kind="info", audience="followers")
        assert await quiet(stream)
        await nurse.write("celui-ci #garde", kind="story")
        assert await told(stream) == "1 nouveau message"


async def test_nothing_is_counted_that_one_may_not_see_or_does_not_want(
    house: House, nurse: Visitor, director: Visitor, reader: Visitor
) -> None:
    await follow(reader, "nuit")
    await follow(reader, "garde")
    async with house.site.db.transaction() as tx:
        me, muted = [(await accounts.by_handle(tx, one)).id for one in ("lectrice", "garde")]
        await graph.mute(tx, me, muted)
        hidden = (await accounts.by_handle(tx, "nuit")).id
    async with opened(house, reader, **asked(await reader.get("/local"))) as stream:
        await director.write("quelqu'un de masqué")
        async with house.site.db.transaction() as tx:
            await posts.publish(tx, hidden, Draft(text="à personne", audience=Audience.DIRECT))
        assert await quiet(stream)


async def test_a_page_of_the_past_hears_of_no_post(house: House, nurse: Visitor, reader: Visitor) -> None:
    page = await reader.get("/local?max_id=5")
    assert page.all("div", id="direct")[0]["data-source"] == direct.PATH


async def test_the_stream_ends_with_the_session(house: House, reader: Visitor) -> None:
    await reader.get("/reglages")
    async with opened(house, reader, lieu="/local") as stream:
        assert await quiet(stream)
        await reader.submit("/deconnexion")
        assert await stream.ended()


async def test_the_stream_ends_with_a_suspension(house: House, nurse: Visitor, reader: Visitor) -> None:
    async with opened(house, reader, lieu="/local") as stream:
        assert await quiet(stream)
        async with house.site.db.transaction() as tx:
            await accounts.suspend(tx, (await accounts.by_handle(tx, "lectrice")).id)
        await nurse.write("rien pour qui est suspendu")
        assert await stream.ended()


async def test_only_a_session_opens_it(house: House, visitor: Visitor, reader: Visitor) -> None:
    async with opened(house, visitor, lieu="/local") as stream:
        assert stream.status == 204
    async with listening(house, direct.PATH, {"cookie": "session=faux; __Host-session=faux"}) as stream:
        assert stream.status == 204
    for odd in ({"depuis": "x"}, {"depuis": "9" * 30}):
        async with opened(house, reader, lieu="/local", **odd) as stream:
            assert stream.status == 404
    async with opened(house, reader, kind="inventé") as stream:
        assert stream.status == 422


async def test_places_are_ones_own(house: House, nurse: Visitor, reader: Visitor) -> None:
    one = await a_list(nurse)
    async with opened(house, reader, lieu=one) as stream:
        assert await stream.ended()
    for odd in ("/reglages", "//ailleurs", "/listes/x", "/tags/" + "a" * 300, "/@nuit"):
        async with opened(house, reader, lieu=odd) as stream:
            assert await quiet(stream)


async def test_nobody_listening_costs_nothing(house: House, reader: Visitor) -> None:
    before = asyncio.all_tasks()
    async with opened(house, reader, lieu="/local") as stream:
        assert await quiet(stream)
        assert asyncio.all_tasks() - before
    async with asyncio.timeout(PATIENCE):
        while asyncio.all_tasks() - before:
            await asyncio.sleep(0.01)


async def test_one_page_too_many_hears_nothing(house: House, reader: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "MOST_OPEN", 1)
    async with opened(house, reader), opened(house, reader) as second:
        assert second.status == 204


async def test_badges_are_told_as_they_change(house: House) -> None:
    async def badge(tx: Any, me: int) -> int:
        return int(await tx.value("SELECT count(*) FROM notifications WHERE account_id = %s", [me]))

    places = [Destination(path, path, "bell", badge=badge, counted=path == "/alertes") for path in ("/alertes", "/point")]
    lookout = live.Lookout(house.site, places)
    person = await house.person("ana")
    other = await house.person("bob")
    watch = live.Watch(await _session(house, "ana"), person.id, "fr", "", 0)
    lookout.open(watch)
    try:
        first = (await asyncio.wait_for(watch.next(), 10)).decode()
        assert '{"/alertes":["",""],"/point":["",""]}' in first
        await house.say(other, "Bonjour @ana")
        second = (await asyncio.wait_for(watch.next(), 10)).decode()
        assert '{"/alertes":["1","1 nouveauté"],"/point":["","du nouveau"]}' in second
    finally:
        lookout.close(watch)


async def _session(house: House, handle: str) -> str:
    async with house.site.db.transaction() as tx:
        return (await accounts.open_session(tx, (await accounts.by_handle(tx, handle)).id))[0]
