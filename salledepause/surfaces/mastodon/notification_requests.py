"""Whose notifications one wants, in the API: the policy, and the requests of those whose notifications were put aside.

https://docs.joinmastodon.org/methods/notifications/#get-policy and the sections after it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec
from msgspec import UNSET, UnsetType

from salledepause.features import accounts, notifications
from salledepause.features.notifications import Choice, Policy, Request
from salledepause.kernel import ids
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.surfaces.edge import Answer, Call, Handler, json
from salledepause.surfaces.mastodon import social_entities
from salledepause.surfaces.mastodon.causes import statuses_of
from salledepause.surfaces.mastodon.entities import Entity, account
from salledepause.surfaces.mastodon.shelf import presenter
from salledepause.surfaces.routes import route, user

MOST_AT_ONCE = 80
"""Requests settled in one call."""
Act = Callable[[Tx, int, Sequence[int]], Awaitable[int]]


async def policy(call: Call) -> Answer:
    """GET /api/v2/notifications/policy."""
    return await _told(call, await notifications.policy(call.tx, call.me))


class PolicyAsked(msgspec.Struct):
    """Parts of a policy; what is absent stays as it is."""

    for_not_following: Choice | UnsetType = UNSET
    for_not_followers: Choice | UnsetType = UNSET
    for_new_accounts: Choice | UnsetType = UNSET
    for_private_mentions: Choice | UnsetType = UNSET
    for_limited_accounts: Choice | UnsetType = UNSET


async def change_policy(call: Call) -> Answer:
    """PATCH /api/v2/notifications/policy."""
    return await _told(call, await notifications.change_policy(call.tx, call.me, msgspec.to_builtins(call.read(PolicyAsked))))


async def _told(call: Call, chosen: Policy) -> Answer:
    return json(social_entities.policy(chosen, await notifications.aside(call.tx, call.me)))


async def show_all(call: Call) -> Answer:
    """GET /api/v1/notifications/requests."""
    found = await notifications.requests(call.tx, call.me, call.page(40, 80))
    return json(await _entities(call, found.items), headers=call.link(found))


async def show(call: Call) -> Answer:
    """GET /api/v1/notifications/requests/:id."""
    for entity in await _entities(call, [await notifications.request(call.tx, call.me, call.id())]):
        return json(entity)
    raise Missing


async def _entities(call: Call, found: Sequence[Request]) -> list[Entity]:
    who = await accounts.load(call.tx, {one.from_id for one in found})
    said = await statuses_of(presenter(call), call.tx, call.me, [one.last for one in found if one.last])
    return [
        social_entities.request(one, account(call.site, who[one.from_id]), said.get(one.last.post.id) if one.last else None)
        for one in found
        if one.from_id in who
    ]


def _settle(act: Act) -> Handler:
    async def handler(call: Call) -> Answer:
        if not await act(call.tx, call.me, [call.id()]):
            raise Missing
        return json({})

    return handler


class ManyAsked(msgspec.Struct):
    """Ids of requests."""

    id: list[str] = []


def _settle_many(act: Act) -> Handler:
    async def handler(call: Call) -> Answer:
        await act(call.tx, call.me, [ids.parse(text) for text in call.read(ManyAsked).id[:MOST_AT_ONCE]])
        return json({})

    return handler


async def merged(call: Call) -> Answer:
    """GET /api/v1/notifications/requests/merged: always, since accepting is done at once."""
    del call
    return json({"merged": True})


POLICY, REQUESTS = "/api/v2/notifications/policy", "/api/v1/notifications/requests"
ROUTES = [
    route("GET", POLICY, policy, user("read:notifications")),
    route("PATCH", POLICY, change_policy, user("write:notifications")),
    route("GET", REQUESTS, show_all, user("read:notifications")),
    route("GET", REQUESTS + "/merged", merged, user("read:notifications")),
    route("POST", REQUESTS + "/accept", _settle_many(notifications.accept), user("write:notifications")),
    route("POST", REQUESTS + "/dismiss", _settle_many(notifications.refuse), user("write:notifications")),
    route("GET", REQUESTS + "/{id}", show, user("read:notifications")),
    route("POST", REQUESTS + "/{id}/accept", _settle(notifications.accept), user("write:notifications")),
    route("POST", REQUESTS + "/{id}/dismiss", _settle(notifications.refuse), user("write:notifications")),
]
