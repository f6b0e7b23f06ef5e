"""SQL of announcements, of who read them and of reactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from salledepause.features.announcements.model import Announcement, Draft, Reaction
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject

COLUMNS = "n.id, n.text, n.starts_at, n.ends_at, n.all_day, n.published_at, n.updated_at"
"""What `Announcement` takes, in its order, of a row of announcements named `n`."""
CURRENT = "n.published_at IS NOT NULL AND (n.ends_at IS NULL OR n.ends_at > now())"
"""What everybody may read."""
IN_TIME = "coalesce(n.starts_at, n.published_at, n.updated_at), n.id"


async def insert(tx: Tx, draft: Draft, *, published: bool) -> int:
    """Write an announcement; return its id."""
    tx.touches(Subject.ANNOUNCED)
    query = """INSERT INTO announcements (text, starts_at, ends_at, all_day, published_at)
        VALUES (%(text)s, %(starts_at)s, %(ends_at)s, %(all_day)s, CASE WHEN %(published)s THEN now() END) RETURNING id"""
    return int(await tx.value(query, msgspec.structs.asdict(draft) | {"published": published}))


async def change(tx: Tx, announcement_id: int, draft: Draft) -> bool:
    """Say something else; return whether it is there."""
    tx.touches(Subject.ANNOUNCED)
    query = """UPDATE announcements SET text = %(text)s, starts_at = %(starts_at)s, ends_at = %(ends_at)s,
        all_day = %(all_day)s, updated_at = now() WHERE id = %(id)s"""
    return await tx.run(query, msgspec.structs.asdict(draft) | {"id": announcement_id}) > 0


async def publish(tx: Tx, announcement_id: int) -> bool:
    """Show a draft; return whether it was one."""
    tx.touches(Subject.ANNOUNCED)
    query = "UPDATE announcements SET published_at = now(), updated_at = now() WHERE id = %s AND published_at IS NULL"
    return await tx.run(query, [announcement_id]) > 0


async def delete(tx: Tx, announcement_id: int) -> bool:
    """Erase an announcement; return whether it was there."""
    tx.touches(Subject.ANNOUNCED)
    return await tx.run("DELETE FROM announcements WHERE id = %s", [announcement_id]) > 0


async def one(tx: Tx, announcement_id: int) -> Announcement | None:
    """Return an announcement, drafts included."""
    return await tx.one(Announcement, f"SELECT {COLUMNS} FROM announcements n WHERE n.id = %s", [announcement_id])


async def every(tx: Tx) -> list[Announcement]:
    """Return all announcements, drafts and past ones included, in time order."""
    return await tx.all(Announcement, f"SELECT {COLUMNS} FROM announcements n ORDER BY {IN_TIME}")


async def current(tx: Tx, viewer: int, announcement_id: int | None = None) -> list[tuple[Announcement, bool]]:
    """Return what may be read now (all, or one), in time order, and whether the viewer put it away."""
    tx.stands_on(Subject.ANNOUNCED)
    query = f"""SELECT {COLUMNS}, EXISTS (SELECT FROM announcement_reads r
            WHERE r.announcement_id = n.id AND r.account_id = %(viewer)s)
        FROM announcements n WHERE {CURRENT} AND (%(id)s::bigint IS NULL OR n.id = %(id)s) ORDER BY {IN_TIME}"""
    rows: list[tuple[Any, ...]] = await tx.rows(query, {"viewer": viewer, "id": announcement_id})
    found = [(Announcement(*row[:-1]), row[-1]) for row in rows]
    tx.changes_at(min((one.ends_at for one, _ in found if one.ends_at), default=None))
    return found


async def read(tx: Tx, me: int, announcement_id: int) -> None:
    """Note that somebody put an announcement away."""
    tx.touches(Subject.ANNOUNCED)
    query = "INSERT INTO announcement_reads (account_id, announcement_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
    await tx.run(query, [me, announcement_id])


async def reactions(tx: Tx, viewer: int, ids: Sequence[int]) -> dict[int, tuple[Reaction, ...]]:
    """Return the reactions to announcements, those that came first before; only of accounts that are active."""
    tx.stands_on(Subject.ANNOUNCED)
    rows = await tx.rows(
        """SELECT x.announcement_id, x.name, count(*), bool_or(x.account_id = %(viewer)s) FROM announcement_reactions x
        JOIN accounts a ON a.id = x.account_id AND a.state = 'active'
        WHERE x.announcement_id = ANY(%(ids)s) GROUP BY x.announcement_id, x.name ORDER BY min(x.id)""",
        {"viewer": viewer, "ids": list(ids)},
    )
    found: dict[int, tuple[Reaction, ...]] = {}
    for announcement_id, name, number, mine in rows:
        found[announcement_id] = (*found.get(announcement_id, ()), Reaction(name, number, mine))
    return found


async def react(tx: Tx, me: int, announcement_id: int, name: str, most: int) -> bool | None:
    """Add a reaction; return whether it is new, `None` when `most` other emojis are there. One at a time for an announcement."""
    tx.touches(Subject.ANNOUNCED)
    await tx.run("SELECT FROM announcements WHERE id = %s FOR UPDATE", [announcement_id])
    others = "SELECT count(DISTINCT name) FROM announcement_reactions WHERE announcement_id = %s AND name <> %s"
    if int(await tx.value(others, [announcement_id, name])) >= most:
        return None
    query = """INSERT INTO announcement_reactions (announcement_id, account_id, name) VALUES (%s, %s, %s)
        ON CONFLICT DO NOTHING"""
    return await tx.run(query, [announcement_id, me, name]) > 0


async def unreact(tx: Tx, me: int, announcement_id: int, name: str) -> bool:
    """Take a reaction back; return whether it was there."""
    tx.touches(Subject.ANNOUNCED)
    query = "DELETE FROM announcement_reactions WHERE announcement_id = %s AND account_id = %s AND name = %s"
    return await tx.run(query, [announcement_id, me, name]) > 0
