"""« Qui fait quoi » as hosts keep it: kinds of requests, who answers, replies and words; written by administrators."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from salledepause.features import signposts
from salledepause.features.signposts import Lesson, Signpost, Wanted
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, guests, messages, wording
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/qui-fait-quoi"


class Asked(msgspec.Struct):
    """Which one to change, by its key."""

    guichet: str = ""


async def show(call: Call) -> Answer:
    """GET /maison/qui-fait-quoi: all of them, `?guichet=` one of them in the form."""
    key = call.read(Asked).guichet
    one = next((one for one in await signposts.known(call.tx) if key and one.key == key), None)
    if one is None:
        return await _page(call, Wanted())
    texts = {name: getattr(one, name) for name in ("name", "desk", "does", "reply", "source", "address")}
    return await _page(call, Wanted(**texts, words=", ".join(one.words), hints=", ".join(one.hints)))


async def _page(call: Call, form: Wanted, problem: str = "") -> Answer:
    found = await signposts.known(call.tx)
    learned = await signposts.lessons(call.tx)
    return page(
        call,
        "keeping/signposts.html",
        found=found,
        learned=[Learned(one, mine) for one in found if (mine := [each for each in learned if each.key == one.key])],
        several=signposts.SEVERAL,
        form=form,
        problems={"guichet": problem} if problem else {},
    )


async def write(call: Call) -> Answer:
    """POST /maison/qui-fait-quoi: write one, in the place of the one of that name."""
    wanted = call.read(Wanted)
    try:
        async with call.tx.attempt():
            one = await signposts.write(call.tx, call.me, wanted)
    except BadInput as refusal:
        return await _page(call, wanted, wording.told(refusal, call.language))
    return answers.back(call, HERE, messages.notice("C'est écrit : {term}.", call, term=one.name))


class Learned(NamedTuple):
    """A signpost of which the house learned something."""

    signpost: Signpost
    lessons: list[Lesson]


class Dropped(msgspec.Struct):
    """The key of one."""

    key: str = ""


async def drop(call: Call) -> Answer:
    """POST /maison/qui-fait-quoi/retirer: take one out."""
    await signposts.drop(call.tx, call.me, call.read(Dropped).key)
    return answers.back(call, HERE, messages.notice("Ce guichet n'est plus proposé.", call))


async def forget(call: Call) -> Answer:
    """POST /maison/qui-fait-quoi/oublier: have the words of one count as the table has them."""
    await signposts.forget(call.tx, call.me, call.read(Dropped).key)
    return answers.back(call, HERE, messages.notice("C'est oublié : ces mots comptent comme avant.", call))


DESTINATIONS = [Destination("Guichets de « qui fait quoi »", HERE, "signpost", Who.HOST, rank=118, group="house")]
ROUTES = [
    route("GET", HERE, for_hosts(show), user("")),
    route("POST", HERE, guests.guarded(for_hosts(write, admin=True)), user("")),
    route("POST", HERE + "/oublier", guests.guarded(for_hosts(forget, admin=True)), user("")),
    route("POST", HERE + "/retirer", guests.guarded(for_hosts(drop, admin=True)), user("")),
]
