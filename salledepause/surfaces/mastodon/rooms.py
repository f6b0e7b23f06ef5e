"""Rooms, in our own API: those that one may know of, entering, leaving, keeping. What is said there is a list to apps."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import msgspec

from salledepause.features import moderation, posts, rooms, timelines
from salledepause.features.accounts import Family
from salledepause.features.rooms import Change, Entry, In, Opening, Presence, Reads, Rings, Rules, Speaks, View
from salledepause.kernel import ids
from salledepause.kernel.db import Tx
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon.described import lines, own
from salledepause.surfaces.mastodon.timelines import Asked as Filters
from salledepause.surfaces.mastodon.timelines import listing_answer
from salledepause.surfaces.routes import reading, user


class RoomEntity(msgspec.Struct, frozen=True):
    """A room as one person meets it; `people` is null for fewer than five, and for who is not inside."""

    id: str
    handle: str
    sort: str
    name: str
    purpose: str
    url: str
    listed: bool
    closed: bool
    standing: In | None
    """`out` is never said: a room that one was put out of is there no more."""
    may_read: bool
    may_speak: bool
    may_enter: bool
    rules: Rules
    people: int | None
    forming: bool
    """Whether it is a circle or a band of fewer than three that never was more; false for who is not inside."""
    presence: Presence | None


class OpenedEntity(msgspec.Struct, frozen=True):
    """A room just opened; its code is shown this once."""

    room: RoomEntity
    code: str | None


class CodeEntity(msgspec.Struct, frozen=True):
    """A code that opens a room, shown this once."""

    code: str


class RulesAsked(msgspec.Struct):
    """Rules to give; what is absent stays as it is, or as a circle's are."""

    reads: Reads | msgspec.UnsetType = msgspec.UNSET
    speaks: Speaks | msgspec.UnsetType = msgspec.UNSET
    families: tuple[Family, ...] | msgspec.UnsetType = msgspec.UNSET
    entry: Entry | msgspec.UnsetType = msgspec.UNSET
    most_members: int | msgspec.UnsetType | None = msgspec.UNSET
    expires_hours: int | msgspec.UnsetType | None = msgspec.UNSET
    pace_seconds: int | msgspec.UnsetType = msgspec.UNSET
    media: bool | msgspec.UnsetType = msgspec.UNSET
    boosts: bool | msgspec.UnsetType = msgspec.UNSET
    quotes: bool | msgspec.UnsetType = msgspec.UNSET
    searchable: bool | msgspec.UnsetType = msgspec.UNSET
    scores: bool | msgspec.UnsetType = msgspec.UNSET
    rings: Rings | msgspec.UnsetType = msgspec.UNSET
    quiet_from: int | msgspec.UnsetType | None = msgspec.UNSET
    quiet_to: int | msgspec.UnsetType | None = msgspec.UNSET
    presence: bool | msgspec.UnsetType = msgspec.UNSET

    def over(self, rules: Rules) -> Rules:
        """Return rules with these over them."""
        given = {name: value for name, value in msgspec.structs.asdict(self).items() if value is not msgspec.UNSET}
        return msgspec.structs.replace(rules, **given)


class OpeningAsked(msgspec.Struct):
    """A room to open; `handle` and `listed` are for hosts."""

    name: str = ""
    purpose: str = ""
    handle: str | None = None
    sort: str = "circle"
    listed: bool = False
    rules: RulesAsked = msgspec.field(default_factory=RulesAsked)


class ChangeAsked(msgspec.Struct):
    """What to change of a room that one keeps."""

    name: str | None = None
    purpose: str | None = None
    rules: RulesAsked = msgspec.field(default_factory=RulesAsked)


class CodeAsked(msgspec.Struct):
    """The code of a room, where one enters by code."""

    code: str = ""


class LeaveAsked(msgspec.Struct):
    """Whether what one said in the room goes with one."""

    erase: bool = False


class HandleAsked(msgspec.Struct):
    """Somebody, by handle."""

    handle: str = ""


class AccountAsked(msgspec.Struct):
    """Somebody, by id: whoever said something in the room."""

    account_id: str = ""


class OutAsked(AccountAsked):
    """Whom to put out, and why: they read it where the room is a place of the house."""

    reason: str = ""


def entity(call: Call, one: View) -> RoomEntity:
    """Return a room as who calls meets it."""
    room, standing = one.room, one.who.standing
    return RoomEntity(
        id=str(room.id),
        handle=room.handle,
        sort=room.sort,
        name=room.name,
        purpose=room.purpose,
        url=call.site.url(f"/pieces/{room.handle}"),
        listed=room.listed,
        closed=room.closed,
        standing=None if standing is In.OUT else standing,
        may_read=one.reads,
        may_speak=one.speaks,
        may_enter=one.enters,
        rules=room.rules,
        people=one.people,
        forming=one.forming,
        presence=one.presence,
    )


async def show_all(call: Call) -> Answer:
    """GET /api/salledepause/v1/rooms: the rooms that one is in, is asked into, or that are proposed to one."""
    return json([entity(call, one) for one in await rooms.known(call.tx, call.viewer)])


async def _one(call: Call, tx: Tx, room_id: int) -> Answer:
    return json(entity(call, await rooms.one(tx, call.viewer, room_id)))


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/rooms/:id: a room that one may read or know of."""
    return await _one(call, call.tx, call.id())


class Ordered(msgspec.Struct):
    """The order of a room: by time, or calm posts first, whose pages are found by the Link header alone."""

    order: Literal["time", "calm"] = "time"


async def said(call: Call) -> Answer:
    """GET /api/salledepause/v1/rooms/:id/posts: what is said in a room that one may read, as statuses; `order`: time, calm."""
    wish, order = call.read(Filters).wish, call.read(Ordered).order
    read_so = timelines.of_room_calmly if order == "calm" else timelines.of_room
    return await listing_answer(call, await read_so(call.tx, call.viewer, call.id(), call.page(), wish))


async def create(call: Call) -> Answer:
    """POST /api/salledepause/v1/rooms: open a room and keep it."""
    asked = call.read(OpeningAsked)
    opening = Opening(
        name=asked.name,
        purpose=asked.purpose,
        handle=asked.handle or None,
        sort=asked.sort,
        listed=asked.listed,
        rules=asked.rules.over(rooms.CIRCLE),
    )
    made = await rooms.create(call.tx, call.me, opening)
    return json(OpenedEntity(entity(call, await rooms.one(call.tx, call.me, made.id)), made.code))


async def change(call: Call) -> Answer:
    """PATCH /api/salledepause/v1/rooms/:id: change the words or the rules of a room that one keeps."""
    asked = call.read(ChangeAsked)
    room = await rooms.kept(call.tx, call.me, call.id())
    wanted = Change(name=asked.name, purpose=asked.purpose, rules=asked.rules.over(room.rules))
    await rooms.change(call.tx, call.me, room.id, wanted)
    return await _one(call, call.tx, room.id)


async def enter(call: Call) -> Answer:
    """POST /api/salledepause/v1/rooms/:id/enter: enter a room, with its code where it has one."""
    await rooms.enter(call.tx, call.me, call.id(), call.read(CodeAsked).code)
    return await _one(call, call.tx, call.id())


async def enter_by_code(call: Call) -> Answer:
    """POST /api/salledepause/v1/rooms/enter: enter the room that a code opens."""
    return await _one(call, call.tx, await rooms.enter_by_code(call.tx, call.me, call.read(CodeAsked).code))


async def leave(call: Call) -> Answer:
    """POST /api/salledepause/v1/rooms/:id/leave: leave a room, or decline to enter it; nobody is told.

    What one said there stays, or is erased with `erase`.
    """
    blobs = await posts.leave_room(call.tx, call.me, call.id(), erasing=call.read(LeaveAsked).erase)
    call.tx.afterwards.extend(partial(call.site.blobs.drop, key) for key in blobs)
    return json({})


async def invite(call: Call) -> Answer:
    """POST /api/salledepause/v1/rooms/:id/invitations: ask somebody into a room that one keeps."""
    await rooms.invite(call.tx, call.me, call.id(), call.read(HandleAsked).handle)
    return json({})


async def entrust(call: Call) -> Answer:
    """POST /api/salledepause/v1/rooms/:id/keepers: make somebody who is in it keep a room too."""
    await rooms.entrust(call.tx, call.me, call.id(), call.read(HandleAsked).handle)
    return json({})


async def put_out(call: Call) -> Answer:
    """POST /api/salledepause/v1/rooms/:id/out: put somebody out of a room that one keeps."""
    asked = call.read(OutAsked)
    await moderation.exits.put_out(call.tx, call.me, call.id(), ids.parse(asked.account_id), asked.reason)
    return json({})


async def let_in(call: Call) -> Answer:
    """POST /api/salledepause/v1/rooms/:id/in: let somebody who was put out come back."""
    await moderation.exits.let_in(call.tx, call.me, call.id(), ids.parse(call.read(AccountAsked).account_id))
    return json({})


async def new_code(call: Call) -> Answer:
    """POST /api/salledepause/v1/rooms/:id/code: a new code; the one before opens nothing any more."""
    return json(CodeEntity(await rooms.new_code(call.tx, call.me, call.id())))


async def close(call: Call) -> Answer:
    """POST /api/salledepause/v1/rooms/:id/close: close a room that one keeps; it stays readable to its readers."""
    await rooms.close(call.tx, call.me, call.id())
    return await _one(call, call.tx, call.id())


async def glance(call: Call) -> Answer:
    """POST /api/salledepause/v1/rooms/:id/glance: say that one looks into a room, where presence is shown."""
    await rooms.glance(call.tx, call.me, call.id())
    return await _one(call, call.tx, call.id())


HERE = "/api/salledepause/v1/rooms"
ONE = HERE + "/{id}"
READING, WRITING = reading("read:lists"), user("write:lists")
OWN = [
    own(f"GET {HERE}", show_all, READING, (None, list[RoomEntity])),
    own(f"POST {HERE}", create, WRITING, (OpeningAsked, OpenedEntity)),
    own(f"POST {HERE}/enter", enter_by_code, WRITING, (CodeAsked, RoomEntity)),
    own(f"GET {ONE}", show, READING, (None, RoomEntity)),
    own(f"PATCH {ONE}", change, WRITING, (ChangeAsked, RoomEntity)),
    own(f"GET {ONE}/posts", said, reading("read:statuses", remembered=True), (None, list[dict[str, Any]])),
    own(f"POST {ONE}/enter", enter, WRITING, (CodeAsked, RoomEntity)),
    own(f"POST {ONE}/leave", leave, WRITING, (LeaveAsked, None)),
    own(f"POST {ONE}/invitations", invite, WRITING, (HandleAsked, None)),
    own(f"POST {ONE}/keepers", entrust, WRITING, (HandleAsked, None)),
    own(f"POST {ONE}/out", put_out, WRITING, (OutAsked, None)),
    own(f"POST {ONE}/in", let_in, WRITING, (AccountAsked, None)),
    own(f"POST {ONE}/code", new_code, WRITING, (None, CodeEntity)),
    own(f"POST {ONE}/close", close, WRITING, (None, RoomEntity)),
    own(f"POST {ONE}/glance", glance, WRITING, (None, RoomEntity)),
]
ROUTES = lines(OWN)
