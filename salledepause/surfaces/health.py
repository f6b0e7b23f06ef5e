"""Is the house standing? Answers 200 when the database does."""

from __future__ import annotations

import psycopg
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from salledepause.kernel.errors import Unavailable
from salledepause.kernel.site import Site


def routes(site: Site) -> list[BaseRoute]:
    """Return `GET /health`."""

    async def health(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        well = await _answers(site)
        body = b'{"status":"ok"}' if well else b'{"status":"unavailable"}'
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200 if well else 503, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    return [Route("/health", endpoint=_App(health))]


class _App:
    def __init__(self, run) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        self._run = run

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._run(scope, receive, send)


async def _answers(site: Site) -> bool:
    try:
        async with site.db.reading() as tx:
            return bool(await tx.value("SELECT true"))
    except (Unavailable, psycopg.Error):
        return False
