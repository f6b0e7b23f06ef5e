"""Automatic answers of desks, stopped in one click where one reads them, and taken back in one: there, and in the settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from salledepause.features import desks, posts
from salledepause.features.desks import Stopped
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, cards, guests, messages
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.messages import Undo
from salledepause.surfaces.web.rendering import page

HERE, AROUND = "/reglages/automates", "/automates"
STOPPED = "C'est arrêté : plus de réponse automatique ici."
TAKEN_BACK = "C'est repris : le guichet pourra répondre ici, sauf si quelqu'un d'autre l'a arrêté aussi."
Standing = Literal["", "answers", "stopped"]
"""Of a conversation: whether a desk answered there by itself, or did until whoever looks stopped it."""


class Told(NamedTuple):
    """A desk that one told to stop, and the messages that began the conversations, as far as one may read them."""

    desk: Stopped
    began: list[Card]


async def standing(call: Call, found: Sequence[Card]) -> Standing:
    """Tell whether a desk answered by itself among the posts of a conversation, to who may tell it to stop."""
    automated = [card.post for card in found if card.post.automated]
    if call.viewer is None or not automated or not await desks.sent_by_desk(call.tx, [post.id for post in automated]):
        return ""
    call.tx.passing = True  # no mark stands for who said stop
    return "stopped" if await desks.stopped_in(call.tx, call.viewer, automated[0].conversation_id) else "answers"


class Pressed(msgspec.Struct):
    """Whether desks are to stop, or that is taken back; and where one was."""

    gesture: Literal["stop", "again"] = "stop"
    back: str = "/"


async def press(call: Call) -> Answer:
    """POST /automates/{id}: no desk answers by itself around a post any more; or what one said is taken back."""
    pressed, post_id = call.read(Pressed), call.id()
    around = f"{AROUND}/{post_id}"
    if pressed.gesture == "again":
        await desks.take_back(call.tx, call.me, post_id)
        return answers.back(call, pressed.back, messages.notice(TAKEN_BACK, call, Undo(around, {"gesture": "stop"})))
    await desks.stop(call.tx, call.me, post_id)
    return answers.back(call, pressed.back, messages.notice(STOPPED, call, Undo(around, {"gesture": "again"})))


async def show(call: Call) -> Answer:
    """GET /reglages/automates: the desks that one told to stop."""
    found = await desks.stopped(call.tx, call.me)
    rows = await posts.visible(call.tx, [post_id for one in found for post_id in one.conversations], call.viewer)
    began = {card.post.id: card for card in await cards.dealt(call.tx, rows, call.viewer)}
    told = [Told(one, [began[post_id] for post_id in one.conversations if post_id in began]) for one in found]
    return page(call, "stops.html", told=told)


async def forgive(call: Call) -> Answer:
    """POST /reglages/automates/{id}: all that one told a desk to stop is taken back."""
    await desks.forgive(call.tx, call.me, call.id())
    return answers.back(call, HERE, messages.notice("C'est repris : ce guichet peut à nouveau vous répondre.", call))


ROUTES = [
    route("POST", f"{AROUND}/{{id}}", guests.guarded(press), user("")),
    route("GET", HERE, show, user("")),
    route("POST", f"{HERE}/{{id}}", guests.guarded(forgive), user("")),
]
