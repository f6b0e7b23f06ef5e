"""Reading positions of the API (https://docs.joinmastodon.org/methods/markers/)."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from salledepause.features import timelines
from salledepause.features.timelines import Marker
from salledepause.kernel import clock, ids
from salledepause.kernel.errors import BadInput, Missing
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.routes import route, user

Timeline = Literal["home", "notifications"]


class Asked(msgspec.Struct):
    """Which markers are wanted."""

    timeline: list[Timeline] = []


class Read(msgspec.Struct):
    """A position: the id of the last entry read."""

    last_read_id: str | int


class Positions(msgspec.Struct):
    """Where somebody now is."""

    home: Read | None = None
    notifications: Read | None = None


def entity(marker: Marker) -> dict[str, Any]:
    """Return a Marker."""
    return {
        "last_read_id": str(marker.last_read_id),
        "version": marker.version,
        "updated_at": clock.iso(marker.updated_at),
    }


async def show(call: Call) -> Answer:
    """GET /api/v1/markers?timeline[]=…; one never set is left out."""
    found = await timelines.markers(call.tx, call.me, call.read(Asked).timeline)
    return json({one.timeline: entity(one) for one in found})


async def save(call: Call) -> Answer:
    """POST /api/v1/markers; answers the markers that were set."""
    asked = call.read(Positions)
    given = {"home": asked.home, "notifications": asked.notifications}
    read = {timeline: _id(one.last_read_id) for timeline, one in given.items() if one is not None}
    return json({one.timeline: entity(one) for one in await timelines.mark(call.tx, call.me, read)})


def _id(text: str | int) -> int:
    try:
        return ids.parse(str(text))
    except Missing as error:
        raise BadInput("Position illisible : attendu l'identifiant d'un message ou d'une notification.") from error


ROUTES = [
    route("GET", "/api/v1/markers", show, user("read:statuses")),
    route("POST", "/api/v1/markers", save, user("write:statuses")),
]
