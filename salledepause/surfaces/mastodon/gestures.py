"""Gestures on statuses: favourite, boost, bookmark, pin, muting the thread; and who made them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from salledepause.features import posts
from salledepause.features.posts import Gesture
from salledepause.kernel.db import Tx
from salledepause.surfaces.edge import JSON, Answer, Call, Handler
from salledepause.surfaces.mastodon.shelf import presenter
from salledepause.surfaces.mastodon.statuses import answer, audience
from salledepause.surfaces.routes import reading, route, user

Act = Callable[[Tx, int, int], Awaitable[int]]


def _gesture(act: Act) -> Handler:
    async def handler(call: Call) -> Answer:
        return await answer(call, await act(call.tx, call.me, call.id()))

    return handler


class BoostAsked(msgspec.Struct):
    """Parameters of a boost."""

    visibility: str | None = None


async def boost(call: Call) -> Answer:
    """POST /api/v1/statuses/:id/reblog; answers the boost, which holds the boosted status."""
    return await answer(call, await posts.boost(call.tx, call.me, call.id(), audience(call.read(BoostAsked).visibility)))


def _who(kind: Gesture) -> Handler:
    async def handler(call: Call) -> Answer:
        found = await posts.gesturers(call.tx, call.id(), kind, call.page(40, 80), call.viewer)
        return Answer(await presenter(call).accounts(call.tx, found.items), 200, (JSON, *call.link(found)))

    return handler


GESTURE = "/api/v1/statuses/{id}/"
ROUTES = [
    route("POST", GESTURE + "favourite", _gesture(posts.favourite), user("write:favourites")),
    route("POST", GESTURE + "unfavourite", _gesture(posts.unfavourite), user("write:favourites")),
    route("POST", GESTURE + "reblog", boost, user("write:statuses")),
    route("POST", GESTURE + "unreblog", _gesture(posts.unboost), user("write:statuses")),
    route("POST", GESTURE + "bookmark", _gesture(posts.bookmark), user("write:bookmarks")),
    route("POST", GESTURE + "unbookmark", _gesture(posts.unbookmark), user("write:bookmarks")),
    route("POST", GESTURE + "pin", _gesture(posts.pin), user("write:accounts")),
    route("POST", GESTURE + "unpin", _gesture(posts.unpin), user("write:accounts")),
    route("POST", GESTURE + "mute", _gesture(posts.mute_thread), user("write:mutes")),
    route("POST", GESTURE + "unmute", _gesture(posts.unmute_thread), user("write:mutes")),
    route("GET", GESTURE + "reblogged_by", _who(Gesture.BOOST), reading("read:statuses")),
    route("GET", GESTURE + "favourited_by", _who(Gesture.FAVOURITE), reading("read:statuses")),
]
