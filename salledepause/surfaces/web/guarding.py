"""The guard of the secret: before a message goes, what could let somebody be recognised is shown, with another way to say it.

So is what may hurt, with milder words, and what will wait for a host.

It is looked at while one writes (a script asks) and when it is sent, and kept nowhere. Whoever wants to publish it as it is
presses the button once more: what they looked at is named by the form (`looked`), and what they wrote before by `was`.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple
from zlib import crc32

import msgspec

from salledepause.features import language, limits
from salledepause.features.language import GROUNDS, Advice, Hint, Limit
from salledepause.features.posts import OPEN, Audience
from salledepause.kernel.text import clean
from salledepause.surfaces import secrecy
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import guests
from salledepause.surfaces.web.rendering import fragment
from salledepause.surfaces.web.writing import Form

HERE = "/ecrire/relire"
SHORTEST = 12
"""Characters below which a text that is being written is not looked at."""


class Piece(NamedTuple):
    """A piece of a text, and the place of the hint that it is, from 1; 0 where it is none."""

    words: str
    place: int
    what: str


class Guard(NamedTuple):
    """What is shown: the text in pieces, the hints, what was written before, and whether it waits for a second thought."""

    advice: Advice
    beside: Advice | None
    """What stands beside the text: warning, poll, words of pictures."""
    limit: Limit
    """How far it goes, where the house asks and everybody would read it."""
    waits: str
    """What it will wait for a host for, in French; empty where it will not."""
    pieces: tuple[Piece, ...]
    looked: str
    """Names what was looked at, where it waits for a second thought."""

    @property
    def rewrites(self) -> bool:
        """Whether rules know how to say any of it otherwise."""
        return any(hint.instead is not None for hint in self.advice.hints)


NOTHING = Advice("safe", 0.0, (), 0, "")
FREE = Limit("vert", "nobody", "", (), "")


def pieces(text: str, hints: tuple[Hint, ...]) -> tuple[Piece, ...]:
    """Return a text cut where hints begin and end."""
    made, at = [], 0
    for place, hint in enumerate(hints, 1):
        made += [Piece(text[at : hint.start], 0, ""), Piece(text[hint.start : hint.end], place, hint.what)]
        at = hint.end
    return tuple(piece for piece in (*made, Piece(text[at:], 0, "")) if piece.words)


def mark(form: Form) -> str:
    """Return what names all that a form says."""
    return f"{crc32(chr(10).join(map(clean, (form.text, *_besides(form)))).encode()):08x}"


def _besides(form: Form) -> tuple[str, ...]:
    return (form.warning, *form.options, *(one.description for one in form.media.values()))


async def look(call: Call, form: Form, *, asks: bool = False) -> Guard | None:
    """Return what a form lets be recognised and how far it goes; `None` for nothing, or when it `asks` and was looked at.

    Nobody is asked about a text in which no part can be pointed at: there is nothing they could say otherwise.
    """
    named = mark(form)
    if asks and (form.looked == named or form.audience is Audience.DIRECT):
        return None
    found, beside = await secrecy.advice(call.site, form.text), await secrecy.advice(call.site, *_besides(form))
    found = found if found and found.hints else None
    limit = await asyncio.to_thread(language.limit, clean(form.text)) if _open(form) else FREE
    waits = ""
    if limit is not FREE and limit.zone != "vert":
        rules = await limits.rules(call.tx)
        waits = GROUNDS[limit.ground] if limit.ground and rules.holds else ""
        limit = limit if rules.asks else FREE
    if not (found or beside or limit.softer or waits):
        return None
    shown = found or NOTHING
    return Guard(shown, beside, limit, waits, pieces(clean(form.text), shown.hints), named if asks else "")


def _open(form: Form) -> bool:
    """Tell whether everybody would read it, as far as the form says."""
    return not form.room and (form.audience is None or form.audience in OPEN)


async def reworded(call: Call, form: Form) -> Form:
    """Return a form with what was asked said otherwise, or as it was (`undo`).

    `all` and `12-18` say what identifies otherwise, all or one part by its place; `milder` and `milder-12-18` what may hurt.
    """
    if form.reword == "undo":
        return msgspec.structs.replace(form, text=form.was or form.text, was="", reword="", looked="")
    text, place = clean(form.text), form.reword
    if place.startswith("milder"):
        limit = language.limit(text)
        said = (
            limit.text
            if place == "milder"
            else language.softened(text, [s for s in limit.softer if place == f"milder-{s.start}-{s.end}"])
        )
    else:
        found = await secrecy.advice(call.site, text) or NOTHING
        said = (
            found.text
            if place == "all" and found.text
            else language.rewritten(text, [h for h in found.hints if place == f"{h.start}-{h.end}"])
        )
    return msgspec.structs.replace(form, text=said, was=form.text, reword="", looked="")


async def glance(call: Call) -> Answer:
    """POST /ecrire/relire: what is shown of a text that is being written; for the script of the composer."""
    form = call.read(Form)
    done = await reworded(call, form) if form.reword else form
    guard = await look(call, done) if len(done.text) >= SHORTEST else None
    return fragment(call, "guard_part.html", guard=guard, form=done, reworded=done is not form)


ROUTES = [route("POST", HERE, guests.guarded(glance), user("", budget="glance"))]
