"""Teams that are thanked: found by their name, each with a page of what thanks it; counted one by one, never compared."""

from __future__ import annotations

import msgspec

from salledepause.features import victories
from salledepause.features.victories import Way
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import reading, route
from salledepause.surfaces.web import addresses, safety
from salledepause.surfaces.web.listing import Asked, shown, window
from salledepause.surfaces.web.navigation import Destination
from salledepause.surfaces.web.rendering import page

MOST, LATEST = 20, 12
LONGEST = 200


class Looked(msgspec.Struct):
    """What is looked for."""

    q: str = ""


async def find(call: Call) -> Answer:
    """GET /equipes: teams and sites of the register by what one types, or those thanked last, never by how often they were."""
    typed = call.read(Looked).q.strip()[:LONGEST]
    if not typed:
        return page(call, "teams.html", typed="", found=await victories.lately(call.tx, LATEST))
    found = await victories.suggested(call.tx, typed, MOST, call.site.settings.domain) if typed[0] != "@" else []
    return page(call, "teams.html", typed=typed, found=[one for one in found if one.way is not Way.ACCOUNT])


async def show(call: Call) -> Answer:
    """GET /equipes/{slug}: how many thanks went to a team, and what they say, the newest first."""
    slug = call.text("slug")
    team = await victories.team(call.tx, slug)
    if team.recipient.slug != slug:
        return safety.to(addresses.header_value(addresses.team(team.recipient.slug)))
    asked = call.read(Asked)
    listing = await victories.posts_to(call.tx, team, window(call, asked), call.viewer)
    return await shown(call, "team.html", listing, asked, where="public", team=team)


DESTINATIONS = [Destination("Équipes", "/equipes", "kind-thanks", rank=60)]
ROUTES = [
    route("GET", "/equipes", find, reading()),
    route("GET", "/equipes/{slug}", show, reading()),
]
