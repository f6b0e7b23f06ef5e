"""Teams that are thanked: found as one types, each with its page and its count, merged by hosts; an API of ours.

Nothing in here is ordered by how often a team was thanked.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from salledepause.features import victories
from salledepause.features.victories import Team
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.mastodon.described import lines, own
from salledepause.surfaces.mastodon.timelines import listing_answer
from salledepause.surfaces.routes import reading, user

MOST_SUGGESTED = 20


class Asked(msgspec.Struct):
    """What is typed, and how many answers are wanted."""

    q: str = ""
    limit: int = 8


class RecipientEntity(msgspec.Struct):
    """Whom thanks go to: `id`, `finess` and `town` of a site of the register, `id` of a team, `acct` of an account."""

    type: Literal["hospital", "team", "account"]
    name: str
    url: str
    id: str | None = None
    finess: str | None = None
    town: str | None = None
    acct: str | None = None


class TeamEntity(RecipientEntity, kw_only=True):
    """A team, and how many thanks to it anybody may read."""

    thanks_count: int


class Into(msgspec.Struct):
    """The team that another one is."""

    into: str = ""


async def suggest(call: Call) -> Answer:
    """GET /api/salledepause/v1/teams?q=…: whom what one types may mean; people too, as the search for people finds them."""
    asked = call.read(Asked)
    limit = max(1, min(asked.limit, MOST_SUGGESTED))
    found = await victories.suggested(call.tx, asked.q, limit, call.site.settings.domain)
    return json([entities.recipient(call.site, one) for one in found])


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/teams/:id."""
    return json(_team(call, await victories.team(call.tx, call.text("id"))))


def _team(call: Call, team: Team) -> entities.Entity:
    return entities.recipient(call.site, team.recipient) | {"thanks_count": team.thanks}


async def statuses(call: Call) -> Answer:
    """GET /api/salledepause/v1/teams/:id/statuses: what thanks it, the newest first."""
    team = await victories.team(call.tx, call.text("id"))
    return await listing_answer(call, await victories.posts_to(call.tx, team, call.page(), call.viewer))


async def merge(call: Call) -> Answer:
    """POST /api/salledepause/v1/teams/:id/merge: hosts say that a team by its words is another one."""
    await victories.merge(call.tx, call.me, call.text("id"), call.read(Into).into)
    return json(_team(call, await victories.team(call.tx, call.read(Into).into)))


HERE = "/api/salledepause/v1/teams"
READING = reading("read:statuses")
OWN = [
    own(f"GET {HERE}", suggest, reading("read:search"), (Asked, list[RecipientEntity])),
    own(f"GET {HERE}/{{id}}", show, READING, (None, TeamEntity)),
    own(f"GET {HERE}/{{id}}/statuses", statuses, READING, (None, list[dict[str, Any]])),
    own(f"POST {HERE}/{{id}}/merge", merge, user("admin:write"), (Into, TeamEntity)),
]
ROUTES = lines(OWN)
