"""Conversations of the API: threads of direct posts (https://docs.joinmastodon.org/methods/conversations/)."""

from __future__ import annotations

import msgspec

from salledepause.features import timelines
from salledepause.features.timelines import Conversation
from salledepause.kernel.db import Tx
from salledepause.surfaces.edge import JSON, Answer, Call, json
from salledepause.surfaces.mastodon.shelf import Presenter, presenter
from salledepause.surfaces.routes import route, user


async def conversation_bytes(shelf: Presenter, tx: Tx, one: Conversation, viewer: int) -> bytes:
    """Return a Conversation as JSON; whoever speaks alone is shown to themselves."""
    said = await shelf.statuses(tx, [one.last], viewer)
    people = await shelf.accounts(tx, one.people or (viewer,))
    head = msgspec.json.encode({"id": str(one.id), "unread": one.unread})
    return head[:-1] + b',"accounts":' + people + b',"last_status":' + (said[0] if said else b"null") + b"}"


async def show_all(call: Call) -> Answer:
    """GET /api/v1/conversations."""
    found = await timelines.conversations(call.tx, call.me, call.page())
    shown = [await conversation_bytes(presenter(call), call.tx, one, call.me) for one in found.items]
    return Answer(b"[" + b",".join(shown) + b"]", 200, (JSON, *call.link(found)))


async def read(call: Call) -> Answer:
    """POST /api/v1/conversations/:id/read."""
    found = await timelines.read_conversation(call.tx, call.me, call.id())
    return Answer(await conversation_bytes(presenter(call), call.tx, found, call.me))


async def hide(call: Call) -> Answer:
    """DELETE /api/v1/conversations/:id: it comes back when somebody speaks in it again."""
    await timelines.hide_conversation(call.tx, call.me, call.id())
    return json({})


ROUTES = [
    route("GET", "/api/v1/conversations", show_all, user("read:statuses")),
    route("POST", "/api/v1/conversations/{id}/read", read, user("write:conversations")),
    route("DELETE", "/api/v1/conversations/{id}", hide, user("write:conversations")),
]
