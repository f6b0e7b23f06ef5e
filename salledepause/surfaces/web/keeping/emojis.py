"""Emojis of the house: the pictures that anybody may write as `:code:`, added, sorted and taken back."""

from __future__ import annotations

from itertools import groupby

import msgspec

from salledepause.features import emojis, moderation
from salledepause.kernel.errors import BadInput, Missing
from salledepause.surfaces.bodies import PLAIN_LIMIT, Upload
from salledepause.surfaces.edge import Answer, Call, Rule
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, asking, guests, messages, wording
from salledepause.surfaces.web.keeping import door
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.messages import Undo
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/emojis"


class Form(msgspec.Struct):
    """A code and a heading."""

    code: str = ""
    category: str = ""


async def show(call: Call) -> Answer:
    """GET /maison/emojis."""
    found = await emojis.catalogue(call.tx)
    shelves = [(name or "", list(each)) for name, each in groupby(found, lambda one: one.category)]
    return page(call, "keeping/emojis.html", shelves=shelves, resting=await emojis.catalogue(call.tx, resting=True))


async def blank(call: Call) -> Answer:
    """GET /maison/emojis/nouveau."""
    return _page(call, Form(), "", "")


def _page(call: Call, form: Form, field: str, problem: str) -> Answer:
    return page(
        call,
        "keeping/emoji.html",
        form=form,
        kibibytes=emojis.PICTURE_BYTES // 1024,
        problems={field: problem} if problem else {},
    )


async def add(call: Call) -> Answer:
    """POST /maison/emojis/nouveau: a picture, decoded and written anew outside transactions, gets its code."""
    form = call.read(Form)
    field = "image"
    try:
        made = await _prepared(call)
        field = "code"
        await _kept(call, form, made)
    except BadInput as refusal:
        return _page(call, form, field, wording.told(refusal, call.language))
    return answers.back(call, HERE, messages.notice("L'émoji {code} est là.", call, code=f":{form.code.strip().strip(':')}:"))


async def _prepared(call: Call) -> emojis.Prepared:
    sent = call.given.get("file")
    if not isinstance(sent, Upload) or not sent.size:
        raise BadInput("Joignez une image.")
    async with call.site.booths:
        return await emojis.prepare(call.site.blobs, sent.path)


async def _kept(call: Call, form: Form, made: emojis.Prepared) -> None:
    try:
        async with call.site.db.transaction() as tx:
            await moderation.add_emoji(tx, call.me, form.code.strip().strip(":"), made, form.category)
    except BaseException:
        for key in made:
            call.site.blobs.drop(key)
        raise


class Sorted(msgspec.Struct):
    """A heading, empty for none."""

    category: str = ""


async def sort(call: Call) -> Answer:
    """POST /maison/emojis/{code}/categorie."""
    await moderation.sort_emoji(call.tx, call.me, call.text("code"), call.read(Sorted).category)
    return answers.back(call, HERE, messages.notice("L'émoji est rangé.", call))


class Rested(msgspec.Struct):
    """Whether it rests from now on."""

    resting: bool = True


async def rest(call: Call) -> Answer:
    """POST /maison/emojis/{code}/repos: have one shown nowhere, or let it out again."""
    resting = call.read(Rested).resting
    await moderation.rest_emoji(call.tx, call.me, call.text("code"), resting=resting)
    told = "L'émoji se repose : les textes montrent son code." if resting else "L'émoji est de retour."
    undo = Undo(str(call.scope["path"]), {"resting": "false" if resting else "true"})
    return answers.back(call, HERE, messages.notice(told, call, undo))


class Sure(msgspec.Struct):
    """Whether one is sure."""

    sure: bool = False


async def remove(call: Call) -> Answer:
    """POST /maison/emojis/{code}/retirer: take one back, once it is sure."""
    code = call.text("code")
    known = [*await emojis.catalogue(call.tx), *await emojis.catalogue(call.tx, resting=True)]
    if code not in {one.code for one in known}:
        raise Missing
    if not call.read(Sure).sure:
        question = asking.Question(
            door.said("Retirer l'émoji {code} ?", call, code=f":{code}:"),
            door.said("Les textes qui l'emploient gardent son code, sans l'image. Cela ne se défait pas.", call),
            door.said("Retirer l'émoji", call),
        )
        return asking.ask(call, question, HERE)
    door.drop_later(call, await moderation.remove_emoji(call.tx, call.me, code))
    return answers.back(call, HERE, messages.notice("L'émoji est retiré.", call))


RECEIVING = Rule("user", files=emojis.PICTURE_BYTES + PLAIN_LIMIT, transaction=False)
DESTINATIONS = [Destination("Émojis", HERE, "smile", Who.HOST, rank=115, group="house")]
ROUTES = [
    route("GET", HERE, for_hosts(show), user("")),
    route("GET", HERE + "/nouveau", for_hosts(blank), user("")),
    route("POST", HERE + "/nouveau", guests.guarded(for_hosts(add)), RECEIVING),
    route("POST", HERE + "/{code}/categorie", guests.guarded(for_hosts(sort)), user("")),
    route("POST", HERE + "/{code}/repos", guests.guarded(for_hosts(rest)), user("")),
    route("POST", HERE + "/{code}/retirer", guests.guarded(for_hosts(remove)), user("")),
]
