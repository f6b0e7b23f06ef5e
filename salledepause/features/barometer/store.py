"""SQL of the barometer: what was read of posts, for a day; what each room's comes to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from salledepause.features import accounts
from salledepause.features.barometer.model import Gauge, Reason, Said, Sign, State, rounded
from salledepause.kernel import ids
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject

GAUGED = "r.expires_hours IS NULL AND r.scores AND r.ends_at IS NULL AND r.closed_at IS NULL"
"""Whether room `r` has a barometer: the twin of `model.gauged`."""
ON = "NOT EXISTS (SELECT FROM room_barometers b WHERE b.room_id = r.id AND b.off)"


class Unread(NamedTuple):
    """A post that nothing was said of yet, in its present version."""

    post_id: int
    version: int
    room_id: int


class Kept(NamedTuple):
    """A room's barometer as its row holds it."""

    state: State
    since: datetime
    people: int
    reasons: tuple[Reason, ...]
    off: bool
    begun: datetime | None
    """From when signs count, where it was lifted by hand."""


async def unread(tx: Tx, since: datetime, most: int) -> list[Unread]:
    """Return posts since an instant, in rooms that have a barometer, that were not read in their present version."""
    query = f"""SELECT p.id, p.version, p.room_id FROM rooms r JOIN posts p ON p.room_id = r.id AND p.id > %s
        LEFT JOIN room_readings d ON d.post_id = p.id
        WHERE {GAUGED} AND {ON} AND p.boost_of_id IS NULL AND d.version IS DISTINCT FROM p.version ORDER BY p.id LIMIT %s"""
    return await tx.all(Unread, query, [ids.floor(since), most])


async def note(tx: Tx, read: Iterable[tuple[Unread, str]]) -> None:
    """Write what was read of posts that are still there; their rooms are shown anew."""
    found = list(read)
    query = """INSERT INTO room_readings (post_id, version, zone)
        SELECT p.id, v.version, v.zone FROM unnest(%s::bigint[], %s::int[], %s::text[]) AS v (post_id, version, zone)
        JOIN posts p ON p.id = v.post_id
        ON CONFLICT (post_id) DO UPDATE SET version = excluded.version, zone = excluded.zone"""
    values = [[one.post_id for one, _ in found], [one.version for one, _ in found], [zone for _, zone in found]]
    await tx.send(query, values)
    tx.touches(Subject.ROOM, *{one.room_id for one, _ in found})


async def sharp(tx: Tx, room_id: int) -> list[int]:
    """Return the posts of a room that were read and are not calm."""
    query = "SELECT d.post_id FROM room_readings d JOIN posts p ON p.id = d.post_id WHERE p.room_id = %s AND d.zone <> 'vert'"
    return await tx.values(query, [room_id])


async def stirred(tx: Tx, since: datetime) -> list[int]:
    """Return the rooms to look at: where something was said or reported since an instant, and those that are not calm."""
    query = f"""SELECT r.id FROM rooms r WHERE {GAUGED} AND {ON} AND EXISTS (
            SELECT FROM posts p WHERE p.room_id = r.id AND p.id > %(since)s)
        UNION SELECT p.room_id FROM reports t JOIN posts p ON p.id = ANY(t.post_ids) JOIN rooms r ON r.id = p.room_id
            WHERE t.id > %(since)s AND t.resolved_at IS NULL AND {GAUGED} AND {ON}
        UNION SELECT room_id FROM room_barometers WHERE state <> 'calm' ORDER BY 1"""
    return await tx.values(query, {"since": ids.floor(since)})


async def spoken(tx: Tx, room_id: int, since: datetime, known: datetime) -> list[Said]:
    """Return what was said in a room since an instant; accounts made after `known` do not count."""
    query = f"""SELECT p.account_id, p.created_at, p.parent_account_id, coalesce(d.zone, 'vert'), {accounts.COUNTS}
        FROM posts p JOIN accounts a ON a.id = p.account_id LEFT JOIN room_readings d ON d.post_id = p.id
        WHERE p.room_id = %(room)s AND p.id > %(since)s AND p.boost_of_id IS NULL"""
    return await tx.all(Said, query, {"room": room_id, "since": ids.floor(since), "known": known})


async def reported(tx: Tx, room_id: int, since: datetime, known: datetime) -> list[Sign]:
    """Return who reported what was said in a room since an instant, each once, while hosts have not settled it."""
    query = f"""SELECT t.account_id, 'report', max(t.created_at) FROM reports t JOIN accounts a ON a.id = t.account_id
        WHERE t.id > %(since)s AND t.resolved_at IS NULL AND {accounts.COUNTS}
            AND EXISTS (SELECT FROM posts p WHERE p.id = ANY(t.post_ids) AND p.room_id = %(room)s)
        GROUP BY t.account_id"""
    return await tx.all(Sign, query, {"room": room_id, "since": ids.floor(since), "known": known})


async def hold(tx: Tx, room_id: int, now: datetime) -> Kept:
    """Return a room's barometer, held until the commit; a new one is calm."""
    await tx.send("INSERT INTO room_barometers (room_id, since) VALUES (%s, %s) ON CONFLICT DO NOTHING", [room_id, now])
    rows = await tx.rows(f"{_KEPT} WHERE room_id = %s FOR UPDATE", [room_id])
    return _kept(rows[0][1:])


_KEPT = "SELECT room_id, state, since, people, reasons, off, begun FROM room_barometers"


async def kept(tx: Tx, room_ids: Sequence[int]) -> dict[int, Kept]:
    """Return the barometers of rooms, by room; those that never moved are left out."""
    return {row[0]: _kept(row[1:]) for row in await tx.rows(f"{_KEPT} WHERE room_id = ANY(%s)", [list(room_ids)])}


def _kept(row: Sequence[object]) -> Kept:
    state, since, people, reasons, off, begun = row
    return msgspec.convert(
        (state, since, people, [msgspec.convert(one, Reason) for one in msgspec.convert(reasons, list[object])], off, begun), Kept
    )


async def settle(tx: Tx, room_id: int, state: State, since: datetime, gauge: Gauge) -> None:
    """Write what a room's barometer says now, in numbers that name nobody; nothing of a calm room."""
    told = gauge.reasons if state is not State.CALM else ()
    people = rounded(gauge.people) if state is not State.CALM else 0
    query = "UPDATE room_barometers SET state = %s, since = %s, people = %s, reasons = %s::jsonb WHERE room_id = %s"
    await tx.send(query, [state, since, people, msgspec.json.encode(told).decode(), room_id])
    tx.touches(Subject.ROOM, room_id)


async def begin(tx: Tx, room_id: int, now: datetime, *, off: bool) -> None:
    """Have a room's barometer begin anew, calm; or be off."""
    query = """UPDATE room_barometers SET state = 'calm', since = %s, people = 0, reasons = '[]', off = %s, begun = %s
        WHERE room_id = %s"""
    await tx.send(query, [now, off, now, room_id])
    tx.touches(Subject.ROOM, room_id)


async def keepers(tx: Tx, room_id: int) -> list[int]:
    """Return who is alerted of a room: who keeps it, and the hosts where the house proposes it."""
    query = """SELECT m.account_id FROM room_members m WHERE m.room_id = %(room)s AND m.standing = 'keeper'
        UNION SELECT a.id FROM accounts a WHERE a.role IN ('host', 'admin') AND a.state = 'active'
            AND EXISTS (SELECT FROM rooms r WHERE r.id = %(room)s AND r.listed) ORDER BY 1"""
    return await tx.values(query, {"room": room_id})


async def forget(tx: Tx, before: datetime) -> None:
    """Forget what was read of posts from before an instant."""
    await tx.send("DELETE FROM room_readings WHERE post_id < %s", [ids.floor(before)])
