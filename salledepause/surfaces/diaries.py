"""What is written behind an open door as a record, the same by each door: data, Markdown to keep, a date for a calendar."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from salledepause.features import accounts, doors, posts
from salledepause.features.doors import Stage, View
from salledepause.features.rooms import Reads
from salledepause.kernel import clock
from salledepause.kernel.errors import Missing
from salledepause.kernel.words import catalogue
from salledepause.surfaces.edge import Answer, Call, Header
from salledepause.surfaces.learned import escaped

LINE = 73
"""Octets of a line of a calendar, its end and the space that goes on apart (RFC 5545, 3.1)."""


class Form(StrEnum):
    """What the file is; the value is the end of its name."""

    MARKDOWN = "md"
    DATA = "json"
    CALENDAR = "ics"


KINDS = {
    Form.MARKDOWN: b"text/markdown; charset=utf-8",
    Form.DATA: b"application/json; charset=utf-8",
    Form.CALENDAR: b"text/calendar; charset=utf-8",
}


class DiaryEntity(msgspec.Struct, frozen=True):
    """One of the diaries of a door; `acct` is null until who is asked to keep it agrees."""

    title: str
    acct: str | None


class AnsweredEntity(msgspec.Struct, frozen=True):
    """A question that an entry answers; who asked is not said. `also`: some others asked the same."""

    text: str
    also: bool


class EntryEntity(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a diary; `diary` is its place among those of the door, null when its author keeps none any more."""

    id: str
    at: datetime
    diary: int | None
    acct: str
    url: str
    warning: str
    text: str
    language: str | None
    pictures: list[str]
    """What its pictures are described by."""
    questions: list[AnsweredEntity]


class RecordEntity(msgspec.Struct, frozen=True, kw_only=True):
    """What is written behind a door, in the order of time; questions without an answer are not of it."""

    id: str
    topic: str
    about: str
    url: str
    stage: Stage
    reads: Reads
    opens_at: datetime
    ends_at: datetime
    diaries: list[DiaryEntity]
    entries: list[EntryEntity]


def address(view: View) -> str:
    """Return the path of a door's page."""
    return f"/portes/{view.room.id}"


async def diaries(call: Call, view: View) -> list[DiaryEntity]:
    """Return the diaries of a door, and who keeps those that somebody agreed to keep."""
    who = await accounts.load(call.tx, [one.account_id for one in view.diaries if one.kept])
    return [DiaryEntity(one.title, who[one.account_id].handle if one.account_id in who else None) for one in view.diaries]


async def record(call: Call, view: View) -> RecordEntity:
    """Return what is written behind a door that who calls may read; raises Missing."""
    if not view.reads:
        raise Missing
    written = await doors.written(call.tx, view)
    said = await posts.load(call.tx, [one.subject.id for one in written.entries])
    places = {one.account_id: one.place for one in view.diaries}
    entries = [
        EntryEntity(
            id=str(post.id),
            at=post.created_at,
            diary=places.get(post.account_id),
            acct=post.handle,
            url=call.site.post_url(post.handle, post.id),
            warning=post.warning,
            text=post.text,
            language=post.language,
            pictures=[medium.description for medium in post.media],
            questions=[AnsweredEntity(asked.text, asked.also) for asked in written.asked.get(post.id, ())],
        )
        for one in written.entries
        if (post := said.get(one.subject.id)) is not None
    ]
    return RecordEntity(
        id=str(view.room.id),
        topic=view.room.name,
        about=view.room.purpose,
        url=call.site.url(address(view)),
        stage=view.stage,
        reads=view.room.rules.reads,
        opens_at=view.opens_at,
        ends_at=view.ends_at,
        diaries=await diaries(call, view),
        entries=entries,
    )


async def file(call: Call, view: View, form: Form, headers: tuple[Header, ...] = ()) -> Answer:
    """Return a door as a file; raises Missing for who may not read it."""
    found = await record(call, view)
    pages = Pages(call.language)
    body = msgspec.json.encode(found) if form is Form.DATA else pages.written(form, found)
    named = (b"content-disposition", f'attachment; filename="porte-{found.id}.{form}"'.encode())
    return Answer(body, headers=((b"content-type", KINDS[form]), named, (b"cache-control", b"private, no-store"), *headers))


class Pages:
    """A record put into words of one language."""

    def __init__(self, language: str) -> None:
        """Say which language."""
        self.gettext = catalogue(language).gettext

    def written(self, form: Form, found: RecordEntity) -> bytes:
        """Return a record as one of the files that have words of ours."""
        return self.calendar(found) if form is Form.CALENDAR else self.markdown(found)

    def markdown(self, found: RecordEntity) -> bytes:
        """Return a record as Markdown (CommonMark), hour by hour."""
        lead = self.gettext("Du {begins} au {ends}, heure de Paris.")
        parts = [f"# {escaped(found.topic)}", *([escaped(found.about)] if found.about else [])]
        parts += [lead.format(begins=_day_and_hour(found.opens_at), ends=_day_and_hour(found.ends_at)), f"<{found.url}>"]
        parts.append(
            "\n".join(f"- {escaped(one.title)}{f' (@{escaped(one.acct)})' if one.acct else ''}" for one in found.diaries)
        )
        hours = {hour.starts: hour for hour in doors.axis(found.opens_at, found.opens_at, [one.at for one in found.entries])}
        shown = None
        for one in found.entries:
            hour = hours[doors.hour_of(one.at)]
            if hour is not shown:
                parts.append(f"## {self._hour(hour)}")
                shown = hour
            parts += self._entry(found, one)
        return ("\n\n".join(parts) + "\n").encode()

    def _hour(self, hour: doors.Hour) -> str:
        day = f"{hour.starts.astimezone(clock.PARIS):%Y-%m-%d}"
        again = self.gettext("{day}, {hour} h, pour la seconde fois") if hour.again else self.gettext("{day}, {hour} h")
        return again.format(day=day, hour=hour.shown)

    def _entry(self, found: RecordEntity, one: EntryEntity) -> list[str]:
        local = one.at.astimezone(clock.PARIS)
        title = f", {escaped(found.diaries[one.diary].title)}" if one.diary is not None else ""
        parts = [f"### {local:%H:%M}{title}, @{escaped(one.acct)}"]
        for asked in one.questions:
            also = f" ({self.gettext('aussi demandée par quelques-uns')})" if asked.also else ""
            parts.append("\n".join(f"> {line}" for line in f"{escaped(asked.text)}{also}".split("\n")))
        parts += [f"**{escaped(one.warning)}**"] if one.warning else []
        parts += [escaped(one.text)] if one.text else []
        return parts + [f"- {self.gettext('Image :')} {escaped(picture)}" for picture in one.pictures if picture]

    def calendar(self, found: RecordEntity) -> bytes:
        """Return when a door is open as a date for a calendar (RFC 5545)."""
        summary = self.gettext("Porte ouverte : {topic}").format(topic=found.topic)
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Salle de pause//Portes ouvertes//FR",
            "BEGIN:VEVENT",
            f"UID:{found.url}",
            f"DTSTAMP:{_utc(clock.now())}",
            f"DTSTART:{_utc(found.opens_at)}",
            f"DTEND:{_utc(found.ends_at)}",
            f"SUMMARY:{_ical(summary)}",
            *([f"DESCRIPTION:{_ical(found.about)}"] if found.about else []),
            f"URL:{found.url}",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
        return b"".join(_folded(one) + b"\r\n" for one in lines)


def _day_and_hour(instant: datetime) -> str:
    return f"{instant.astimezone(clock.PARIS):%Y-%m-%d %H:%M}"


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _ical(typed: str) -> str:
    plain = typed.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """Return a line in parts that a space begins, none cut inside a character."""
    parts, part = [], b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > LINE:
            parts.append(part)
            part = b""
        part += octets
    return b"\r\n ".join([*parts, part])
