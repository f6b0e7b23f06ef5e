"""Rooms of the demonstration: opened as the house's own command would, entered by some, spoken in lately."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from salledepause.demo import script
from salledepause.features import posts, rooms, supports, verification
from salledepause.features.accounts import Family
from salledepause.features.posts import Draft, Kind
from salledepause.features.rooms import In, Opening, Rules
from salledepause.features.supports import Word
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.site import Site

USES = 200


class Saying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something said in a room, so many minutes before the loading."""

    by: str
    ago: int
    text: str
    kind: Kind = Kind.OPINION
    key: str = ""
    to: str = ""
    hours: int | None = None
    support: dict[str, Word] = {}


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A room, who keeps it, who is in it, what is said there."""

    handle: str
    name: str
    purpose: str
    sort: str
    rules: Rules
    keeper: str = ""
    members: list[str] = []
    listed: bool = True
    said: list[Saying] = []


class Places(msgspec.Struct, forbid_unknown_fields=True):
    """The rooms, and who in the cast proved their role family."""

    room: list[Place]
    verified: list[str]


async def open_all(site: Site, tx: Tx, cast: Mapping[str, script.Person], ids: Mapping[str, int]) -> int:
    """Open the rooms of the script; return how many posts were written. Raises BadScript."""
    said, today = 0, clock.now()
    for found in script.decoded("rooms", Places):
        await _verify(site, tx, [cast[handle] for handle in found.verified], ids)
        for place in found.room:
            said += await _open(tx, place, ids, today)
    return said


async def _verify(site: Site, tx: Tx, people: list[script.Person], ids: Mapping[str, int]) -> None:
    for family in Family:
        code = await verification.create_code(tx, None, family, USES)
        for person in people:
            if person.family is family:
                await verification.use_code(tx, site, ids[person.handle], code)


async def _open(tx: Tx, place: Place, ids: Mapping[str, int], today: datetime) -> int:
    room_id = await _found(tx, place, next(iter(ids.values())))
    for handle in place.members:
        await rooms.seat(tx, room_id, ids[handle], In.KEEPER if handle == place.keeper else In.MEMBER)
    known: dict[str, int] = {}
    for one in place.said:
        parent = known[one.to] if one.to else None
        at = today - timedelta(minutes=one.ago)
        draft = Draft(text=one.text, kind=one.kind, room_id=room_id, parent_id=parent, hours=one.hours, at=at)
        known[one.key or one.text] = said = await posts.publish(tx, ids[one.by], draft)
        for handle, word in one.support.items():
            await supports.give(tx, ids[handle], said, word)
    return len(place.said)


async def _found(tx: Tx, place: Place, anybody: int) -> int:
    """Return the room of a place, opened unless the house has it already, as every house has one for the night."""
    try:
        return (await rooms.by_handle(tx, anybody, place.handle)).room.id
    except Missing:
        opening = Opening(
            name=place.name,
            purpose=place.purpose,
            handle=place.handle,
            sort=place.sort,
            listed=place.listed,
            rules=place.rules,
        )
        return (await rooms.create(tx, None, opening)).id
