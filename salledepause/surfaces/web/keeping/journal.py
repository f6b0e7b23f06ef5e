"""The journal of moderation, day by day: who did what, about whom, and why; a page to print."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from salledepause.features import moderation
from salledepause.features.moderation import Noted
from salledepause.kernel import clock
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web.keeping import words
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.listing import around
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/journal"
MOST = 100
"""Acts of a page."""


async def show(call: Call) -> Answer:
    """GET /maison/journal."""
    found = await moderation.read_journal(call.tx, call.me, call.page(MOST, MOST))
    days = [(day, list(acts)) for day, acts in groupby(found.items, _day)]
    return page(call, "keeping/journal.html", days=days, around=around(call, found), **words.TABLES)


def _day(one: Noted) -> date:
    return one.created_at.astimezone(clock.PARIS).date()


DESTINATIONS = [Destination("Journal", HERE, "list", Who.HOST, rank=117, group="house")]
ROUTES = [route("GET", HERE, for_hosts(show), user(""))]
