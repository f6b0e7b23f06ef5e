"""An address that leads nowhere, or that only takes forms: a page for people, JSON for apps."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from salledepause.kernel import words
from salledepause.kernel.errors import Missing
from salledepause.kernel.site import Site
from salledepause.surfaces.edge import Answer, Call, Door, Rule, json
from salledepause.surfaces.web import manner, rendering, wording

UNREAD = 405
ALLOW = (b"allow", b"POST")
FORMS_ONLY = "Cette adresse reçoit un formulaire. Revenez en arrière pour le retrouver, avec ce que vous y aviez écrit."
APPS = ("/api/", "/oauth/", "/.well-known/", "/nodeinfo/", "/media/", "/portraits/", "/static/")


async def nowhere(call: Call) -> Answer:
    """Answer an address that leads nowhere."""
    if _by_an_app(call.scope, call.headers):
        return json({"error": words.told(Missing(), "en")}, Missing.status)
    raise Missing


async def takes_forms(call: Call) -> Answer:
    """Answer a visit to an address that only takes forms: most often a form that was refused, whose page is loaded again."""
    if _by_an_app(call.scope, call.headers):
        return json({"error": "Method not allowed"}, UNREAD, (ALLOW,))
    message = wording.said(FORMS_ONLY, call.language)
    return rendering.page(call, "refusal.html", status=UNREAD, headers=(ALLOW,), code=UNREAD, message=message, again="")


def letterbox(site: Site, how: manner.WebManner) -> Door:
    """Return the door of every address that only takes forms, for who comes to read."""
    return Door(site, takes_forms, how, Rule(), "letterbox")


def routes(site: Site, how: manner.WebManner) -> list[BaseRoute]:
    """Return the route of every address that no other route knows."""
    return [Route("/{path:path}", endpoint=Door(site, nowhere, how, Rule(), "nowhere"))]


def _by_an_app(scope: Scope, headers: Headers) -> bool:
    return str(scope["path"]).startswith(APPS) or "text/html" not in headers.get("accept", "")
