"""Answers outside every door: an address that leads nowhere, a fault of ours; a page for people, JSON for apps."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from salledepause.kernel import words
from salledepause.kernel.errors import Missing, Refusal
from salledepause.kernel.site import Site
from salledepause.surfaces.edge import Answer, Call, Door, Rule, json
from salledepause.surfaces.web import manner

APPS = ("/api/", "/oauth/", "/.well-known/", "/nodeinfo/", "/media/", "/portraits/", "/static/")
FAULT = "Quelque chose s'est mal passé chez nous, pas chez vous. Réessayez dans un instant ; si cela dure, prévenez les hôtes."


class Fault(Refusal):
    """A defect of ours, as the person who meets it is told."""

    status = 500


async def nowhere(call: Call) -> Answer:
    """Answer an address that leads nowhere."""
    if _by_an_app(call.scope, call.headers):
        return json({"error": words.told(Missing(), "en")}, Missing.status)
    raise Missing


def routes(site: Site, how: manner.WebManner) -> list[BaseRoute]:
    """Return the route of every address that no other route knows."""
    return [Route("/{path:path}", endpoint=Door(site, nowhere, how, Rule(), "nowhere"))]


class FaultPage:
    """An application whose own faults are told in a page, or in JSON to apps; the fault itself goes on to the logs."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        """Wrap an application of this site."""
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            if scope["type"] == "http" and not begun:
                await self._tell(scope, send)
            raise

    async def _tell(self, scope: Scope, send: Send) -> None:
        call = Call(self._site, scope, None)
        call.language = words.chosen(call.headers.get("accept-language", ""), "fr")
        fault = Fault(FAULT)
        answer = json({"error": words.told(fault, "en")}, 500) if _by_an_app(scope, call.headers) else manner.refused(call, fault)
        size = (b"content-length", str(len(answer.body)).encode())
        await send({"type": "http.response.start", "status": answer.status, "headers": [*answer.headers, size]})
        await send({"type": "http.response.body", "body": answer.body})


def _by_an_app(scope: Scope, headers: Headers) -> bool:
    return str(scope["path"]).startswith(APPS) or "text/html" not in headers.get("accept", "")
