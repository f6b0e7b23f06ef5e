"""Gestures of one button: like, share, keep, erase; follow, hide, block."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from salledepause.features import accounts, graph, posts
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import addresses, guests, safety

Act = Callable[[Tx, int, int], Awaitable[object]]

TO_POSTS: dict[str, Act] = {
    "like": posts.favourite,
    "unlike": posts.unfavourite,
    "share": posts.boost,
    "unshare": posts.unboost,
    "keep": posts.bookmark,
    "unkeep": posts.unbookmark,
}
TO_PEOPLE: dict[str, Act] = {
    "follow": graph.follow,
    "unfollow": graph.unfollow,
    "hide": graph.mute,
    "unhide": graph.unmute,
    "block": graph.block,
    "unblock": graph.unblock,
}
"""What each button does, by its value."""


class Pressed(msgspec.Struct):
    """A button and where to come back."""

    gesture: str = ""
    back: str = "/"


async def on_post(call: Call) -> Answer:
    """POST /gestes/{id}: make a gesture to a post."""
    pressed = call.read(Pressed)
    if pressed.gesture not in TO_POSTS:
        raise Missing
    await TO_POSTS[pressed.gesture](call.tx, call.me, call.id())
    return safety.to(addresses.header_value(f"{addresses.own(pressed.back)}#p{call.id()}"))


async def erase(call: Call) -> Answer:
    """POST /gestes/{id}/effacer: erase one's own post; its files go after the commit."""
    blobs = await posts.erase(call.tx, call.me, call.id())
    call.tx.afterwards.extend(lambda key=key: call.site.blobs.drop(key) for key in blobs)  # type: ignore[misc]
    return safety.to(addresses.header_value(addresses.own(call.read(Pressed).back)))


async def on_person(call: Call) -> Answer:
    """POST /personnes/{id}: change what ties one to somebody."""
    pressed = call.read(Pressed)
    if pressed.gesture not in TO_PEOPLE:
        raise Missing
    who = await accounts.one(call.tx, call.id())
    await TO_PEOPLE[pressed.gesture](call.tx, call.me, who.id)
    return safety.to(addresses.header_value(addresses.profile(who.handle)))


ROUTES = [
    route("POST", "/gestes/{id}", guests.guarded(on_post), user("")),
    route("POST", "/gestes/{id}/effacer", guests.guarded(erase), user("")),
    route("POST", "/personnes/{id}", guests.guarded(on_person), user("")),
]
