"""Open doors as pages: diaries side by side on one axis of time, questions beside, then a record to read, link and print."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

import msgspec

from salledepause.features import accounts, doors
from salledepause.features.doors import QUESTION_LENGTH, TITLE_LENGTH, Hour, Opening, Stage, View
from salledepause.features.rooms import Reads
from salledepause.kernel import clock, ids
from salledepause.kernel.errors import BadInput, Conflict, Forbidden, Missing, Refusal
from salledepause.surfaces import diaries
from salledepause.surfaces.diaries import Form
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import reading, route, user
from salledepause.surfaces.web import answers, asking, cards, guests, messages, safety, wording, writing
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.navigation import Destination
from salledepause.surfaces.web.rendering import page

HERE = "/portes"
REFUSED = 422
READERS = {
    Reads.EVERYONE: "Tout le monde, même sans compte",
    Reads.SIGNED_IN: "Les membres de la maison",
    Reads.VERIFIED: "Les soignant·es vérifié·es",
}
STAGES = {Stage.DURING: "En ce moment", Stage.BEFORE: "Bientôt", Stage.AFTER: "À relire"}


class Row(NamedTuple):
    """An hour of the axis, and what was written then."""

    hour: Hour
    cards: list[Card]


def along(view: View, found: Sequence[Card]) -> list[Row]:
    """Return the hours of a door up to now, or to its end, each with what was written then."""
    until = min(clock.now(), view.ends_at)
    hours = doors.axis(view.opens_at, max(until, view.opens_at), [card.post.created_at for card in found])
    rows = {one.starts: Row(one, []) for one in hours}
    for card in sorted(found, key=lambda one: (one.post.created_at, one.post.id)):
        rows[doors.hour_of(card.post.created_at)].cards.append(card)
    return list(rows.values())


async def show_all(call: Call) -> Answer:
    """GET /portes: the doors that are open, those to come, those to read again."""
    found = await doors.known(call.tx, call.viewer)
    by_stage = {stage: [one for one in found if one.stage is stage] for stage in STAGES}
    by_stage[Stage.BEFORE].reverse()
    return page(call, "doors.html", by_stage=by_stage, stages=STAGES, hosting=_hosting(call))


def _hosting(call: Call) -> bool:
    me = guests.account(call)
    return me is not None and me.keeps_house


async def show(call: Call) -> Answer:
    """GET /portes/{id}: when it opens, what is written there, then its record."""
    return await _page(call, await doors.one(call.tx, call.viewer, call.id()))


async def _page(call: Call, view: View, typed: str = "", problem: str = "") -> Answer:
    written = await doors.written(call.tx, view)
    found = await cards.dealt(call.tx, written.entries, call.viewer)
    found = await cards.sifted(call.tx, found, call.viewer, "public") if call.viewer else found
    me, here = guests.account(call), diaries.address(view)
    values: dict[str, Any] = {
        "view": view,
        "rows": along(view, found) if view.reads and view.stage is not Stage.BEFORE else [],
        "asked": written.asked,
        "diary_of": {one.account_id: one for one in view.diaries},
        "who": await accounts.load(call.tx, [one.account_id for one in view.diaries if one.kept or view.who.host]),
        "mine": await doors.mine(call.tx, me.id, view.room.id) if me and view.reads and not view.diarist else [],
        "waiting": len(await doors.queue(call.tx, me.id, view.room.id)) if me and view.diarist else 0,
        "form": writing.in_room(me, view.room, here) if me and view.writes else None,
        "typed": typed,
        "problems": {"question": problem} if problem else {},
        "readers": READERS,
        "most_asked": QUESTION_LENGTH,
        "live": _live(view, found),
    }
    return page(call, "door.html", status=REFUSED if problem else 200, **values)


def _live(view: View, found: Sequence[Card]) -> dict[str, Any] | None:
    """Return what the page of a door asks to hear of while it is open."""
    if view.stage is not Stage.DURING or not view.reads:
        return None
    newest = max((card.post.id for card in found), default=ids.floor(view.opens_at))
    here = diaries.address(view)
    return {"asked": {"lieu": here, "depuis": newest}, "top": here}


async def carry(call: Call) -> Answer:
    """GET /portes/{id}/journal.{form}: the record as a file, or the date for a calendar."""
    name = call.text("form")
    if name not in list(Form):
        raise Missing
    view = await doors.one(call.tx, call.viewer, call.id())
    return await diaries.file(call, view, Form(name), safety.dressed(()))


class Typed(msgspec.Struct):
    """A door as its form is filled; hours are those of Paris."""

    topic: str = ""
    about: str = ""
    opens: str = ""
    ends: str = ""
    reads: Reads = Reads.EVERYONE
    title: str = ""
    who: str = ""
    other_title: str = ""
    other: str = ""

    @property
    def opening(self) -> Opening:
        """What to open; raises BadInput."""
        pairs = ((self.title, self.who), (self.other_title, self.other))
        return Opening(
            topic=self.topic,
            about=self.about,
            opens_at=_instant(self.opens),
            ends_at=_instant(self.ends),
            reads=self.reads,
            diaries=tuple(one for one in pairs if any(part.strip() for part in one)),
        )


def _instant(typed: str) -> datetime:
    try:
        local = datetime.fromisoformat(typed)
    except ValueError as error:
        raise BadInput("Choisissez un jour et une heure.") from error
    if abs(local.year - clock.now().year) > 1:
        raise BadInput("Choisissez un jour et une heure.")
    return local.replace(tzinfo=local.tzinfo or clock.PARIS)


async def new(call: Call) -> Answer:
    """GET /portes/ouvrir: for hosts; to anybody else, how one asks them."""
    return _new(call, Typed())


def _new(call: Call, typed: Typed, refusal: Refusal | None = None) -> Answer:
    problems = {"sujet": wording.told(refusal, call.language)} if refusal else {}
    values: dict[str, Any] = {"typed": typed, "readers": READERS, "problems": problems, "most_title": TITLE_LENGTH}
    return page(call, "door_new.html", status=refusal.status if refusal else 200, hosting=_hosting(call), **values)


async def create(call: Call) -> Answer:
    """POST /portes/ouvrir."""
    typed = call.read(Typed)
    try:
        async with call.tx.attempt():
            made = await doors.open_door(call.tx, call.me, typed.opening)
    except (BadInput, Conflict, Forbidden) as refusal:
        return _new(call, typed, refusal)
    return answers.back(
        call, f"{HERE}/{made}", messages.notice("La porte est annoncée. Ses diaristes voient votre demande.", call)
    )


class Question(msgspec.Struct):
    """A question as it is typed."""

    question: str = ""


async def ask(call: Call) -> Answer:
    """POST /portes/{id}/question: ask the diarists; what is wrong is told beside it."""
    typed = call.read(Question).question
    try:
        async with call.tx.attempt():
            await doors.ask(call.tx, call.me, call.id(), typed)
    except BadInput as refusal:
        view = await doors.one(call.tx, call.viewer, call.id())
        return await _page(call, view, typed, wording.told(refusal, call.language))
    told = messages.notice("Votre question attend. Vous et les diaristes êtes seul·es à la voir.", call)
    return answers.back(call, f"{HERE}/{call.id()}#questions", told)


class Pressed(msgspec.Struct):
    """A button about a diary that one is asked for, or a door."""

    gesture: Literal["accept", "leave", "end"]
    sure: bool = False


TOLD = {
    "accept": "Merci. Le journal est à vous, dès que la porte s'ouvre.",
    "leave": "C'est noté. Ce que vous avez écrit reste.",
    "end": "La porte est refermée.",
}


async def press(call: Call) -> Answer:
    """POST /portes/{id}: agree to keep a diary, or not; end a door, which is asked first."""
    pressed, view = call.read(Pressed), await doors.one(call.tx, call.me, call.id())
    if pressed.gesture == "end":
        if not pressed.sure:
            return _sure(call, view)
        await doors.end_now(call.tx, call.me, view.room.id)
    elif pressed.gesture == "accept":
        await doors.accept(call.tx, call.me, view.room.id)
    else:
        await doors.decline(call.tx, call.me, view.room.id)
    gone = pressed.gesture == "end" and view.stage is Stage.BEFORE
    back = HERE if gone or (pressed.gesture == "leave" and not view.reads) else diaries.address(view)
    return answers.back(call, back, messages.notice(TOLD[pressed.gesture], call))


def _sure(call: Call, view: View) -> Answer:
    before = view.stage is Stage.BEFORE
    text = "Elle disparaît, et n'aura pas lieu." if before else "On la relira ; plus rien ne s'y ajoute. Cela ne se défait pas."
    question = asking.Question(
        wording.said("Refermer cette porte ?", call.language),
        wording.said(text, call.language),
        wording.said("Refermer la porte", call.language),
    )
    return asking.ask(call, question, diaries.address(view), {"gesture": "end"})


async def queue(call: Call) -> Answer:
    """GET /portes/{id}/questions: what waits, to who keeps a diary."""
    view = await doors.one(call.tx, call.me, call.id())
    found = await doors.queue(call.tx, call.me, view.room.id)
    who = await accounts.load(call.tx, [one.account_id for one in found])
    return page(call, "door_questions.html", view=view, found=found, who=who)


class Sorted(msgspec.Struct):
    """What becomes of a question."""

    gesture: Literal["aside", "back", "group", "withdraw"]
    same: str = ""


SORTED = {
    "aside": "La question est mise de côté.",
    "back": "La question est revenue.",
    "group": "Ces questions auront la même réponse.",
    "withdraw": "Votre question est retirée.",
}


async def sort(call: Call) -> Answer:
    """POST /portes/questions/{id}: set a question aside, take it back, group it, withdraw one's own."""
    asked, me, question_id = call.read(Sorted), call.me, call.id()
    told = messages.notice(SORTED[asked.gesture], call)
    if asked.gesture == "withdraw":
        return answers.back(call, f"{HERE}/{await doors.withdraw(call.tx, me, question_id)}#questions", told)
    if asked.gesture == "group":
        door_id = await doors.group(call.tx, me, question_id, ids.parse(asked.same))
    else:
        door_id = await doors.set_aside(call.tx, me, question_id, aside=asked.gesture == "aside")
    return answers.back(call, f"{HERE}/{door_id}/questions", told)


DESTINATIONS = [Destination("Portes ouvertes", HERE, "ajar", rank=26, badge=doors.waiting)]
ROUTES = [
    route("GET", HERE, show_all, reading()),
    route("GET", f"{HERE}/ouvrir", new, user("")),
    route("POST", f"{HERE}/ouvrir", guests.guarded(create), user("")),
    route("POST", f"{HERE}/questions/{{id}}", guests.guarded(sort), user("")),
    route("GET", f"{HERE}/{{id}}/journal.{{form}}", carry, reading()),
    route("GET", f"{HERE}/{{id}}/questions", queue, user("")),
    route("POST", f"{HERE}/{{id}}/question", guests.guarded(ask), user("")),
    route("GET", f"{HERE}/{{id}}", show, reading()),
    route("POST", f"{HERE}/{{id}}", guests.guarded(press), user("")),
]
