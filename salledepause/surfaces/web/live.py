"""What comes while a page is open: how many new posts, how much waits where. Told, never put under the finger.

A page hears numbers and sentences only. Each is counted anew, by the very reading and the very filters that make the page, for
the session of who looks, which is read again before every word: what one may not see is not counted, and a closed session hears
nothing more. The work lasts as long as a page is open.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

import msgspec
import structlog

from salledepause.features import accounts, timelines
from salledepause.features.accounts import AccessRevoked, Suspended
from salledepause.features.notifications import Admitted, Notified
from salledepause.features.posts import PostErased, PostPublished, Seen
from salledepause.features.timelines import HomesReached, Wish
from salledepause.features.timelines.filters import Context
from salledepause.kernel import text
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Listed, Page
from salledepause.kernel.site import Site
from salledepause.surfaces import leaving
from salledepause.surfaces.web import cards, guests, wording
from salledepause.surfaces.web.navigation import Destination

log = structlog.get_logger(__name__)

PAUSE = 2.0
"""Seconds in which what happens is told together."""
THUMP = 20.0
"""Seconds between two signs of life."""
MOST = 40
"""Posts that are counted; more are « more than »."""
WAVES = "/ronde/"
"""Places that hear of something else than new posts (rounds.py)."""
MOST_OPEN = 10
"""Pages of one account that hear at a time, in one process."""


class Watch(msgspec.Struct, eq=False):
    """One open page: whose, in which language, which list from where, and what it was last told."""

    cookie: str
    viewer: int
    language: str
    place: str
    since: int
    wish: Wish = Wish()
    line: asyncio.Queue[bytes] = msgspec.field(default_factory=asyncio.Queue)
    closed: asyncio.Event = msgspec.field(default_factory=asyncio.Event)
    told: dict[str, bytes] = msgspec.field(default_factory=dict)

    def tell(self, event: str, value: object) -> None:
        """Put an event in line, unless it says what was said last."""
        body = msgspec.json.encode(value)
        if self.told.get(event, b"") != body:
            self.told[event] = body
            self.line.put_nowait(b"event: " + event.encode() + b"\ndata: " + body + b"\n\n")

    async def next(self) -> bytes:
        """Wait for what comes next; a page that keeps silent gives a sign of life now and then."""
        try:
            async with asyncio.timeout(THUMP):
                return await self.line.get()
        except TimeoutError:
            return b":\n"


class Lookout:
    """The open pages of one process."""

    def __init__(self, site: Site, counted: Sequence[Destination]) -> None:
        """Begin to hear the bus; work begins with the first page."""
        self._db = site.db
        self.counted = counted
        self._watches: dict[Watch, None] = {}
        self._due: dict[Watch, None] = {}
        self._fresh: set[int] = set()
        self._called = asyncio.Event()
        self._working: asyncio.Task[None] | None = None
        self._heeds = False
        site.bus.on(PostPublished, lambda event: self._appeared(event.post_id))
        site.bus.on(HomesReached, lambda event: self._appeared(event.post_id))
        site.bus.on(PostErased, lambda _: self._call(one for one in self._watches if one.told.get("news")))
        site.bus.on(Notified, lambda event: self._call(self.of(event.account_id)))
        site.bus.on(Admitted, lambda event: self._call(self.of(event.account_id)))
        site.bus.on(AccessRevoked, lambda event: self._call(self.of(event.account_id)))
        site.bus.on(Suspended, lambda event: self._call(self.of(event.account_id)))
        site.bus.on_gap(lambda: self._call(self._watches))

    def of(self, account_id: int | None) -> list[Watch]:
        """Return the open pages of an account."""
        return [one for one in self._watches if one.viewer == account_id]

    def open(self, watch: Watch) -> None:
        """Take in a page, and tell it what came since it was read."""
        self._watches[watch] = None
        self._call([watch])
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        if not self._heeds:
            self._heeds = True
            leaving.heed(self._close_all)

    def close(self, watch: Watch) -> None:
        """Forget a page; stop working with the last one."""
        self._watches.pop(watch, None)
        self._due.pop(watch, None)
        if not self._watches and self._working:
            self._working.cancel()
            self._working = None
            self._fresh.clear()

    def _close_all(self) -> None:
        for watch in self._watches:
            watch.closed.set()

    def _appeared(self, post_id: int) -> None:
        if self._watches:
            self._fresh.add(post_id)
            self._call(one for one in self._watches if one.place not in {"", "/"} and not one.place.startswith(WAVES))

    def _call(self, watches: Iterable[Watch]) -> None:
        self._due.update(dict.fromkeys(watches))
        if self._due or self._fresh:
            self._called.set()

    async def _work(self) -> None:
        while True:
            await self._called.wait()
            await asyncio.sleep(PAUSE)
            self._called.clear()
            fresh, self._fresh = self._fresh, set()
            due, self._due = self._due, {}
            try:
                await self._round(fresh, due)
            except Exception:  # an edge: pages hear of the next thing
                log.exception("live.failed")

    async def _round(self, fresh: set[int], due: dict[Watch, None]) -> None:
        """Tell all who are concerned, one after the other."""
        homes = [one for one in self._watches if one.place == "/"]
        async with self._db.reading() as tx:
            readers = [one.viewer for one in homes]
            reached = {who for post in fresh for who in await timelines.home_readers(tx, post, readers)} if homes else set()
            for watch in (due | dict.fromkeys(one for one in homes if one.viewer in reached)).keys() & self._watches.keys():
                await self._look(tx, watch)

    async def _look(self, tx: Tx, watch: Watch) -> None:
        session = await accounts.session(tx, watch.cookie)
        if session is None or session.state != "active" or session.account_id != watch.viewer:
            watch.closed.set()
            return
        account = await accounts.one(tx, watch.viewer)
        if waiting := await guests.what_waits(tx, account, self.counted):
            dots = {one.path for one in self.counted if not one.counted}
            watch.tell("badges", {path: _waiting(number, watch, dot=path in dots) for path, number in waiting.items()})
        if not watch.place or watch.place.startswith(WAVES):
            return
        try:
            number = await count(tx, watch)
        except Missing:
            watch.closed.set()
            return
        if number or watch.told.get("news"):
            watch.tell("news", _news(number, watch.language))


def _waiting(number: int, watch: Watch, *, dot: bool) -> tuple[str, str]:
    """Return what a badge shows, and what it says to who hears it; it goes when it says nothing."""
    if not number:
        return "", ""
    if dot:
        return "", wording.said("du nouveau", watch.language)
    told = wording.counted("%(n)s nouveauté", "%(n)s nouveautés", number, watch.language)
    shown = wording.number(number, watch.language)
    return shown, told % {"n": shown}


def _news(number: int, language: str) -> str:
    if number > MOST:
        return wording.said("Plus de {most} nouveaux messages", language).format(most=MOST)
    told = wording.counted("%(n)s nouveau message", "%(n)s nouveaux messages", number, language)
    return told % {"n": number} if number else ""


async def count(tx: Tx, watch: Watch) -> int:
    """Return how many posts came into a list since a page was read, as its next reading would show them; raises Missing."""
    listing, where = await _listing(tx, watch, Page(MOST + 1, since_id=watch.since))
    found = await cards.dealt(tx, listing.items, watch.viewer)
    return len(await cards.sifted(tx, found, watch.viewer, where))


async def _listing(tx: Tx, watch: Watch, page: Page) -> tuple[Listed[Seen], Context]:
    name, _, which = watch.place.strip("/").partition("/")
    if name == "":
        return await timelines.home(tx, watch.viewer, page, watch.wish), "home"
    if name == "local":
        return await timelines.public(tx, watch.viewer, page, watch.wish), "public"
    if name == "tags":
        return await timelines.tagged(tx, watch.viewer, page, ([text.tag_key(which)], [], []), watch.wish), "public"
    if name == "portes":
        return await timelines.of_room(tx, watch.viewer, int(which), page, watch.wish), "public"
    return await timelines.list_members(tx, watch.viewer, int(which), page, watch.wish), "home"
