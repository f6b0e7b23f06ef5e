"""What the hosts announce, as everybody reads it: at the top of the home until it is put away, and on a page of its own."""

from __future__ import annotations

from typing import Any

import msgspec

from salledepause.features import announcements
from salledepause.kernel.errors import Missing
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import reading, route, user
from salledepause.surfaces.web import answers, guests, messages
from salledepause.surfaces.web.navigation import Destination
from salledepause.surfaces.web.rendering import page

HERE = "/annonces"
QUICK = ("👍", "🙏", "🎉", "😂", "😢", "☕")
"""Emojis offered under an announcement; apps send any other."""


async def fresh(call: Call) -> dict[str, Any]:
    """Return what `announced.html` is filled with: the announcements that who looks has not put away."""
    found = await announcements.shown(call.tx, call.viewer)
    return {"announced": [one for one in found if not one.read], "quick": QUICK, "emojis": call.site.emojis}


async def show(call: Call) -> Answer:
    """GET /annonces: all that is announced now, those put away too."""
    found = await announcements.shown(call.tx, call.viewer)
    return page(call, "announced_page.html", announced=found, quick=QUICK, emojis=call.site.emojis)


class Pressed(msgspec.Struct):
    """An emoji, and where to come back."""

    name: str = ""
    back: str = "/"


async def put_away(call: Call) -> Answer:
    """POST /annonces/{id}/lue: show it at the top of the home no more."""
    await announcements.dismiss(call.tx, call.me, call.id())
    told = messages.notice("Rangée : elle reste lisible dans les annonces.", call)
    return answers.back(call, call.read(Pressed).back, told)


async def react(call: Call) -> Answer:
    """POST /annonces/{id}/reactions: add an emoji, or take back one's own."""
    pressed = call.read(Pressed)
    try:
        one = await announcements.one_shown(call.tx, call.me, call.id())
        mine = {each.name for each in one.reactions if each.mine}
        if pressed.name in mine:
            await announcements.unreact(call.tx, call.me, call.id(), pressed.name)
        else:
            await announcements.react(call.tx, call.me, call.id(), pressed.name, call.site.emojis)
    except Missing:
        return answers.back(call, pressed.back, messages.notice("Cette annonce vient d'être retirée.", call))
    return answers.back(call, f"{pressed.back}#annonce-{call.id()}")


DESTINATIONS = [Destination("Annonces", HERE, "megaphone", rank=88, group="house")]
ROUTES = [
    route("GET", HERE, show, reading()),
    route("POST", HERE + "/{id}/lue", guests.guarded(put_away), user("")),
    route("POST", HERE + "/{id}/reactions", guests.guarded(react), user("")),
]
