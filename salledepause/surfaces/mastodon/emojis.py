"""Emojis of the house in the API (https://docs.joinmastodon.org/methods/custom_emojis/), and kept right in each process."""

from __future__ import annotations

import asyncio

import structlog

from salledepause.features import emojis
from salledepause.features.emojis import EmojisChanged
from salledepause.kernel.errors import Unavailable
from salledepause.kernel.site import Site
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.mastodon.shelf import Presenter
from salledepause.surfaces.routes import anyone, route

log = structlog.get_logger(__name__)


class Follower:
    """Reads the emojis again whenever they change, or may have; what was prepared with the former ones is forgotten."""

    def __init__(self, site: Site, presenter: Presenter) -> None:
        """Begin to hear the bus, which says that something was missed as soon as it listens."""
        self._site = site
        self._presenter = presenter
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        site.bus.on(EmojisChanged, lambda _: self._begin())
        site.bus.on_gap(self._begin)

    def _begin(self) -> None:
        task = asyncio.create_task(self._read())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self) -> None:
        async with self._turn:  # two at a time, what was read first might be what is kept last
            await self._read_again()

    async def _read_again(self) -> None:
        before = dict(self._site.emojis)
        try:
            await emojis.refresh(self._site)
        except Unavailable:
            log.warning("emojis.stale")
            return
        if before != self._site.emojis:
            self._presenter.forget()
            self._site.windows.marks.touch_all()


async def every(call: Call) -> Answer:
    """GET /api/v1/custom_emojis."""
    return json([entities.emoji(call.site, one) for one in await emojis.catalogue(call.tx)])


ROUTES = [route("GET", "/api/v1/custom_emojis", every, anyone())]
