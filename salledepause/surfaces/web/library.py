"""What one keeps and what one likes, for oneself alone: the latest gesture first, filtered by kind like every list."""

from __future__ import annotations

from salledepause.features import timelines
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web.listing import Asked, shown, window
from salledepause.surfaces.web.navigation import Destination, Who


async def kept(call: Call) -> Answer:
    """GET /signets."""
    asked = call.read(Asked)
    listing = await timelines.bookmarks(call.tx, call.me, window(call, asked), asked.wish)
    return await shown(call, "bookmarks.html", listing, asked, where="")


async def liked(call: Call) -> Answer:
    """GET /aimes."""
    asked = call.read(Asked)
    listing = await timelines.favourites(call.tx, call.me, window(call, asked), asked.wish)
    return await shown(call, "favourites.html", listing, asked, where="")


DESTINATIONS = [
    Destination("Signets", "/signets", "keep", Who.MEMBER, rank=50, group="mine"),
    Destination("Messages aimés", "/aimes", "like", Who.MEMBER, rank=52, group="mine"),
]
ROUTES = [route("GET", "/signets", kept, user("")), route("GET", "/aimes", liked, user(""))]
