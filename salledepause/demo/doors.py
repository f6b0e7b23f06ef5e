"""Open doors of the demonstration: one that is open as the house is loaded, one to read again, one to come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from salledepause.demo import script
from salledepause.features import doors, posts
from salledepause.features.doors import Opening
from salledepause.features.posts import Draft, Kind
from salledepause.kernel import clock
from salledepause.kernel.db import Tx

LASTS = timedelta(hours=47)
"""How long one that is over is opened for, before it is ended at its time: what is over cannot be opened."""


class Diary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A diary, and who keeps it."""

    by: str
    title: str


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody asks; `same` is the key of the question that asks the same."""

    by: str
    text: str
    key: str = ""
    same: str = ""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is written in a diary, so many minutes after the door opens; `answers` is the key of a question."""

    by: str
    at: int
    text: str
    answers: str = ""


class Behind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A door that opens so many minutes from the loading, for so many minutes."""

    topic: str
    about: str
    opens: int
    lasts: int
    diary: list[Diary]
    question: list[Question] = []
    entry: list[Entry] = []


class Doors(msgspec.Struct, forbid_unknown_fields=True):
    """The doors."""

    door: list[Behind]


def all_said() -> list[tuple[str, str]]:
    """Return (handle, text) of every entry; raises BadScript."""
    return [(one.by, one.text) for found in script.decoded("doors", Doors) for door in found.door for one in door.entry]


async def open_all(tx: Tx, ids: Mapping[str, int]) -> int:
    """Open the doors of the script; return how many posts were written. Raises BadScript."""
    said, now = 0, clock.now()
    for found in script.decoded("doors", Doors):
        for behind in found.door:
            await _open(tx, behind, ids, now)
            said += len(behind.entry)
    return said


async def _open(tx: Tx, behind: Behind, ids: Mapping[str, int], now: datetime) -> None:
    opens = now + timedelta(minutes=behind.opens)
    ends = opens + timedelta(minutes=behind.lasts)
    opening = Opening(
        topic=behind.topic,
        about=behind.about,
        opens_at=opens,
        ends_at=ends if ends > now else opens + LASTS,
        diaries=tuple((one.title, one.by) for one in behind.diary),
    )
    door_id = await doors.open_door(tx, None, opening)
    for diary in behind.diary:
        await doors.accept(tx, ids[diary.by], door_id)
    asked = {one.key or one.text: await doors.ask(tx, ids[one.by], door_id, one.text) for one in behind.question}
    for one in behind.question:
        if one.same:
            await doors.group(tx, ids[behind.diary[0].by], asked[one.key or one.text], asked[one.same])
    for line in behind.entry:
        draft = Draft(text=line.text, kind=Kind.STORY, room_id=door_id, at=opens + timedelta(minutes=line.at))
        entry_id = await posts.publish(tx, ids[line.by], draft)
        if line.answers:
            await doors.answer_by(tx, ids[line.by], asked[line.answers], entry_id)
    if ends <= now:
        await doors.finish(tx, door_id, ends)
