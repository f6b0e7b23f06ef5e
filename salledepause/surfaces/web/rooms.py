"""Rooms as people walk through them: those that are open to one, what is said in one, entering and leaving without a noise."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import msgspec

from salledepause.features import accounts, doors, moderation, notifications, posts, rooms
from salledepause.features.accounts import LABELS, Family
from salledepause.features.rooms import Entry, In, Opening, Presence, Reads, Rings, Rules, Speaks, View
from salledepause.features.verification import CARERS
from salledepause.kernel.errors import BadInput, Conflict, Forbidden, Missing, Refusal
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import reading, route, user
from salledepause.surfaces.web import (
    addresses,
    answers,
    barometer,
    compose,
    guests,
    listing,
    messages,
    noticeboard,
    safety,
    wording,
    writing,
)
from salledepause.surfaces.web.navigation import Destination
from salledepause.surfaces.web.rendering import fragment, page

HERE, BY_LINK = "/pieces", "/cercles/entrer"
READ_BY = {
    Reads.EVERYONE: "Tout le monde peut lire, même sans compte.",
    Reads.SIGNED_IN: "Les membres de la maison peuvent lire.",
    Reads.FAMILIES: "Lisent ici : {families}.",
    Reads.VERIFIED: "Lisent ici, métier vérifié : {families}.",
    Reads.MEMBERS: "Seules les personnes de la pièce peuvent lire.",
}
SAID_BY = {
    Speaks.SIGNED_IN: "Qui peut lire peut parler.",
    Speaks.FAMILIES: "Parlent ici : {families}.",
    Speaks.VERIFIED: "Parlent ici, métier vérifié : {families}.",
    Speaks.MEMBERS: "On entre pour parler.",
    Speaks.KEEPERS: "Seules parlent les personnes qui gardent la pièce.",
}
ENTERED = {
    Entry.FREE: "On y entre librement.",
    Entry.CODE: "On y entre avec un code.",
    Entry.INVITATION: "On y entre sur invitation.",
}
PRESENT = {
    Presence.NOBODY: "Personne d'autre ici en ce moment.",
    Presence.SOME: "Quelques personnes sont là.",
    Presence.MANY: "Il y a du monde.",
}
PRESETS = {
    "circle": rooms.CIRCLE,
    "band": rooms.CIRCLE,
    "invited": msgspec.structs.replace(rooms.CIRCLE, entry=Entry.INVITATION),
    "house": Rules(reads=Reads.SIGNED_IN, speaks=Speaks.SIGNED_IN, entry=Entry.FREE, searchable=True, rings=Rings.WORDS),
    "carers": Rules(reads=Reads.VERIFIED, speaks=Speaks.VERIFIED, families=CARERS, entry=Entry.FREE),
    "vent": rooms.VENT,
}
"""Rules to begin with; the first three are anybody's to give. A circle and a band differ by their words alone."""
SORTS = {
    "circle": "Un cercle de compagnonnage, où l'on entre avec un code",
    "band": "Une bande pour rire entre ami·es, où l'on entre avec un code",
    "invited": "Un cercle, où l'on entre sur invitation",
    "house": "Une pièce pour toute la maison",
    "carers": "Une pièce pour les soignant·es vérifié·es",
    "vent": "Une soupape : soignant·es vérifié·es, tout s'efface en 24 heures",
}
OURS = ("circle", "band", "invited")
LABELLED = {"circle": "Cercle", "band": "Bande"}
FORMING = {
    "circle": "Ce cercle est en train de se former. On peut déjà y parler ; il prend corps à trois.",
    "band": "Cette bande est en train de se former. On peut déjà y parler ; elle prend corps à trois.",
}
LEFT = {
    "stay": "Vous êtes sorti·e, sans bruit.",
    "erase": "Vous êtes sorti·e, sans bruit. Ce que vous y aviez dit est effacé.",
}


def told(one: View, language: str) -> list[str]:
    """Return a room's rules in plain sentences, what one must know first: who reads, and for how long."""
    rules = one.room.rules

    def said(sentence: str) -> str:
        return wording.said(sentence, language)

    families = ", ".join(said(LABELS[family]) for family in rules.families)
    found = [said(READ_BY[rules.reads]).format(families=families)]
    if rules.expires_hours:
        lasts = "Chaque message s'efface au bout de {hours} h, ou de ce que choisit qui l'écrit : de 1 à 72 h."
        found.append(said(lasts).format(hours=rules.expires_hours))
    found.append(said(SAID_BY[rules.speaks]).format(families=families))
    if rules.pace_seconds:
        found.append(said("On laisse {seconds} secondes entre deux de ses messages.").format(seconds=rules.pace_seconds))
    found.append(
        said("Ce qui se dit ici se partage.") if rules.boosts else said("Ce qui se dit ici reste ici : ni partage, ni profil.")
    )
    found += [] if rules.media else [said("Ni image, ni vidéo.")]
    found += [] if rules.scores else [said("Aucun compte, aucun score.")]
    found.append(said("La recherche y trouve.") if rules.searchable else said("La recherche n'y trouve rien."))
    found.append(said("Ne sonne jamais.") if rules.rings is Rings.NEVER else said("Un téléphone n'en montre jamais les mots."))
    return found[:-1] if rules.rings is Rings.WORDS else found


async def show_all(call: Call) -> Answer:
    """GET /pieces."""
    return await _all(call)


async def _all(call: Call, problem: str = "") -> Answer:
    found = await rooms.known(call.tx, call.viewer)
    mine = [one for one in found if one.inside]
    asked = [one for one in found if one.who.standing is In.INVITED]
    others = [one for one in found if not one.inside and one not in asked]
    problems = {"code": problem} if problem else {}
    values: dict[str, Any] = {"mine": mine, "asked": asked, "others": others, "problems": problems, "entered": ENTERED}
    return page(call, "rooms.html", **values)


async def show(call: Call) -> Answer:
    """GET /pieces/{handle}: what is said in a room, and its rules; from the door, its rules alone."""
    one = await rooms.by_handle(call.tx, call.viewer, call.text("handle"))
    if one.room.sort == doors.SORT:
        return safety.to(addresses.header_value(f"/portes/{one.room.id}"))
    return await _room(call, one)


async def _room(call: Call, one: View, problem: str = "") -> Answer:
    asked = call.read(listing.Asked) if call.scope["method"] == "GET" else listing.Asked()
    found, told_by = await barometer.read(call, one, asked)
    me = guests.account(call)
    form = writing.in_room(me, one.room, f"{HERE}/{one.room.handle}") if me and one.speaks else None
    values: dict[str, Any] = {"one": one, "rules": told(one, call.language), "entered": ENTERED, "form": form}
    values |= {"calls": one.speaks and one.room.rules.reads in {Reads.EVERYONE, Reads.SIGNED_IN}} | await _here(call, one)
    board = await noticeboard.in_room(call, one.room.id) if one.reads else []
    values |= {"labelled": LABELLED, "forming": FORMING, "board": [card for card in board if card.item]} | told_by
    values |= {"problems": {"code": problem} if problem else {}, "headers": safety.kept_nowhere(one.room.rules.expires_hours)}
    return await listing.shown(call, "in_room.html", found, asked, where="", status=422 if problem else 200, **values)


async def _here(call: Call, one: View, *, said: bool = False) -> dict[str, Any]:
    """Return what the line of presence needs: what it says, whether one may say that one is there, whether a script says it.

    A page that is read counts nobody. Who came only to read, and who is away, is counted only when they say so themselves.
    """
    me = guests.account(call)
    asks = me is not None and one.room.rules.presence and one.reads and not said
    seen = asks and me is not None and not me.reads_only and not (await notifications.rest(call.tx, me.id)).away_from
    return {"present": PRESENT, "asks": asks, "seen": seen}


async def here(call: Call) -> Answer:
    """POST /pieces/{handle}/la: say that one is in a room, without saying who; counted for some minutes, named nowhere."""
    one = await rooms.by_handle(call.tx, call.me, call.text("handle"))
    await rooms.glance(call.tx, call.me, one.room.id)
    if answers.wants_fragment(call):
        return fragment(call, "room_here.html", one=one, **await _here(call, one, said=True))
    return answers.back(call, f"{HERE}/{one.room.handle}", messages.notice("C'est dit, sans dire qui.", call))


class CodeAsked(msgspec.Struct):
    """The code of a room."""

    code: str = ""


async def come(call: Call) -> Answer:
    """GET /cercles/entrer?code=: what a code opens, asked before one enters; raises BadInput for a code that opens nothing."""
    code = call.read(CodeAsked).code
    one = await rooms.behind(call.tx, call.me, code)
    if one.inside:
        return safety.to(addresses.header_value(f"{HERE}/{one.room.handle}"))
    values: dict[str, Any] = {"one": one, "rules": told(one, call.language), "labelled": LABELLED}
    return page(call, "room_enter.html", code=code, headers=(safety.SECRET,), **values)


async def enter_by_code(call: Call) -> Answer:
    """POST /pieces/code: enter the room that a code opens."""
    try:
        room_id = await rooms.enter_by_code(call.tx, call.me, call.read(CodeAsked).code)
    except (BadInput, Conflict) as refusal:
        return await _all(call, wording.told(refusal, call.language))
    one = await rooms.one(call.tx, call.me, room_id)
    return answers.back(call, f"{HERE}/{one.room.handle}", messages.notice("Vous êtes dans la pièce.", call))


async def enter(call: Call) -> Answer:
    """POST /pieces/{handle}/entrer."""
    one = await rooms.by_handle(call.tx, call.me, call.text("handle"))
    try:
        await rooms.enter(call.tx, call.me, one.room.id, call.read(CodeAsked).code)
    except (BadInput, Conflict) as refusal:
        return await _room(call, one, wording.told(refusal, call.language))
    return answers.back(call, f"{HERE}/{one.room.handle}", messages.notice("Vous êtes dans la pièce.", call))


class Leaving(msgspec.Struct):
    """What becomes of what one said in the room that one leaves."""

    said: Literal["stay", "erase"] = "stay"


async def leave(call: Call) -> Answer:
    """POST /pieces/{handle}/sortir: nobody is told; what one said there stays, or is erased."""
    said = call.read(Leaving).said
    one = await rooms.by_handle(call.tx, call.me, call.text("handle"))
    blobs = await posts.leave_room(call.tx, call.me, one.room.id, erasing=said == "erase")
    call.tx.afterwards.extend(partial(call.site.blobs.drop, key) for key in blobs)
    return answers.back(call, HERE, messages.notice(LEFT[said], call))


class Opened(msgspec.Struct):
    """A room to open."""

    name: str = ""
    purpose: str = ""
    handle: str = ""
    sort: Literal["circle", "band", "invited", "house", "carers", "vent"] = "circle"


async def new(call: Call) -> Answer:
    """GET /pieces/ouvrir."""
    return _new(call, Opened())


def _new(call: Call, typed: Opened, refusal: Refusal | None = None) -> Answer:
    me = compose.contributor(call)
    sorts = SORTS if me.keeps_house else {sort: SORTS[sort] for sort in OURS}
    problems = {"nom": wording.told(refusal, call.language)} if refusal else {}
    values: dict[str, Any] = {"typed": typed, "sorts": sorts, "problems": problems, "hosting": me.keeps_house}
    return page(call, "room_new.html", status=refusal.status if refusal else 200, **values)


async def create(call: Call) -> Answer:
    """POST /pieces/ouvrir: open a room and keep it; its code is shown this once."""
    me = compose.contributor(call)
    typed = call.read(Opened)
    ours = typed.sort in OURS
    opening = Opening(
        name=typed.name,
        purpose=typed.purpose,
        handle=typed.handle or None,
        sort="circle" if typed.sort == "invited" else typed.sort,
        listed=me.keeps_house and not ours,
        rules=PRESETS[typed.sort],
    )
    try:
        async with call.tx.attempt():
            made = await rooms.create(call.tx, call.me, opening)
    except (BadInput, Conflict, Forbidden) as refusal:
        return _new(call, typed, refusal)
    return await _kept(call, made.handle, code=made.code or "")


async def keep(call: Call) -> Answer:
    """GET /pieces/{handle}/garder: what its keeper can do; raises Missing for anybody else."""
    return await _kept(call, call.text("handle"))


async def _kept(call: Call, handle: str, *, code: str = "", problem: str = "", typed: Pressed | None = None) -> Answer:
    one = await rooms.by_handle(call.tx, call.me, handle)
    await rooms.kept(call.tx, call.me, one.room.id)
    link = call.site.url(addresses.with_query(BY_LINK, code=code)) if code else ""
    values: dict[str, Any] = {"one": one, "code": code, "link": link, "typed": typed}
    values["problems"] = {typed.gesture: problem} if typed else {}
    headers = (safety.SECRET,) if code else ()
    return page(call, "room_keep.html", headers=headers, **values)


class Pressed(msgspec.Struct):
    """What a keeper does, and to whom; the rules that a host gives."""

    gesture: Literal["code", "invite", "entrust", "out", "in", "words", "rules", "close"]
    families: tuple[Family, ...] = ()
    proven: bool = False
    hours: int = 0
    who: str = ""
    reason: str = ""
    name: str = ""
    purpose: str = ""
    sure: bool = False


DONE = {
    "invite": "C'est fait : si cette personne n'est pas déjà là, la pièce lui est ouverte.",
    "entrust": "Cette personne garde la pièce avec vous.",
    "out": "Cette personne ne lit plus rien ici.",
    "in": "Cette personne peut revenir.",
    "words": "C'est changé.",
    "rules": "C'est changé. Ce qui est déjà dit garde sa durée.",
    "close": "La pièce est fermée : on la lit encore, on n'y parle plus.",
}


async def do(call: Call) -> Answer:
    """POST /pieces/{handle}/garder."""
    pressed, handle = call.read(Pressed), call.text("handle")
    one = await rooms.by_handle(call.tx, call.me, handle)
    room = await rooms.kept(call.tx, call.me, one.room.id)
    if pressed.gesture == "close" and not pressed.sure:
        return _sure(call, handle)
    try:
        async with call.tx.attempt():
            code = await _done(call, room.id, pressed)
    except (BadInput, Conflict, Missing) as refusal:
        return await _kept(call, handle, problem=wording.told(refusal, call.language), typed=pressed)
    if code:
        return await _kept(call, handle, code=code)
    here = f"{HERE}/{handle}/garder"
    undo = messages.Undo(here, {"gesture": "in", "who": pressed.who}) if pressed.gesture == "out" else None
    return answers.back(call, here, messages.notice(DONE[pressed.gesture], call, undo))


async def _done(call: Call, room_id: int, pressed: Pressed) -> str:
    """Do what a keeper asks; return a new code, if that was it. Raises BadInput, Conflict, Missing."""
    tx, me = call.tx, call.me
    match pressed.gesture:
        case "code":
            return await rooms.new_code(tx, me, room_id)
        case "invite":
            await rooms.invite(tx, me, room_id, pressed.who)
        case "entrust":
            await rooms.entrust(tx, me, room_id, pressed.who)
        case "out":
            who = await accounts.by_handle(tx, pressed.who, tx.domain)
            await moderation.exits.put_out(tx, me, room_id, who.id, pressed.reason)
        case "in":
            who = await accounts.by_handle(tx, pressed.who, tx.domain)
            await moderation.exits.let_in(tx, me, room_id, who.id)
        case "words":
            await rooms.change(tx, me, room_id, rooms.Change(name=pressed.name, purpose=pressed.purpose))
        case "rules":
            await rooms.change(tx, me, room_id, rooms.Change(rules=await _ruled(call, room_id, pressed)))
        case "close":
            await rooms.close(tx, me, room_id)
    return ""


async def _ruled(call: Call, room_id: int, pressed: Pressed) -> Rules:
    """Return the rules of a room with those that a host gives: who comes, and how long words last where they end."""
    rules = (await rooms.kept(call.tx, call.me, room_id)).rules
    if pressed.families:
        families = pressed.families
        reads, speaks = (Reads.VERIFIED, Speaks.VERIFIED) if pressed.proven else (Reads.FAMILIES, Speaks.FAMILIES)
        rules = msgspec.structs.replace(rules, families=families, reads=reads, speaks=speaks)
    elif rules.families:
        raise BadInput("Dites pour quelles familles de métiers la pièce est ouverte.")
    return msgspec.structs.replace(rules, expires_hours=pressed.hours) if rules.expires_hours else rules


def _sure(call: Call, handle: str) -> Answer:
    return page(
        call,
        "confirm.html",
        heading=wording.said("Fermer cette pièce ?", call.language),
        text=wording.said("On la lira encore, on n'y parlera plus. Cela ne se défait pas.", call.language),
        action=f"{HERE}/{handle}/garder",
        fields={"gesture": "close", "sure": "1"},
        back=f"{HERE}/{handle}/garder",
        label=wording.said("Fermer la pièce", call.language),
    )


DESTINATIONS = [Destination("Pièces", HERE, "door", rank=25)]
ROUTES = [
    route("GET", HERE, show_all, reading()),
    route("GET", f"{HERE}/ouvrir", new, user("")),
    route("POST", f"{HERE}/ouvrir", guests.guarded(create), user("")),
    route("GET", BY_LINK, come, user("")),
    route("POST", f"{HERE}/code", guests.guarded(enter_by_code), user("")),
    route("GET", f"{HERE}/{{handle}}", show, reading()),
    route("POST", f"{HERE}/{{handle}}/la", guests.guarded(here), user("")),
    route("POST", f"{HERE}/{{handle}}/entrer", guests.guarded(enter), user("")),
    route("POST", f"{HERE}/{{handle}}/sortir", guests.guarded(leave), user("")),
    route("GET", f"{HERE}/{{handle}}/garder", keep, user("")),
    route("POST", f"{HERE}/{{handle}}/garder", guests.guarded(do), user("")),
]
