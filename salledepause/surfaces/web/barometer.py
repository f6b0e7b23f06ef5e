"""The barometer of rooms as people read it: a line at a room's head, a page that tells its rule, what who keeps a room does."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from salledepause.features import accounts, barometer, rooms, timelines
from salledepause.features.barometer import State
from salledepause.features.posts import Seen
from salledepause.features.rooms import View
from salledepause.kernel.page import Listed
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import reading, route, user
from salledepause.surfaces.web import answers, guests, listing, messages
from salledepause.surfaces.web.rendering import page

HERE = "/barometre"
TENSIONS = {State.CALM: "Calme", State.TENSE: "Tendu", State.RED: "Rouge"}
SIGNS = {
    "sharp": "des mots qui blessent",
    "grave": "des menaces, de la haine ou des mots sexuels sur quelqu'un",
    "crowd": "beaucoup de réponses à une même personne",
    "report": "des signalements aux hôtes",
}
DONE = {
    "lift": "C'est levé : la pièce repart du calme.",
    "stop": "Le baromètre est éteint dans cette pièce.",
    "start": "Le baromètre est rallumé, et part du calme.",
}


def _minutes(length: Any) -> int:
    return int(length.total_seconds() // 60)


RULE: dict[str, Any] = {
    "window": _minutes(barometer.WINDOW),
    "weights": {kind: round(weight) for kind, weight in barometer.WEIGHTS.items()},
    "crowd": barometer.CROWD,
    "crowded": _minutes(barometer.CROWDED_WITHIN),
    "most": round(barometer.MOST_OF_ONE),
    "days": accounts.SETTLED.days,
    "fewest": barometer.FEWEST,
    "share": barometer.SHARE,
    "volume": barometer.VOLUME,
    "heat": {str(state): round(bar) for state, bar in barometer.HEAT.items()},
    "left": {str(state): round(bar) for state, bar in barometer.LEFT_BELOW.items()},
    "rest": _minutes(barometer.REST),
    "pace": _minutes(barometer.BRAKE),
}
"""The numbers of the rule, as its page tells them."""


class Ordered(msgspec.Struct):
    """In which order one reads a room: calm posts first, or by time; by itself, one begins with the calm ones where it is red."""

    ordre: Literal["", "calme", "temps"] = ""


async def read(call: Call, one: View, asked: listing.Asked) -> tuple[Listed[Seen], dict[str, Any]]:
    """Return a page of a room in the order that it is read in, and what its head says of its barometer."""
    if not one.reads:
        return Listed([]), {"dial": None, "calm": False}
    window, dial, calm, wish = listing.window(call, asked), None, False, ""
    if barometer.gauged(one.room):
        dial = await barometer.dial(call.tx, call.viewer, one.room.id)
        wish = call.read(Ordered).ordre if call.scope["method"] == "GET" else ""
        begins = window.max_id is None and window.min_id is None
        calm = not asked.jour and (wish == "calme" or (dial.state is State.RED and begins and wish != "temps"))
    read_so = timelines.of_room_calmly if calm else timelines.of_room
    found = await read_so(call.tx, call.viewer, one.room.id, window, asked.wish)
    links = listing.around(call, found, ordre="calme" if calm else "temps" if wish else "")
    return found, {"dial": dial, "calm": calm, "signs": SIGNS, "links": links}


async def keep(call: Call) -> Answer:
    """GET /pieces/{handle}/barometre: what who keeps a room may do with its barometer; raises Missing for anybody else."""
    one = await rooms.by_handle(call.tx, call.me, call.text("handle"))
    dial = await barometer.kept_dial(call.tx, call.me, one.room.id)
    return page(call, "room_barometer.html", dial=dial, signs=SIGNS)


async def show(call: Call) -> Answer:
    """GET /barometre: the rule with its numbers, and the rooms that are not calm among those that one may read."""
    known = await rooms.known(call.tx, call.viewer)
    kept = {one.room.id for one in known if barometer.keeps(one)}
    tense = await barometer.tense_ones(call.tx, known)
    return page(call, "barometer.html", tense=tense, kept=kept, tensions=TENSIONS, rule=RULE)


class Pressed(msgspec.Struct):
    """What who keeps a room does with its barometer."""

    gesture: Literal["lift", "stop", "start"]


async def do(call: Call) -> Answer:
    """POST /pieces/{handle}/barometre."""
    gesture = call.read(Pressed).gesture
    one = await rooms.by_handle(call.tx, call.me, call.text("handle"))
    if gesture == "lift":
        await barometer.lift(call.tx, call.me, one.room.id)
    else:
        await barometer.switch(call.tx, call.me, one.room.id, on=gesture == "start")
    return answers.back(call, f"/pieces/{one.room.handle}/barometre", messages.notice(DONE[gesture], call))


ROUTES = [
    route("GET", HERE, show, reading()),
    route("GET", "/pieces/{handle}/barometre", keep, user("")),
    route("POST", "/pieces/{handle}/barometre", guests.guarded(do), user("")),
]
