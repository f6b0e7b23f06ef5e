"""Open doors in our own API: announcing one, its diaries hour by hour, questions beside, and the record that stays."""

from __future__ import annotations

from datetime import datetime

import msgspec

from salledepause.features import accounts, doors
from salledepause.features.doors import Mine, Opening, Question, Stage, View
from salledepause.features.rooms import Reads
from salledepause.kernel import ids
from salledepause.kernel.errors import BadInput
from salledepause.surfaces import diaries
from salledepause.surfaces.diaries import DiaryEntity, Form, RecordEntity
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon.described import lines, own
from salledepause.surfaces.routes import reading, user


class DoorEntity(msgspec.Struct, frozen=True, kw_only=True):
    """A door as one person meets it; entries are statuses of the room of the same id."""

    id: str
    topic: str
    about: str
    url: str
    handle: str
    """What a status names to be an entry, of who keeps a diary."""
    stage: Stage
    reads: Reads
    opens_at: datetime
    ends_at: datetime
    diaries: list[DiaryEntity]
    may_read: bool
    may_ask: bool
    may_write: bool
    """Whether one writes entries and answers now."""
    invited: bool
    """Whether one is asked to keep a diary, and did not answer."""


class QuestionEntity(msgspec.Struct, frozen=True, kw_only=True):
    """A question, to the diarists and to who asks it; `acct` is who asks, `status_id` the entry that answers it."""

    id: str
    acct: str
    text: str
    aside: bool
    also: bool
    status_id: str | None


class DiaryAsked(msgspec.Struct):
    """A diary, and the handle of who is asked to keep it."""

    title: str = ""
    acct: str = ""


class DoorAsked(msgspec.Struct):
    """A door to open, by a host: one or two diaries; `reads` is `everyone`, `signed_in` or `verified` (carers)."""

    topic: str = ""
    about: str = ""
    opens_at: str = ""
    ends_at: str = ""
    reads: Reads = Reads.EVERYONE
    diaries: list[DiaryAsked] = []


class TextAsked(msgspec.Struct):
    """What is asked, or answered."""

    text: str = ""


class AsideAsked(msgspec.Struct):
    """Whether a question is set aside, or comes back."""

    aside: bool = True


class SameAsked(msgspec.Struct):
    """The question that asks the same."""

    question_id: str = ""


class FileAsked(msgspec.Struct):
    """Which file is wanted."""

    format: Form = Form.MARKDOWN


class EntryMade(msgspec.Struct, frozen=True):
    """The entry that answers a question."""

    status_id: str


async def entity(call: Call, view: View) -> DoorEntity:
    """Return a door as who calls meets it."""
    room = view.room
    return DoorEntity(
        id=str(room.id),
        topic=room.name,
        about=room.purpose,
        url=call.site.url(diaries.address(view)),
        handle=room.handle,
        stage=view.stage,
        reads=room.rules.reads,
        opens_at=view.opens_at,
        ends_at=view.ends_at,
        diaries=await diaries.diaries(call, view),
        may_read=view.reads,
        may_ask=view.asks,
        may_write=view.writes,
        invited=view.invited,
    )


async def show_all(call: Call) -> Answer:
    """GET /api/salledepause/v1/doors: the doors that one may read, the latest to open first."""
    return json([await entity(call, one) for one in await doors.known(call.tx, call.viewer)])


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/doors/:id: a door."""
    return json(await entity(call, await doors.one(call.tx, call.viewer, call.id())))


async def record(call: Call) -> Answer:
    """GET /api/salledepause/v1/doors/:id/record: what is written behind a door, and the questions that it answers."""
    return json(await diaries.record(call, await doors.one(call.tx, call.viewer, call.id())))


async def export(call: Call) -> Answer:
    """GET /api/salledepause/v1/doors/:id/export: the same as a file; `format`: `md`, `json`, or `ics` for a calendar."""
    form = call.read(FileAsked).format
    return await diaries.file(call, await doors.one(call.tx, call.viewer, call.id()), form)


async def create(call: Call) -> Answer:
    """POST /api/salledepause/v1/doors: announce a door, as a host, and ask its diarists."""
    asked = call.read(DoorAsked)
    opening = Opening(
        topic=asked.topic,
        about=asked.about,
        opens_at=_instant(asked.opens_at),
        ends_at=_instant(asked.ends_at),
        reads=asked.reads,
        diaries=tuple((one.title, one.acct) for one in asked.diaries),
    )
    made = await doors.open_door(call.tx, call.me, opening)
    return json(await entity(call, await doors.one(call.tx, call.me, made)))


def _instant(typed: str) -> datetime:
    try:
        found = datetime.fromisoformat(typed)
        if found.tzinfo is not None and found.year > 1970:  # noqa: PLR2004 - ids begin there
            return found
    except (ValueError, OverflowError):
        pass
    raise BadInput("Dites quand la porte s'ouvre et se ferme, par exemple 2026-11-28T20:00:00Z.")


async def accept(call: Call) -> Answer:
    """POST /api/salledepause/v1/doors/:id/accept: agree to keep the diary that one is asked for."""
    await doors.accept(call.tx, call.me, call.id())
    return await show(call)


async def decline(call: Call) -> Answer:
    """POST /api/salledepause/v1/doors/:id/leave: decline to keep a diary, or keep it no more."""
    await doors.decline(call.tx, call.me, call.id())
    return json({})


async def end(call: Call) -> Answer:
    """POST /api/salledepause/v1/doors/:id/close: end a door before its time, as a host; before it opens, call it off."""
    await doors.end_now(call.tx, call.me, call.id())
    return json({})


async def questions(call: Call) -> Answer:
    """GET /api/salledepause/v1/doors/:id/questions: to a diarist, those that wait; to anybody else, their own."""
    view = await doors.one(call.tx, call.me, call.id())
    if not view.diarist:
        me = await accounts.one(call.tx, call.me)
        return json([_own(one, me.handle) for one in await doors.mine(call.tx, me.id, view.room.id)])
    found = await doors.queue(call.tx, call.me, view.room.id)
    who = await accounts.load(call.tx, [one.account_id for one in found])
    return json([_waiting(one, who[one.account_id].handle) for one in found if one.account_id in who])


def _waiting(one: Question, acct: str) -> QuestionEntity:
    return QuestionEntity(id=str(one.id), acct=acct, text=one.text, aside=one.aside, also=one.also, status_id=None)


def _own(one: Mine, acct: str) -> QuestionEntity:
    """Return a question as who asks it sees it: not whether it is set aside, nor who asks the same."""
    answer_id = str(one.answer_id) if one.answer_id else None
    return QuestionEntity(id=str(one.id), acct=acct, text=one.text, aside=False, also=False, status_id=answer_id)


async def ask(call: Call) -> Answer:
    """POST /api/salledepause/v1/doors/:id/questions: ask the diarists a question, while the door is open."""
    made = await doors.ask(call.tx, call.me, call.id(), call.read(TextAsked).text)
    me = await accounts.one(call.tx, call.me)
    return json(next(_own(one, me.handle) for one in await doors.mine(call.tx, me.id, call.id()) if one.id == made))


async def withdraw(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/doors/questions/:id: take back a question of one's own that has no answer."""
    await doors.withdraw(call.tx, call.me, call.id())
    return json({})


async def answer(call: Call) -> Answer:
    """POST /api/salledepause/v1/doors/questions/:id/answer: answer a question by a new entry of one's diary."""
    return json(EntryMade(str(await doors.answer(call.tx, call.me, call.id(), call.read(TextAsked).text))))


async def set_aside(call: Call) -> Answer:
    """POST /api/salledepause/v1/doors/questions/:id/aside: set a question aside, or take it back."""
    await doors.set_aside(call.tx, call.me, call.id(), aside=call.read(AsideAsked).aside)
    return json({})


async def group(call: Call) -> Answer:
    """POST /api/salledepause/v1/doors/questions/:id/group: say that it asks the same as another, answered for both."""
    await doors.group(call.tx, call.me, call.id(), ids.parse(call.read(SameAsked).question_id))
    return json({})


HERE = "/api/salledepause/v1/doors"
ONE, QUESTION = HERE + "/{id}", HERE + "/questions/{id}"
READING, WRITING, SEEING = reading("read:statuses"), user("write:statuses"), user("read:statuses")
OWN = [
    own(f"GET {HERE}", show_all, READING, (None, list[DoorEntity])),
    own(f"POST {HERE}", create, WRITING, (DoorAsked, DoorEntity)),
    own(f"DELETE {QUESTION}", withdraw, WRITING),
    own(f"POST {QUESTION}/aside", set_aside, WRITING, (AsideAsked, None)),
    own(f"POST {QUESTION}/group", group, WRITING, (SameAsked, None)),
    own(f"POST {QUESTION}/answer", answer, WRITING, (TextAsked, EntryMade)),
    own(f"GET {ONE}", show, READING, (None, DoorEntity)),
    own(f"GET {ONE}/record", record, READING, (None, RecordEntity)),
    own(f"GET {ONE}/export", export, READING, (FileAsked, bytes)),
    own(f"GET {ONE}/questions", questions, SEEING, (None, list[QuestionEntity])),
    own(f"POST {ONE}/questions", ask, WRITING, (TextAsked, QuestionEntity)),
    own(f"POST {ONE}/accept", accept, WRITING, (None, DoorEntity)),
    own(f"POST {ONE}/leave", decline, WRITING),
    own(f"POST {ONE}/close", end, WRITING),
]
ROUTES = lines(OWN)
