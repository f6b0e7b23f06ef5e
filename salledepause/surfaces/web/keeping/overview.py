"""The house at a glance: what waits for a host, whether everything runs, and the week in figures of everybody together."""

from __future__ import annotations

import msgspec

from salledepause.features import moderation, timelines
from salledepause.kernel import gauges, jobs
from salledepause.surfaces import house
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, guests, messages
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison"


async def show(call: Call) -> Answer:
    """GET /maison."""
    return page(
        call,
        "keeping/overview.html",
        newcomers=await moderation.waiting(call.tx, call.me),
        reports=await moderation.waiting_reports(call.tx, call.me),
        jobs=await jobs.standings(call.tx),
        weights=await gauges.weights(call.site.blobs.folder, call.tx),
        days=await timelines.days(call.tx),
        version=house.VERSION,
    )


class Asked(msgspec.Struct):
    """Which jobs to try again."""

    name: str = ""


async def retry(call: Call) -> Answer:
    """POST /maison/travaux: try the jobs of a name that failed again."""
    number = await moderation.retry_jobs(call.tx, call.me, call.read(Asked).name)
    told = "Remis en route : {n}." if number else "Rien n'attendait plus d'être repris."
    return answers.back(call, HERE, messages.notice(told, call, n=number))


DESTINATIONS = [Destination("Vue d'ensemble", HERE, "house", Who.HOST, rank=110, group="house")]
ROUTES = [
    route("GET", HERE, for_hosts(show), user("")),
    route("POST", HERE + "/travaux", guests.guarded(for_hosts(retry)), user("")),
]
