"""The stream by which an open page hears what is new (HTML standard, «Server-sent events»), for whoever has a session.

To anybody else, and to one page too many, it says that there is nothing to hear: browsers then ask no more (204).
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

import msgspec
from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from salledepause.features.posts import Kind
from salledepause.features.timelines import Wish
from salledepause.features.waves import WaveMoved
from salledepause.kernel import ids, words
from salledepause.kernel.errors import Refusal
from salledepause.kernel.site import Site
from salledepause.surfaces import params
from salledepause.surfaces.limits import Limiter
from salledepause.surfaces.web import guests
from salledepause.surfaces.web.live import MOST_OPEN, Lookout, Watch
from salledepause.surfaces.web.navigation import Destination
from salledepause.surfaces.web.rounds import Rounds

PATH = "/en-direct"
FAREWELL = 1
"""Seconds that a browser has to take the end of its stream."""
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"private, no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-accel-buffering", b"no"),
]
_PLACE = re.compile(r"/(?:local|tags/[^/]{1,200}|listes/[0-9]{1,19}|ronde/[0-9]{1,19}|portes/[0-9]{1,19})?")


class Asked(msgspec.Struct):
    """Which list is read, of which kind, and the newest post that it shows, or which wave; none: what waits elsewhere."""

    lieu: str = ""
    depuis: str = "0"
    kind: Kind | None = None


class Stream:
    """Streams of open pages."""

    def __init__(self, site: Site, limiter: Limiter, lookout: Lookout) -> None:
        """Serve what the lookout of this process sees."""
        self._site = site
        self._limiter = limiter
        self._lookout = lookout
        self._rounds = Rounds(site.db)
        site.bus.on(WaveMoved, lambda event: self._rounds.moved(event.post_id))
        site.bus.on_gap(self._rounds.doubt)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one page until it closes, its session ends or the server stops."""
        try:
            watch = await self._watch(scope)
        except Refusal as refusal:
            await _end(send, refusal.status)
            return
        if watch is None or scope["method"] != "GET":
            await _end(send, 204)
            return
        self._lookout.open(watch)
        self._rounds.open(watch)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await send({"type": "http.response.body", "body": b":)\n", "more_body": True})
            await _until_over(watch, receive, send)
        finally:
            self._lookout.close(watch)
            self._rounds.close(watch)
        with suppress(OSError):
            async with asyncio.timeout(FAREWELL):
                await send({"type": "http.response.body", "body": b""})

    async def _watch(self, scope: Scope) -> Watch | None:
        """Return the page that asks, `None` when it has nothing to hear; raises Refusal."""
        headers = Headers(scope=scope)
        guest = await guests.of(self._site, headers, self._lookout.counted)
        if guest is None or guest.account_id is None or len(self._lookout.of(guest.account_id)) >= MOST_OPEN:
            return None
        self._limiter.count(str(guest.account_id))
        asked = params.decode(params.from_query(scope["query_string"]), Asked)
        place = asked.lieu if _PLACE.fullmatch(asked.lieu) else ""
        language = words.chosen(headers.get("accept-language", ""), "fr")
        wish = Wish((asked.kind,) if asked.kind else ())
        return Watch(guest.cookie, guest.account_id, language, place, ids.parse(asked.depuis), wish)


async def _until_over(watch: Watch, receive: Receive, send: Send) -> None:
    tasks = [asyncio.create_task(one) for one in (_pour(watch, send), _gone(receive), _closed(watch))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception) and not isinstance(end, OSError):
            raise end


async def _pour(watch: Watch, send: Send) -> None:
    while True:
        await send({"type": "http.response.body", "body": await watch.next(), "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _closed(watch: Watch) -> None:
    await watch.closed.wait()


async def _end(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"cache-control", b"no-store")]})
    await send({"type": "http.response.body", "body": b""})


def routes(site: Site, limiter: Limiter, known: list[Destination]) -> list[BaseRoute]:
    """Return the route of the stream."""
    lookout = Lookout(site, [one for one in known if one.badge])
    return [Route(PATH, endpoint=Stream(site, limiter, lookout))]
