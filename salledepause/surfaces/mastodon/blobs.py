"""Stored files and drawn portraits, served as what they are and as nothing else; no token, addresses cannot be guessed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from salledepause.kernel import ids
from salledepause.kernel.blobs import content_type
from salledepause.kernel.errors import Missing
from salledepause.kernel.portrait import avatar_png, header_png
from salledepause.kernel.site import Site

SAFE = {"x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'; sandbox"}
KEPT = SAFE | {"cache-control": "public, max-age=31536000, immutable"}
NOBODY = Response(status_code=404, headers=SAFE, media_type="text/plain")
DRAWERS: dict[str, Callable[[str], bytes]] = {"avatar.png": avatar_png, "header.png": header_png}
MOST_PORTRAITS = 1000
"""Drawings kept by one process."""


def routes(site: Site) -> list[BaseRoute]:
    """Return `GET /media/…` and `GET /portraits/…`."""
    return [
        Route("/media/{folder}/{name}", endpoint=_Files(site), methods=["GET"]),
        Route("/portraits/{id}/{name}", endpoint=_Portraits(), methods=["GET"]),
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
    """Sends the pictures of those who chose none."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[int, str], bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        drawing = await self._drawing(scope["path_params"]["id"], scope["path_params"]["name"])
        answer = NOBODY if drawing is None else Response(drawing, headers=KEPT, media_type="image/png")
        await answer(scope, receive, send)

    async def _drawing(self, written: str, name: str) -> bytes | None:
        try:
            wanted = (ids.parse(written), name)
        except Missing:
            return None
        if name not in DRAWERS:
            return None
        if (drawn := self._drawn.get(wanted)) is not None:
            return drawn
        if len(self._drawn) >= MOST_PORTRAITS:
            self._drawn.clear()
        self._drawn[wanted] = await asyncio.to_thread(DRAWERS[name], str(wanted[0]))
        return self._drawn[wanted]
