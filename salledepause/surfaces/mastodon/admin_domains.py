"""Rules for other servers, as hosts make them.

https://docs.joinmastodon.org/methods/admin/domain_blocks/ and https://docs.joinmastodon.org/methods/admin/domain_allows/
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from salledepause.features.moderation import domains
from salledepause.features.moderation.domains import AlreadyBlocked, DomainRule, Severity
from salledepause.kernel import words
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import admin_entities
from salledepause.surfaces.routes import route, user

DEFAULT, MOST = 100, 200
"""Servers of a page."""


class BlockAsked(msgspec.Struct):
    """A server and how to treat it; what is absent stays."""

    domain: str = ""
    severity: Severity | UnsetType = UNSET
    reject_media: bool | UnsetType = UNSET
    reject_reports: bool | UnsetType = UNSET
    private_comment: str | UnsetType = UNSET
    public_comment: str | UnsetType = UNSET
    obfuscate: bool | UnsetType = UNSET

    @property
    def rule(self) -> DomainRule:
        """The rule alone."""
        return DomainRule(**{name: getattr(self, name) for name in DomainRule.__struct_fields__})


async def blocks(call: Call) -> Answer:
    """GET /api/v1/admin/domain_blocks."""
    found = await domains.blocks(call.tx, call.me, call.page(DEFAULT, MOST))
    return json([admin_entities.domain_block(one) for one in found.items], headers=call.link(found))


async def block(call: Call) -> Answer:
    """GET /api/v1/admin/domain_blocks/:id."""
    return json(admin_entities.domain_block(await domains.one_block(call.tx, call.me, call.id())))


async def make_block(call: Call) -> Answer:
    """POST /api/v1/admin/domain_blocks; 422 with the rule that there is, when there is one."""
    asked = call.read(BlockAsked)
    try:
        return json(admin_entities.domain_block(await domains.block(call.tx, call.me, asked.domain, asked.rule)))
    except AlreadyBlocked as refusal:
        told = words.told(refusal, call.language)
        return json({"error": told, "existing_domain_block": admin_entities.domain_block(refusal.block)}, refusal.status)


async def change_block(call: Call) -> Answer:
    """PUT /api/v1/admin/domain_blocks/:id; the server stays the same."""
    block_id = (await domains.one_block(call.tx, call.me, call.id())).id
    return json(admin_entities.domain_block(await domains.change_block(call.tx, call.me, block_id, call.read(BlockAsked).rule)))


async def drop_block(call: Call) -> Answer:
    """DELETE /api/v1/admin/domain_blocks/:id."""
    await domains.unblock(call.tx, call.me, call.id())
    return json({})


class AllowAsked(msgspec.Struct):
    """A server."""

    domain: str = ""


async def allows(call: Call) -> Answer:
    """GET /api/v1/admin/domain_allows."""
    found = await domains.allows(call.tx, call.me, call.page(DEFAULT, MOST))
    return json([admin_entities.domain_allow(one) for one in found.items], headers=call.link(found))


async def allow(call: Call) -> Answer:
    """GET /api/v1/admin/domain_allows/:id."""
    return json(admin_entities.domain_allow(await domains.one_allow(call.tx, call.me, call.id())))


async def make_allow(call: Call) -> Answer:
    """POST /api/v1/admin/domain_allows."""
    return json(admin_entities.domain_allow(await domains.allow(call.tx, call.me, call.read(AllowAsked).domain)))


async def drop_allow(call: Call) -> Answer:
    """DELETE /api/v1/admin/domain_allows/:id."""
    await domains.disallow(call.tx, call.me, call.id())
    return json({})


BLOCKS, ALLOWS = "/api/v1/admin/domain_blocks", "/api/v1/admin/domain_allows"
ROUTES = [
    route("GET", BLOCKS, blocks, user("admin:read:domain_blocks")),
    route("GET", BLOCKS + "/{id}", block, user("admin:read:domain_blocks")),
    route("POST", BLOCKS, make_block, user("admin:write:domain_blocks")),
    route("PUT", BLOCKS + "/{id}", change_block, user("admin:write:domain_blocks")),
    route("DELETE", BLOCKS + "/{id}", drop_block, user("admin:write:domain_blocks")),
    route("GET", ALLOWS, allows, user("admin:read:domain_allows")),
    route("GET", ALLOWS + "/{id}", allow, user("admin:read:domain_allows")),
    route("POST", ALLOWS, make_allow, user("admin:write:domain_allows")),
    route("DELETE", ALLOWS + "/{id}", drop_allow, user("admin:write:domain_allows")),
]
