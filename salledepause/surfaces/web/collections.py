"""A collection as a page: whom somebody recommends together, and the way out for who is in it. Collections are made in apps."""

from __future__ import annotations

from salledepause.features import accounts, graph
from salledepause.features.graph import Collected, Collection
from salledepause.kernel.errors import Missing
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import reading, route, user
from salledepause.surfaces.web import addresses, answers, asking, guests, messages, wording
from salledepause.surfaces.web.rendering import page

ONE = "/collections/{id}"


async def show(call: Call) -> Answer:
    """GET /collections/{id}."""
    found = await graph.collection(call.tx, call.id(), call.viewer)
    held = (await graph.collected(call.tx, [found.id], call.viewer)).get(found.id, [])
    who = await accounts.load(call.tx, [found.account_id, *(one.account_id for one in held)])
    shown = [who[one.account_id] for one in held if one.account_id in who]
    ties = (
        {one.id: one for one in await graph.relationships(call.tx, call.viewer, [one.id for one in shown])} if call.viewer else {}
    )
    inside = any(one.account_id == call.viewer for one in held)
    return page(call, "collection.html", one=found, owner=who[found.account_id], people=shown, ties=ties, inside=inside)


async def ask_to_leave(call: Call) -> Answer:
    """GET /collections/{id}/sortir: the last question, for it is for good."""
    found, _ = await _mine(call)
    question = asking.Question(
        wording.said("Sortir de « {name} » ?", call.language).format(name=found.name),
        wording.said("On ne pourra plus vous y remettre. Personne n'est prévenu.", call.language),
        wording.said("Sortir de la collection", call.language),
    )
    return asking.ask(call, question, addresses.collection(found.id))


async def leave(call: Call) -> Answer:
    """POST /collections/{id}/sortir: take oneself out, for good."""
    found, mine = await _mine(call)
    await graph.leave_collection(call.tx, call.me, found.id, mine.id)
    return answers.back(call, addresses.collection(found.id), messages.notice("Vous n'êtes plus dans cette collection.", call))


async def _mine(call: Call) -> tuple[Collection, Collected]:
    """Return a collection that one is in, and one's place there; raises Missing."""
    found = await graph.collection(call.tx, call.id(), call.me)
    held = await graph.collected(call.tx, [found.id], call.me)
    for one in held.get(found.id, []):
        if one.account_id == call.me:
            return found, one
    raise Missing


ROUTES = [
    route("GET", ONE, show, reading()),
    route("GET", f"{ONE}/sortir", ask_to_leave, user("")),
    route("POST", f"{ONE}/sortir", guests.guarded(leave), user("")),
]
