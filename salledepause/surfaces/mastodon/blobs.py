"""Stored files and drawn portraits, served as what they are and as nothing else; no token, addresses cannot be guessed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from salledepause.features import accounts
from salledepause.kernel import ids, words
from salledepause.kernel.blobs import content_type
from salledepause.kernel.errors import Missing, TooMany
from salledepause.kernel.portrait import avatar_png, header_png
from salledepause.kernel.site import Site
from salledepause.surfaces import limits

SAFE = {"x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'; sandbox"}
KEPT = SAFE | {"cache-control": "public, max-age=31536000, immutable"}
NOBODY = Response(status_code=404, headers=SAFE, media_type="text/plain")
DRAWERS: dict[str, Callable[[str], bytes]] = {"avatar.png": avatar_png, "header.png": header_png}
MOST_PORTRAITS = 1000
"""Drawings kept by one process, the latest."""
HOUSE = 0
"""Who is nobody and has a portrait all the same."""


def routes(site: Site, limiter: limits.Limiter) -> list[BaseRoute]:
    """Return `GET /media/…` and `GET /portraits/…`."""
    return [
        Route("/media/{folder}/{name}", endpoint=_Files(site), methods=["GET"]),
        Route("/portraits/{id}/{name}", endpoint=_Portraits(site, limiter), methods=["GET"]),
    ]


class _Files:
    """Sends blobs, whole or the ranges asked for (RFC 9110 §14)."""

    def __init__(self, site: Site) -> None:
        self._blobs = site.blobs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = "{folder}/{name}".format(**scope["path_params"])
        path = self._blobs.path(key)
        answer: ASGIApp = NOBODY if path is None else FileResponse(path, headers=KEPT, media_type=content_type(key))
        await answer(scope, receive, send)


class _Portraits:
    """Sends the pictures of those who chose none; what is drawn already costs nothing and is not counted."""

    def __init__(self, site: Site, limiter: limits.Limiter) -> None:
        self._site = site
        self._limiter = limiter
        self._drawn: dict[tuple[int, str], bytes] = {}
        self._pencil = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            drawing = await self._drawing(scope)
            answer = Response(drawing, headers=KEPT, media_type="image/png")
        except Missing:
            answer = NOBODY
        except TooMany as refusal:
            language = words.chosen(Headers(scope=scope).get("accept-language", ""), "en")
            wait = {"retry-after": str(refusal.retry_after)}
            answer = Response(words.told(refusal, language), refusal.status, SAFE | wait, "text/plain")
        await answer(scope, receive, send)

    async def _drawing(self, scope: Scope) -> bytes:
        """Return the picture that an address names; raises Missing, TooMany."""
        wanted = (ids.parse(scope["path_params"]["id"]), scope["path_params"]["name"])
        if wanted[1] not in DRAWERS:
            raise Missing
        if (drawn := self._drawn.get(wanted)) is not None:
            return drawn
        self._limiter.count(limits.peer(scope, Headers(scope=scope), self._site.settings.trusted_proxies), "portraits")
        if wanted[0] != HOUSE:
            async with self._site.db.reading() as tx:
                await accounts.one(tx, wanted[0])
        async with self._pencil:
            return self._drawn.get(wanted) or await self._draw(*wanted)

    async def _draw(self, account_id: int, name: str) -> bytes:
        if len(self._drawn) >= MOST_PORTRAITS:
            del self._drawn[next(iter(self._drawn))]
        drawn = await asyncio.to_thread(DRAWERS[name], str(account_id))
        self._drawn[account_id, name] = drawn
        return drawn
