"""Around one post: why it is there, and the gestures that do not stand on its card."""

from __future__ import annotations

from typing import Protocol

import msgspec

from salledepause.features import accounts, graph, posts
from salledepause.features.posts import Gesture, Seen
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Page
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import anyone, route
from salledepause.surfaces.web import addresses, answers, cards, wording
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.rendering import fragment, page

MOST_SHARERS = 80
"""How far back sharers are looked at to find those whom one follows."""


class Said(Protocol):
    """Says a French msgid in the language of who asks."""

    def __call__(self, sentence: str, **values: str) -> str:
        """Return the sentence, its values put in."""
        ...


class Asked(msgspec.Struct):
    """Where the post was met."""

    back: str = "/"


async def show(call: Call) -> Answer:
    """GET /gestes/{id}: why I see this post, and what I can do about it."""
    seen = await posts.one_visible(call.tx, call.id(), call.viewer)
    found = await cards.dealt(call.tx, [Seen(seen.cursor, seen.subject, None, seen.gestures)], call.viewer)
    if not found:
        raise Missing
    back = addresses.own(call.read(Asked).back)
    reasons = await _reasons(call, found[0], back)
    if answers.wants_fragment(call):
        return fragment(call, "about_post_sheet.html", fragment=True, card=found[0], back=back, reasons=reasons)
    return page(call, "about_post.html", fragment=False, card=found[0], back=back, reasons=reasons)


async def _reasons(call: Call, card: Card, back: str) -> list[str]:
    """Return the true reasons why a post is in the list where it was met, in words."""

    def said(sentence: str, **values: str) -> str:
        return wording.said(sentence, call.language).format(**values)

    path = back.partition("?")[0]
    if path.startswith("/tags/"):
        return [said("Vous lisez tout ce qui porte ce mot.")]
    if path == addresses.profile(card.author.handle):
        return [said("Vous lisez ce que @{handle} a écrit.", handle=card.author.handle)]
    if path == "/local" or (path == "/" and call.viewer is None):
        return [said("Ce message est public, et vous lisez toute la salle.")]
    if path != "/" or call.viewer is None:
        return [said("Vous avez ouvert cette page, et ce message vous est ouvert.")]
    return await _of_home(call, card, said)


async def _of_home(call: Call, card: Card, said: Said) -> list[str]:
    """Return why a post is in one's home: oneself, whom one follows, who shared it, the tags that one follows."""
    found = []
    if card.mine:
        found.append(said("Vous l'avez écrit."))
    elif (await graph.relationship(call.tx, call.me, card.author.id)).following:
        found.append(said("Vous suivez @{handle}.", handle=card.author.handle))
    found += [said("@{handle}, que vous suivez, l'a partagé.", handle=handle) for handle in await _sharers(call, card)]
    tags = dict(card.post.tags)
    followed = await graph.followed_among(call.tx, call.me, list(tags))
    found += [said("Vous suivez le mot #{tag}, qu'il porte.", tag=tags[key]) for key in sorted(followed)]
    return found or [said("Il était dans votre fil quand cette page a été lue.")]


async def _sharers(call: Call, card: Card) -> list[str]:
    who = await posts.gesturers(call.tx, card.post.id, Gesture.BOOST, Page(MOST_SHARERS), call.viewer)
    ties = await graph.relationships(call.tx, call.me, who.items)
    people = await accounts.load(call.tx, [one.id for one in ties if one.following])
    return [one.handle for one in people.values()]


ROUTES = [route("GET", "/gestes/{id}", show, anyone())]
