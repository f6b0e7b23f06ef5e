"""Applications of the API: registered by anyone, checked by their token (https://docs.joinmastodon.org/methods/apps/)."""

from __future__ import annotations

from typing import Any

import msgspec

from salledepause.features import accounts
from salledepause.features.accounts import App, Registration
from salledepause.kernel import keys
from salledepause.kernel.errors import Missing
from salledepause.kernel.site import Site
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.routes import anyone, app, route


class Asked(msgspec.Struct):
    """Parameters of a registration; a text of `redirect_uris` may hold several, one a line."""

    client_name: str = ""
    redirect_uris: list[str] = []
    scopes: str = ""
    website: str = ""


def entity(site: Site, one: App) -> dict[str, Any]:
    """Return an Application with what its own token may see (https://docs.joinmastodon.org/entities/Application/)."""
    return {
        "id": str(one.id),
        "name": one.name,
        "website": one.website,
        "scopes": one.scopes,
        "redirect_uri": "\n".join(one.redirect_uris),
        "redirect_uris": one.redirect_uris,
        "vapid_key": keys.vapid_public(site.settings.secret),
    }


async def create(call: Call) -> Answer:
    """POST /api/v1/apps."""
    asked = call.read(Asked)
    uris = [uri for text in asked.redirect_uris for uri in text.split()]
    made, secret = await accounts.register_app(call.tx, Registration(asked.client_name, uris, asked.scopes, asked.website))
    return json(entity(call.site, made) | {"client_id": made.client_id, "client_secret": secret, "client_secret_expires_at": 0})


async def verify(call: Call) -> Answer:
    """GET /api/v1/apps/verify_credentials."""
    if call.caller is None or call.caller.app_id is None:
        raise Missing
    return json(entity(call.site, await accounts.app(call.tx, call.caller.app_id)))


ROUTES = [
    route("POST", "/api/v1/apps", create, anyone()),
    route("GET", "/api/v1/apps/verify_credentials", verify, app()),
]
