"""The barometer of a room in our API: how tense it is and why, for whoever may read it; lifted, switched, by who keeps it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from salledepause.features import barometer
from salledepause.features.barometer import Dial, Reason, State
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon.described import lines, own
from salledepause.surfaces.routes import reading, user


class DialEntity(msgspec.Struct, frozen=True):
    """How tense a room is. Numbers of people are multiples of five, rounded down; a reason of fewer than five is not said."""

    room_id: str
    on: bool
    """Whether the room's barometer is on; it is calm else."""
    state: State
    since: datetime | None
    """Since when, of a room that is not calm."""
    people: int
    """People who gave signs within an hour, at least; 0 in a calm room."""
    reasons: tuple[Reason, ...]
    pace_seconds: int
    """Seconds between two posts of one person, there and now."""
    url: str
    """The page that tells the rule with its numbers."""


def entity(call: Call, one: Dial) -> DialEntity:
    """Return a room's barometer."""
    return DialEntity(
        room_id=str(one.room.id),
        on=one.on,
        state=one.state,
        since=one.since,
        people=one.people,
        reasons=one.reasons,
        pace_seconds=one.room.pace,
        url=call.site.url("/barometre"),
    )


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/rooms/:id/barometer: how tense a room is that one may read; none where words end."""
    return json(entity(call, await barometer.dial(call.tx, call.viewer, call.id())))


async def _kept(call: Call, tx: Tx) -> Answer:
    dial = await barometer.kept_dial(tx, call.me, call.id())
    if dial is None:
        raise Missing
    return json(entity(call, dial))


class SwitchAsked(msgspec.Struct):
    """Whether the barometer of a room is to be on; as it is when absent."""

    on: bool | None = None


async def switch(call: Call) -> Answer:
    """PATCH /api/salledepause/v1/rooms/:id/barometer: switch the barometer of a room that one keeps on or off."""
    on = call.read(SwitchAsked).on
    if on is not None:
        await barometer.switch(call.tx, call.me, call.id(), on=on)
    return await _kept(call, call.tx)


async def lift(call: Call) -> Answer:
    """POST /api/salledepause/v1/rooms/:id/barometer/lift: have a room that one keeps be calm; what was said counts no more."""
    await barometer.lift(call.tx, call.me, call.id())
    return await _kept(call, call.tx)


HERE = "/api/salledepause/v1/rooms/{id}/barometer"
OWN = [
    own(f"GET {HERE}", show, reading("read:lists"), (None, DialEntity)),
    own(f"PATCH {HERE}", switch, user("write:lists"), (SwitchAsked, DialEntity)),
    own(f"POST {HERE}/lift", lift, user("write:lists"), (None, DialEntity)),
]
ROUTES = lines(OWN)
