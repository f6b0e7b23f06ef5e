"""What is lively, as hosts see it: the same as everybody, since nothing waits for their review.

https://docs.joinmastodon.org/methods/admin/trends/
"""

from __future__ import annotations

from salledepause.features import moderation, timelines
from salledepause.surfaces.edge import Answer, Call, Handler, json
from salledepause.surfaces.mastodon import discovery
from salledepause.surfaces.mastodon.discovery import MOST_TAGS, Asked
from salledepause.surfaces.mastodon.tags import entities_of
from salledepause.surfaces.routes import route, user


def _for_hosts(handler: Handler) -> Handler:
    async def kept(call: Call) -> Answer:
        await moderation.keeper(call.tx, call.me)
        return await handler(call)

    return kept


async def tags(call: Call) -> Answer:
    """GET /api/v1/admin/trends/tags: Tags, and that each may be used and shown without anybody's review."""
    asked = call.read(Asked)
    keys = await timelines.lively_tags(call.tx, asked.most(10, MOST_TAGS), asked.skipped)
    free = {"trendable": True, "usable": True, "requires_review": False}
    return json([tag | free for tag in await entities_of(call, keys)])


TRENDS = "/api/v1/admin/trends/"
ROUTES = [
    route("GET", TRENDS + "tags", _for_hosts(tags), user("admin:read")),
    route("GET", TRENDS + "statuses", _for_hosts(discovery.lively_posts), user("admin:read")),
    route("GET", TRENDS + "links", _for_hosts(discovery.nothing), user("admin:read")),
]
