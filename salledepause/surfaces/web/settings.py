"""One's own manners: reader or contributor, showing from where one speaks, who may quote; the way to all other settings."""

from __future__ import annotations

from typing import Literal

import msgspec

from salledepause.features import accounts
from salledepause.features.accounts import ProfileChange
from salledepause.features.posts import QuotePolicy
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import guests, safety
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

BACK = b"/reglages"


async def show(call: Call) -> Answer:
    """GET /reglages."""
    return page(call, "settings.html", account=guests.member(call))


class Mode(msgspec.Struct):
    """How one is here."""

    mode: Literal["contributor", "reader"]


async def change_mode(call: Call) -> Answer:
    """POST /reglages/mode: read only, or write again; either way in one click."""
    await accounts.update_profile(call.tx, call.me, ProfileChange(mode=call.read(Mode).mode))
    return safety.to(BACK)


class Showing(msgspec.Struct):
    """Whether one's role family shows."""

    shows_family: bool


async def show_family(call: Call) -> Answer:
    """POST /reglages/famille."""
    await accounts.update_profile(call.tx, call.me, ProfileChange(shows_family=call.read(Showing).shows_family))
    return safety.to(BACK)


class Quoting(msgspec.Struct):
    """Who may quote what one writes from now on."""

    quote_policy: QuotePolicy


async def open_quotes(call: Call) -> Answer:
    """POST /reglages/citations."""
    policy = call.read(Quoting).quote_policy
    await accounts.update_profile(call.tx, call.me, ProfileChange(quote_policy=policy.value))
    return safety.to(BACK)


DESTINATIONS = [Destination("Réglages", "/reglages", "keys", Who.MEMBER, rank=80, group="mine")]
ROUTES = [
    route("GET", "/reglages", show, user("")),
    route("POST", "/reglages/mode", guests.guarded(change_mode), user("")),
    route("POST", "/reglages/famille", guests.guarded(show_family), user("")),
    route("POST", "/reglages/citations", guests.guarded(open_quotes), user("")),
]
