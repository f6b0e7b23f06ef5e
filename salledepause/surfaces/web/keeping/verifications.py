"""Proofs that wait for a host's eyes, by number and never by handle; codes that teams hand round."""

from __future__ import annotations

from typing import Any

import msgspec

from salledepause.features import verification
from salledepause.features.accounts import Family
from salledepause.kernel.errors import BadInput, Conflict
from salledepause.surfaces import proofs
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, guests, messages, safety, wording
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/verifications"


async def show(call: Call) -> Answer:
    """GET /maison/verifications."""
    return await _page(call)


async def _page(call: Call, code: str = "", problem: str = "") -> Answer:
    values: dict[str, Any] = {
        "waiting": await verification.waiting(call.tx, call.me),
        "codes": await verification.codes(call.tx, call.me),
        "code": code,
        "problems": {"usages": problem} if problem else {},
    }
    headers = (safety.SECRET,) if code else ()
    return page(call, "keeping/verifications.html", headers=headers, **values)


async def look(call: Call) -> Answer:
    """GET /maison/verifications/{id}/fichier: the proof itself."""
    return await proofs.shown(await verification.proof(call.tx, call.site, call.me, call.id()))


class Decided(msgspec.Struct):
    """Whether a proof proves the family."""

    gesture: str = ""


async def decide(call: Call) -> Answer:
    """POST /maison/verifications/{id}: say what a proof proves; it is destroyed either way."""
    accepted = call.read(Decided).gesture == "accept"
    try:
        await verification.decide(call.tx, call.site, call.me, call.id(), accepted=accepted)
    except Conflict as refusal:
        return await _page(call, problem=wording.told(refusal, call.language))
    return answers.back(call, HERE, messages.notice("C'est dit, et le justificatif est détruit.", call))


class Wanted(msgspec.Struct):
    """A team's code to make."""

    family: Family
    uses: int = 20
    days: int = 30


async def create(call: Call) -> Answer:
    """POST /maison/verifications/codes: make a team's code, shown this once."""
    wanted = call.read(Wanted)
    try:
        code = await verification.create_code(call.tx, call.me, wanted.family, wanted.uses, wanted.days)
    except BadInput as refusal:
        return await _page(call, problem=wording.told(refusal, call.language))
    return await _page(call, code)


async def revoke(call: Call) -> Answer:
    """POST /maison/verifications/codes/{id}/retirer."""
    await verification.revoke_code(call.tx, call.me, call.id())
    return answers.back(call, HERE, messages.notice("Ce code ne prouve plus rien.", call))


DESTINATIONS = [Destination("Vérifications", HERE, "check", Who.HOST, rank=112, group="house")]
ROUTES = [
    route("GET", HERE, for_hosts(show), user("")),
    route("POST", f"{HERE}/codes", guests.guarded(for_hosts(create)), user("")),
    route("POST", f"{HERE}/codes/{{id}}/retirer", guests.guarded(for_hosts(revoke)), user("")),
    route("GET", f"{HERE}/{{id}}/fichier", for_hosts(look), user("")),
    route("POST", f"{HERE}/{{id}}", guests.guarded(for_hosts(decide)), user("")),
]
