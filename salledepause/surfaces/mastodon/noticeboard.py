"""Noticeboards of rooms, in our own API: what is pinned, what became of it, and saying what is known."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from salledepause.features import noticeboard
from salledepause.features.noticeboard import By, State
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon.described import lines, own
from salledepause.surfaces.mastodon.timelines import listing_answer
from salledepause.surfaces.routes import reading, user


class StepEntity(msgspec.Struct, frozen=True):
    """One change of an item: as what somebody decided it, never who."""

    state: State
    at: datetime
    by: By
    source: str | None


class NoticeEntity(msgspec.Struct, frozen=True):
    """What is known of a status of a room; `state` is null for one that may be pinned, and is not yet."""

    status_id: str
    state: State | None
    pinned: bool
    may_decide: bool
    next: tuple[State, ...]
    """What may be said of it by who asks."""
    steps: list[StepEntity]
    """The newest first."""


class Decision(msgspec.Struct):
    """What became of an item, and whence one knows: a source is needed to confirm and to deny."""

    state: State = State.CHECKING
    source: str = ""


async def board(call: Call) -> Answer:
    """GET /api/salledepause/v1/rooms/:id/notices: what is pinned to the board of a room that one may read, as statuses."""
    return await listing_answer(call, await noticeboard.board(call.tx, call.viewer, call.id(), call.page()))


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/notices/:id: what became of a status of a board, step by step."""
    view = await noticeboard.one(call.tx, call.viewer, call.id())
    item = view.item
    return json(
        NoticeEntity(
            status_id=str(call.id()),
            state=item.state if item else None,
            pinned=bool(item and item.pinned),
            may_decide=view.may,
            next=view.next,
            steps=[StepEntity(one.state, one.at, one.by, one.source or None) for one in view.steps],
        )
    )


async def pin(call: Call) -> Answer:
    """POST /api/salledepause/v1/notices/:id/pin: pin a short info of a room to its board, as a rumour."""
    await noticeboard.pin(call.tx, call.me, call.id())
    return await show(call)


async def unpin(call: Call) -> Answer:
    """POST /api/salledepause/v1/notices/:id/unpin: take an item off its board; what is known of it stays."""
    await noticeboard.unpin(call.tx, call.me, call.id())
    return await show(call)


async def decide(call: Call) -> Answer:
    """POST /api/salledepause/v1/notices/:id/state: say what became of an item; a denial tells who was shown the rumour."""
    asked = call.read(Decision)
    await noticeboard.decide(call.tx, call.me, call.id(), asked.state, asked.source)
    return await show(call)


HERE = "/api/salledepause/v1/notices/{id}"
READING, WRITING = reading("read:statuses"), user("write:statuses")
OWN = [
    own("GET /api/salledepause/v1/rooms/{id}/notices", board, READING, (None, list[dict[str, Any]])),
    own(f"GET {HERE}", show, READING, (None, NoticeEntity)),
    own(f"POST {HERE}/pin", pin, WRITING, (None, NoticeEntity)),
    own(f"POST {HERE}/unpin", unpin, WRITING, (None, NoticeEntity)),
    own(f"POST {HERE}/state", decide, WRITING, (Decision, NoticeEntity)),
]
ROUTES = lines(OWN)
