"""Pictures and films of a message being written: sent apart from it, described, put in order, taken off; they wait a day."""

from __future__ import annotations

from typing import Any

import msgspec

from salledepause.features import posts
from salledepause.features.posts.media import Sent
from salledepause.kernel import ids
from salledepause.kernel.errors import BadInput, Refusal
from salledepause.surfaces.bodies import Upload
from salledepause.surfaces.edge import AS_SET, Answer, Call, Rule
from salledepause.surfaces.routes import route
from salledepause.surfaces.web import answers, compose, guests, wording
from salledepause.surfaces.web.rendering import fragment
from salledepause.surfaces.web.writing import Attached, Form


class Button(msgspec.Struct):
    """Which button was pressed: the id of what to take off, or to move one place forward; neither: files came."""

    remove: str = ""
    forward: str = ""


async def attach(call: Call) -> Answer:
    """POST /ecrire/medias: take files, take one off, or change the order; the same form comes back, all that was typed in it."""
    compose.contributor(call)
    form, button, refused = call.read(Form), call.read(Button), None
    media = dict(form.media)
    try:
        if button.remove:
            await _take_off(call, media, button.remove)
        elif button.forward:
            media = _forward(media, button.forward)
        else:
            await _receive(call, media)
    except Refusal as refusal:
        refused = refusal
    form = msgspec.structs.replace(form, media=media)
    async with call.site.db.reading() as call.tx:
        if answers.wants_fragment(call):
            told = wording.told(refused, call.language) if refused else ""
            attached = await compose.own_media(call, list(media))
            return fragment(call, "attached_part.html", form=form, attached=attached, told=told)
        return await compose.compose(call, form, refusal=refused)


async def _receive(call: Call, media: dict[str, Attached]) -> None:
    """Add the files that came to `media`, those that can be; raises Refusal when some cannot."""
    given: Any = call.given.get("files", [])
    came = [one for one in (given if isinstance(given, list) else [given]) if isinstance(one, Upload) and one.size]
    refused: list[Refusal] = []
    for one in came:
        try:
            await _add(call, media, one)
        except BadInput as refusal:
            refused.append(refusal)
    if refused and len(came) > 1:
        told, taken = wording.told(refused[0], call.language), len(came) - len(refused)
        raise BadInput("Fichiers joints : {taken} sur {sent}. {told}", taken=taken, sent=len(came), told=told)
    if refused:
        raise refused[0]


async def _add(call: Call, media: dict[str, Attached], one: Upload) -> None:
    if len(media) >= posts.MOST_MEDIA:
        raise BadInput("Au plus {most} images ou vidéos par message.", most=posts.MOST_MEDIA)
    made = await posts.media.receive(call.site, call.me, Sent(one.path), wait=True)
    media[str(made.id)] = Attached()


async def _take_off(call: Call, media: dict[str, Attached], which: str) -> None:
    media.pop(which, None)
    async with call.site.db.transaction() as tx:
        await posts.media.discard(tx, call.site, call.me, ids.parse(which))


def _forward(media: dict[str, Attached], which: str) -> dict[str, Attached]:
    """Return media with one of them one place earlier."""
    order = list(media)
    place = order.index(which) if which in order else 0
    if place:
        order[place - 1], order[place] = order[place], order[place - 1]
    return {one: media[one] for one in order}


ROUTES = [
    route("POST", "/ecrire/medias", guests.guarded(attach), Rule("user", files=AS_SET, budget="media", transaction=False)),
]
