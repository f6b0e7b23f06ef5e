"""Nobody sees what they may not: gone from every door and every open stream of two processes, under load, within a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import pytest

from salledepause.features import accounts, graph
from salledepause.kernel.config import Settings
from salledepause.kernel.site import Site
from salledepause.main import site_of
from tests.support.lines import Deal, Line, Stream, beside, both
from tests.support.scene import DOORS, SECOND, VISITORS, Scene, until_none
from tests.support.server import Server, serving

READERS, WRITERS = 4, 2
"""Who loads each process meanwhile."""
BREATH = 0.02
"""Seconds between two requests of each of them."""
OWN = {"account", "boosts", "status", "bookmarks", "favourites"}
"""Doors by which one still goes oneself to whom one blocks or mutes."""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    async with serving(tmp_path_factory.mktemp("gone") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def deal(server: Server) -> Iterator[Deal]:
    opened = Deal(server)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
async def site(server: Server) -> AsyncIterator[Site]:
    """Give the house as another host has it: what it does is learnt from the bus alone."""
    opened = site_of(Settings(data=server.data, database_url=server.database_url))
    async with opened.db:
        yield opened


@pytest.fixture(scope="module")
async def load(deal: Deal, site: Site) -> AsyncIterator[None]:
    """Keep both processes busy."""
    async with site.db.transaction() as tx:
        people = [await accounts.create(tx, f"foule{number}", None) for number in range(READERS)]
        for one in people[1:]:
            await graph.follow(tx, one, people[0])
        tokens = [await accounts.give_token(tx, one, ["read", "write"]) for one in people]

    async def read(line: Line, token: str) -> None:
        while True:
            for path in ("timelines/home", "timelines/public", "notifications"):
                await line.ok("GET", f"/api/v1/{path}", token)
                await asyncio.sleep(BREATH)

    async def write(line: Line) -> None:
        while True:
            await line.ok("POST", "/api/v1/statuses", tokens[0], status="Encore un mot", visibility="unlisted")
            await asyncio.sleep(BREATH)

    async with AsyncExitStack() as stack:
        work = []
        for process in deal.processes:
            lines = [await stack.enter_async_context(Line.opened(deal, process)) for _ in range(READERS + WRITERS)]
            work += [read(line, token) for line, token in zip(lines, tokens, strict=False)]
            work += [write(line) for line in lines[READERS:]]
        async with beside(*work):
            yield


@pytest.fixture
async def lines(deal: Deal) -> AsyncIterator[list[Line]]:
    async with both(deal) as opened:
        assert len(opened) == 2
        yield opened


@pytest.fixture
async def scene(deal: Deal, site: Site, lines: list[Line], request: pytest.FixtureRequest) -> Scene:
    return await Scene(deal, site, lines, getattr(request, "param", "public")).begin()


async def block(scene: Scene) -> None:
    await scene.lines[0].ok("POST", f"/api/v1/accounts/{scene.named['author']}/block", scene.cast.viewer[1])


async def be_blocked(scene: Scene) -> None:
    await scene.lines[0].ok("POST", f"/api/v1/accounts/{scene.cast.viewer[0]}/block", scene.cast.author[1])


async def mute(scene: Scene) -> None:
    await scene.lines[0].ok("POST", f"/api/v1/accounts/{scene.named['author']}/mute", scene.cast.viewer[1])


async def be_removed(scene: Scene) -> None:
    path = f"/api/v1/accounts/{scene.cast.viewer[0]}/remove_from_followers"
    await scene.lines[0].ok("POST", path, scene.cast.author[1])


async def unfollow(scene: Scene) -> None:
    await scene.lines[0].ok("POST", f"/api/v1/accounts/{scene.named['author']}/unfollow", scene.cast.viewer[1])


async def suspend(scene: Scene) -> None:
    async with scene.site.db.transaction() as tx:
        await accounts.suspend(tx, scene.cast.author[0])


async def erase(scene: Scene) -> None:
    async with scene.site.db.transaction() as tx:
        await accounts.erase(tx, scene.cast.author[0])


class Case(NamedTuple):
    """What somebody does, and the doors at which that changes nothing for the viewer; whether visitors are concerned too."""

    act: Callable[[Scene], Awaitable[None]]
    still: frozenset[str] = frozenset()
    for_all: bool = False


PARTINGS = {
    "public": (
        Case(block, frozenset(OWN)),
        Case(be_blocked),
        Case(mute, frozenset(OWN)),
        Case(suspend, for_all=True),
        Case(erase, for_all=True),
    ),
    "private": (Case(be_removed), Case(unfollow), Case(be_blocked), Case(suspend, for_all=True)),
}
CASES = [
    pytest.param(audience, case, id=f"{case.act.__name__}-{audience}") for audience, cases in PARTINGS.items() for case in cases
]


@pytest.mark.parametrize(("scene", "case"), CASES, indirect=["scene"])
async def test_who_parts_is_met_no_more(scene: Scene, case: Case, load: None) -> None:
    viewer = scene.cast.viewer[1]
    async with scene.listened(), scene.talking():
        await scene.everywhere(scene.doors, viewer, shown=True)
        await scene.heard("author")
        await case.act(scene)
        done = time.time()
        await scene.everywhere(scene.doors - case.still, viewer, shown=False)
        if case.for_all:
            await scene.everywhere(VISITORS & scene.doors, None, shown=False)
        await scene.heard("third", done + SECOND)
    assert {str(one): late for one in scene.streams if (late := scene.late(one, "author", done + SECOND))} == {}
    await scene.everywhere(scene.doors - case.still, viewer, shown=False)
    await scene.everywhere(scene.doors & case.still, viewer, shown=True)


@pytest.mark.parametrize("scene", ["public", "private"], indirect=True)
async def test_what_is_erased_is_read_no_more_and_every_stream_hears_it(scene: Scene, load: None) -> None:
    post, viewer = scene.named["post"], scene.cast.viewer[1]
    async with scene.listened():
        await scene.everywhere(scene.doors, viewer, shown=True)
        await scene.lines[0].ok("DELETE", f"/api/v1/statuses/{post}", scene.cast.author[1])
        await scene.everywhere(scene.doors, viewer, shown=False)
        await scene.everywhere(VISITORS & scene.doors, None, shown=False)
        hearing = [one for one in scene.hearing() if one.topic != "user:notification"]
        await until_none(lambda: [str(one) for one in hearing if not erased(one, post)], "no word of the erasure")
    assert not [str(one) for one in scene.streams if one.topic == "user:notification" and erased(one, post)]


def erased(stream: Stream, post: str) -> bool:
    return any((one.event, one.payload) == ("delete", post) for one in stream.heard)


async def revoke(scene: Scene) -> None:
    given = {"client_id": scene.cast.client[0], "client_secret": scene.cast.client[1], "token": scene.cast.viewer[1]}
    await scene.lines[0].ok("POST", "/oauth/revoke", **given)


async def revoke_app(scene: Scene) -> None:
    async with scene.site.db.transaction() as tx:
        await accounts.revoke_app(tx, scene.cast.viewer[0], scene.cast.app)


async def suspend_viewer(scene: Scene) -> None:
    async with scene.site.db.transaction() as tx:
        await accounts.suspend(tx, scene.cast.viewer[0])


async def disable_viewer(scene: Scene) -> None:
    async with scene.site.db.transaction() as tx:
        await accounts.disable(tx, scene.cast.viewer[0])


async def erase_viewer(scene: Scene) -> None:
    async with scene.site.db.transaction() as tx:
        await accounts.erase(tx, scene.cast.viewer[0])


SHUT: list[Callable[[Scene], Awaitable[Any]]] = [revoke, revoke_app, suspend_viewer, disable_viewer, erase_viewer]


@pytest.mark.parametrize("act", SHUT)
async def test_who_is_shut_out_reads_and_hears_nothing(scene: Scene, load: None, act: Callable[[Scene], Awaitable[Any]]) -> None:
    async with scene.listened(), scene.talking():
        await scene.heard("author")
        await act(scene)
        done = time.time()
        await scene.everywhere(set(DOORS), scene.cast.viewer[1], shown=False)
        await until_none(lambda: [str(one) for one in scene.streams if one.ended is None], "still open")
    assert {str(one): late for one in scene.streams if (late := scene.late(one, "author", done + SECOND))} == {}
