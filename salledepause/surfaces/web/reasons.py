"""Around one post: why it is there, and the gestures that do not stand on its card."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl

import msgspec

from salledepause.features import accounts, graph, notebook, posts
from salledepause.features.posts import Gesture, Seen
from salledepause.features.timelines import HEAVY
from salledepause.kernel import ids
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Page
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import reading, route
from salledepause.surfaces.web import addresses, answers, cards, home, wording
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
    path, _, query = back.partition("?")
    met = Met(path, dict(parse_qsl(query)))
    balanced = path == "/" and call.viewer is not None and home.balances(call, met.given)
    values: dict[str, Any] = {
        "card": found[0],
        "back": back,
        "reasons": await _reasons(call, found[0], met, balanced),
        "balanced": balanced,
        "learned": bool(call.viewer and await notebook.marked(call.tx, call.viewer, [found[0].post.id])),
    }
    if answers.wants_fragment(call):
        return fragment(call, "about_post_sheet.html", fragment=True, **values)
    return page(call, "about_post.html", fragment=False, **values)


class Met(NamedTuple):
    """The page where the post was met: its path and what it was asked for."""

    path: str
    given: dict[str, str]


async def _reasons(call: Call, card: Card, met: Met, balanced: bool) -> list[str]:
    """Return the true reasons why a post is in the list where it was met, in words."""

    def said(sentence: str, **values: str) -> str:
        return wording.said(sentence, call.language).format(**values)

    if met.path == "/" and call.viewer is not None:
        found = await _of_home(call, card, said)
    elif met.path.startswith("/listes/") and call.viewer is not None:
        found = await _of_list(call, card, met.path, said)
    else:
        found = [_of_place(card, met.path, said)]
    if balanced and card.post.kind in HEAVY:
        found.append(said("Doutes et coups de gueule prennent au plus deux places sur cinq : celui-ci a pu attendre son tour."))
    elif balanced:
        found.append(said("Doutes et coups de gueule prennent au plus deux places sur cinq : celui-ci a pu passer avant."))
    if met.given.get("kind") == card.post.kind:
        found.append(said("Vous ne regardez que cette sorte de messages."))
    return found


def _of_place(card: Card, path: str, said: Said) -> str:
    """Return why a post is on a page that shows the same to many, or that one keeps."""
    if path == addresses.profile(card.author.handle):
        return said("Vous lisez ce que @{handle} a écrit.", handle=card.author.handle)
    if path.startswith("/@") and "/" not in path[1:]:
        return said("@{handle}, dont vous lisez le profil, l'a partagé.", handle=path[2:])
    if path.startswith("/tags/"):
        return said("Vous lisez tout ce qui porte ce mot.")
    room = said("Ce message est public, et vous lisez toute la salle.")
    known = {
        "/": room,
        "/local": room,
        "/signets": said("Vous l'avez gardé.") if card.kept else said("Vous l'aviez gardé quand cette page a été lue."),
        "/aimes": said("Vous l'avez aimé.") if card.liked else said("Vous l'aimiez quand cette page a été lue."),
        "/recherche": said("Il répond à ce que vous avez cherché."),
    }
    return known.get(path, said("Vous avez ouvert cette page, et ce message vous est ouvert."))


async def _of_list(call: Call, card: Card, path: str, said: Said) -> list[str]:
    """Return why a post is in one of one's lists: its author is in it, or somebody in it shared it."""
    one = await graph.one_list(call.tx, call.me, ids.parse(path.split("/")[2]))
    if one.id in {each.id for each in await graph.lists_with(call.tx, call.me, card.author.id)}:
        return [said("@{handle} est dans votre liste « {title} ».", handle=card.author.handle, title=one.title)]
    return [said("Quelqu'un de votre liste « {title} » l'a partagé.", title=one.title)]


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


ROUTES = [route("GET", "/gestes/{id}", show, reading())]
