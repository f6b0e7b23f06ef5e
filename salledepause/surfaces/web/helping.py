"""Help: whom one can call, on a page that all pages lead to; asking the hosts for a word; the card for who writes of distress.

The card travels with what is told after a form, in the browser's own message: nobody else's page, no table and no log holds it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from salledepause.features import safety_net
from salledepause.features.safety_net import WORDS_LENGTH
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import anyone, route, user
from salledepause.surfaces.web import answers, guests, messages, wording
from salledepause.surfaces.web.messages import Help
from salledepause.surfaces.web.navigation import Destination
from salledepause.surfaces.web.rendering import fragment, page

HERE = "/aide"


async def offered(call: Call, *texts: str, language: str | None = None, before: str = "") -> Help | None:
    """Return the card for who writes these texts, `None` where nothing calls for it, or what stood there `before` did."""
    text = "\n".join(filter(None, texts))
    found = await safety_net.concern(text, language or None, before) if text else None
    if found is None:
        return None
    return Help(found.whose, tuple((one.name, one.number) for one in await safety_net.card(call.tx)))


async def show(call: Call) -> Answer:
    """GET /aide: whom one can call."""
    return await _page(call)


async def _page(call: Call, words: str = "", problem: str = "") -> Answer:
    me = guests.account(call)
    return page(
        call,
        "help.html",
        lines=await safety_net.lines(call.tx),
        asked=await safety_net.asked(call.tx, me.id) if me else None,
        words=words,
        most_words=WORDS_LENGTH,
        problems={"mots": problem} if problem else {},
    )


class Asked(msgspec.Struct):
    """What one tells the hosts, or that it is taken back."""

    words: str = ""
    gesture: Literal["ask", "withdraw"] = "ask"


async def ask(call: Call) -> Answer:
    """POST /aide: ask the hosts for a word, or take it back."""
    asked = call.read(Asked)
    if asked.gesture == "withdraw":
        await safety_net.withdraw(call.tx, call.me)
        return answers.back(call, HERE, messages.notice("C'est retiré. Il n'en reste rien.", call))
    try:
        await safety_net.call_hosts(call.tx, call.me, asked.words)
    except BadInput as refusal:
        return await _page(call, asked.words, wording.told(refusal, call.language))
    return answers.back(call, HERE, messages.notice("C'est dit aux hôtes, et à personne d'autre.", call))


class Typed(msgspec.Struct):
    """What is being written; it is looked at and forgotten."""

    text: str = ""
    language: str = ""


async def glance(call: Call) -> Answer:
    """POST /aide/fiche: the card for a text that is being written, or nothing; for the script of the composer."""
    typed = call.read(Typed)
    help_card = await offered(call, typed.text, language=typed.language)
    return fragment(call, "help_part.html", help=help_card)


DESTINATIONS = [Destination("Aide", HERE, "buoy", rank=62)]
ROUTES = [
    route("GET", HERE, show, anyone()),
    route("POST", HERE, guests.guarded(ask), user("")),
    route("POST", HERE + "/fiche", guests.guarded(glance), user("")),
]
