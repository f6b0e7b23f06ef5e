"""Conversations: what is said between a few, the latest first; one is opened, answered, marked as read, put away."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from salledepause.features import accounts, posts, timelines
from salledepause.features.accounts import Account
from salledepause.features.posts import Audience, Seen
from salledepause.features.timelines import Conversation
from salledepause.kernel.errors import Missing
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, cards, compose, guests, messages, stops, wording
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.listing import around
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import fragment, page

HERE = "/conversations"


class Talk(msgspec.Struct, frozen=True):
    """A conversation as the list shows it."""

    id: int
    unread: bool
    people: tuple[Account, ...]
    """The others; nobody when one speaks to oneself."""
    last: Card


async def show_all(call: Call) -> Answer:
    """GET /conversations."""
    found = await timelines.conversations(call.tx, call.me, call.page(20))
    talks = await _talks(call, found.items)
    return page(call, "conversations.html", talks=talks, around=around(call, found))


async def _talks(call: Call, found: Sequence[Conversation]) -> list[Talk]:
    dealt = await cards.dealt(call.tx, [one.last for one in found], call.viewer)
    shown = {card.post.id: card for card in dealt}
    who = await accounts.load(call.tx, {each for one in found for each in one.people})
    return [
        Talk(one.id, one.unread, tuple(who[each] for each in one.people if each in who), shown[one.last.post.id])
        for one in found
        if one.last.post.id in shown
    ]


async def show(call: Call) -> Answer:
    """GET /conversations/{id}: all that was said, from the first word to the last, and the form to answer."""
    found = await timelines.conversation(call.tx, call.me, call.id())
    talks = await _talks(call, [found])
    if not talks:
        raise Missing
    said, closers = await _said(call, found)
    closed = [card for card in said if card.post.closed and card.author.id in closers]
    me = guests.account(call)
    form = None
    if me and said and not posts.closing.shut(closers, call.me):
        others = " ".join(f"@{who.handle}" for who in talks[0].people)
        blank = compose.answer_to(me, said[-1])
        form = msgspec.structs.replace(
            blank, text=f"{others} " if others else "", audience=Audience.DIRECT, back=f"{HERE}/{found.id}"
        )
    by_desk = await stops.standing(call, said)
    return page(call, "conversation.html", talk=talks[0], said=said, form=form, closers=closers, closed=closed, by_desk=by_desk)


async def _said(call: Call, found: Conversation) -> tuple[list[Card], tuple[int, ...]]:
    """Return the direct posts of a conversation that the viewer may read, the oldest first, and who closed it to answers."""
    context = await posts.context(call.tx, found.last.post.id, call.viewer)
    rows = {row.post.id: row for row in (*context.ancestors, found.last, *context.descendants)}
    root = next(iter(context.ancestors), None)
    if root is not None:
        rows |= {row.post.id: row for row in (await posts.context(call.tx, root.post.id, call.viewer)).descendants}
    plain = [Seen(row.cursor, row.subject, None, row.gestures) for _, row in sorted(rows.items())]
    dealt = await cards.sifted(call.tx, await cards.dealt(call.tx, plain, call.viewer), call.viewer, "thread")
    return [card for card in dealt if card.post.audience is Audience.DIRECT], context.closers


class Pressed(msgspec.Struct):
    """What to do with a conversation."""

    gesture: str = ""


async def decide(call: Call) -> Answer:
    """POST /conversations/{id}: mark it as read, or put it away until somebody speaks in it again."""
    gesture = call.read(Pressed).gesture
    if gesture == "away":
        await timelines.hide_conversation(call.tx, call.me, call.id())
        told = "La conversation est rangée. Elle reviendra si quelqu'un y répond."
        return answers.back(call, HERE, messages.notice(told, call))
    if gesture != "read":
        raise Missing
    await timelines.read_conversation(call.tx, call.me, call.id())
    if answers.wants_fragment(call):
        return fragment(call, "notifications_seen.html", told=wording.said("Conversation lue.", call.language))
    return answers.back(call, f"{HERE}/{call.id()}", messages.notice("Conversation lue.", call))


DESTINATIONS = [Destination("Conversations", HERE, "envelope", Who.MEMBER, rank=45)]
ROUTES = [
    route("GET", HERE, show_all, user("")),
    route("GET", f"{HERE}/{{id}}", show, user("")),
    route("POST", f"{HERE}/{{id}}", guests.guarded(decide), user("")),
]
