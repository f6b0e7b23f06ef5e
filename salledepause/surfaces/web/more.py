"""Plus: everything one can go to, on one page, and the door out."""

from __future__ import annotations

from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import anyone, route
from salledepause.surfaces.web.navigation import Destination
from salledepause.surfaces.web.rendering import page


async def show(call: Call) -> Answer:
    """GET /plus."""
    return page(call, "more.html")


DESTINATIONS = [Destination("Plus", "/plus", "more", rank=99, bar=True)]
ROUTES = [route("GET", "/plus", show, anyone())]
