"""A picture of one's own that is held from view: why, by which rule, decided by whom, and how to contest; seen by nobody else."""

from __future__ import annotations

from pathlib import Path

import msgspec

from salledepause.features import moderation
from salledepause.kernel.errors import BadInput
from salledepause.kernel.media_formats import HEAD, sniff
from salledepause.surfaces import house
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, guests, messages, safety, wording
from salledepause.surfaces.web.rendering import page

HERE = "/images"
TYPES = {"jpeg": b"image/jpeg", "png": b"image/png", "webp": b"image/webp", "moving-webp": b"image/webp", "mp4": b"video/mp4"}


async def show(call: Call) -> Answer:
    """GET /images/{id}."""
    return await _page(call)


async def _page(call: Call, words: str = "", problem: str = "") -> Answer:
    held = await moderation.images.one(call.tx, call.me, call.id())
    return page(
        call,
        "held.html",
        held=held,
        rule=house.RULES[held.rule - 1],
        words=words or held.contest,
        most_words=moderation.COMMENT_LENGTH,
        problems={"raison": problem} if problem else {},
    )


class Contested(msgspec.Struct):
    """What one answers."""

    words: str = ""


async def contest(call: Call) -> Answer:
    """POST /images/{id}: answer the hosts."""
    words = call.read(Contested).words
    try:
        await moderation.images.contest(call.tx, call.me, call.id(), words)
    except BadInput as refusal:
        return await _page(call, words, wording.told(refusal, call.language))
    told = messages.notice("C'est transmis aux hôtes : une personne relira.", call)
    return answers.back(call, f"{HERE}/{call.id()}", told)


class Wanted(msgspec.Struct):
    """Whether the whole file is wanted, or the still that stands for it."""

    entier: bool = False


async def file(call: Call) -> Answer:
    """GET /images/{id}/fichier: the picture, for its author and for hosts alone; nothing keeps it on the way."""
    path = await moderation.images.look(call.tx, call.site, call.me, call.id(), whole=call.read(Wanted).entier)
    return sent(path)


def sent(path: Path) -> Answer:
    """Return a file that lies out of view, as what it is and as nothing else."""
    body = path.read_bytes()
    kind = TYPES.get(sniff(body[:HEAD]) or "", b"application/octet-stream")
    return Answer(body, 200, safety.dressed(((b"content-type", kind), safety.SECRET)), once=True)


ROUTES = [
    route("GET", HERE + "/{id}", show, user("")),
    route("POST", HERE + "/{id}", guests.guarded(contest), user("")),
    route("GET", HERE + "/{id}/fichier", file, user("")),
]
