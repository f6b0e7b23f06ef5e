"""Who does what at the hospital, for everybody; and what was asked of the wrong person: one tap, a courteous answer to look over.

Nothing is sent by itself: the answer is filled into the form of writing, whose person changes and sends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from salledepause.features import posts, signposts
from salledepause.features.accounts import Account
from salledepause.features.posts import Kind
from salledepause.features.signposts import Read
from salledepause.kernel.errors import Missing
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import anyone, route, user
from salledepause.surfaces.web import answers, cards, compose, guests, messages, wording, writing
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.messages import Undo
from salledepause.surfaces.web.navigation import Destination
from salledepause.surfaces.web.rendering import page

HERE, ASTRAY = "/qui-fait-quoi", "/orienter"
LONGEST = 100
NOT_HERE = "C'est noté : ce guichet n'est plus proposé pour ce message."
NEVER_AGAIN = "C'est noté : ce guichet ne vous sera plus proposé, sauf si vous le cherchez."


class Looked(msgspec.Struct):
    """What is looked for."""

    q: str = ""


async def show(call: Call) -> Answer:
    """GET /qui-fait-quoi: every kind of request and the desk that answers it, or those that answer what one types."""
    typed = call.read(Looked).q.strip()[:LONGEST]
    found = signposts.found(await signposts.known(call.tx), typed)
    return page(call, "signposts.html", typed=typed, found=found)


async def choose(call: Call) -> Answer:
    """GET /orienter/{id}: what a message seems to be for, and all else that it may be."""
    compose.contributor(call)
    card = await _card(call)
    read = (await signposts.proposed_to(call.tx, call.me, [(card.post.id, card.post.text)]))[0]
    return page(call, "astray.html", card=card, read=read, known=await signposts.known(call.tx))


async def fill(call: Call) -> Answer:
    """GET /orienter/{id}/{key}: the form that answers a message, with the reply of a signpost to look over."""
    me = compose.contributor(call)
    card = await _card(call)
    post = await signposts.one(call.tx, call.text("key"))
    form = writing.answer_to(me, card)
    kind = form.kind if card.post.kind is Kind.DOUBT else Kind.INFO
    told = wording.said("Relisez, changez ce que vous voulez, puis répondez. Rien ne part tout seul.", call.language)
    filled = msgspec.structs.replace(form, text=form.text + post.reply, kind=kind, shape="unfold", signpost=post.key)
    return await compose.compose(call, filled, notice=told, fresh=False)


class Refused(msgspec.Struct):
    """A signpost that is not what a message is for, or that this is taken back; and where one was."""

    key: str = ""
    gesture: Literal["refuse", "again"] = "refuse"
    back: str = "/"


async def refuse(call: Call) -> Answer:
    """POST /orienter/{id}: not that one, and it is proposed for this message no more; or take that back."""
    refused, card = call.read(Refused), await _card(call)
    if refused.gesture == "again":
        await signposts.unrefuse(call.tx, call.me, card.post.id)
        return answers.back(call, refused.back, messages.notice("C'est repris.", call))
    tired = await signposts.refuse(call.tx, call.me, card.post.id, refused.key)
    told = NEVER_AGAIN if tired else NOT_HERE
    undo = Undo(f"{ASTRAY}/{card.post.id}", {"gesture": "again"})
    return answers.back(call, refused.back, messages.notice(told, call, undo))


async def _card(call: Call) -> Card:
    """Return the message that is asked for, as whoever looks may see it; raises Missing for one's own."""
    rows = await posts.visible(call.tx, [call.id()], call.viewer)
    card = next(iter(await cards.dealt(call.tx, rows, call.viewer)), None)
    if card is None or card.mine:
        raise Missing
    return card


def asked(card: Card, me: Account | None) -> bool:
    """Tell whether a message was said to somebody who may answer it."""
    if me is None or me.reads_only or card.mine:
        return False
    return signposts.said_to(card.post, me.id)


async def astray(call: Call, found: Sequence[Card], me: Account | None) -> dict[int, Read]:
    """Return what those messages that were said to somebody seem to be for, by id; nothing of those that were not."""
    wanted = [card for card in found if asked(card, me)]
    read = await signposts.proposed_to(call.tx, call.me, [(card.post.id, card.post.text) for card in wanted]) if me else []
    return {card.post.id: one for card, one in zip(wanted, read, strict=True)}


DESTINATIONS = [Destination("Qui fait quoi", HERE, "signpost", rank=64)]
ROUTES = [
    route("GET", HERE, show, anyone()),
    route("GET", ASTRAY + "/{id}", choose, user("")),
    route("POST", ASTRAY + "/{id}", guests.guarded(refuse), user("")),
    route("GET", ASTRAY + "/{id}/{key}", fill, user("")),
]
