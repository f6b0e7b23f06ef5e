"""What was decided about one: each decision with its reason, and a form to have it looked at again; shut out, too."""

from __future__ import annotations

from typing import Any

import msgspec

from salledepause.features import accounts
from salledepause.features.moderation import COMMENT_LENGTH, appeals
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Refusal, TooMany
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import anyone, route, user
from salledepause.surfaces.web import answers, guests, messages, safety, signin, wording
from salledepause.surfaces.web.rendering import page

HERE, DOOR = "/decisions", "/contester"
SHUTTING = {"suspend", "disable"}
LABELS = {
    "disable": "Les hôtes ont fermé votre compte.",
    "sensitive": "Les hôtes cachent désormais vos images derrière un avertissement.",
    "silence": "Les hôtes ont limité votre compte : on vous lit là où l'on va vous chercher.",
    "suspend": "Les hôtes ont suspendu votre compte.",
    "delete_statuses": "Les hôtes ont effacé des messages de vous.",
    "put_out": "On vous a mis dehors d'une pièce.",
    "refuse_image": "Les hôtes ont refusé une image de vous.",
    "turn_away": "Une image que vous envoyiez a été refusée.",
}
BY = {
    "put_out": "Une personne, parmi celles qui gardent la pièce.",
    "turn_away": "Une comparaison automatique, avec des images que les hôtes ont refusées.",
}
"""Who decided, where that is not a host."""


async def listed(call: Call) -> Answer:
    """GET /decisions."""
    return page(call, "decisions.html", found=await appeals.mine(call.tx, call.me), measures=LABELS)


async def show(call: Call) -> Answer:
    """GET /decisions/{id}."""
    return await _page(call)


async def _page(call: Call, words: str = "", problem: str = "") -> Answer:
    one = await appeals.one(call.tx, call.me, call.id())
    return page(
        call,
        "decision.html",
        one=one,
        measures=LABELS,
        by=BY.get(one.measure, "Une personne, parmi les hôtes."),
        after=appeals.AFTER,
        words=words or one.words or "",
        most_words=COMMENT_LENGTH,
        problems={"raison": problem} if problem else {},
        status=422 if problem else 200,
    )


class Contested(msgspec.Struct):
    """What one answers."""

    words: str = ""


async def contest(call: Call) -> Answer:
    """POST /decisions/{id}: have a person look again."""
    words = call.read(Contested).words
    try:
        await appeals.contest(call.tx, call.me, call.id(), words)
    except (BadInput, Conflict) as refusal:
        return await _page(call, words, wording.told(refusal, call.language))
    told = messages.notice("C'est transmis aux hôtes : une personne relira.", call)
    return answers.back(call, f"{HERE}/{call.id()}", told)


class Knock(msgspec.Struct, frozen=True):
    """Who is shut out, proven by a password, and what they answer."""

    handle: str = ""
    password: str = ""
    words: str = ""


async def outside(call: Call) -> Answer:
    """GET /contester: for who cannot come in any more: what was decided, why, and a form to answer."""
    return _door(call, Knock())


def _door(call: Call, form: Knock, error: str = "", **values: Any) -> Answer:
    csrf, cookie = guests.form_word(call)
    values = {"one": None, "shut": None, "sent": False} | values
    values |= {"form": form, "error": error, "csrf": csrf, "measures": LABELS, "most_words": COMMENT_LENGTH}
    return page(call, "shut_out.html", status=422 if error else 200, headers=(*cookie, safety.SECRET), **values)


async def knock(call: Call) -> Answer:
    """POST /contester: be told why one is shut out, and answer; nothing is opened."""
    form = call.read(Knock)
    try:
        with signin.one_guess(call, "password", form.handle):
            me = await accounts.prove(call.site, form.handle, form.password)
        async with call.site.db.transaction() as tx:
            told = await _answered(tx, me, form.words)
    except TooMany:
        raise
    except Refusal as refusal:
        return _door(call, form, wording.told(refusal, call.language))
    return _door(call, form, **told)


async def _answered(tx: Tx, me: int, words: str) -> dict[str, Any]:
    """Return what shuts somebody out, as it stands once they answered it, if they did."""
    who = await accounts.one(tx, me)
    shut = who.state == "suspended" or who.disabled
    found = [one for one in await appeals.mine(tx, me) if one.measure in SHUTTING] if shut else []
    if found and words.strip():
        await appeals.contest(tx, me, found[0].id, words)
        return {"shut": True, "one": await appeals.one(tx, me, found[0].id), "sent": True}
    return {"shut": shut, "one": found[0] if found else None}


ROUTES = [
    route("GET", HERE, listed, user("")),
    route("GET", HERE + "/{id}", show, user("")),
    route("POST", HERE + "/{id}", guests.guarded(contest), user("")),
    route("GET", DOOR, outside, anyone()),
    route("POST", DOOR, guests.guarded(knock), anyone(budget="auth", transaction=False)),
]
