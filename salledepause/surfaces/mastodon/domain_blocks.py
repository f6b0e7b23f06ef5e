"""Servers that the house limits, for everybody to read, and those that one blocks oneself.

https://docs.joinmastodon.org/methods/instance/#domain_blocks and https://docs.joinmastodon.org/methods/domain_blocks/
"""

from __future__ import annotations

import msgspec

from salledepause.features import graph
from salledepause.features.moderation import domains
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import admin_entities
from salledepause.surfaces.routes import anyone, route, user


async def of_the_house(call: Call) -> Answer:
    """GET /api/v1/instance/domain_blocks."""
    return json([admin_entities.public_domain_block(one) for one in await domains.public_blocks(call.tx)])


class Asked(msgspec.Struct):
    """A server."""

    domain: str = ""


async def blocked(call: Call) -> Answer:
    """GET /api/v1/domain_blocks."""
    found = await graph.blocked_domains(call.tx, call.me, call.page(100, 200))
    return json(found.items, headers=call.link(found))


async def block(call: Call) -> Answer:
    """POST /api/v1/domain_blocks."""
    await graph.block_domain(call.tx, call.me, call.read(Asked).domain)
    return json({})


async def unblock(call: Call) -> Answer:
    """DELETE /api/v1/domain_blocks."""
    await graph.unblock_domain(call.tx, call.me, call.read(Asked).domain)
    return json({})


ROUTES = [
    route("GET", "/api/v1/instance/domain_blocks", of_the_house, anyone()),
    route("GET", "/api/v1/domain_blocks", blocked, user("read:blocks")),
    route("POST", "/api/v1/domain_blocks", block, user("write:blocks")),
    route("DELETE", "/api/v1/domain_blocks", unblock, user("write:blocks")),
]
