"""The rota as hosts keep it: which hours of the next seven days nobody covers. Who covers the others is shown to nobody."""

from __future__ import annotations

from salledepause.features import company
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/gardes"


async def show(call: Call) -> Answer:
    """GET /maison/gardes."""
    gaps = await company.uncovered(call.tx, call.me)
    missing = sum(round((gap.ends - gap.starts).total_seconds() / 3600) for gap in gaps)
    return page(call, "keeping/company.html", gaps=gaps, missing=missing)


DESTINATIONS = [Destination("Gardes", HERE, "clock", Who.HOST, rank=114, group="house")]
ROUTES = [route("GET", HERE, for_hosts(show), user(""))]
