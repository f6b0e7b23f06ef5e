"""Collections of the API: people recommended together (https://docs.joinmastodon.org/methods/collections/, 4.6)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from salledepause.features import accounts, graph
from salledepause.features.graph import Collected, Collection, CollectionChange
from salledepause.kernel import clock, ids
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.site import Site
from salledepause.kernel.text import tag_key
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.routes import reading, route, user

DEFAULT, MOST, FAREST = 40, 80, 10_000


class Asked(msgspec.Struct):
    """What to write of a collection, and whom to put in a new one; what is absent stays as it is."""

    name: str | None = None
    description: str | None = None
    language: str | None = None
    tag_name: str | None = None
    sensitive: bool | None = None
    discoverable: bool | None = None
    account_ids: list[str] = []

    @property
    def change(self) -> CollectionChange:
        """The same, as the graph takes it."""
        return CollectionChange(self.name, self.description, self.language, self.tag_name, self.sensitive, self.discoverable)


async def create(call: Call) -> Answer:
    """POST /api/v1/collections."""
    asked = call.read(Asked)
    made = await graph.create_collection(call.tx, call.me, asked.change, [ids.parse(one) for one in asked.account_ids])
    return await _wrapped(call, made)


async def show(call: Call) -> Answer:
    """GET /api/v1/collections/:id: a CollectionWithAccounts, its owner first."""
    found = await graph.collection(call.tx, call.id(), call.viewer)
    [entity] = await entities_of(call.site, call.tx, call.viewer, [found])
    wanted = list(dict.fromkeys([found.account_id, *(int(item["account_id"]) for item in entity["items"])]))
    who = await accounts.load(call.tx, wanted)
    shown = [entities.account(call.site, who[one]) for one in wanted if one in who]
    return json({"accounts": shown, "collection": entity})


async def change(call: Call) -> Answer:
    """PATCH /api/v1/collections/:id."""
    return await _wrapped(call, await graph.change_collection(call.tx, call.me, call.id(), call.read(Asked).change))


async def erase(call: Call) -> Answer:
    """DELETE /api/v1/collections/:id."""
    await graph.erase_collection(call.tx, call.me, call.id())
    return json({})


class PageAsked(msgspec.Struct):
    """Which part of a list that has no cursors."""

    limit: int | None = None
    offset: int = 0

    @property
    def bounds(self) -> tuple[int, int]:
        """How many, and how many are left out before."""
        most = DEFAULT if self.limit is None else max(1, min(self.limit, MOST))
        return most, max(0, min(self.offset, FAREST))


async def of_account(call: Call) -> Answer:
    """GET /api/v1/accounts/:id/collections."""
    found = await graph.collections_of(call.tx, call.id(), call.viewer, *call.read(PageAsked).bounds)
    return json({"collections": await entities_of(call.site, call.tx, call.viewer, found)})


async def with_account(call: Call) -> Answer:
    """GET /api/v1/accounts/:id/in_collections: those that one is in oneself; 404 for anybody else, as in Mastodon."""
    if call.id() != call.me:
        raise Missing
    found = await graph.collections_with(call.tx, call.me, *call.read(PageAsked).bounds)
    return json({"collections": await entities_of(call.site, call.tx, call.me, found)})


class ItemAsked(msgspec.Struct):
    """Whom to put in."""

    account_id: str = ""


async def add(call: Call) -> Answer:
    """POST /api/v1/collections/:collection_id/items."""
    made = await graph.collect(call.tx, call.me, call.id(), ids.parse(call.read(ItemAsked).account_id))
    return json({"collection_item": _item(made)})


async def remove(call: Call) -> Answer:
    """DELETE /api/v1/collections/:collection_id/items/:id, by its owner."""
    await graph.take_out(call.tx, call.me, call.id(), call.id("item"))
    return json({})


class LeavingAsked(msgspec.Struct):
    """Whether one leaves all that its owner gathers, now and later; ours."""

    everywhere: bool = False


async def revoke(call: Call) -> Answer:
    """POST /api/v1/collections/:collection_id/items/:id/revoke, by who is in it: for good."""
    leave = graph.refuse_recommendations if call.read(LeavingAsked).everywhere else graph.leave_collection
    await leave(call.tx, call.me, call.id(), call.id("item"))
    return json({})


async def _wrapped(call: Call, one: Collection) -> Answer:
    [entity] = await entities_of(call.site, call.tx, call.viewer, [one])
    return json({"collection": entity})


async def entities_of(site: Site, tx: Tx, viewer: int | None, found: Sequence[Collection]) -> list[Entity]:
    """Return Collections (https://docs.joinmastodon.org/entities/Collection/) as the viewer may see them."""
    held = await graph.collected(tx, [one.id for one in found], viewer)
    return [_entity(site, one, held.get(one.id, [])) for one in found]


def _entity(site: Site, one: Collection, items: Sequence[Collected]) -> Entity:
    return {
        "id": str(one.id),
        "account_id": str(one.account_id),
        "uri": site.url(f"/api/v1/collections/{one.id}"),
        "url": site.url(f"/collections/{one.id}"),
        "name": one.name,
        "description": one.description,
        "language": one.language,
        "local": True,
        "sensitive": one.sensitive,
        "discoverable": one.discoverable,
        "tag": {"name": one.tag, "url": entities.tag_url(site, tag_key(one.tag))} if one.tag else None,
        "created_at": clock.iso(ids.made_at(one.id)),
        "updated_at": clock.iso(one.updated_at),
        "item_count": len(items),
        "items": [_item(item) for item in items],
    }


def _item(one: Collected) -> Entity:
    made = clock.iso(ids.made_at(one.id))
    return {"id": str(one.id), "account_id": str(one.account_id), "state": "accepted", "created_at": made}


ALL, ONE, ITEM = "/api/v1/collections", "/api/v1/collections/{id}", "/api/v1/collections/{id}/items/{item}"
ROUTES = [
    route("POST", ALL, create, user("write:collections")),
    route("GET", ONE, show, reading("read:collections")),
    route("PATCH", ONE, change, user("write:collections")),
    route("DELETE", ONE, erase, user("write:collections")),
    route("POST", ONE + "/items", add, user("write:collections")),
    route("DELETE", ITEM, remove, user("write:collections")),
    route("POST", ITEM + "/revoke", revoke, user("write:collections")),
    route("GET", "/api/v1/accounts/{id}/collections", of_account, reading("read:collections")),
    route("GET", "/api/v1/accounts/{id}/in_collections", with_account, user("read:collections")),
]
