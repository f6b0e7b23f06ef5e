"""Scheduled statuses of the API (https://docs.joinmastodon.org/methods/scheduled_statuses/)."""

from __future__ import annotations

import msgspec

from salledepause.features import posts
from salledepause.features.posts.scheduled import Scheduled
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import extra_entities
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.mastodon.statuses import instant_of
from salledepause.surfaces.routes import route, user


class Asked(msgspec.Struct):
    """The only thing that changes of a scheduled status."""

    scheduled_at: str | None = None


async def _entity(call: Call, made: Scheduled) -> Entity:
    return extra_entities.scheduled(call.site, made, await posts.media.load(call.tx, made.draft.media_ids))


async def show_all(call: Call) -> Answer:
    """GET /api/v1/scheduled_statuses."""
    found = await posts.scheduled.page(call.tx, call.me, call.page())
    return json([await _entity(call, one) for one in found.items], 200, call.link(found))


async def show(call: Call) -> Answer:
    """GET /api/v1/scheduled_statuses/:id."""
    return json(await _entity(call, await posts.scheduled.one(call.tx, call.me, call.id())))


async def move(call: Call) -> Answer:
    """PUT /api/v1/scheduled_statuses/:id; without a date nothing changes."""
    at = call.read(Asked).scheduled_at
    if not at:
        return await show(call)
    return json(await _entity(call, await posts.scheduled.move(call.tx, call.me, call.id(), instant_of(at))))


async def cancel(call: Call) -> Answer:
    """DELETE /api/v1/scheduled_statuses/:id."""
    await posts.scheduled.cancel(call.tx, call.me, call.id())
    return json({})


ONE = "/api/v1/scheduled_statuses/{id}"
ROUTES = [
    route("GET", "/api/v1/scheduled_statuses", show_all, user("read:statuses")),
    route("GET", ONE, show, user("read:statuses")),
    route("PUT", ONE, move, user("write:statuses")),
    route("DELETE", ONE, cancel, user("write:statuses")),
]
