"""Company, in our own API: asking for a word and answering who does, hours of the rota. Off shift no call is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from salledepause.features import company, posts
from salledepause.features.company import Standing
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon.described import lines, own
from salledepause.surfaces.mastodon.shelf import presenter
from salledepause.surfaces.routes import user


class WordEntity(msgspec.Struct, frozen=True):
    """How a post asks for a word; `told`: whether somebody was told. Who they are, and how many, is never said."""

    status_id: str
    asked_at: datetime
    answered: bool
    mine: bool
    told: bool
    may_claim: bool
    claimed: bool
    """Whether one said to be answering, and is waited for."""
    taken: bool
    """Whether somebody else did."""
    advice: list[str]
    """Ids of answers whose authors said that they give advice."""


class WaitingEntity(msgspec.Struct, frozen=True):
    """A call that waits; `status` is a Status."""

    asked_at: datetime
    claimed: bool
    taken: bool
    status: dict[str, Any]


class QueueEntity(msgspec.Struct, frozen=True):
    """Who waits for a word, the longest first; off shift `calls` is empty."""

    on_shift: bool
    until: datetime | None
    next: datetime | None
    calls: list[WaitingEntity]


class HourEntity(msgspec.Struct, frozen=True):
    """An hour of the rota, never who else is there."""

    starts: datetime
    mine: bool
    weekly: bool
    covered: bool


class WeekEntity(msgspec.Struct, frozen=True):
    """An hour that one takes every week, as the clock of Paris shows it; Monday is 1."""

    weekday: int
    hour: int


class GapEntity(msgspec.Struct, frozen=True):
    """Hours on end for which nobody is there."""

    starts: datetime
    ends: datetime


class HoursAsked(msgspec.Struct):
    """Hours, by the instants at which they begin."""

    starts: list[str] = []

    @property
    def instants(self) -> list[datetime]:
        """The hours; raises BadInput for what is none."""
        try:
            found = [datetime.fromisoformat(one) for one in self.starts]
        except ValueError as error:
            raise BadInput("Heure illisible : attendu par exemple 2026-12-31T02:00:00Z.") from error
        if not all(one.tzinfo and 1970 < one.year < 9999 for one in found):  # noqa: PLR2004 - what a calendar holds
            raise BadInput("Heure illisible : attendu par exemple 2026-12-31T02:00:00Z.")
        return found


class WeekAsked(msgspec.Struct):
    """Hours to take every week, or to take no more."""

    weekday: int = 0
    hours: list[int] = []
    there: bool = True


async def queue(call: Call) -> Answer:
    """GET /api/salledepause/v1/company: who waits for a word, for who is on shift."""
    found = await company.queue(call.tx, call.me)
    seen = await posts.visible(call.tx, [one.post_id for one in found.calls], call.me)
    said = await presenter(call).page(call.tx, seen, call.me)
    statuses = {one.post.id: one for one in seen}
    entities = {one["id"]: one for one in msgspec.json.decode(b"".join(said))} if statuses else {}
    waiting = []
    for one in found.calls:
        standing = await company.standing(call.tx, one.post_id, call.me)
        status = entities.get(str(one.post_id))
        if standing and status:
            waiting.append(WaitingEntity(one.asked_at, standing.claims, standing.taken, status))
    return json(QueueEntity(found.on_shift, found.until, found.next, waiting))


async def _standing(call: Call, tx: Tx) -> Answer:
    """Answer how the call of a post stands, which the caller may read. Raises Missing."""
    await posts.one_visible(tx, call.id(), call.viewer)
    found: Standing | None = await company.standing(tx, call.id(), call.viewer)
    if found is None:
        raise Missing
    around = await posts.context(tx, call.id(), call.viewer)
    advice = await company.advice_among(tx, [one.post.id for one in around.descendants])
    entity = WordEntity(
        status_id=str(found.call.post_id),
        asked_at=found.call.asked_at,
        answered=found.call.answered_at is not None,
        mine=found.mine,
        told=found.told,
        may_claim=found.may_claim,
        claimed=found.claims,
        taken=found.taken,
        advice=[str(one) for one in sorted(advice)],
    )
    return json(entity)


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/company/calls/:id: how the call of a post stands, to who may read the post."""
    return await _standing(call, call.tx)


async def ask(call: Call) -> Answer:
    """POST /api/salledepause/v1/company/calls/:id: ask for a word by a post of one's own."""
    await company.ask(call.tx, call.me, call.id())
    return await _standing(call, call.tx)


async def withdraw(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/company/calls/:id: take it back; nothing of it stays but the post."""
    await company.withdraw(call.tx, call.me, call.id())
    return json({})


async def claim(call: Call) -> Answer:
    """POST /api/salledepause/v1/company/calls/:id/claim: say that one answers, for ten minutes."""
    await company.claim(call.tx, call.me, call.id())
    return await _standing(call, call.tx)


async def release(call: Call) -> Answer:
    """POST /api/salledepause/v1/company/calls/:id/release: leave it to others."""
    await company.release(call.tx, call.me, call.id())
    return await _standing(call, call.tx)


async def rota(call: Call) -> Answer:
    """GET /api/salledepause/v1/company/hours: the rota of the next seven days, as one may take or leave it."""
    return json([HourEntity(*one) for one in await company.rota(call.tx, call.me)])


async def take(call: Call) -> Answer:
    """POST /api/salledepause/v1/company/hours/take: take hours."""
    await company.take(call.tx, call.me, call.read(HoursAsked).instants)
    return await rota(call)


async def leave(call: Call) -> Answer:
    """POST /api/salledepause/v1/company/hours/leave: leave hours, those of one's week too, this once."""
    await company.leave(call.tx, call.me, call.read(HoursAsked).instants)
    return await rota(call)


async def week(call: Call) -> Answer:
    """GET /api/salledepause/v1/company/week: the hours that one takes every week."""
    return json([WeekEntity(*one) for one in await company.week_of(call.tx, call.me)])


async def repeat(call: Call) -> Answer:
    """POST /api/salledepause/v1/company/week: take hours every week, or take them no more."""
    asked = call.read(WeekAsked)
    await company.repeat(call.tx, call.me, asked.weekday, asked.hours, there=asked.there)
    return await week(call)


async def uncovered(call: Call) -> Answer:
    """GET /api/salledepause/v1/admin/company/uncovered: for hosts, the hours of the next seven days that nobody covers."""
    return json([GapEntity(*one) for one in await company.uncovered(call.tx, call.me)])


HERE = "/api/salledepause/v1/company"
ONE = HERE + "/calls/{id}"
READING, WRITING = user("read:statuses"), user("write:statuses")
OWN = [
    own(f"GET {HERE}", queue, READING, (None, QueueEntity)),
    own(f"GET {ONE}", show, READING, (None, WordEntity)),
    own(f"POST {ONE}", ask, WRITING, (None, WordEntity)),
    own(f"DELETE {ONE}", withdraw, WRITING),
    own(f"POST {ONE}/claim", claim, WRITING, (None, WordEntity)),
    own(f"POST {ONE}/release", release, WRITING, (None, WordEntity)),
    own(f"GET {HERE}/hours", rota, READING, (None, list[HourEntity])),
    own(f"POST {HERE}/hours/take", take, WRITING, (HoursAsked, list[HourEntity])),
    own(f"POST {HERE}/hours/leave", leave, WRITING, (HoursAsked, list[HourEntity])),
    own(f"GET {HERE}/week", week, READING, (None, list[WeekEntity])),
    own(f"POST {HERE}/week", repeat, WRITING, (WeekAsked, list[WeekEntity])),
    own("GET /api/salledepause/v1/admin/company/uncovered", uncovered, user("admin:read:accounts"), (None, list[GapEntity])),
]
ROUTES = lines(OWN)
