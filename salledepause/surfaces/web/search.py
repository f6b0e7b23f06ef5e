"""Looking for people, tags and posts: one field, French operators told by examples, one kind of thing or one kind of post."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec

from salledepause.features import accounts, graph, timelines
from salledepause.features.accounts import Wanted
from salledepause.features.posts import Seen
from salledepause.features.timelines import Query
from salledepause.kernel import clock
from salledepause.kernel.page import Listed
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import reading, route
from salledepause.surfaces.web import directory
from salledepause.surfaces.web.listing import PAGE, Asked, shown, window
from salledepause.surfaces.web.navigation import Destination
from salledepause.surfaces.web.rendering import page

FEW, MANY = 5, 40
LONGEST = 500
Part = Literal["", "personnes", "mots", "messages"]


class Example(NamedTuple):
    """What one may type, and what it finds."""

    typed: str
    finds: str


EXAMPLES = (
    Example("café nuit", "les deux mots, avec ou sans accents, au singulier ou au pluriel"),
    Example('"petit mot"', "ces mots-là, à la suite"),
    Example("garde -week-end", "le premier mot sans le second"),
    Example("#relève", "ce qui porte ce mot-dièse"),
    Example("de:moi", "ce que vous avez écrit ; ou de:pseudonyme"),
    Example("type:victoire", "une sorte de message : doute, histoire, merci, question…"),
    Example("avec:image", "ce qui contient une image ; aussi video, audio, sondage, lien"),
    Example("est:reponse", "les réponses seulement ; -est:reponse les écarte"),
    Example("dans:bibliotheque", "ce que vous avez écrit, gardé, aimé, ou qui vous nomme"),
    Example("avant:2026-03-01", "jusqu'à ce jour ; après:2026-03 et pendant:hier marchent aussi"),
    Example("langue:fr", "ce qui est écrit dans cette langue"),
)


class Looked(msgspec.Struct):
    """What is looked for, and which kind of thing."""

    q: str = ""
    dans: Part = ""

    def wants(self, part: Part) -> bool:
        """Tell whether things of this kind are looked for."""
        return self.dans in {"", part}


async def show(call: Call) -> Answer:
    """GET /recherche."""
    looked, asked = call.read(Looked), call.read(Asked)
    typed = looked.q.strip()[:LONGEST]
    query = timelines.parse(typed, clock.now().astimezone(clock.PARIS).date())
    found: dict[str, Any] = {"people": [], "ties": {}, "tags": [], "typed": typed, "looked": looked, "examples": EXAMPLES}
    if not typed:
        return page(call, "search.html", asked=asked, cards=[], lively=await timelines.lively_tags(call.tx, 12), **found)
    most = MANY if looked.dans else FEW
    if looked.wants("personnes") and not (query.operated or typed.startswith("#")):
        found["people"], found["ties"] = await directory.met(call, await _people(call, typed, most))
    if looked.wants("mots") and not (query.operated or " " in typed or typed.startswith("@")):
        found["tags"] = await timelines.search_tags(call.tx, call.viewer, typed.removeprefix("#"), most)
    listing = await _posts(call, query, asked) if looked.wants("messages") and not typed.startswith("@") else Listed([])
    return await shown(call, "search.html", listing, asked, where="", lively=(), **found)


async def _people(call: Call, typed: str, most: int) -> list[int]:
    near = (await graph.whom(call.tx, call.viewer))[0] if call.viewer else []
    return await accounts.search(call.tx, Wanted(typed, most, near=tuple(near)), call.site.settings.domain)


async def _posts(call: Call, query: Query, asked: Asked) -> Listed[Seen]:
    """Return a page of the posts found; a visitor searches in none."""
    if call.viewer is None:
        return Listed([])
    wanted = msgspec.structs.replace(query, kinds=(f"k:{asked.kind}",)) if asked.kind else query
    items = await timelines.search_posts(call.tx, call.viewer, wanted, window(call, asked)) if not query.empty else []
    return Listed(items, items[0].cursor, items[-1].cursor, len(items) >= PAGE) if items else Listed([])


DESTINATIONS = [Destination("Chercher", "/recherche", "search", rank=25)]
ROUTES = [route("GET", "/recherche", show, reading())]
