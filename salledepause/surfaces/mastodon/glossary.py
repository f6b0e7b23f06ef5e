"""The glossary in our API: for everybody to read, for administrators to write."""

from __future__ import annotations

import msgspec

from salledepause.features import glossary
from salledepause.features.glossary import Term, Wanted
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import described
from salledepause.surfaces.mastodon.described import own
from salledepause.surfaces.routes import anyone, user

LONGEST = 100


class TermEntity(msgspec.Struct, frozen=True):
    """A term, what it means in French, where that is said; `ours` when it comes with the house as it is."""

    key: str
    term: str
    meaning: str
    source: str
    source_url: str
    ours: bool
    url: str


class Looked(msgspec.Struct):
    """What is looked for; empty: everything."""

    q: str = ""


def entity(call: Call, one: Term) -> TermEntity:
    """Return a term."""
    return TermEntity(*one, call.site.url(f"/glossaire#{one.key}"))


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/glossary: the terms that answer `q`, the best first, or all in their order."""
    found = glossary.found(await glossary.terms(call.tx), call.read(Looked).q[:LONGEST])
    return json([entity(call, one) for one in found])


class TermAsked(msgspec.Struct):
    """A term as an administrator writes it."""

    term: str = ""
    meaning: str = ""
    source: str = ""
    source_url: str = ""


async def write(call: Call) -> Answer:
    """PUT /api/salledepause/v1/admin/glossary: write a term, in the place of the one written alike, for administrators."""
    asked = call.read(TermAsked)
    wanted = Wanted(asked.term, asked.meaning, asked.source, asked.source_url)
    return json(entity(call, await glossary.write(call.tx, call.me, wanted)))


class Dropped(msgspec.Struct):
    """The key of a term."""

    key: str = ""


async def drop(call: Call) -> Answer:
    """POST /api/salledepause/v1/admin/glossary/remove: take a term out, for administrators."""
    await glossary.drop(call.tx, call.me, call.read(Dropped).key)
    return json({})


GLOSSARY, ADMIN = "/api/salledepause/v1/glossary", "/api/salledepause/v1/admin/glossary"
WRITING = user("admin:write:reports")
OWN = [
    own(f"GET {GLOSSARY}", show, anyone(), (Looked, list[TermEntity])),
    own(f"PUT {ADMIN}", write, WRITING, (TermAsked, TermEntity)),
    own(f"POST {ADMIN}/remove", drop, WRITING, (Dropped, None)),
]
ROUTES = described.lines(OWN)
