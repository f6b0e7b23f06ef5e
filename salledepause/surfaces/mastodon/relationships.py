"""What ties people, in the API: follows, requests, blocks, mutes (https://docs.joinmastodon.org/methods/accounts/)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from salledepause.features import accounts, graph
from salledepause.features.graph import Follow
from salledepause.kernel import ids
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Listed
from salledepause.surfaces.edge import JSON, Answer, Call, Handler, json
from salledepause.surfaces.mastodon import social_entities
from salledepause.surfaces.mastodon.shelf import presenter
from salledepause.surfaces.routes import reading, route, user

Act = Callable[[Tx, int, int], Awaitable[None]]

MOST_AT_ONCE = 200
"""Relationships answered in one request."""


async def answer(call: Call) -> Answer:
    """Return the relationship with the account of the path."""
    return json(social_entities.relationship(await graph.relationship(call.tx, call.me, call.id())))


def _act(act: Act) -> Handler:
    async def handler(call: Call) -> Answer:
        await act(call.tx, call.me, call.id())
        return await answer(call)

    return handler


class FollowAsked(msgspec.Struct):
    """How to follow; what is absent stays as it is."""

    reblogs: bool | None = None
    notify: bool | None = None
    languages: list[str] | None = None


async def follow(call: Call) -> Answer:
    """POST /api/v1/accounts/:id/follow."""
    asked = call.read(FollowAsked)
    languages = None if asked.languages is None else tuple(code for code in asked.languages if code)
    await graph.follow(call.tx, call.me, call.id(), Follow(asked.reblogs, asked.notify, languages))
    return await answer(call)


class MuteAsked(msgspec.Struct):
    """How to mute; `duration` is in seconds, 0 for ever."""

    notifications: bool = True
    duration: int = 0


async def mute(call: Call) -> Answer:
    """POST /api/v1/accounts/:id/mute."""
    asked = call.read(MuteAsked)
    await graph.mute(call.tx, call.me, call.id(), notifications=asked.notifications, seconds=asked.duration)
    return await answer(call)


class ManyAsked(msgspec.Struct):
    """Ids of accounts."""

    id: list[str] = []
    with_suspended: bool = False


async def several(call: Call) -> Answer:
    """GET /api/v1/accounts/relationships?id[]=…; those that are gone are left out."""
    asked = call.read(ManyAsked)
    wanted = [ids.parse(text) for text in asked.id[:MOST_AT_ONCE] if text.isascii() and text.isdigit()]
    found = await graph.relationships(call.tx, call.me, wanted, suspended=asked.with_suspended)
    return json([social_entities.relationship(one) for one in found])


async def people(call: Call, found: Listed[int]) -> Answer:
    """Return a page of accounts with its Link header."""
    return Answer(await presenter(call).accounts(call.tx, found.items), 200, (JSON, *call.link(found)))


async def followers(call: Call) -> Answer:
    """GET /api/v1/accounts/:id/followers."""
    return await people(call, await graph.followers(call.tx, call.id(), call.viewer, call.page(40, 80)))


async def following(call: Call) -> Answer:
    """GET /api/v1/accounts/:id/following."""
    return await people(call, await graph.following(call.tx, call.id(), call.viewer, call.page(40, 80)))


async def requests(call: Call) -> Answer:
    """GET /api/v1/follow_requests."""
    return await people(call, await graph.requests(call.tx, call.me, call.page(40, 80)))


async def blocks(call: Call) -> Answer:
    """GET /api/v1/blocks."""
    return await people(call, await graph.blocked(call.tx, call.me, call.page(40, 80)))


async def mutes(call: Call) -> Answer:
    """GET /api/v1/mutes: accounts, and until when."""
    found = await graph.muted(call.tx, call.me, call.page(40, 80))
    who = await accounts.load(call.tx, [one.account_id for one in found.items])
    muted = [
        social_entities.muted_account(call.site, who[one.account_id], one.expires_at)
        for one in found.items
        if one.account_id in who
    ]
    return json(muted, headers=call.link(found))


ACCOUNT = "/api/v1/accounts/{id}/"
REQUEST = "/api/v1/follow_requests/{id}/"
ROUTES = [
    route("GET", "/api/v1/accounts/relationships", several, user("read:follows")),
    route("POST", ACCOUNT + "follow", follow, user("write:follows")),
    route("POST", ACCOUNT + "unfollow", _act(graph.unfollow), user("write:follows")),
    route("POST", ACCOUNT + "remove_from_followers", _act(graph.remove_follower), user("write:follows")),
    route("POST", ACCOUNT + "block", _act(graph.block), user("write:blocks")),
    route("POST", ACCOUNT + "unblock", _act(graph.unblock), user("write:blocks")),
    route("POST", ACCOUNT + "mute", mute, user("write:mutes")),
    route("POST", ACCOUNT + "unmute", _act(graph.unmute), user("write:mutes")),
    route("GET", ACCOUNT + "followers", followers, reading("read:accounts")),
    route("GET", ACCOUNT + "following", following, reading("read:accounts")),
    route("GET", "/api/v1/follow_requests", requests, user("read:follows")),
    route("POST", REQUEST + "authorize", _act(graph.authorize), user("write:follows")),
    route("POST", REQUEST + "reject", _act(graph.reject), user("write:follows")),
    route("GET", "/api/v1/blocks", blocks, user("read:blocks")),
    route("GET", "/api/v1/mutes", mutes, user("read:mutes")),
]
