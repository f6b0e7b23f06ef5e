"""Polls of the API (https://docs.joinmastodon.org/methods/polls/)."""

from __future__ import annotations

import msgspec

from salledepause.features import posts
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.routes import reading, route, user


class Asked(msgspec.Struct):
    """A vote: places of the answers chosen, from 0."""

    choices: list[int] = []


async def show(call: Call) -> Answer:
    """GET /api/v1/polls/:id."""
    return json(entities.poll(call.site, await posts.polls.by_id(call.tx, call.id(), call.viewer)))


async def vote(call: Call) -> Answer:
    """POST /api/v1/polls/:id/votes."""
    return json(entities.poll(call.site, await posts.polls.vote(call.tx, call.me, call.id(), call.read(Asked).choices)))


ROUTES = [
    route("GET", "/api/v1/polls/{id}", show, reading("read:statuses")),
    route("POST", "/api/v1/polls/{id}/votes", vote, user("write:statuses")),
]
