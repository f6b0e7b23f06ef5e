"""Lists of the API (https://docs.joinmastodon.org/methods/lists/)."""

from __future__ import annotations

import msgspec

from salledepause.features import graph, rooms
from salledepause.kernel import ids
from salledepause.kernel.page import Page
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import social_entities
from salledepause.surfaces.mastodon.accounts import of_path
from salledepause.surfaces.mastodon.relationships import people
from salledepause.surfaces.routes import route, user


class Asked(msgspec.Struct):
    """A list's title and manners; what is absent stays as it is."""

    title: str | None = None
    replies_policy: str | None = None
    exclusive: bool | None = None


async def show_all(call: Call) -> Answer:
    """GET /api/v1/lists; the rooms that one is in come after one's own lists."""
    own = [social_entities.people(one) for one in await graph.all_lists(call.tx, call.me)]
    return json(own + [social_entities.room_list(call.language, one) for one in await rooms.mine(call.tx, call.me)])


async def show(call: Call) -> Answer:
    """GET /api/v1/lists/:id."""
    if room := await rooms.one_of_mine(call.tx, call.me, call.id()):
        return json(social_entities.room_list(call.language, room))
    return json(social_entities.people(await graph.one_list(call.tx, call.me, call.id())))


async def create(call: Call) -> Answer:
    """POST /api/v1/lists."""
    asked = call.read(Asked)
    policy = asked.replies_policy or "list"
    made = await graph.create_list(call.tx, call.me, asked.title or "", policy, exclusive=bool(asked.exclusive))
    return json(social_entities.people(made))


async def change(call: Call) -> Answer:
    """PUT /api/v1/lists/:id."""
    asked = call.read(Asked)
    wanted = graph.Change(asked.title, asked.replies_policy or None, asked.exclusive)
    return json(social_entities.people(await graph.change_list(call.tx, call.me, call.id(), wanted)))


async def erase(call: Call) -> Answer:
    """DELETE /api/v1/lists/:id."""
    await graph.erase_list(call.tx, call.me, call.id())
    return json({})


class LimitAsked(msgspec.Struct):
    """How many accounts; 0: all."""

    limit: int | None = None


async def members(call: Call) -> Answer:
    """GET /api/v1/lists/:id/accounts; who is in a room is never said."""
    if await rooms.one_of_mine(call.tx, call.me, call.id()):
        return json([])
    everybody = call.read(LimitAsked).limit == 0
    page = Page(graph.MOST_MEMBERS + 1) if everybody else call.page(40, 80)
    return await people(call, await graph.members(call.tx, call.me, call.id(), page))


class MembersAsked(msgspec.Struct):
    """Accounts to put in or to take out."""

    account_ids: list[str] = []


async def add(call: Call) -> Answer:
    """POST /api/v1/lists/:id/accounts: people one follows, all or none."""
    wanted = [ids.parse(text) for text in call.read(MembersAsked).account_ids]
    await graph.add_members(call.tx, call.me, call.id(), wanted)
    return json({})


async def remove(call: Call) -> Answer:
    """DELETE /api/v1/lists/:id/accounts."""
    unwanted = [ids.parse(text) for text in call.read(MembersAsked).account_ids]
    await graph.remove_members(call.tx, call.me, call.id(), unwanted)
    return json({})


async def of_account(call: Call) -> Answer:
    """GET /api/v1/accounts/:id/lists: one's own lists that hold somebody."""
    who = await of_path(call)
    return json([social_entities.people(one) for one in await graph.lists_with(call.tx, call.me, who.id)])


ROUTES = [
    route("GET", "/api/v1/lists", show_all, user("read:lists")),
    route("POST", "/api/v1/lists", create, user("write:lists")),
    route("GET", "/api/v1/lists/{id}", show, user("read:lists")),
    route("PUT", "/api/v1/lists/{id}", change, user("write:lists")),
    route("DELETE", "/api/v1/lists/{id}", erase, user("write:lists")),
    route("GET", "/api/v1/lists/{id}/accounts", members, user("read:lists")),
    route("POST", "/api/v1/lists/{id}/accounts", add, user("write:lists")),
    route("DELETE", "/api/v1/lists/{id}/accounts", remove, user("write:lists")),
    route("GET", "/api/v1/accounts/{id}/lists", of_account, user("read:lists")),
]
