"""Who comes in: people who wait to be let in, one by one or several, and invitations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from salledepause.features import accounts, moderation
from salledepause.features.accounts import Sought
from salledepause.kernel.errors import BadInput, Conflict, Missing
from salledepause.kernel.page import Page
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, asking, guests, messages, safety, wording
from salledepause.surfaces.web.keeping import door
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.listing import around
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/entrees"
MOST = 50
"""People of a page."""
DAYS = {1: "un jour", 7: "une semaine", 30: "un mois", 90: "trois mois"}


async def show(call: Call) -> Answer:
    """GET /maison/entrees."""
    return await _page(call)


async def _page(call: Call, code: str = "", problem: tuple[str, str] = ("", ""), given: Wanted | None = None) -> Answer:
    asked = call.page(MOST) if call.scope["method"] == "GET" else Page(MOST)
    found = await moderation.people(call.tx, call.me, Sought(pending=True), asked)
    field, refusal = problem
    return page(
        call,
        "keeping/entries.html",
        people=found.items,
        reasons=await accounts.reasons(call.tx, [one.id for one in found.items]),
        around=around(call, found),
        invitations=await moderation.invitations(call.tx, call.me),
        days=DAYS,
        code=code,
        form=given or Wanted(),
        problems={field: refusal} if field else {},
        headers=(safety.SECRET,) if code else (),
    )


class Decided(msgspec.Struct):
    """Who is let in or turned away; turning away must be sure."""

    gesture: Literal["approve", "reject"]
    ids: tuple[int, ...] = ()
    sure: bool = False


async def decide(call: Call) -> Answer:
    """POST /maison/entrees: let in, or turn away, those who are ticked; who is settled already is passed over."""
    decided = call.read(Decided)
    wanted = tuple(dict.fromkeys(decided.ids))[:MOST]
    if not wanted:
        return answers.back(call, HERE, messages.notice("Cochez d'abord quelqu'un.", call))
    if decided.gesture == "reject" and not decided.sure:
        return _ask(call, wanted)
    done = [await _settled(call, decided.gesture, one) for one in wanted]
    if decided.gesture == "approve":
        told = messages.notice("Entrées acceptées : {n}. Bienvenue !", call, n=sum(done))
    else:
        told = messages.notice("Demandes refusées et effacées : {n}.", call, n=sum(done))
    return answers.back(call, HERE, told)


async def _settled(call: Call, gesture: str, account_id: int) -> bool:
    """Settle one request; tell whether it was still open."""
    try:
        if gesture == "approve":
            await moderation.approve(call.tx, call.me, account_id)
        else:
            door.drop_later(call, await moderation.reject(call.tx, call.me, account_id))
    except (Conflict, Missing):
        return False
    return True


def _ask(call: Call, wanted: Sequence[int]) -> Answer:
    heading = wording.counted("Refuser cette demande ?", "Refuser ces %(n)s demandes ?", len(wanted), call.language)
    text = "Une demande refusée est effacée avec son compte : pseudonyme et message compris. Cela ne se défait pas."
    question = asking.Question(heading % {"n": len(wanted)}, door.said(text, call), door.said("Refuser et effacer", call))
    return asking.ask(call, question, HERE, {"gesture": "reject", **door.several(wanted)})


class Wanted(msgspec.Struct):
    """An invitation to make."""

    uses: int = 1
    days: int = 7


async def invite(call: Call) -> Answer:
    """POST /maison/entrees/invitations: make one, and show its code this once."""
    wanted = call.read(Wanted)
    try:
        code = await moderation.invite(call.tx, call.me, wanted.uses, wanted.days)
    except BadInput as refusal:
        return await _page(call, problem=("usages", wording.told(refusal, call.language)), given=wanted)
    return await _page(call, code)


async def revoke(call: Call) -> Answer:
    """POST /maison/entrees/invitations/{id}/retirer."""
    await moderation.revoke_invitation(call.tx, call.me, call.id())
    return answers.back(call, HERE + "#invitations", messages.notice("Cette invitation n'ouvre plus rien.", call))


DESTINATIONS = [
    Destination("Inscriptions", HERE, "door", Who.HOST, rank=111, group="house", badge=moderation.waiting),
]
ROUTES = [
    route("GET", HERE, for_hosts(show), user("")),
    route("POST", HERE, guests.guarded(for_hosts(decide)), user("")),
    route("POST", "/maison/entrees/invitations", guests.guarded(for_hosts(invite)), user("")),
    route("POST", "/maison/entrees/invitations/{id}/retirer", guests.guarded(for_hosts(revoke)), user("")),
]
