"""Desks as pages: one's own, those one may ask; what waits, in piles that one tap answers; who is there, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec
from babel.dates import get_day_names

from salledepause.features import accounts, desks, signposts
from salledepause.features.accounts import Account
from salledepause.features.desks import Asked, Desk, Member, Pile
from salledepause.kernel import clock, ids
from salledepause.kernel.errors import BadInput, Refusal
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, asking, compose, guests, messages, wording
from salledepause.surfaces.web.asking import Question
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE, REMARKS = "/guichets", "/remarques"
CLOCK = range(24)
ALL = "tous"
CHECKED, SHOWN_FIRST = 100, 10
"""Remarks of a pile that one tap answers, and those of them that are not folded."""
LIKELY = 0.1
"""How near a card is to be proposed, after the nearest."""


class Owner(NamedTuple):
    """Somebody who owns a desk with others, or is invited to."""

    account: Account
    joined: bool


async def index(call: Call) -> Answer:
    """GET /guichets: one's own desks, invitations, those that one may ask."""
    return await _index(call, {}, Words())


async def _index(call: Call, problems: dict[str, str], typed: Words) -> Answer:
    mine = await desks.mine(call.tx, call.me)
    known = {desk.id for desk, _ in mine}
    return page(
        call,
        "desks.html",
        problems=problems,
        typed=typed,
        mine=[desk for desk, joined in mine if joined],
        invited=[desk for desk, joined in mine if not joined],
        to_ask=[desk for desk in await desks.to_ask(call.tx) if desk.id not in known],
    )


class Words(msgspec.Struct):
    """A desk to open."""

    name: str = ""
    purpose: str = ""


async def create(call: Call) -> Answer:
    """POST /guichets: open one."""
    compose.contributor(call)
    typed = call.read(Words)
    try:
        async with call.tx.attempt():
            desk_id = await desks.create(call.tx, call.me, typed.name, typed.purpose)
    except BadInput as refusal:
        return await _index(call, {"nom": wording.told(refusal, call.language)}, typed)
    return answers.back(
        call, f"{HERE}/{desk_id}/fiches", messages.notice("Le guichet est ouvert. Écrivez sa première fiche.", call)
    )


async def show(call: Call) -> Answer:
    """GET /guichets/{id}: what waits, to who owns it; to others, the form to ask."""
    return await _shown(call, call.id(), {}, "")


async def _shown(call: Call, desk_id: int, problems: dict[str, str], typed: str) -> Answer:
    desk, mine = await desks.one(call.tx, call.me, desk_id)
    if mine is None or not mine.joined:
        return page(call, "desk_ask.html", problems=problems, desk=desk, invited=mine is not None, typed=typed)
    piles = await desks.waiting(call.tx, call.me, desk_id)
    cards = await desks.cards(call.tx, call.me, desk_id)
    return page(
        call,
        "desk.html",
        desk=desk,
        piles=[msgspec.structs.replace(pile, asked=pile.asked[:CHECKED]) for pile in piles],
        waiting=sum(len(pile.asked) for pile in piles),
        known=await _people(call, piles),
        cards={card.id: card for card in cards},
        spared=desks.counter(cards),
        today=clock.today(),
        shown_first=SHOWN_FIRST,
    )


async def _people(call: Call, piles: list[Pile]) -> dict[int, Account]:
    """Return who asks and who writes."""
    asked = [one.remark for pile in piles for one in pile.asked]
    wanted = {one.account_id for one in asked} | {one.draft_by for one in asked if one.draft_by}
    return await accounts.load(call.tx, sorted(one for one in wanted if one))


class Pressed(msgspec.Struct):
    """A button of a desk."""

    gesture: Literal["ask", "join", "leave", "close", "stop"]
    text: str = ""
    sure: bool = False


async def press(call: Call) -> Answer:
    """POST /guichets/{id}: ask, accept or decline, leave, close, stop everything."""
    pressed, desk_id = call.read(Pressed), call.id()
    match pressed.gesture:
        case "ask":
            return await _ask(call, desk_id, pressed.text)
        case "join":
            await desks.join(call.tx, call.me, desk_id)
            return answers.back(call, f"{HERE}/{desk_id}", messages.notice("Ce guichet est aussi le vôtre.", call))
        case "stop":
            await desks.change(call.tx, call.me, desk_id, desks.Change(answers=False))
            return answers.back(call, f"{HERE}/{desk_id}", messages.notice("Le guichet ne répond plus tout seul.", call))
        case "leave" | "close":
            return await _part(call, desk_id, pressed)


LEAVE = Question(
    "Quitter ce guichet ?", "Pour y revenir, il faudra qu'on vous y invite. Vos fiches restent aux autres.", "Quitter ce guichet"
)
CLOSE = Question("Fermer ce guichet ?", "Ses fiches et ses compteurs s'en vont avec lui.", "Fermer pour toujours")


async def _part(call: Call, desk_id: int, pressed: Pressed) -> Answer:
    """Leave a desk, decline to own it, or close it: one is asked first, but for an invitation."""
    _, mine = await desks.one(call.tx, call.me, desk_id)
    if mine and mine.joined and not pressed.sure:
        asked = LEAVE if pressed.gesture == "leave" else CLOSE
        question = Question(*(wording.said(words, call.language) for words in asked))
        return asking.ask(call, question, f"{HERE}/{desk_id}/reglages", {"gesture": pressed.gesture})
    if pressed.gesture == "close":
        await desks.close(call.tx, call.me, desk_id)
        return answers.back(call, HERE, messages.notice("Le guichet est fermé.", call))
    await desks.leave(call.tx, call.me, desk_id)
    told = "Vous avez quitté ce guichet." if mine and mine.joined else "L'invitation est déclinée."
    return answers.back(call, HERE, messages.notice(told, call))


async def _ask(call: Call, desk_id: int, text: str) -> Answer:
    try:
        async with call.tx.attempt():
            await desks.ask(call.tx, call.me, desk_id, text)
    except BadInput as refusal:
        return await _shown(call, desk_id, {"question": wording.told(refusal, call.language)}, text)
    told = "C'est demandé. La réponse viendra dans vos conversations, pour vous seul·e."
    return answers.back(call, HERE, messages.notice(told, call))


async def settings(call: Call) -> Answer:
    """GET /guichets/{id}/reglages: who owns it, who is there when, what it does by itself."""
    return await _settings(call, {}, None)


async def _settings(call: Call, problems: dict[str, str], typed: Setting | None) -> Answer:
    members = await desks.members(call.tx, call.me, call.id())
    desk, mine = await desks.one(call.tx, call.me, call.id())
    rota = await desks.rota(call.tx, call.me, call.id())
    people = await accounts.load(call.tx, [one.account_id for one in members])
    names = get_day_names("wide", locale=call.language)
    return page(
        call,
        "desk_settings.html",
        problems=problems,
        desk=desk,
        typed=typed if typed and typed.gesture == "words" else _as_it_is(desk, mine),
        handle=typed.handle if typed else "",
        hours=typed if typed and typed.gesture == "hours" else Setting("hours", start=9, end=12),
        owners=[Owner(people[one.account_id], one.joined) for one in members if one.account_id in people],
        weekdays={place: names[place - 1] for place in range(1, 8)},
        there=_shifts(rota, people),
    )


def _as_it_is(desk: Desk, mine: Member | None) -> Setting:
    """Return what a desk is, and is to who looks, as its form holds it."""
    takes_in = bool(mine and mine.takes_in)
    return Setting("words", desk.name, desk.purpose, asked=desk.asked, answers=desk.answers, takes_in=takes_in, pace=desk.pace)


class Shift(NamedTuple):
    """Hours of a day of the week at which somebody is there, from one until before the other."""

    who: Account
    weekday: int
    start: int
    end: int


def _shifts(rota: Sequence[tuple[int, int, int]], people: Mapping[int, Account]) -> list[Shift]:
    """Return a rota of (account, weekday, hour) as shifts: hours that follow each other are one."""
    made: list[Shift] = []
    for one, weekday, hour in sorted(rota, key=lambda line: (line[1], line[0], line[2])):
        if one not in people:
            continue
        last = made[-1] if made else None
        if last and (last.who.id, last.weekday, last.end) == (one, weekday, hour):
            made[-1] = last._replace(end=hour + 1)
        else:
            made.append(Shift(people[one], weekday, hour, hour + 1))
    return sorted(made, key=lambda shift: (shift.weekday, shift.start))


class Setting(msgspec.Struct):
    """What changes of a desk, or of what one is to it."""

    gesture: Literal["words", "invite", "hours"]
    name: str = ""
    purpose: str = ""
    asked: bool = False
    answers: bool = False
    takes_in: bool = False
    pace: int = 20
    handle: str = ""
    weekday: int = 1
    start: int = 0
    end: int = 0


FIELDS = {"words": "nom", "invite": "pseudonyme", "hours": "jour"}
"""The field that a problem is told at, by gesture."""


async def change(call: Call) -> Answer:
    """POST /guichets/{id}/reglages."""
    asked, desk_id = call.read(Setting), call.id()
    compose.contributor(call)
    try:
        async with call.tx.attempt():
            await _changed(call, desk_id, asked)
    except Refusal as refusal:
        if isinstance(refusal, BadInput) or asked.gesture == "invite":
            return await _settings(call, {FIELDS[asked.gesture]: wording.told(refusal, call.language)}, asked)
        raise
    return answers.back(call, f"{HERE}/{desk_id}/reglages", messages.notice("C'est noté.", call))


async def _changed(call: Call, desk_id: int, asked: Setting) -> None:
    match asked.gesture:
        case "words":
            change_ = desks.Change(
                name=asked.name, purpose=asked.purpose, asked=asked.asked, answers=asked.answers, pace=asked.pace
            )
            await desks.change(call.tx, call.me, desk_id, change_)
            await desks.take_in(call.tx, call.me, desk_id, wanted=asked.takes_in)
        case "invite":
            await desks.invite(call.tx, call.me, desk_id, asked.handle)
        case "hours":
            if asked.start not in CLOCK or asked.end not in range(25):
                raise BadInput("Choisissez un jour de la semaine et des heures, de 0 à 23.")
            if 0 < asked.end <= asked.start:
                raise BadInput("La fin vient après le début. Une nuit se dit en deux jours : jusqu'à 24 h, puis à partir de 0 h.")
            await desks.be_there(call.tx, call.me, desk_id, asked.weekday, list(range(asked.start, asked.end)))


class Elsewhere(msgspec.Struct):
    """The signpost whose reply fills the answer; `tous`: all of them, to choose from."""

    guichet: str = ""


async def remark(call: Call) -> Answer:
    """GET /remarques/{id}: a remark, the nearest cards and why, the draft; `?guichet=` fills in where it goes instead."""
    key = call.read(Elsewhere).guichet
    reply = (await signposts.one(call.tx, key)).reply if key not in {"", ALL} else None
    ways = await signposts.known(call.tx) if key == ALL else ()
    return await _remark(call, {}, Typed(reply, key if reply else ""), ways)


class Typed(NamedTuple):
    """What an answer holds (`None`: its draft), and the signpost whose reply it was filled with."""

    text: str | None
    signpost: str


async def _remark(call: Call, problems: dict[str, str], typed: Typed, ways: Sequence[signposts.Signpost] = ()) -> Answer:
    asked: Asked = await desks.remark(call.tx, call.me, call.id())
    desk: Desk
    desk, _ = await desks.one(call.tx, call.me, asked.remark.desk_id)
    cards = await desks.cards(call.tx, call.me, desk.id)
    people = await accounts.load(call.tx, sorted({one for one in (asked.remark.account_id, asked.remark.draft_by) if one}))
    near = [one for place, one in enumerate(asked.remark.candidates) if not place or one.score >= LIKELY]
    proposed, today = {one.card_id for one in near}, clock.today()
    return page(
        call,
        "remark.html",
        problems=problems,
        asked=asked,
        desk=desk,
        cards={card.id: card for card in cards},
        likely=near,
        others=[card for card in cards if card.id not in proposed and card.sendable(today)],
        today=today,
        known=people,
        typed=asked.remark.draft if typed.text is None else typed.text,
        signpost=typed.signpost,
        read=(await signposts.proposed_to(call.tx, call.me, [(asked.remark.post_id, asked.text)]))[0],
        ways=ways,
    )


class Handled(msgspec.Struct):
    """A button of a remark."""

    gesture: Literal["answer", "draft", "refuse", "aside"]
    text: str = ""
    card_id: str = ""
    signpost: str = ""
    """The one whose reply the answer was filled with."""


DONE = {
    "answer": "La réponse est partie, pour cette personne seule.",
    "draft": "Le brouillon est gardé : les autres le voient.",
    "refuse": "C'est retenu : cette fiche ne répond pas à cela.",
    "aside": "La remarque est laissée sans réponse.",
}


async def handle(call: Call) -> Answer:
    """POST /remarques/{id}: answer in one's own words, keep a draft, say that a card does not fit, put aside."""
    handled, remark_id = call.read(Handled), call.id()
    compose.contributor(call)
    asked = (await desks.remark(call.tx, call.me, remark_id)).remark
    try:
        async with call.tx.attempt():
            await _handled(call, remark_id, handled)
    except BadInput as refusal:
        return await _remark(call, {"reponse": wording.told(refusal, call.language)}, Typed(handled.text, handled.signpost))
    if handled.gesture == "answer" and handled.signpost and asked.post_id:
        await signposts.answered(call.tx, call.me, asked.post_id, handled.signpost)
    stays = handled.gesture in {"draft", "refuse"}
    back = f"{REMARKS}/{remark_id}" if stays else f"{HERE}/{asked.desk_id}"
    return answers.back(call, back, messages.notice(DONE[handled.gesture], call))


async def _handled(call: Call, remark_id: int, handled: Handled) -> None:
    match handled.gesture:
        case "answer":
            await desks.answer_freely(call.tx, call.me, remark_id, handled.text)
        case "draft":
            await desks.draft(call.tx, call.me, remark_id, handled.text)
        case "refuse":
            await desks.refuse(call.tx, call.me, remark_id, ids.parse(handled.card_id))
        case "aside":
            await desks.put_aside(call.tx, call.me, remark_id)


DESTINATIONS = [Destination("Guichets", HERE, "charter", Who.READER | Who.CONTRIBUTOR, rank=28)]
ROUTES = [
    route("GET", HERE, index, user("")),
    route("POST", HERE, guests.guarded(create), user("")),
    route("GET", f"{HERE}/{{id}}", show, user("")),
    route("POST", f"{HERE}/{{id}}", guests.guarded(press), user("")),
    route("GET", f"{HERE}/{{id}}/reglages", settings, user("")),
    route("POST", f"{HERE}/{{id}}/reglages", guests.guarded(change), user("")),
    route("GET", f"{REMARKS}/{{id}}", remark, user("")),
    route("POST", f"{REMARKS}/{{id}}", guests.guarded(handle), user("")),
]
