"""The board of a room as people read it: one info, what became of it step by step, and for who may, what to say next."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from salledepause.features import noticeboard, posts
from salledepause.features.noticeboard import By, State
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.page import Page
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import reading, route, user
from salledepause.surfaces.web import answers, cards, guests, messages, wording
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.rendering import page

HERE = "/tableau"
SHOWN_IN_ROOM = 10
SAID_BY = {
    By.AUTHOR: "par l'auteur·e",
    By.KEEPER: "par qui garde la pièce",
    By.HOST: "par un·e hôte",
}
TO_SAY = {
    State.CHECKING: "À vérifier",
    State.CONFIRMED: "C'est confirmé (source indispensable)",
    State.DENIED: "C'est démenti (source indispensable)",
}
DONE = {
    "pin": "C'est au tableau, comme bruit de couloir.",
    "unpin": "C'est décroché du tableau. Ce qu'on en sait reste écrit.",
    "checking": "C'est dit : à vérifier.",
    "confirmed": "C'est dit : confirmé.",
    "denied": "C'est dit : démenti. Les personnes à qui ce bruit a été montré en sont prévenues.",
}


async def in_room(call: Call, room_id: int) -> list[Card]:
    """Return what is pinned to the board of a room, the newest first."""
    found = await noticeboard.board(call.tx, call.viewer, room_id, Page(SHOWN_IN_ROOM))
    return await cards.dealt(call.tx, found.items, call.viewer)


async def show(call: Call) -> Answer:
    """GET /tableau/{id}: an info of a board, or one that may go there."""
    return await _shown(call)


async def _shown(call: Call, problem: str = "", typed: str = "", chosen: str = "") -> Answer:
    view = await noticeboard.one(call.tx, call.viewer, call.id())
    rows = await posts.visible(call.tx, [call.id()], call.viewer)
    dealt = await cards.dealt(call.tx, rows, call.viewer)
    if not dealt:
        raise Missing
    values: dict[str, Any] = {
        "card": dealt[0],
        "view": view,
        "said_by": SAID_BY,
        "to_say": TO_SAY,
        "typed": typed,
        "chosen": chosen,
    }
    problems = {"source": problem} if problem else {}
    return page(call, "notice.html", problems=problems, **values)


class Pressed(msgspec.Struct):
    """What to do with an info: put it on the board, take it off, or say what became of it and whence one knows."""

    gesture: Literal["pin", "unpin", "decide"]
    state: Literal["checking", "confirmed", "denied"] = "checking"
    source: str = ""


async def do(call: Call) -> Answer:
    """POST /tableau/{id}."""
    pressed, post_id = call.read(Pressed), call.id()
    try:
        async with call.tx.attempt():
            await _done(call, post_id, pressed)
    except BadInput as refusal:
        return await _shown(call, wording.told(refusal, call.language), pressed.source, pressed.state)
    told = pressed.state if pressed.gesture == "decide" else pressed.gesture
    return answers.back(call, f"{HERE}/{post_id}", messages.notice(DONE[told], call))


async def _done(call: Call, post_id: int, pressed: Pressed) -> None:
    match pressed.gesture:
        case "pin":
            await noticeboard.pin(call.tx, call.me, post_id)
        case "unpin":
            await noticeboard.unpin(call.tx, call.me, post_id)
        case "decide":
            await noticeboard.decide(call.tx, call.me, post_id, State(pressed.state), pressed.source)


ROUTES = [
    route("GET", HERE + "/{id}", show, reading()),
    route("POST", HERE + "/{id}", guests.guarded(do), user("")),
]
