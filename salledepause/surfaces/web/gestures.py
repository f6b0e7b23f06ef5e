"""Gestures of one button: like, share, keep, pin, vote, erase; follow, unblock. Plain forms, quicker with a script."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import msgspec

from salledepause.features import accounts, graph, posts, supports
from salledepause.features.posts import Seen
from salledepause.features.supports import Word
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import addresses, answers, cards, guests, messages, wording
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.messages import Undo
from salledepause.surfaces.web.rendering import fragment, page

Act = Callable[[Tx, int, int], Awaitable[object]]

TO_POSTS: dict[str, Act] = {
    "like": posts.favourite,
    "unlike": posts.unfavourite,
    "share": posts.boost,
    "unshare": posts.unboost,
    "keep": posts.bookmark,
    "unkeep": posts.unbookmark,
    "pin": posts.pin,
    "unpin": posts.unpin,
    "hush": posts.mute_thread,
    "unhush": posts.unmute_thread,
    "close": posts.closing.close,
    "unclose": posts.closing.reopen,
}
TO_POSTS |= {f"support-{word}": partial(supports.give, word=word) for word in Word} | {"unsupport": supports.withdraw}
TO_PEOPLE: dict[str, Act] = {
    "follow": graph.follow,
    "unfollow": graph.unfollow,
    "block": graph.block,
    "unblock": graph.unblock,
}
"""What each button does, by its value."""
TOLD = {
    "like": "Vous aimez ce message.",
    "unlike": "Vous n'aimez plus ce message.",
    "share": "Vous avez partagé ce message.",
    "unshare": "Vous ne partagez plus ce message.",
    "support-here": "Vous êtes là, et c'est dit.",
    "support-me_too": "Vous avez dit « moi aussi ».",
    "support-courage": "Vous avez dit « courage ».",
    "support-listening": "Vous avez dit « je t'écoute ».",
    "unsupport": "Votre mot est repris.",
    "keep": "Ce message est gardé.",
    "unkeep": "Ce message n'est plus gardé.",
    "pin": "Ce message est épinglé sur votre profil.",
    "unpin": "Ce message n'est plus épinglé.",
    "hush": "Vous ne serez plus prévenu·e de cette conversation.",
    "unhush": "Vous serez à nouveau prévenu·e de cette conversation.",
    "close": "Les réponses à ce message sont fermées ; celles qui sont là restent.",
    "unclose": "Les réponses à ce message sont à nouveau ouvertes.",
    "follow": "Vous suivez @{handle}, ou vous l'avez demandé.",
    "unfollow": "Vous ne suivez plus @{handle}.",
    "block": "@{handle} est bloqué·e : vous ne vous lirez plus, ni l'un ni l'autre.",
    "unblock": "@{handle} n'est plus bloqué·e.",
}
"""What is told once it is done."""
SILENT = {"like", "unlike", "share", "unshare", "keep", "unkeep", "unsupport", *(f"support-{word}" for word in Word)}
"""Gestures that their button tells well enough: only screen readers hear of them."""


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
    if answers.wants_fragment(call):
        told = wording.said(TOLD[pressed.gesture], call.language)
        return fragment(
            call, "gestures_part.html", card=await _card(call, call.id()), told=told, here=addresses.own(pressed.back)
        )
    told_so = () if pressed.gesture in SILENT else (messages.notice(TOLD[pressed.gesture], call, _undo(call, pressed.gesture)),)
    return answers.back(call, f"{pressed.back}#p{call.id()}", *told_so)


async def ask_to_erase(call: Call) -> Answer:
    """GET /gestes/{id}/effacer: the last question before one's own post is gone."""
    card = await _card(call, call.id())
    if not card.mine:
        raise Missing
    back = addresses.own(call.read(Pressed).back)
    return page(call, "erase.html", card=card, back="/" if back.endswith(f"/{call.id()}") else back)


async def erase(call: Call) -> Answer:
    """POST /gestes/{id}/effacer: erase one's own post; its files go after the commit."""
    blobs = await posts.erase(call.tx, call.me, call.id())
    call.tx.afterwards.extend(lambda key=key: call.site.blobs.drop(key) for key in blobs)  # type: ignore[misc]
    return answers.back(call, call.read(Pressed).back, messages.notice("Votre message est effacé.", call))


async def on_person(call: Call) -> Answer:
    """POST /personnes/{id}: change what ties one to somebody."""
    pressed = call.read(Pressed)
    if pressed.gesture not in TO_PEOPLE:
        raise Missing
    who = await accounts.one(call.tx, call.id())
    await TO_PEOPLE[pressed.gesture](call.tx, call.me, who.id)
    told = messages.notice(TOLD[pressed.gesture], call, _undo(call, pressed.gesture), handle=who.handle)
    back = pressed.back if pressed.back != "/" else addresses.profile(who.handle)
    return answers.back(call, back, told)


class Ballot(msgspec.Struct):
    """What one chose in a poll."""

    choices: tuple[int, ...] = ()
    back: str = "/"


async def vote(call: Call) -> Answer:
    """POST /sondages/{id}: vote in a poll, once."""
    ballot = call.read(Ballot)
    if not ballot.choices:
        raise BadInput("Choisissez une réponse avant de voter.")
    poll = await posts.polls.vote(call.tx, call.me, call.id(), ballot.choices)
    if answers.wants_fragment(call):
        told = wording.said("Votre vote est compté.", call.language)
        card = await _card(call, poll.post_id)
        return fragment(call, "poll_part.html", card=card, told=told, here=addresses.own(ballot.back))
    return answers.back(call, f"{ballot.back}#p{poll.post_id}", messages.notice("Votre vote est compté.", call))


def _undo(call: Call, gesture: str) -> Undo:
    """Return the button that takes a gesture back."""
    opposite = gesture.removeprefix("un") if gesture.startswith("un") else f"un{gesture}"
    return Undo(str(call.scope["path"]), {"gesture": opposite})


async def _card(call: Call, post_id: int) -> Card:
    seen = await posts.one_visible(call.tx, post_id, call.viewer)
    found = await cards.dealt(call.tx, [Seen(seen.cursor, seen.subject, None, seen.gestures)], call.viewer)
    if not found:
        raise Missing
    return found[0]


ROUTES = [
    route("POST", "/gestes/{id}", guests.guarded(on_post), user("")),
    route("GET", "/gestes/{id}/effacer", ask_to_erase, user("")),
    route("POST", "/gestes/{id}/effacer", guests.guarded(erase), user("")),
    route("POST", "/personnes/{id}", guests.guarded(on_person), user("")),
    route("POST", "/sondages/{id}", guests.guarded(vote), user("")),
]
