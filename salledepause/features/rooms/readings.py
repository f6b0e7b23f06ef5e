"""Reading rooms: those that somebody may know of, and those that they are in; never who else is."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from salledepause.features.rooms import store
from salledepause.features.rooms.model import (
    INSIDE,
    PRESENT_FOR,
    Presence,
    Room,
    Rules,
    Who,
    may_enter,
    may_know,
    may_read,
    may_speak,
    presence,
    sayable,
)
from salledepause.features.rooms.store import Met
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing

WRONG_CODE = "Ce code n'ouvre aucune pièce."


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A room as one person meets it; `people` is `None` for few, and for who is not inside."""

    room: Room
    who: Who
    reads: bool
    speaks: bool
    enters: bool
    people: int | None = None
    presence: Presence | None = None

    @property
    def inside(self) -> bool:
        """Whether one is in it."""
        return self.who.standing in INSIDE

    @property
    def forming(self) -> bool:
        """Whether it is a circle that is still too few to be one; said to those inside, and never again once it was formed."""
        return self.inside and self.room.small and not self.room.formed


def view(found: Met) -> View:
    """Return a room as one person meets it, nobody counted."""
    room, who = found
    return View(room=room, who=who, reads=may_read(room.rules, who), speaks=may_speak(room, who), enters=may_enter(room, who))


async def known(tx: Tx, viewer: int | None) -> list[View]:
    """Return the rooms that somebody may know of, by name: theirs, those they are asked into, those proposed to them."""
    found = await store.met(tx, viewer, "m.standing IN ('member', 'keeper', 'invited') OR r.listed")
    store.stands_on(tx, viewer, found)
    tx.passing = True
    return [view(one) for one in found if may_know(*one)]


async def mine(tx: Tx, me: int) -> list[Room]:
    """Return the rooms that one is in and may read, by name."""
    found = await store.met(tx, me, f"{store.MINE} AND r.id = ANY({store.read_by('%(viewer)s')})")
    store.stands_on(tx, me, found)
    return [room for room, _ in found]


async def one_of_mine(tx: Tx, me: int, room_id: int) -> Room | None:
    """Return a room that one is in and may read, `None` for any other."""
    found = await store.met(
        tx, me, f"r.id = %(room)s AND {store.MINE} AND r.id = ANY({store.read_by('%(viewer)s')})", room=room_id
    )
    store.stands_on(tx, me, found)
    return found[0][0] if found else None


async def met(tx: Tx, viewer: int | None, room_ids: Sequence[int]) -> dict[int, View]:
    """Return rooms as somebody meets them, by id, known to them or not: whoever asks decides what is told of it."""
    found = await store.met(tx, viewer, "r.id = ANY(%(rooms)s)", rooms=list(room_ids))
    store.stands_on(tx, viewer, found)
    return {one[0].id: view(one) for one in found}


async def one(tx: Tx, viewer: int | None, room_id: int) -> View:
    """Return a room that somebody may read, or know of; raises Missing."""
    return await _one(tx, viewer, await store.met(tx, viewer, "r.id = %(room)s", room=room_id))


async def by_handle(tx: Tx, viewer: int | None, handle: str) -> View:
    """Return a room by the handle it is mentioned by; raises Missing."""
    return await _one(tx, viewer, await store.met(tx, viewer, "r.handle = %(handle)s", handle=handle.lower()))


async def behind(tx: Tx, me: int, code: str) -> View:
    """Return the room that a code opens to somebody, who may be in it already; raises BadInput."""
    for room_id in await store.opened_by(tx, code):
        found = await store.met(tx, me, "r.id = %(room)s", room=room_id)
        if found and ((seen := view(found[0])).inside or seen.enters):
            return seen
    raise BadInput(WRONG_CODE)


async def _one(tx: Tx, viewer: int | None, found: list[Met]) -> View:
    store.stands_on(tx, viewer, found)
    if not found or not (may_read(found[0][0].rules, found[0][1]) or may_know(*found[0])):
        raise Missing
    seen = view(found[0])
    if viewer is None or not (seen.inside or seen.reads):
        return seen
    people = sayable(await store.inside(tx, seen.room.id)) if seen.inside else None
    return msgspec.structs.replace(seen, people=people, presence=await _presence(tx, seen.room, viewer))


async def speaks(tx: Tx, viewer: int | None, room_id: int) -> bool:
    """Tell whether somebody may speak in a room now."""
    found = await store.met(tx, viewer, "r.id = %(room)s", room=room_id)
    store.stands_on(tx, viewer, found)
    return bool(found) and may_speak(*found[0])


async def readable(tx: Tx, viewer: int | None, room_id: int) -> Room:
    """Return a room that somebody may read; raises Missing."""
    seen = await one(tx, viewer, room_id)
    if not seen.reads:
        raise Missing
    return seen.room


async def rules(tx: Tx, room_id: int) -> Rules:
    """Return the rules of a room, whoever asks; raises Missing."""
    found = await store.met(tx, None, "r.id = %(room)s", room=room_id)
    if not found:
        raise Missing
    return found[0][0].rules


async def bearing(tx: Tx, handle: str) -> Room | None:
    """Return the room that bears a handle, whoever asks: for the hosts' own commands."""
    found = await store.met(tx, None, "r.handle = %(handle)s", handle=handle)
    return found[0][0] if found else None


async def _presence(tx: Tx, room: Room, viewer: int) -> Presence | None:
    if not room.rules.presence:
        return None
    tx.passing = True
    return presence(await store.present(tx, room.id, viewer, clock.now() - PRESENT_FOR))
