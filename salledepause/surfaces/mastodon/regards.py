"""How one regards others, in the API: notes, recommendations, familiar followers.

https://docs.joinmastodon.org/methods/accounts/ and https://docs.joinmastodon.org/methods/endorsements/
"""

from __future__ import annotations

from itertools import chain

import msgspec

from salledepause.features import accounts, graph
from salledepause.kernel import ids
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.mastodon.relationships import answer, people
from salledepause.surfaces.routes import reading, route, user

MOST_AT_ONCE = 40
"""Accounts asked about in one request."""


class NoteAsked(msgspec.Struct):
    """What to keep about somebody."""

    comment: str = ""


async def note(call: Call) -> Answer:
    """POST /api/v1/accounts/:id/note."""
    await graph.note(call.tx, call.me, call.id(), call.read(NoteAsked).comment)
    return await answer(call)


async def endorse(call: Call) -> Answer:
    """POST /api/v1/accounts/:id/endorse, and its old name `pin`."""
    await graph.endorse(call.tx, call.me, call.id())
    return await answer(call)


async def unendorse(call: Call) -> Answer:
    """POST /api/v1/accounts/:id/unendorse, and its old name `unpin`."""
    await graph.unendorse(call.tx, call.me, call.id())
    return await answer(call)


async def endorsed(call: Call) -> Answer:
    """GET /api/v1/accounts/:id/endorsements."""
    return await people(call, await graph.endorsed(call.tx, call.id(), call.viewer, call.page(40, 80)))


async def own_endorsed(call: Call) -> Answer:
    """GET /api/v1/endorsements."""
    return await people(call, await graph.endorsed(call.tx, call.me, call.me, call.page(40, 80)))


class ManyAsked(msgspec.Struct):
    """Ids of accounts."""

    id: list[str] = []


async def familiar(call: Call) -> Answer:
    """GET /api/v1/accounts/familiar_followers?id[]=…: FamiliarFollowers of each account that is there."""
    asked = call.read(ManyAsked).id[:MOST_AT_ONCE]
    found = await graph.familiar(call.tx, call.me, [ids.parse(text) for text in asked if text.isascii() and text.isdigit()])
    who = await accounts.load(call.tx, set(chain.from_iterable(found.values())))
    return json(
        [
            {"id": str(key), "accounts": [entities.account(call.site, who[one]) for one in theirs if one in who]}
            for key, theirs in found.items()
        ]
    )


ACCOUNT = "/api/v1/accounts/{id}/"
ROUTES = [
    route("GET", "/api/v1/accounts/familiar_followers", familiar, user("read:follows")),
    route("GET", "/api/v1/endorsements", own_endorsed, user("read:accounts")),
    route("POST", ACCOUNT + "note", note, user("write:accounts")),
    route("GET", ACCOUNT + "endorsements", endorsed, reading("read:accounts")),
    *(route("POST", ACCOUNT + name, endorse, user("write:accounts")) for name in ("endorse", "pin")),
    *(route("POST", ACCOUNT + name, unendorse, user("write:accounts")) for name in ("unendorse", "unpin")),
]
