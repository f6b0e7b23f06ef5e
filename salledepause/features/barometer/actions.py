"""What one reads of a room's barometer, and what those who keep the room do with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from salledepause.features import accounts, moderation, rooms
from salledepause.features.barometer import store
from salledepause.features.barometer.model import Reason, State, gauged
from salledepause.features.moderation import Act
from salledepause.features.rooms import In, Room, View
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.marks import Subject


class Dial(msgspec.Struct, frozen=True, kw_only=True):
    """What a room's barometer says to whoever may read the room: `people` gave signs, at least, a multiple of five."""

    room: Room
    state: State = State.CALM
    since: datetime | None = None
    people: int = 0
    reasons: tuple[Reason, ...] = ()
    on: bool = True
    lifted: datetime | None = None
    """Since when signs count, where who keeps the room lifted it."""


async def dial(tx: Tx, viewer: int | None, room_id: int) -> Dial:
    """Return the barometer of a room that somebody may read; raises Missing for any other, and where there is none."""
    room = await rooms.readable(tx, viewer, room_id)
    if not gauged(room):
        raise Missing
    return _dial(room, (await store.kept(tx, [room_id])).get(room_id))


async def kept_dial(tx: Tx, me: int, room_id: int) -> Dial:
    """Return the barometer of a room to one who keeps it, without reading there. Raises Missing for anybody else."""
    room = await _kept(tx, me, room_id)
    return _dial(room, (await store.kept(tx, [room_id])).get(room_id))


def keeps(one: View) -> bool:
    """Tell whether somebody may lift and switch a room's barometer: who keeps it, and any host where the house proposes it."""
    return one.who.standing is In.KEEPER or (one.who.host and one.room.listed)


def _dial(room: Room, kept: store.Kept | None) -> Dial:
    if kept is None:
        return Dial(room=room)
    since = kept.since if kept.state is not State.CALM else None
    values = {"state": kept.state, "since": since, "people": kept.people, "reasons": kept.reasons}
    return msgspec.structs.replace(Dial(room=room), **values, on=not kept.off, lifted=kept.begun)


async def tense_ones(tx: Tx, views: Sequence[View]) -> list[Dial]:
    """Return, of rooms as somebody meets them, the barometers of those that they read or keep and that are not calm."""
    found = {one.room.id: one.room for one in views if (one.reads or keeps(one)) and gauged(one.room)}
    tx.stands_on(Subject.ROOM, *found)
    kept = await store.kept(tx, list(found))
    return [_dial(found[one], kept[one]) for one in found if one in kept and kept[one].state is not State.CALM]


async def sharp_in(tx: Tx, room_id: int) -> list[int]:
    """Return the posts of a room that are not calm, of those that were read lately; for what lists a room to who may read it."""
    tx.stands_on(Subject.ROOM, room_id)
    return await store.sharp(tx, room_id)


async def lift(tx: Tx, me: int, room_id: int) -> None:
    """Have a room that one keeps be calm from now on: what was said before counts no more. Raises Missing."""
    room = await _kept(tx, me, room_id)
    kept = await store.hold(tx, room_id, clock.now())
    await _begin(tx, room, off=kept.off)
    await _noted(tx, me, room, "lift_barometer")


async def switch(tx: Tx, me: int, room_id: int, *, on: bool) -> None:
    """Switch the barometer of a room that one keeps on or off; twice equals once. Raises Missing."""
    room = await _kept(tx, me, room_id)
    kept = await store.hold(tx, room_id, clock.now())
    if kept.off is on:
        await _begin(tx, room, off=not on)
        await _noted(tx, me, room, "start_barometer" if on else "stop_barometer")


async def _kept(tx: Tx, me: int, room_id: int) -> Room:
    one = (await rooms.met(tx, me, [room_id])).get(room_id)
    if one is None or not keeps(one) or not gauged(one.room):
        raise Missing
    return one.room


async def _begin(tx: Tx, room: Room, *, off: bool) -> None:
    await store.begin(tx, room.id, clock.now(), off=off)
    await rooms.brake(tx, room.id, 0)


async def _noted(tx: Tx, me: int, room: Room, act: str) -> None:
    """Write what a host does down; the house knows nothing of the rooms that it does not propose."""
    if room.listed and (await accounts.one(tx, me)).keeps_house:
        await moderation.note(tx, Act(host_id=me, act=act, subject=room.name))
