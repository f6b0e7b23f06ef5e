"""Tags one follows: what is said under them in the open comes to one's home."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from salledepause.features import graph
from salledepause.kernel.errors import Missing
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import addresses, answers, guests, messages, wording
from salledepause.surfaces.web.listing import around
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

PAGE = 100


class Chosen(msgspec.Struct):
    """A tag, and what to do about it."""

    tag: str = ""
    gesture: Literal["follow", "unfollow"] = "follow"
    back: str = "/mots"


async def show(call: Call) -> Answer:
    """GET /mots."""
    return await _words(call, {})


async def _words(call: Call, problems: dict[str, str], named: str = "") -> Answer:
    found = await graph.followed_tags(call.tx, call.me, call.page(PAGE, PAGE))
    values: dict[str, Any] = {"tags": found.items, "around": around(call, found), "problems": problems, "named": named}
    return page(call, "followed_tags.html", **values)


async def choose(call: Call) -> Answer:
    """POST /mots: follow a tag, or follow it no more."""
    chosen = call.read(Chosen)
    bare = chosen.tag.strip().removeprefix("#")
    try:
        act = graph.follow_tag if chosen.gesture == "follow" else graph.unfollow_tag
        key = await act(call.tx, call.me, bare)
    except Missing:
        told = wording.said("Un mot : des lettres, des chiffres, sans espace.", call.language)
        return await _words(call, {"mot": told}, chosen.tag[:100])
    said = "Vous suivez #{tag}." if chosen.gesture == "follow" else "Vous ne suivez plus #{tag}."
    other = "unfollow" if chosen.gesture == "follow" else "follow"
    undo = messages.Undo("/mots", {"tag": key, "gesture": other})
    return answers.back(call, addresses.own(chosen.back, "/mots"), messages.notice(said, call, undo, tag=key))


DESTINATIONS = [Destination("Mots suivis", "/mots", "pin", Who.MEMBER, rank=56, group="mine")]
ROUTES = [route("GET", "/mots", show, user("")), route("POST", "/mots", guests.guarded(choose), user(""))]
