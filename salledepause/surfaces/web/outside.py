"""An address that leads nowhere: a page for people, JSON for apps."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from salledepause.kernel import words
from salledepause.kernel.errors import Missing
from salledepause.kernel.site import Site
from salledepause.surfaces.edge import Answer, Call, Door, Rule, json
from salledepause.surfaces.web import manner

APPS = ("/api/", "/oauth/", "/.well-known/", "/nodeinfo/", "/media/", "/portraits/", "/static/")


async def nowhere(call: Call) -> Answer:
    """Answer an address that leads nowhere."""
    if _by_an_app(call.scope, call.headers):
        return json({"error": words.told(Missing(), "en")}, Missing.status)
    raise Missing


def routes(site: Site, how: manner.WebManner) -> list[BaseRoute]:
    """Return the route of every address that no other route knows."""
    return [Route("/{path:path}", endpoint=Door(site, nowhere, how, Rule(), "nowhere"))]


def _by_an_app(scope: Scope, headers: Headers) -> bool:
    return str(scope["path"]).startswith(APPS) or "text/html" not in headers.get("accept", "")
