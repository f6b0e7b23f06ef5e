"""Letting an app in: who asks, what it could do, yes or no (RFC 6749, 7636, 9207; docs.joinmastodon.org/methods/oauth).

The browser leaves for the app's address only when somebody who is signed in pressed a button; whatever else is told here.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

import msgspec

from salledepause.features import accounts
from salledepause.features.accounts import AuthorizationRequest
from salledepause.kernel.errors import Refusal
from salledepause.surfaces.edge import Answer, Call, Header
from salledepause.surfaces.routes import anyone, route, user
from salledepause.surfaces.web import guests, manner, safety
from salledepause.surfaces.web.rendering import here, page
from salledepause.surfaces.web.rights import granted

REFUSED = Refusal("Vous avez refusé : cette application n'a reçu aucun accès. Vous pouvez fermer cette page.")


async def ask(call: Call) -> Answer:
    """GET /oauth/authorize: the page that asks; signing in first when nobody has."""
    request = call.read(AuthorizationRequest)
    app, scopes = await accounts.consider(call.tx, request)
    if guests.account(call) is None:
        return _first(call)
    policy = safety.allowing(request.redirect_uri)
    rights = granted(scopes)
    back = _back(request.redirect_uri)
    headers = (policy, safety.SECRET)
    return page(call, "consent.html", app=app, rights=rights, request=request, back=back, here=here(call), headers=headers)


def _back(address: str) -> str | None:
    """Return the site that an app's address leads to, empty for a program of this device, `None` where there is no way back."""
    if address == accounts.HERE:
        return None
    leads = urlsplit(address)
    return leads.netloc if leads.scheme in {"http", "https"} else ""


class Decision(msgspec.Struct):
    """The button that was pressed."""

    decision: Literal["allow", "refuse"]


async def decide(call: Call) -> Answer:
    """POST /oauth/authorize: back to the app with a code or a refusal, or the code on a page."""
    request = call.read(AuthorizationRequest)
    await accounts.consider(call.tx, request)
    refused = call.read(Decision).decision == "refuse"
    answer = {"error": "access_denied"} if refused else {"code": await accounts.authorize(call.tx, call.me, request)}
    landing = accounts.landing(request, call.site.url("/"), answer)
    if landing is not None:
        return _away(landing, request)
    return manner.refused(call, REFUSED) if refused else page(call, "code.html", code=answer["code"], headers=(safety.SECRET,))


def _first(call: Call) -> Answer:
    """Send somebody to sign in, keeping the request; who waits for approval is told so."""
    if isinstance(call.caller, guests.Guest):
        return manner.refused(call, manner.WAITING)
    return manner.to_sign_in(call)


def _away(landing: str, request: AuthorizationRequest) -> Answer:
    """Send the browser back to the app; the address is one that it registered, letter for letter."""
    headers: tuple[Header, ...] = ((b"location", landing.encode()), safety.SECRET, safety.allowing(request.redirect_uri))
    return Answer(b"", 302, safety.dressed(headers))


ROUTES = [
    route("GET", "/oauth/authorize", ask, anyone()),
    route("POST", "/oauth/authorize", guests.guarded(decide), user("")),
]
