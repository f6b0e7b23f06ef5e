"""SQL of the shield: who wears it, what waits for its verdict, what waits in a sas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from salledepause.features.notifications import NEW_DAYS
from salledepause.features.posts import Kind
from salledepause.features.shield.model import Case, Item, Shield, Tie
from salledepause.kernel.db import Tx
from salledepause.kernel.ids import floor
from salledepause.kernel.marks import Subject

SHIELD = "s.worn, s.digest, s.digest_at"
ITEM = ", ".join(f"i.{name}" for name in Item._fields)
"""What `Item` takes, in its order."""
IN_SAS = "i.state IN ('held', 'kept')"
MOST = 200
"""Mentions of a sas that are shown at once, the newest first."""

ARRIVED = """INSERT INTO shield_items (account_id, post_id, from_id)
    SELECT s.account_id, p.id, p.account_id FROM posts p JOIN accounts a ON a.id = p.account_id
        JOIN shields s ON s.worn AND s.account_id <> p.account_id AND (s.account_id = p.parent_account_id
            OR s.account_id IN (SELECT m.account_id FROM mentions m WHERE m.post_id = p.id)
            OR s.account_id IN (SELECT o.account_id FROM quotes q JOIN posts o ON o.id = q.quoted_id WHERE q.post_id = p.id))
    WHERE p.id = %s AND a.role NOT IN ('host', 'admin')
    ON CONFLICT (account_id, post_id) DO NOTHING RETURNING account_id"""
"""Who wears a shield and is named, answered or quoted by a post; hosts are always heard."""

CASES = f"""SELECT i.id, i.account_id, w.handle, i.from_id,
        EXISTS (SELECT FROM duels d WHERE d.agreed AND d.low_id = least(i.account_id, i.from_id)
            AND d.high_id = greatest(i.account_id, i.from_id)),
        EXISTS (SELECT FROM follows f WHERE f.account_id = i.account_id AND f.target_id = i.from_id),
        EXISTS (SELECT FROM mentions m JOIN posts mine ON mine.id = m.post_id AND mine.account_id = i.account_id
            WHERE m.account_id = i.from_id AND m.post_id < i.post_id),
        a.silenced OR EXISTS (SELECT FROM limits l WHERE l.account_id = i.account_id AND l.target_id = i.from_id),
        a.created_at > now() - interval '{NEW_DAYS} days',
        (SELECT count(*) FROM shield_items h WHERE h.account_id = i.account_id AND h.id > %(hour)s AND h.state <> 'judging'),
        (SELECT count(*) FROM shield_lessons l WHERE l.account_id = i.account_id AND l.from_id = i.from_id),
        EXISTS (SELECT FROM shield_lessons l WHERE l.account_id = i.account_id AND l.words = %(words)s),
        p.kind = '{Kind.THANKS}'
    FROM shield_items i JOIN accounts w ON w.id = i.account_id JOIN accounts a ON a.id = i.from_id
        JOIN posts p ON p.id = i.post_id
    WHERE i.post_id = %(post)s AND i.state = 'judging' ORDER BY i.id"""


async def shield(tx: Tx, account_id: int) -> Shield | None:
    """Return somebody's shield, if they ever wore one."""
    return await tx.one(Shield, f"SELECT {SHIELD} FROM shields s WHERE s.account_id = %s", [account_id])


async def wear(tx: Tx, account_id: int, *, worn: bool) -> bool:
    """Put a shield on or take it off; return whether it is somebody's first."""
    query = """INSERT INTO shields (account_id, worn) VALUES (%s, %s)
        ON CONFLICT (account_id) DO UPDATE SET worn = excluded.worn RETURNING xmax = 0"""
    return bool(await tx.value(query, [account_id, worn]))


async def set_digest(tx: Tx, account_id: int, digest: str, at: int) -> bool:
    """Note how somebody hears of what waits; return whether they ever wore a shield."""
    query = "UPDATE shields SET digest = %s, digest_at = %s, digested_at = now() WHERE account_id = %s"
    return await tx.run(query, [digest, at, account_id]) > 0


async def arrived(tx: Tx, post_id: int) -> list[int]:
    """Note that a post waits for its verdict; return for whom."""
    return await tx.values(ARRIVED, [post_id])


async def cases(tx: Tx, post_id: int, words: bytes, hour: datetime) -> list[Case]:
    """Return for whom a post waits for its verdict, its words by their print; `hour` is an hour ago."""
    return await tx.all(Case, CASES, {"post": post_id, "words": words, "hour": floor(hour)})


async def hold(tx: Tx, item_id: int, said: tuple[str, str, Tie, str]) -> bool:
    """Put a mention in the sas, `said` its kind, target, tie and reason; return whether it still waited for its verdict."""
    query = """UPDATE shield_items SET state = 'held', kind = %s, target = %s, tie = %s, reason = %s
        WHERE id = %s AND state = 'judging'"""
    return await tx.run(query, [*said, item_id]) > 0


async def drop(tx: Tx, item_id: int, state: str) -> Item | None:
    """Forget that a mention waits, where its state is this one; return it."""
    return await tx.one(Item, f"DELETE FROM shield_items i WHERE i.id = %s AND i.state = %s RETURNING {ITEM}", [item_id, state])


async def judging(tx: Tx, post_id: int) -> list[Item]:
    """Return for whom a post waits for its verdict."""
    return await tx.all(Item, f"SELECT {ITEM} FROM shield_items i WHERE i.post_id = %s AND i.state = 'judging'", [post_id])


async def overdue(tx: Tx, before: datetime) -> list[int]:
    """Return posts that wait for their verdict since before an instant."""
    query = "SELECT DISTINCT post_id FROM shield_items WHERE state = 'judging' AND id < %s LIMIT 500"
    return await tx.values(query, [floor(before)])


async def sas(tx: Tx, account_id: int, *, open_to_helper: bool = False) -> list[Item]:
    """Return what waits of somebody's, the newest first; a helper is shown nothing of what was said in private."""
    apart = "AND p.audience <> 'direct'" if open_to_helper else ""
    tx.stands_on(Subject.NOTIFIED, account_id)
    query = f"""SELECT {ITEM} FROM shield_items i JOIN posts p ON p.id = i.post_id
        WHERE i.account_id = %s AND {IN_SAS} {apart} ORDER BY i.id DESC LIMIT {MOST}"""
    return await tx.all(Item, query, [account_id])


async def item(tx: Tx, item_id: int, viewer: int, *, gone: bool = False) -> Item | None:
    """Return a mention that waits of the viewer's, or of somebody whom they help, but what was said to these in private.

    `gone`: one that was taken out of the sas, too.
    """
    state = "i.state <> 'judging'" if gone else IN_SAS
    query = f"""SELECT {ITEM} FROM shield_items i JOIN posts p ON p.id = i.post_id
        WHERE i.id = %(id)s AND {state} AND (i.account_id = %(viewer)s OR p.audience <> 'direct' AND EXISTS (
            SELECT FROM shield_helpers h WHERE h.account_id = i.account_id AND h.helper_id = %(viewer)s AND h.accepted))"""
    return await tx.one(Item, query, {"id": item_id, "viewer": viewer})


async def set_state(tx: Tx, one: Item, state: str) -> None:
    """Note what was decided of a mention that waits."""
    tx.touches(Subject.NOTIFIED, one.account_id)
    await tx.send("UPDATE shield_items SET state = %s WHERE id = %s", [state, one.id])


async def learn(tx: Tx, one: Item, words: bytes) -> None:
    """Keep that the words of a mention are not hostile to its wearer."""
    query = """INSERT INTO shield_lessons (account_id, words, from_id, kind) VALUES (%s, %s, %s, %s)
        ON CONFLICT (account_id, words) DO NOTHING"""
    await tx.send(query, [one.account_id, words, one.from_id, one.kind])


async def to_digest(tx: Tx, after: int, limit: int) -> Sequence[tuple[int, Shield, datetime]]:
    """Return who is told of what waits at an hour, by account from one on, and when they last were."""
    query = f"""SELECT s.account_id, s.digested_at, {SHIELD} FROM shields s
        WHERE s.worn AND s.digest = 'hour' AND s.account_id > %s ORDER BY s.account_id LIMIT %s"""
    return [(row[0], Shield(*row[2:]), row[1]) for row in await tx.rows(query, [after, limit])]


async def digested(tx: Tx, account_id: int, last: datetime, now: datetime) -> bool | None:
    """Note that somebody is told; return whether something came since, `None` where another process was quicker."""
    query = """UPDATE shields SET digested_at = %(now)s WHERE account_id = %(account)s AND digested_at = %(last)s
        RETURNING EXISTS (SELECT FROM shield_items i
            WHERE i.account_id = %(account)s AND i.state = 'held' AND i.id >= %(since)s)"""
    found = await tx.row(query, {"account": account_id, "last": last, "now": now, "since": floor(last)})
    return bool(found[0]) if found else None
