"""What the house says of itself and how it is set, to read; where each is changed."""

from __future__ import annotations

from salledepause.surfaces import house
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/textes"
REGISTRATIONS = {
    "open": "ouvertes à tout le monde",
    "approval": "acceptées une à une par les hôtes",
    "invitation": "sur invitation seulement",
}


async def show(call: Call) -> Answer:
    """GET /maison/textes."""
    return page(call, "keeping/texts.html", rules=house.RULES, written=house.WRITTEN_AT, registrations=REGISTRATIONS)


DESTINATIONS = [Destination("Textes et réglages", HERE, "charter", Who.HOST, rank=118, group="house")]
ROUTES = [route("GET", HERE, for_hosts(show), user(""))]
