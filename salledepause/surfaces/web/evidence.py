"""What one keeps for a complaint, as a page to read and print and as a file; and friends who agreed to tease."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import NamedTuple

import msgspec

from salledepause.features import accounts, shield
from salledepause.features.accounts import Account
from salledepause.kernel import ids
from salledepause.kernel.errors import BadInput
from salledepause.kernel.site import Site
from salledepause.surfaces.bodies import Upload
from salledepause.surfaces.edge import Answer, Call, Rule
from salledepause.surfaces.routes import anyone, route, user
from salledepause.surfaces.web import answers, guests, messages, safety, wording
from salledepause.surfaces.web.rendering import page

HERE, CHECK, DUELS = "/bouclier/preuves", "/preuves", "/bouclier/duels"
MOST_BYTES = 8 * 1024 * 1024
"""Of a file to check."""
LAST_NUMBER = re.compile(r"/(\d{1,19})/?(?:[?#].*)?$")


async def show(call: Call) -> Answer:
    """GET /bouclier/preuves: what one put aside, to read and to print."""
    return page(call, "evidence.html", file=await shield.evidence.file(call.tx, call.site, call.me))


async def export(call: Call) -> Answer:
    """GET /bouclier/preuves.json: the same as a file."""
    body = msgspec.json.format(msgspec.json.encode(await shield.evidence.file(call.tx, call.site, call.me)), indent=2)
    kind = (b"content-type", b"application/json; charset=utf-8")
    disposition = (b"content-disposition", b'attachment; filename="preuves.json"')
    return Answer(body, headers=safety.dressed((kind, disposition, safety.SECRET)))


async def ask(call: Call) -> Answer:
    """GET /preuves: for whoever is handed such a file: what it shows, and whether anything of it changed."""
    return _checking(call, None)


def _checking(call: Call, checked: shield.Checked | None, problem: str = "") -> Answer:
    csrf, cookie = guests.form_word(call)
    problems = {"fichier": problem} if problem else {}
    return page(call, "proving.html", checked=checked, problems=problems, csrf=csrf, headers=(*cookie, safety.SECRET))


async def check(call: Call) -> Answer:
    """POST /preuves: tell it of a file, of which nothing is kept."""
    given = call.given.get("file")
    path = given.path if isinstance(given, Upload) else None
    try:
        return _checking(call, await asyncio.to_thread(_checked, call.site, path))
    except BadInput as refusal:
        return _checking(call, None, wording.told(refusal, call.language))


def _checked(site: Site, path: Path | None) -> shield.Checked:
    return shield.proving.checked(site, shield.proving.read(path.read_bytes() if path else b""))


class Asked(msgspec.Struct, frozen=True):
    """The address of a message; the handle of somebody; what to do."""

    address: str = ""
    handle: str = ""
    gesture: str = ""


async def put_aside(call: Call) -> Answer:
    """POST /bouclier/preuves: copy a message that was sent to one, by its address."""
    found = LAST_NUMBER.search(call.read(Asked).address.strip())
    if not found:
        raise BadInput("Collez l'adresse du message, telle que votre navigateur la montre.")
    await shield.evidence.put_aside(call.tx, call.site, call.me, ids.parse(found[1]))
    return answers.back(call, HERE, messages.notice("Copie mise de côté, avec sa date et son empreinte.", call))


async def take_back(call: Call) -> Answer:
    """POST /bouclier/preuves/{id}: erase a copy."""
    await shield.evidence.take_back(call.tx, call.me, call.id())
    return answers.back(call, HERE, messages.notice("La copie est effacée.", call))


class Teased(NamedTuple):
    """A duel on a page."""

    who: Account
    agreed: bool
    mine: bool


async def duels(call: Call) -> Answer:
    """GET /bouclier/duels: with whom one may tease, and who asks."""
    found = await shield.duels.duels(call.tx, call.me)
    who = await accounts.load(call.tx, [one.other_id for one in found])
    shown = [Teased(who[one.other_id], one.agreed, one.mine) for one in found if one.other_id in who]
    return page(call, "duels.html", duels=shown)


async def ask_duel(call: Call) -> Answer:
    """POST /bouclier/duels: ask a friend, by their handle."""
    who = await accounts.by_handle(call.tx, call.read(Asked).handle.strip().removeprefix("@"), call.tx.domain)
    return await _agree(call, who.id)


async def decide_duel(call: Call) -> Answer:
    """POST /bouclier/duels/{id}: agree, or end it."""
    if call.read(Asked).gesture == "agree":
        return await _agree(call, call.id())
    await shield.duels.end(call.tx, call.me, call.id())
    return answers.back(call, DUELS, messages.notice("C'est fini, sans explication à donner.", call))


async def _agree(call: Call, other: int) -> Answer:
    agreed = await shield.duels.ask(call.tx, call.me, other)
    told = (
        "C'est convenu entre vous deux." if agreed else "La demande est partie. Rien ne change tant qu'elle n'est pas acceptée."
    )
    return answers.back(call, DUELS, messages.notice(told, call))


ROUTES = [
    route("GET", HERE, show, user("")),
    route("POST", HERE, guests.guarded(put_aside), user("")),
    route("GET", f"{HERE}.json", export, user("")),
    route("POST", f"{HERE}/{{id}}", guests.guarded(take_back), user("")),
    route("GET", CHECK, ask, anyone()),
    route("POST", CHECK, guests.guarded(check), Rule("anyone", files=MOST_BYTES, budget="media", transaction=False)),
    route("GET", DUELS, duels, user("")),
    route("POST", DUELS, guests.guarded(ask_duel), user("")),
    route("POST", f"{DUELS}/{{id}}", guests.guarded(decide_duel), user("")),
]
