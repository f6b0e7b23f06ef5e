"""An author's post before a viewer who meets it at every door of two processes, and hears of its author in every stream."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from typing import Any, NamedTuple

from salledepause.features import accounts, graph
from salledepause.features.accounts import Caller
from salledepause.kernel import ids as kernel_ids
from salledepause.kernel.site import Site
from tests.support.lines import Deal, Heard, Line, Stream, beside, both, events, sockets
from tests.support.server import OOB

SECOND, LOOKS = 1.0, 20
"""From the commit on, in which what may not be seen must be gone; a door is looked at so often, however long one look lasts."""
SOON = 30.0
"""Seconds within which what must come has come, on a machine that does much else."""
IDENTIFIER = re.compile(r'"id":"(\d+)"')
PACE = 0.05
"""Seconds between two posts of the author."""
SCENES = count(1)
DOORS = {
    "home": "v1/timelines/home?min_id={root}",
    "public": "v1/timelines/public?min_id={root}",
    "tag": "v1/timelines/tag/{word}?min_id={root}",
    "list": "v1/timelines/list/{list}?min_id={root}",
    "account": "v1/accounts/{author}/statuses?min_id={root}",
    "boosts": "v1/accounts/{third}/statuses?min_id={root}",
    "status": "v1/statuses/{post}",
    "context": "v1/statuses/{root}/context",
    "notifications": "v1/notifications?min_id={root}",
    "grouped": "v2/notifications?min_id={root}",
    "search": "v2/search?q=premier{word}&type=statuses",
    "bookmarks": "v1/bookmarks",
    "favourites": "v1/favourites",
}
VISITORS = {"public", "tag", "account", "boosts", "status", "context"}
TOPICS = ("user", "user:notification", "public", "public:local", "hashtag", "list")
PRIVATE_DOORS = {"home", "list", "account", "status", "context", "bookmarks", "favourites"}
PRIVATE_TOPICS = {"user", "list"}
"""Where a post for followers shows, that names nobody."""
SCOPES = ("read", "write", "follow")


class Cast(NamedTuple):
    """Who plays, each as an account id and a token: the viewer's is that of an app, `client` its id and secret."""

    author: tuple[int, str]
    viewer: tuple[int, str]
    third: tuple[int, str]
    app: int
    client: tuple[str, str]


class Scene:
    """One post, one viewer, whatever streams the viewer opened; `site` is the house as another host has it."""

    def __init__(self, deal: Deal, site: Site, lines: list[Line], visibility: str) -> None:
        self.deal = deal
        self.site = site
        self.lines = lines
        self.visibility = visibility
        self.word = f"mot{next(SCENES)}"
        self.streams: list[Stream] = []
        self.named: dict[str, str] = {}
        self.cast: Cast

    @property
    def private(self) -> bool:
        return self.visibility == "private"

    @property
    def doors(self) -> set[str]:
        return PRIVATE_DOORS if self.private else set(DOORS)

    async def begin(self) -> Scene:
        await self._enter()
        line, (author, viewer, third, *_) = self.lines[0], self.cast
        root = await line.ok("POST", "/api/v1/statuses", third[1], status="Une question")
        said = self.draft(f"premier{self.word}") | {"in_reply_to_id": root["id"]}
        post = await line.ok("POST", "/api/v1/statuses", author[1], **said)
        kept = await line.ok("POST", "/api/v1/lists", viewer[1], title="Équipe")
        await line.ok("POST", f"/api/v1/lists/{kept['id']}/accounts", viewer[1], account_ids=[str(author[0]), str(third[0])])
        for gesture in ("bookmark", "favourite"):
            await line.ok("POST", f"/api/v1/statuses/{post['id']}/{gesture}", viewer[1])
        if not self.private:
            await line.ok("POST", f"/api/v1/statuses/{post['id']}/reblog", third[1])
        people = {"author": str(author[0]), "third": str(third[0])}
        self.named = {"word": self.word, "list": kept["id"], "post": post["id"], "root": root["id"]} | people
        return self

    async def _enter(self) -> None:
        """Make the people: the viewer follows both others, and looks through an app."""
        app = await self.lines[0].ok("POST", "/api/v1/apps", client_name="Essai", redirect_uris=OOB, scopes=" ".join(SCOPES))
        async with self.site.db.transaction() as tx:
            held = await accounts.app_of(tx, app["client_id"])
            assert held is not None
            author, viewer, third = [await accounts.create(tx, f"{role}{self.word}", None) for role in Cast._fields[:3]]
            await tx.run("UPDATE accounts SET indexable = true WHERE id = %s", [author])
            for whom in (author, third):
                await graph.follow(tx, viewer, whom)
            issued = await accounts.issue(tx, Caller(viewer, held.id, 0, frozenset(SCOPES)))
            tokens = [await accounts.give_token(tx, one, SCOPES) for one in (author, third)]
        self.cast = Cast(
            (author, tokens[0]), (viewer, issued.token), (third, tokens[1]), held.id, (app["client_id"], app["client_secret"])
        )

    def draft(self, word: str = "encore") -> dict[str, str]:
        named = "" if self.private else f" @viewer{self.word}"  # not first: who may be gone is no room
        return {"status": f"{word}{named} #{self.word}", "visibility": self.visibility}

    async def shown(self, line: Line, door: str, token: str | None) -> bool:
        """Tell whether the post shows behind a door of one process."""
        status, said = await line.call("GET", f"/api/{DOORS[door].format(**self.named)}", token)
        assert status < 500, (door, status, said)
        return status == 200 and self.named["post"] in set(ids(said))

    async def everywhere(self, doors: set[str], token: str | None, *, shown: bool) -> None:
        """Hold each door of both processes against what is right; a second at most until all are."""
        last = time.monotonic() + SECOND
        for line in self.lines:
            for door in sorted(doors):
                looks = 0
                while await self.shown(line, door, token) is not shown:
                    looks += 1
                    assert looks < LOOKS or time.monotonic() < last, f"{door}: {'not yet' if shown else 'still'} there"
                    await asyncio.sleep(SECOND / LOOKS)

    @asynccontextmanager
    async def listened(self) -> AsyncIterator[None]:
        """Open every stream in both processes for a block, as server-sent events and over WebSocket."""
        token, given = self.cast.viewer[1], {"hashtag": {"tag": self.word}, "list": {"list": self.named["list"]}}
        async with AsyncExitStack() as stack:
            for process in self.deal.processes:
                for name in TOPICS:
                    query = given.get(name, {})
                    self.streams.append(await stack.enter_async_context(events(self.deal, process, name, token, **query)))
                wanted = [{"stream": name} | given.get(name, {}) for name in TOPICS]
                opened = await stack.enter_async_context(sockets(self.deal, process, token, *wanted))
                self.streams.extend(opened.values())
            yield

    @asynccontextmanager
    async def talking(self) -> AsyncIterator[None]:
        """Let author and third person post without rest for a block, through one process then the other."""

        async def talk(lines: list[Line]) -> None:
            for number in count():
                await lines[number % 2].call("POST", "/api/v1/statuses", self.cast.author[1], **self.draft())
                await lines[number % 2].ok("POST", "/api/v1/statuses", self.cast.third[1], **self.draft())
                await asyncio.sleep(PACE)

        async with both(self.deal) as lines, beside(talk(lines)):
            yield

    def hearing(self) -> list[Stream]:
        """Return the streams in which such posts show."""
        return [one for one in self.streams if not self.private or one.topic in PRIVATE_TOPICS]

    async def heard(self, who: str, since: float = 0.0) -> None:
        """Wait until every such stream heard what somebody said after a moment."""
        await until_none(lambda: [str(one) for one in self.hearing() if not self.told(one, who, since)], f"{who} is not heard")

    def told(self, stream: Stream, who: str, since: float) -> bool:
        """Tell whether a stream heard what somebody said after a moment."""
        return any(self.of(one, who) and made(one) > since for one in reversed(stream.heard))

    def late(self, stream: Stream, who: str, moment: float) -> list[str]:
        """Return what a stream heard of somebody that was said after a moment, or came behind what others said after it.

        When it is read tells nothing: the machine may be busy with something else between the two.
        """
        found, passed = [], False
        for one in stream.heard:
            later = made(one) > moment
            if self.of(one, who) and (later or passed):
                found.append(one.event)
            passed = passed or (later and self.of(one, "third"))
        return found

    def of(self, heard: Heard, who: str) -> bool:
        """Tell whether an event names somebody."""
        return f'"{self.named[who]}"' in heard.payload


def made(heard: Heard) -> float:
    """Return when what an event is about was made (`time.time`, as its id tells); nothing tells that of a mere id."""
    found = IDENTIFIER.search(heard.payload)
    return kernel_ids.made_at(int(found[1])).timestamp() if found else 0.0


async def until_none(left: Callable[[], list[str]], problem: str) -> None:
    """Wait until nothing is left."""
    last = time.monotonic() + SOON
    while found := left():
        assert time.monotonic() < last, f"{problem}: {found}"
        await asyncio.sleep(PACE)


def ids(said: Any) -> Iterator[str]:
    """Yield every id that a JSON answer holds under a key of its own."""
    if isinstance(said, list):
        for one in said:
            yield from ids(one)
    elif isinstance(said, dict):
        yield from (said[key] for key in ("id", "status_id") if isinstance(said.get(key), str))
        for one in said.values():
            yield from ids(one)
