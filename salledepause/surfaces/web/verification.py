"""Who is who, in the settings: proving one's role family by a code, by two members or by a proof; giving one's word."""

from __future__ import annotations

from typing import Any

import msgspec

from salledepause.features import verification
from salledepause.features.verification import METHOD_LABELS
from salledepause.kernel.errors import BadInput, Conflict, Missing, TooLarge
from salledepause.surfaces import proofs
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, guests, messages, wording
from salledepause.surfaces.web.rendering import page

HERE = "/reglages/verification"


async def show(call: Call) -> Answer:
    """GET /reglages/verification."""
    return await _page(call)


async def _page(call: Call, problem: tuple[str, str] = ("", "")) -> Answer:
    field, said = problem
    one = await verification.standing(call.tx, call.me)
    problems = {field: said} if field else {}
    values: dict[str, Any] = {"one": one, "methods": METHOD_LABELS, "most": verification.VOUCHERS, "problems": problems}
    return page(call, "verification.html", **values)


class Pressed(msgspec.Struct):
    """What one asks: a code, a handle to vouch for."""

    gesture: str = ""
    code: str = ""
    who: str = ""


DONE = {
    "code": "Votre métier est vérifié.",
    "vouching": "Deux membres vérifié·e·s peuvent maintenant se porter garant·e·s : donnez-leur votre pseudonyme.",
    "vouch": "Merci : votre parole compte. Rien n'en est gardé une fois la vérification faite.",
    "give_up": "Votre demande est retirée.",
    "forget": "Votre métier n'est plus vérifié.",
    "proof": "Les hôtes regarderont votre justificatif, une fois. Il sera détruit aussitôt.",
}


async def do(call: Call) -> Answer:
    """POST /reglages/verification."""
    pressed = call.read(Pressed)
    if pressed.gesture not in DONE:
        raise Missing
    try:
        async with call.tx.attempt():
            await _done(call, pressed)
    except (BadInput, Conflict, Missing) as refusal:
        return await _page(call, (pressed.gesture, wording.told(refusal, call.language)))
    return answers.back(call, HERE, messages.notice(DONE[pressed.gesture], call))


async def _done(call: Call, pressed: Pressed) -> None:
    tx, site, me = call.tx, call.site, call.me
    match pressed.gesture:
        case "code":
            await verification.use_code(tx, site, me, pressed.code)
        case "vouching":
            await verification.ask_vouching(tx, me)
        case "vouch":
            await verification.vouch(tx, site, me, pressed.who)
        case "give_up":
            await verification.give_up(tx, site, me)
        case "forget":
            await verification.forget(tx, me)


async def send(call: Call) -> Answer:
    """POST /reglages/verification/justificatif."""
    try:
        async with call.tx.attempt():
            await verification.ask_by_proof(call.tx, call.site, call.me, proofs.sent(call))
    except (BadInput, Conflict, TooLarge) as refusal:
        return await _page(call, ("file", wording.told(refusal, call.language)))
    return answers.back(call, HERE, messages.notice(DONE["proof"], call))


ROUTES = [
    route("GET", HERE, show, user("")),
    route("POST", HERE, guests.guarded(do), user("")),
    route("POST", f"{HERE}/justificatif", guests.guarded(send), proofs.sending("")),
]
