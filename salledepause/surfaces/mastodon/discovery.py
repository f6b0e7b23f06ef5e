"""Whom and what to discover: the directory, people to follow, tags and posts of the week.

https://docs.joinmastodon.org/methods/directory/, /suggestions/ and /trends/
"""

from __future__ import annotations

from typing import Literal

import msgspec

from salledepause.features import accounts, timelines
from salledepause.surfaces.edge import JSON, Answer, Call, json
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.mastodon.shelf import presenter
from salledepause.surfaces.mastodon.tags import entities_of
from salledepause.surfaces.routes import anyone, reading, route, user

MOST_TAGS, MOST_POSTS, MOST_PEOPLE, FAREST = 20, 40, 80, 10_000


class Asked(msgspec.Struct):
    """Which part of a list that has no cursors."""

    limit: int | None = None
    offset: int = 0
    order: Literal["active", "new"] = "active"
    local: bool = False

    def most(self, default: int, most: int) -> int:
        """How many are wanted."""
        return default if self.limit is None else max(1, min(self.limit, most))

    @property
    def skipped(self) -> int:
        """How many are left out."""
        return max(0, min(self.offset, FAREST))


async def directory(call: Call) -> Answer:
    """GET /api/v1/directory; everybody here is local."""
    asked = call.read(Asked)
    found = await timelines.directory(call.tx, call.viewer, asked.order, asked.most(40, MOST_PEOPLE), asked.skipped)
    return Answer(await presenter(call).accounts(call.tx, found))


async def suggestions(call: Call) -> Answer:
    """GET /api/v2/suggestions."""
    found = await timelines.suggestions(call.tx, call.me, call.read(Asked).most(40, MOST_PEOPLE))
    people = await accounts.load(call.tx, [one.account_id for one in found])
    sources = {"friends_of_friends": "past_interactions", "most_followed": "global"}
    return json(
        [
            {
                "source": sources[one.source],
                "sources": [one.source],
                "account": entities.account(call.site, people[one.account_id]),
            }
            for one in found
            if one.account_id in people
        ]
    )


async def suggestions_v1(call: Call) -> Answer:
    """GET /api/v1/suggestions, deprecated: accounts alone."""
    found = await timelines.suggestions(call.tx, call.me, call.read(Asked).most(40, MOST_PEOPLE))
    return Answer(await presenter(call).accounts(call.tx, [one.account_id for one in found]))


async def dismiss(call: Call) -> Answer:
    """DELETE /api/v1/suggestions/:account_id."""
    await timelines.dismiss_suggestion(call.tx, call.me, call.id())
    return json({})


async def lively_tags(call: Call) -> Answer:
    """GET /api/v1/trends/tags: used by three people or more within seven days."""
    asked = call.read(Asked)
    most = asked.most(10, MOST_TAGS)
    keys = await timelines.lively_tags(call.tx, most, asked.skipped)
    return json(await entities_of(call, keys), headers=call.link_by_offset(len(keys), most, asked.skipped))


async def lively_posts(call: Call) -> Answer:
    """GET /api/v1/trends/statuses: favoured or boosted by three people or more within seven days."""
    asked = call.read(Asked)
    most = asked.most(20, MOST_POSTS)
    found = await timelines.lively_posts(call.tx, call.viewer, most, asked.skipped)
    pieces = await presenter(call).page(call.tx, found, call.viewer)
    return Answer(pieces=pieces, headers=(JSON, *call.link_by_offset(len(found), most, asked.skipped)))


async def nothing(call: Call) -> Answer:
    """GET /api/v1/trends/links: no link is looked at."""
    del call
    return json([])


ROUTES = [
    route("GET", "/api/v1/directory", directory, reading()),
    route("GET", "/api/v2/suggestions", suggestions, user("read:accounts")),
    route("GET", "/api/v1/suggestions", suggestions_v1, user("read:accounts")),
    route("DELETE", "/api/v1/suggestions/{id}", dismiss, user("read:accounts")),
    route("GET", "/api/v1/trends/tags", lively_tags, reading()),
    route("GET", "/api/v1/trends", lively_tags, reading()),
    route("GET", "/api/v1/trends/statuses", lively_posts, reading("read:statuses")),
    route("GET", "/api/v1/trends/links", nothing, anyone()),
]
