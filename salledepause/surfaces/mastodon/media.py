"""Media of the API: sent, polled, described, blurred, erased (https://docs.joinmastodon.org/methods/media/)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from salledepause.features import posts
from salledepause.features.posts import Media, MediaWords
from salledepause.features.posts.blurring import Zone
from salledepause.features.posts.media import Sent
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.bodies import Upload
from salledepause.surfaces.edge import AS_SET, Answer, Call, Rule, json
from salledepause.surfaces.mastodon import described, entities
from salledepause.surfaces.mastodon.described import own
from salledepause.surfaces.mastodon.statuses import focus
from salledepause.surfaces.routes import route, user


class Asked(msgspec.Struct):
    """Words of a medium; its files are read apart, whatever type they declare."""

    description: str | None = None
    focus: str | None = None


class Blurred(msgspec.Struct, frozen=True):
    """Zones to cover, 1 to 20, each at least a hundredth of the width and of the height."""

    zones: list[Zone] = []


async def send(call: Call) -> Answer:
    """POST /api/v2/media: 200 when it is ready, 202 when the worker is still to decode it."""
    return _answer(call, await _receive(call, wait=False), pending=202)


async def send_and_wait(call: Call) -> Answer:
    """POST /api/v1/media: always ready."""
    return _answer(call, await _receive(call, wait=True))


async def show(call: Call) -> Answer:
    """GET /api/v1/media/:id: 206 while it is being decoded."""
    return _answer(call, await posts.media.own(call.tx, call.me, call.id()))


async def change(call: Call) -> Answer:
    """PUT /api/v1/media/:id, before it is posted; the edit of a status changes it afterwards."""
    asked = call.read(Asked)
    words = MediaWords(call.id(), asked.description, focus(asked.focus))
    return _answer(call, await posts.media.rename(call.site, call.me, words, _file(call, "thumbnail")))


async def erase(call: Call) -> Answer:
    """DELETE /api/v1/media/:id, unless a status holds it."""
    await posts.media.discard(call.tx, call.site, call.me, call.id())
    return json({})


async def blur(call: Call) -> Answer:
    """POST /api/salledepause/v1/media/:id/blur: cover zones of one's own still picture for good; old addresses are 404."""
    return _answer(call, await posts.blurring.blur(call.site, call.me, call.id(), call.read(Blurred).zones))


async def _receive(call: Call, *, wait: bool) -> Media:
    asked = call.read(Asked)
    path = _file(call, "file")
    if path is None:
        raise BadInput("Joignez un fichier.")
    sent = Sent(path, asked.description or "", focus(asked.focus), _file(call, "thumbnail"))
    return await posts.media.receive(call.site, call.me, sent, wait=wait)


def _file(call: Call, name: str) -> Path | None:
    """Return where a file that was sent lies, if any; raises BadInput for anything that is no file."""
    given = call.given.get(name)
    if given is None or given == "":
        return None
    if not isinstance(given, Upload):
        raise BadInput("Attendu un fichier d'image ou de vidéo.")
    return given.path


def _answer(call: Call, one: Media, pending: int = 206) -> Answer:
    return json(entities.media(call.site, one), pending if one.state == "processing" else 200)


SENDING = Rule("user", "write:media", files=AS_SET, budget="media", transaction=False)
ONE = "/api/v1/media/{id}"
BLURRING = user("write:media", budget="media", transaction=False)
OWN = [own("POST /api/salledepause/v1/media/{id}/blur", blur, BLURRING, (Blurred, dict[str, Any]))]
ROUTES = [
    *described.lines(OWN),
    route("POST", "/api/v2/media", send, SENDING),
    route("POST", "/api/v1/media", send_and_wait, SENDING),
    route("GET", ONE, show, user("write:media")),
    route("PUT", ONE, change, SENDING),
    route("DELETE", ONE, erase, user("write:media")),
]
