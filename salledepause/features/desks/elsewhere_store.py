"""SQL of what is said to desks on other servers: their bots there, who asks, in which thread, what leaves for whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from salledepause.features.desks.model import AN_HOUR, ASKED_AT_MOST
from salledepause.kernel import clock
from salledepause.kernel.db import Tx

PENDING = "r.state = 'sending' AND r.stranger_id IS NOT NULL"


class Watch(msgspec.Struct, frozen=True):
    """A bot of a desk on another server: `https://server`, the id of its account there, the last notification read."""

    id: int
    desk_id: int
    server: str
    account: str
    seen: str


class Letter(msgspec.Struct, frozen=True):
    """One post that leaves: its text, who may read it (as Mastodon says it), and the warning that folds it."""

    text: str
    visibility: str
    warning: str = ""


class Parcel(NamedTuple):
    """What leaves for a remark: below which post, in somebody's own words or not; `letters` once some may have left."""

    status: str
    address: str
    words: str
    letters: list[Letter] | None


async def watch(tx: Tx, desk_id: int, server: str, account: str) -> Watch:
    """Return the bot of a desk on a server, met for the first time or not."""
    query = "INSERT INTO desk_watches (desk_id, server, account) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
    await tx.send(query, [desk_id, server, account])
    query = "SELECT id, desk_id, server, account, seen FROM desk_watches WHERE desk_id = %s AND server = %s AND account = %s"
    return (await tx.all(Watch, query, [desk_id, server, account]))[0]


async def have_seen(tx: Tx, watch_id: int, notification: str) -> None:
    """Note the last notification that was read."""
    await tx.send("UPDATE desk_watches SET seen = %s WHERE id = %s", [notification, watch_id])


async def stranger(tx: Tx, desk_id: int, address: str) -> int:
    """Return the id of somebody on another server."""
    query = "INSERT INTO desk_strangers (desk_id, address) VALUES (%s, %s) ON CONFLICT DO NOTHING"
    await tx.send(query, [desk_id, address])
    return int(await tx.value("SELECT id FROM desk_strangers WHERE desk_id = %s AND address = %s", [desk_id, address]))


async def thread(tx: Tx, watch_id: int, root: str) -> int:
    """Return the id of a conversation on another server, by the post that began it."""
    query = "INSERT INTO desk_threads (watch_id, root) VALUES (%s, %s) ON CONFLICT DO NOTHING"
    await tx.send(query, [watch_id, root])
    return int(await tx.value("SELECT id FROM desk_threads WHERE watch_id = %s AND root = %s", [watch_id, root]))


async def take_in(tx: Tx, watch_: Watch, where: tuple[str, int], stranger_id: int, text: str) -> bool:
    """Give a remark, `where` (post there, thread), to the desk; tell whether it is new, and not one too many of who asks."""
    query = """WITH fresh AS (INSERT INTO desk_remarks (desk_id, stranger_id, text) SELECT %(desk)s, %(who)s, %(text)s
            WHERE NOT EXISTS (SELECT FROM desk_elsewhere WHERE watch_id = %(watch)s AND status = %(status)s)
                AND (SELECT count(*) FROM desk_remarks WHERE stranger_id = %(who)s AND at > %(since)s) < %(most)s RETURNING id)
        INSERT INTO desk_elsewhere (remark_id, watch_id, thread_id, status)
        SELECT id, %(watch)s, %(thread)s, %(status)s FROM fresh RETURNING remark_id"""
    values = {"desk": watch_.desk_id, "watch": watch_.id, "who": stranger_id, "text": text}
    values |= {"since": clock.now() - AN_HOUR, "most": ASKED_AT_MOST}
    return bool(await tx.values(query, values | {"status": where[0], "thread": where[1]}))


async def thread_of(tx: Tx, remark_id: int) -> int | None:
    """Return the thread in which a remark was made."""
    found = await tx.values("SELECT thread_id FROM desk_elsewhere WHERE remark_id = %s", [remark_id])
    return found[0] if found else None


async def addresses(tx: Tx, stranger_ids: Sequence[int]) -> dict[int, str]:
    """Return where some strangers are, `somebody@server`."""
    if not stranger_ids:
        return {}
    query = "SELECT id, address FROM desk_strangers WHERE id = ANY(%s)"
    return {row[0]: row[1] for row in await tx.rows(query, [list(stranger_ids)])}


async def sending(tx: Tx, watch_id: int) -> list[int]:
    """Return the remarks that are to be answered through a bot, the oldest first."""
    query = f"""SELECT r.id FROM desk_remarks r JOIN desk_elsewhere e ON e.remark_id = r.id
        WHERE e.watch_id = %s AND {PENDING} ORDER BY r.id"""
    return await tx.values(query, [watch_id])


async def waiting(tx: Tx, watch_id: int) -> int:
    """Return how many remarks made to a bot wait at the desk."""
    query = """SELECT count(*) FROM desk_remarks r JOIN desk_elsewhere e ON e.remark_id = r.id
        WHERE e.watch_id = %s AND r.state = 'waiting'"""
    return int(await tx.value(query, [watch_id]))


async def write(tx: Tx, remark_id: int, words: str) -> None:
    """Keep what a member answers in their own words."""
    await tx.send("UPDATE desk_elsewhere SET words = %s WHERE remark_id = %s", [words, remark_id])


async def parcel(tx: Tx, remark_id: int) -> Parcel:
    """Return what leaves for a remark."""
    query = """SELECT e.status, s.address, e.words, e.letters FROM desk_elsewhere e
        JOIN desk_remarks r ON r.id = e.remark_id JOIN desk_strangers s ON s.id = r.stranger_id WHERE e.remark_id = %s"""
    (row,) = await tx.rows(query, [remark_id])
    return Parcel(row[0], row[1], row[2], None if row[3] is None else msgspec.convert(row[3], list[Letter]))


async def close(tx: Tx, remark_id: int, letters: Sequence[Letter]) -> None:
    """Write down what leaves for a remark, before any of it does."""
    query = "UPDATE desk_elsewhere SET letters = %s::jsonb WHERE remark_id = %s"
    await tx.send(query, [msgspec.json.encode(letters).decode(), remark_id])
