"""The description of our own API, at one address: every module that has `OWN` routes is in `TOPICS`."""

from __future__ import annotations

from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import (
    barometer,
    collecting,
    company,
    decided,
    desk_cards,
    desks,
    doors,
    glossary,
    helping,
    holds,
    images,
    learned,
    noticeboard,
    rooms,
    secrecy,
    shield,
    signposts,
    supports,
    teams,
    verification,
    waves,
)
from salledepause.surfaces.mastodon.described import openapi
from salledepause.surfaces.routes import anyone, route

TOPICS = (
    barometer,
    collecting,
    company,
    desk_cards,
    desks,
    doors,
    glossary,
    helping,
    holds,
    decided,
    images,
    noticeboard,
    rooms,
    secrecy,
    shield,
    signposts,
    supports,
    teams,
    learned,
    verification,
    waves,
)


async def show(call: Call) -> Answer:
    """GET /api/salledepause/openapi.json."""
    return json(openapi(call.site.settings.title, [one for topic in TOPICS for one in topic.OWN]))


ROUTES = [route("GET", "/api/salledepause/openapi.json", show, anyone())]
