"""Tags of the API: shown, followed, featured (https://docs.joinmastodon.org/methods/tags/)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from salledepause.features import graph
from salledepause.features.graph import FeaturedTag
from salledepause.features.posts import tags
from salledepause.kernel.db import Tx
from salledepause.kernel.text import tag_key
from salledepause.surfaces.edge import Answer, Call, Handler, json
from salledepause.surfaces.mastodon import social_entities
from salledepause.surfaces.mastodon.accounts import of_path
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.routes import reading, route, user

Act = Callable[[Tx, int, str], Awaitable[Any]]
SUGGESTED = 10
"""Tags offered to put on one's profile."""


async def entities_of(call: Call, keys: Sequence[str]) -> list[Entity]:
    """Return Tags, in the order of their keys, with what the viewer follows and shows of them."""
    followed = await graph.followed_among(call.tx, call.viewer, keys)
    featured = await graph.featured_among(call.tx, call.viewer, keys)
    known = call.viewer is not None
    return [
        social_entities.tag(
            call.site, one, following=one.key in followed if known else None, featuring=one.key in featured if known else None
        )
        for one in await tags.facts(call.tx, keys)
    ]


async def show(call: Call) -> Answer:
    """GET /api/v1/tags/:name, used or not; raises Missing for what can be no tag."""
    key = tag_key(graph.named_tag(call.text("name")))
    return json((await entities_of(call, [key]))[0])


def _act(act: Act) -> Handler:
    async def handler(call: Call) -> Answer:
        await act(call.tx, call.me, call.text("name"))
        return await show(call)

    return handler


async def followed(call: Call) -> Answer:
    """GET /api/v1/followed_tags."""
    found = await graph.followed_tags(call.tx, call.me, call.page(100, 200))
    return json(await entities_of(call, found.items), headers=call.link(found))


async def _featured(call: Call, account_id: int, shown: Sequence[FeaturedTag]) -> list[Entity]:
    uses = await tags.uses(call.tx, account_id, [one.tag for one in shown])
    return [social_entities.featured_tag(call.site, one, uses.get(one.tag)) for one in shown]


async def featured(call: Call) -> Answer:
    """GET /api/v1/featured_tags."""
    return json(await _featured(call, call.me, await graph.featured_tags(call.tx, call.me)))


async def of_account(call: Call) -> Answer:
    """GET /api/v1/accounts/:id/featured_tags; a suspended account shows none."""
    one = await of_path(call)
    shown = await graph.featured_tags(call.tx, one.id) if one.state != "suspended" else []
    return json(await _featured(call, one.id, shown))


class FeatureAsked(msgspec.Struct):
    """The tag to show."""

    name: str = ""


async def feature(call: Call) -> Answer:
    """POST /api/v1/featured_tags."""
    made = await graph.feature_tag(call.tx, call.me, call.read(FeatureAsked).name)
    return json((await _featured(call, call.me, [made]))[0])


async def unfeature(call: Call) -> Answer:
    """DELETE /api/v1/featured_tags/:id."""
    await graph.unfeature(call.tx, call.me, call.id())
    return json({})


async def suggestions(call: Call) -> Answer:
    """GET /api/v1/featured_tags/suggestions: the tags one uses most and does not show yet."""
    used = await tags.most_used(call.tx, call.me, SUGGESTED + graph.MOST_FEATURED_TAGS)
    shown = await graph.featured_among(call.tx, call.me, used)
    return json(await entities_of(call, [key for key in used if key not in shown][:SUGGESTED]))


ROUTES = [
    route("GET", "/api/v1/tags/{name}", show, reading()),
    route("POST", "/api/v1/tags/{name}/follow", _act(graph.follow_tag), user("write:follows")),
    route("POST", "/api/v1/tags/{name}/unfollow", _act(graph.unfollow_tag), user("write:follows")),
    route("POST", "/api/v1/tags/{name}/feature", _act(graph.feature_tag), user("write:accounts")),
    route("POST", "/api/v1/tags/{name}/unfeature", _act(graph.unfeature_tag), user("write:accounts")),
    route("GET", "/api/v1/followed_tags", followed, user("read:follows")),
    route("GET", "/api/v1/featured_tags", featured, user("read:accounts")),
    route("POST", "/api/v1/featured_tags", feature, user("write:accounts")),
    route("GET", "/api/v1/featured_tags/suggestions", suggestions, user("read:accounts")),
    route("DELETE", "/api/v1/featured_tags/{id}", unfeature, user("write:accounts")),
    route("GET", "/api/v1/accounts/{id}/featured_tags", of_account, reading("read:accounts")),
]
