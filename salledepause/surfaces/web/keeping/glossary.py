"""The glossary as hosts keep it: terms written, changed, taken out by administrators; posts explain them at once."""

from __future__ import annotations

import msgspec

from salledepause.features import glossary
from salledepause.features.glossary import MEANING_LENGTH, Wanted
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, guests, messages, wording
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/glossaire"


class Asked(msgspec.Struct):
    """Which term to change, by its key."""

    terme: str = ""


async def show(call: Call) -> Answer:
    """GET /maison/glossaire: all terms, `?terme=` one of them in the form."""
    key = call.read(Asked).terme
    one = next((one for one in await glossary.terms(call.tx) if key and one.key == key), None)
    form = Wanted(one.term, one.meaning, one.source, one.address) if one else Wanted()
    return await _page(call, form)


async def _page(call: Call, form: Wanted, problem: str = "") -> Answer:
    return page(
        call,
        "keeping/glossary.html",
        found=await glossary.terms(call.tx),
        form=form,
        most=MEANING_LENGTH,
        problems={"terme": problem} if problem else {},
    )


async def write(call: Call) -> Answer:
    """POST /maison/glossaire: write a term, in the place of the one that is written alike."""
    wanted = call.read(Wanted)
    try:
        async with call.tx.attempt():
            term = await glossary.write(call.tx, call.me, wanted)
    except BadInput as refusal:
        return await _page(call, wanted, wording.told(refusal, call.language))
    return answers.back(call, HERE, messages.notice("C'est écrit : {term}.", call, term=term.term))


class Dropped(msgspec.Struct):
    """The key of a term."""

    key: str = ""


async def drop(call: Call) -> Answer:
    """POST /maison/glossaire/retirer: take a term out."""
    await glossary.drop(call.tx, call.me, call.read(Dropped).key)
    return answers.back(call, HERE, messages.notice("Ce terme n'est plus expliqué.", call))


DESTINATIONS = [Destination("Termes du glossaire", HERE, "list", Who.HOST, rank=117, group="house")]
ROUTES = [
    route("GET", HERE, for_hosts(show), user("")),
    route("POST", HERE, guests.guarded(for_hosts(write, admin=True)), user("")),
    route("POST", HERE + "/retirer", guests.guarded(for_hosts(drop, admin=True)), user("")),
]
