"""The glossary: every term with what it means and where that is said, a search, and whether posts explain them here."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from salledepause.features import glossary
from salledepause.features.glossary import GlossaryChanged, Term
from salledepause.kernel.site import Site
from salledepause.kernel.text import folded
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.rereading import Rereader
from salledepause.surfaces.routes import anyone, route
from salledepause.surfaces.web import answers, cookies, guests, messages, rendering, shell
from salledepause.surfaces.web.navigation import Destination
from salledepause.surfaces.web.rendering import page

HERE = "/glossaire"
LONGEST = 100
FEW = 12
"""Terms that need no letters to find one's way among them."""
A_YEAR = 365 * 86400


class Looked(msgspec.Struct):
    """What is looked for."""

    q: str = ""


async def show(call: Call) -> Answer:
    """GET /glossaire: all terms, or those that answer what one types."""
    csrf, cookie = guests.form_word(call)
    typed = call.read(Looked).q.strip()[:LONGEST]
    found = glossary.found(await glossary.terms(call.tx), typed)
    off = cookies.read(call.site.settings, call.headers, shell.TERMS) == shell.OFF
    letters = _letters(found) if len(found) > FEW else {}
    return page(call, "glossary.html", typed=typed, found=found, letters=letters, off=off, csrf=csrf, headers=cookie)


def _letters(found: Sequence[Term]) -> dict[str, str]:
    """Return by its letter the key of the first term that begins so."""
    letters: dict[str, str] = {}
    for one in found:
        letters.setdefault(folded(one.term)[0].upper(), one.key)
    return letters


class Chosen(msgspec.Struct, frozen=True):
    """Whether posts explain terms: an empty box is a no."""

    shown: bool = False


async def choose(call: Call) -> Answer:
    """POST /glossaire/affichage: keep for a year in this browser whether posts explain terms."""
    value = "" if call.read(Chosen).shown else shell.OFF
    cookie = cookies.give(call.site.settings, shell.TERMS, value, A_YEAR if value else 0)
    return answers.back(call, HERE, cookie, messages.notice("C'est noté pour ce navigateur.", call))


def follow(site: Site) -> None:
    """Keep the terms of a process right; what was drawn with the former ones is forgotten."""
    Rereader(site, GlossaryChanged, site.terms, glossary.refresh, rendering.forget)


DESTINATIONS = [Destination("Glossaire", HERE, "list", rank=63)]
ROUTES = [
    route("GET", HERE, show, anyone()),
    route("POST", HERE + "/affichage", guests.guarded(choose), anyone()),
]
