"""SQL of rooms and of who is in them; which rooms somebody may read is a function of the database (0045_rooms.sql)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from salledepause.features.accounts import Family
from salledepause.features.rooms.model import FEWEST_IN_A_CIRCLE, INSIDE, Entry, In, Reads, Rings, Room, Rules, Speaks, Who
from salledepause.features.verification import PROVEN
from salledepause.kernel import clock
from salledepause.kernel.db import Pending, Tx
from salledepause.kernel.marks import Subject


def read_by(viewer: str) -> str:
    """Return the SQL array of the rooms that the account of an SQL expression may read; 0 is a visitor.

    Where the viewer is a parameter it is computed once, and only when a post of a room is met.
    """
    return f"(SELECT rooms_read_by({viewer}))::bigint[]"


RULES = ", ".join(f"r.{name}" for name in Rules.__struct_fields__)
CLOSED = "(r.closed_at IS NOT NULL OR coalesce(r.ends_at <= %(now)s, false))"
"""Whether room `r` is spoken in no more: the clock says so before any job does."""
COLUMNS = f"""r.id, r.handle, r.sort, r.name, r.purpose, r.listed, {CLOSED}, r.formed, coalesce(r.opens_at > %(now)s, false),
    r.brake_seconds, {RULES}"""
HOST = "coalesce(w.role IN ('host', 'admin'), false)"
WHO = f"w.id IS NOT NULL, coalesce(w.mode = 'contributor', false), w.family, {PROVEN.format(account='w')}, m.standing, {HOST}"
JOINS = """LEFT JOIN accounts w ON w.id = %(viewer)s AND w.state = 'active'
    LEFT JOIN room_members m ON m.room_id = r.id AND m.account_id = %(viewer)s"""
FORMED = """UPDATE rooms SET formed = true WHERE id = %(room)s AND NOT formed AND (
    SELECT count(*) FROM room_members WHERE room_id = %(room)s AND standing IN ('member', 'keeper')) >= %(fewest)s"""
MINE = "m.standing IN ('member', 'keeper')"
_PLAIN, _RULES = 10, len(Rules.__struct_fields__)


def room_of(row: Sequence[Any]) -> Room:
    """Return a row of `COLUMNS` as a record."""
    identifier, handle, sort, name, purpose, listed, closed, formed, early, brake_seconds = row[:_PLAIN]
    values = dict(zip(Rules.__struct_fields__, row[_PLAIN:], strict=True))
    values |= {
        "reads": Reads(values["reads"]),
        "speaks": Speaks(values["speaks"]),
        "entry": Entry(values["entry"]),
        "rings": Rings(values["rings"]),
        "families": tuple(Family(one) for one in values["families"]),
    }
    rules = Rules(**values)
    return Room(
        id=identifier,
        handle=handle,
        sort=sort,
        name=name,
        purpose=purpose,
        listed=listed,
        closed=closed,
        formed=formed,
        early=early,
        brake_seconds=brake_seconds,
        rules=rules,
    )


def who_of(row: Sequence[Any]) -> Who:
    """Return a row of `WHO` as a record."""
    signed_in, contributor, family, verified, standing, host = row
    return Who(
        signed_in,
        contributor,
        Family(family) if family else None,
        Family(verified) if verified else None,
        In(standing) if standing else None,
        host,
    )


Met = tuple[Room, Who]


async def met(tx: Tx, viewer: int | None, where: str, **values: Any) -> list[Met]:
    """Return rooms, and what somebody is to each, by a condition on row `r` (standing `m`)."""
    query = f"SELECT {COLUMNS}, {WHO} FROM rooms r {JOINS} WHERE {where} ORDER BY r.name, r.id"
    rows = await tx.rows(query, {"viewer": viewer or 0, "now": clock.now(), **values})
    return [_met(row) for row in rows]


async def ask_named(tx: Tx, viewer: int, handles: Sequence[str]) -> Pending:
    """Ask which rooms bear some handles, all in small letters; `named` reads the answer, which travels with the next one."""
    query = f"SELECT {COLUMNS}, {WHO} FROM rooms r {JOINS} WHERE r.handle = ANY(%(handles)s)"
    return await tx.ask(query, {"viewer": viewer, "now": clock.now(), "handles": list(handles)})


async def named(pending: Pending) -> list[Met]:
    """Return the rooms that were asked for by handle, and what who asked is to each."""
    return [_met(row) for row in await pending.rows()]


def _met(row: Sequence[Any]) -> Met:
    return room_of(row[: _PLAIN + _RULES]), who_of(row[_PLAIN + _RULES :])


def stands_on(tx: Tx, viewer: int | None, rooms: Sequence[Met]) -> None:
    """Note what a reading of rooms stands on: them, and who looks."""
    if viewer:
        tx.stands_on(Subject.PERSON, viewer)
    tx.stands_on(Subject.ROOM, *(room.id for room, _ in rooms))
    for room, _ in rooms:
        if room.early or (room.rules.ends_at and not room.closed):
            tx.changes_at(room.rules.opens_at if room.early else room.rules.ends_at)


def digest(code: str) -> bytes:
    """Return what is stored of a code."""
    return sha256(code.strip().encode("utf-8", "surrogatepass")).digest()


async def insert(tx: Tx, values: Mapping[str, Any]) -> int:
    """Write a room; return its id."""
    columns = ", ".join(values)
    given = ", ".join(f"%({name})s" for name in values)
    return int(await tx.value(f"INSERT INTO rooms ({columns}) VALUES ({given}) RETURNING id", values))


async def changes_for_members(tx: Tx, room_id: int) -> None:
    """Note that a room changes for those who are something to it."""
    tx.touches(Subject.ROOM, room_id)
    tx.touches(Subject.PERSON, *await tx.values("SELECT account_id FROM room_members WHERE room_id = %s", [room_id]))


async def change(tx: Tx, room_id: int, values: Mapping[str, Any]) -> None:
    """Change columns of a room (names are ours)."""
    settings = ", ".join(f"{column} = %({column})s" for column in values)
    await tx.send(f"UPDATE rooms SET {settings} WHERE id = %(id)s", {**values, "id": room_id})


async def brake(tx: Tx, room_id: int, seconds: int) -> None:
    """Slow a room down for now, whatever its rules: so many seconds between two posts of one person; 0 lets go."""
    tx.touches(Subject.ROOM, room_id)
    await tx.send("UPDATE rooms SET brake_seconds = %s WHERE id = %s", [seconds, room_id])


async def close(tx: Tx, room_id: int) -> None:
    """Close a room for good."""
    await tx.send("UPDATE rooms SET closed_at = coalesce(closed_at, now()) WHERE id = %s", [room_id])


async def hold_open(tx: Tx, room_id: int, now: datetime) -> bool:
    """Keep a room from being closed before this commit; return whether its time has come, and is not over."""
    query = """SELECT id FROM rooms WHERE id = %(room)s AND closed_at IS NULL AND coalesce(opens_at <= %(now)s, true)
        AND coalesce(ends_at > %(now)s, true) FOR SHARE"""
    return await tx.value(query, {"room": room_id, "now": now}) is not None


async def ends(tx: Tx, room_id: int, at: datetime) -> None:
    """Have the time of a room be over at an instant, if it is not sooner; one that never opened keeps its term."""
    query = "UPDATE rooms SET ends_at = least(ends_at, %(at)s) WHERE id = %(room)s AND opens_at < %(at)s"
    await tx.send(query, {"room": room_id, "at": at})


async def remove(tx: Tx, room_id: int, now: datetime) -> bool:
    """Remove a room whose time is still to come, in which nothing was said; return whether it was one."""
    return await tx.run("DELETE FROM rooms WHERE id = %s AND opens_at > %s", [room_id, now]) > 0


async def set_code(tx: Tx, room_id: int, code: str) -> None:
    """Give a room a new code; the one before opens nothing any more."""
    await tx.send("UPDATE rooms SET code = %s WHERE id = %s", [digest(code), room_id])


async def opened_by(tx: Tx, code: str) -> list[int]:
    """Return the room that a code opens."""
    return await tx.values("SELECT id FROM rooms WHERE code = %s AND closed_at IS NULL AND entry = 'code'", [digest(code)])


async def hold(tx: Tx, room_id: int) -> None:
    """Hold a room until the commit: two who take its last place come one after the other."""
    await tx.send("SELECT FROM rooms WHERE id = %s FOR NO KEY UPDATE", [room_id])


async def inside(tx: Tx, room_id: int) -> int:
    """Return how many people are in a room."""
    query = "SELECT count(*) FROM room_members WHERE room_id = %s AND standing IN ('member', 'keeper')"
    return int(await tx.value(query, [room_id]))


async def among(tx: Tx, room_id: int, account_ids: Sequence[int]) -> set[int]:
    """Return those of some accounts who are in a room, and may read it."""
    query = f"""SELECT account_id FROM room_members
        WHERE room_id = %s AND account_id = ANY(%s) AND standing IN ('member', 'keeper')
            AND room_id = ANY({read_by("account_id")})"""
    return set(await tx.values(query, [room_id, list(account_ids)]))


async def kept(tx: Tx, account_id: int) -> int:
    """Return how many open rooms somebody keeps."""
    query = """SELECT count(*) FROM room_members m JOIN rooms r ON r.id = m.room_id
        WHERE m.account_id = %s AND m.standing = 'keeper' AND r.closed_at IS NULL"""
    return int(await tx.value(query, [account_id]))


async def place(tx: Tx, room_id: int, account_id: int, standing: In) -> None:
    """Say what somebody is to a room from now on."""
    _moves(tx, room_id, account_id)
    query = """INSERT INTO room_members (room_id, account_id, standing) VALUES (%s, %s, %s)
        ON CONFLICT (room_id, account_id) DO UPDATE SET standing = excluded.standing"""
    await tx.send(query, [room_id, account_id, standing])
    if standing in INSIDE:
        await tx.send(FORMED, {"room": room_id, "fewest": FEWEST_IN_A_CIRCLE})


async def leave(tx: Tx, room_id: int, account_id: int) -> None:
    """Forget what somebody was to a room, unless they were put out."""
    _moves(tx, room_id, account_id)
    await tx.send("DELETE FROM room_glances WHERE room_id = %s AND account_id = %s", [room_id, account_id])
    query = "DELETE FROM room_members WHERE room_id = %s AND account_id = %s AND standing <> 'out'"
    await tx.send(query, [room_id, account_id])


def _moves(tx: Tx, room_id: int, account_id: int) -> None:
    tx.touches(Subject.PERSON, account_id)
    tx.touches(Subject.ROOM, room_id)


async def standing(tx: Tx, room_id: int, account_id: int) -> In | None:
    """Return what somebody is to a room; the row is held until the commit."""
    query = "SELECT standing FROM room_members WHERE room_id = %s AND account_id = %s FOR UPDATE"
    found = await tx.value(query, [room_id, account_id])
    return In(found) if found else None


async def keepers(tx: Tx, room_id: int, but: int) -> int:
    """Return how many people keep a room beside one."""
    query = "SELECT count(*) FROM room_members WHERE room_id = %s AND standing = 'keeper' AND account_id <> %s"
    return int(await tx.value(query, [room_id, but]))


async def glance(tx: Tx, room_id: int, account_id: int) -> None:
    """Note that somebody looks into a room now."""
    await tx.send(
        """INSERT INTO room_glances (room_id, account_id, at) VALUES (%s, %s, now())
        ON CONFLICT (room_id, account_id) DO UPDATE SET at = excluded.at""",
        [room_id, account_id],
    )


async def present(tx: Tx, room_id: int, but: int, since: datetime) -> int:
    """Return how many people looked into a room since an instant, one apart; readers too, since nobody is named."""
    query = "SELECT count(*) FROM room_glances WHERE room_id = %s AND account_id <> %s AND at > %s"
    return int(await tx.value(query, [room_id, but, since]))


async def sweep(tx: Tx, before: datetime) -> None:
    """Forget who looked into rooms before an instant."""
    await tx.send("DELETE FROM room_glances WHERE at < %s", [before])
