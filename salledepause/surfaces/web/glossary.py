"""The glossary: every term with what it means and where that is said, a search, and whether posts explain them here."""

from __future__ import annotations

import asyncio

import msgspec
import structlog

from salledepause.features import glossary
from salledepause.features.glossary import GlossaryChanged
from salledepause.kernel.errors import Unavailable
from salledepause.kernel.site import Site
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import anyone, route
from salledepause.surfaces.web import answers, cookies, guests, messages, rendering, shell
from salledepause.surfaces.web.navigation import Destination
from salledepause.surfaces.web.rendering import page

log = structlog.get_logger(__name__)
HERE = "/glossaire"
LONGEST = 100
A_YEAR = 365 * 86400


class Looked(msgspec.Struct):
    """What is looked for."""

    q: str = ""


async def show(call: Call) -> Answer:
    """GET /glossaire: all terms, or those that answer what one types."""
    csrf, cookie = guests.form_word(call)
    typed = call.read(Looked).q.strip()[:LONGEST]
    found = glossary.found(await glossary.terms(call.tx), typed)
    off = cookies.read(call.site.settings, call.headers, shell.TERMS) == shell.OFF
    return page(call, "glossary.html", typed=typed, found=found, off=off, csrf=csrf, headers=cookie)


class Chosen(msgspec.Struct, frozen=True):
    """Whether posts explain terms: an empty box is a no."""

    shown: bool = False


async def choose(call: Call) -> Answer:
    """POST /glossaire/affichage: keep for a year in this browser whether posts explain terms."""
    value = "" if call.read(Chosen).shown else shell.OFF
    cookie = cookies.give(call.site.settings, shell.TERMS, value, A_YEAR if value else 0)
    return answers.back(call, HERE, cookie, messages.notice("C'est noté pour ce navigateur.", call))


class Follower:
    """Reads the terms again whenever they change, or may have; what was drawn with the former ones is forgotten."""

    def __init__(self, site: Site) -> None:
        """Begin to hear the bus, which says that something was missed as soon as it listens."""
        self._site = site
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        site.bus.on(GlossaryChanged, lambda _: self._begin())
        site.bus.on_gap(self._begin)

    def _begin(self) -> None:
        task = asyncio.create_task(self._read())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self) -> None:
        async with self._turn:  # two at a time, what was read first might be what is kept last
            before = dict(self._site.terms)
            try:
                await glossary.refresh(self._site)
            except Unavailable:
                log.warning("glossary.stale")
                return
            if before != self._site.terms:
                rendering.forget()
                self._site.windows.marks.touch_all()


DESTINATIONS = [Destination("Glossaire", HERE, "list", rank=63)]
ROUTES = [
    route("GET", HERE, show, anyone()),
    route("POST", HERE + "/affichage", guests.guarded(choose), anyone()),
]
