"""SQL of calls: who asks, who answers, whom it was told. Instants are given: no statement asks the database for the hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from salledepause.features.company.model import Call, wall
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject

CALL = ", ".join(f"c.{name}" for name in Call.__struct_fields__)
"""What `Call` takes, in its order."""
SUPPORT = """p.conversation_id = c.conversation_id AND p.parent_account_id = c.account_id AND p.account_id <> c.account_id
    AND NOT a.bot AND NOT p.automated AND (p.audience IN ('public', 'unlisted', 'room')
        OR EXISTS (SELECT FROM mentions m WHERE m.post_id = p.id AND m.account_id = c.account_id))
    AND NOT EXISTS (SELECT FROM company_advice v WHERE v.post_id = p.id)"""
"""That post `p` of account `a` answers call `c`: somebody else's words to its author, no automaton's, and not advice alone."""
ON_SHIFT = """(SELECT h.account_id FROM company_hours h WHERE h.starts = %(starts)s AND h.there
    UNION SELECT w.account_id FROM company_weeks w WHERE w.weekday = %(weekday)s AND w.hour = %(hour)s
        AND NOT EXISTS (
            SELECT FROM company_hours h WHERE h.account_id = w.account_id AND h.starts = %(starts)s AND NOT h.there))"""
APART = """NOT EXISTS (SELECT FROM blocks b
    WHERE (b.account_id, b.target_id) IN ((a.id, %(author)s::bigint), (%(author)s::bigint, a.id)))"""


def touches(tx: Tx, call: Call) -> None:
    """Note that a call changes: the queue, and the page of its post."""
    tx.touches(Subject.CALLS)
    tx.touches(Subject.POST, call.post_id)
    tx.touches(Subject.THREAD, call.conversation_id)


async def insert(tx: Tx, call: Call) -> bool:
    """Write a call; return whether it is new."""
    query = """INSERT INTO company_calls (post_id, account_id, conversation_id, asked_at) VALUES (%s, %s, %s, %s)
        ON CONFLICT (post_id) DO NOTHING"""
    touches(tx, call)
    return await tx.run(query, [call.post_id, call.account_id, call.conversation_id, call.asked_at]) > 0


async def one(tx: Tx, post_id: int) -> Call | None:
    """Return a call."""
    tx.stands_on(Subject.POST, post_id)
    tx.stands_on(Subject.CALLS)
    return await tx.one(Call, f"SELECT {CALL} FROM company_calls c WHERE c.post_id = %s", [post_id])


async def held(tx: Tx, post_id: int) -> Call | None:
    """Return a call, held until the commit."""
    return await tx.one(Call, f"SELECT {CALL} FROM company_calls c WHERE c.post_id = %s FOR UPDATE", [post_id])


async def of_conversation(tx: Tx, post_id: int) -> list[Call]:
    """Return the calls of the conversation that a post is in, held until the commit."""
    query = f"""SELECT {CALL} FROM company_calls c JOIN posts p ON p.conversation_id = c.conversation_id
        WHERE p.id = %s ORDER BY c.post_id FOR UPDATE OF c"""
    return await tx.all(Call, query, [post_id])


async def waiting(tx: Tx) -> list[Call]:
    """Return the calls that nobody answered, the longest waiting first."""
    tx.stands_on(Subject.CALLS)
    return await tx.all(Call, f"SELECT {CALL} FROM company_calls c WHERE c.answered_at IS NULL ORDER BY c.asked_at, c.post_id")


async def of_account(tx: Tx, account_id: int, since: datetime | None = None) -> list[Call]:
    """Return the calls of somebody, the oldest first; `since`: those that wait, asked after an instant."""
    bound = "AND c.answered_at IS NULL AND c.asked_at > %(since)s" if since else ""
    query = f"SELECT {CALL} FROM company_calls c WHERE c.account_id = %(account)s {bound} ORDER BY c.asked_at, c.post_id"
    return await tx.all(Call, query, {"account": account_id, "since": since})


async def withdraw(tx: Tx, call: Call) -> None:
    """Forget a call, and whom it was told."""
    touches(tx, call)
    await tx.send("DELETE FROM company_calls WHERE post_id = %s", [call.post_id])


async def answered(tx: Tx, post_id: int) -> None:
    """Note that a new post answers a call, if it does; it travels with what publishes it."""
    tx.touches(Subject.CALLS)
    await tx.send(
        f"""UPDATE company_calls c SET answered_at = p.created_at, claimed_by = NULL, claimed_until = NULL
        FROM posts p JOIN accounts a ON a.id = p.account_id WHERE p.id = %s AND c.answered_at IS NULL AND {SUPPORT}""",
        [post_id],
    )


async def advise(tx: Tx, post_id: int) -> None:
    """Note that an answer gives advice."""
    await tx.send("INSERT INTO company_advice (post_id) VALUES (%s) ON CONFLICT DO NOTHING", [post_id])


async def settle(tx: Tx, call: Call) -> None:
    """Say anew when a call was answered, by what was said since."""
    touches(tx, call)
    await tx.send(
        f"""UPDATE company_calls c SET answered_at = (SELECT min(p.created_at) FROM posts p JOIN accounts a ON a.id = p.account_id
            WHERE p.id > c.post_id AND {SUPPORT}) WHERE c.post_id = %s""",
        [call.post_id],
    )


async def advice_among(tx: Tx, post_ids: Sequence[int]) -> set[int]:
    """Return those of some posts that say to be advice."""
    return set(await tx.values("SELECT post_id FROM company_advice WHERE post_id = ANY(%s)", [list(post_ids)]))


async def claim(tx: Tx, call: Call, account_id: int | None, until: datetime | None) -> None:
    """Note who says to be answering a call, and until when they are waited for; `None`: nobody."""
    touches(tx, call)
    query = "UPDATE company_calls SET claimed_by = %s, claimed_until = %s WHERE post_id = %s"
    await tx.send(query, [account_id, until, call.post_id])


async def volunteers(tx: Tx, author_id: int, starts: datetime) -> list[int]:
    """Return who is on shift in an hour and may be told of what somebody says."""
    weekday, hour = wall(starts)
    query = f"""SELECT a.id FROM accounts a WHERE a.id IN {ON_SHIFT} AND a.id <> %(author)s AND a.state = 'active'
        AND a.mode = 'contributor' AND {APART} ORDER BY a.id"""
    return await tx.values(query, {"author": author_id, "starts": starts, "weekday": weekday, "hour": hour})


async def next_host(tx: Tx, call: Call) -> int | None:
    """Return the host to page now: none who was paged for this call; first who does not know of it, and was woken longest ago."""
    query = f"""SELECT a.id FROM accounts a LEFT JOIN company_told t ON t.account_id = a.id AND t.post_id = %(post)s
        WHERE a.role IN ('host', 'admin') AND a.state = 'active' AND a.id <> %(author)s AND {APART}
            AND NOT coalesce(t.paged, false)
        ORDER BY t.account_id IS NOT NULL, a.mode <> 'contributor',
            (SELECT max(o.at) FROM company_told o WHERE o.account_id = a.id AND o.paged) NULLS FIRST, a.id LIMIT 1"""
    found = await tx.value(query, {"post": call.post_id, "author": call.account_id})
    return None if found is None else int(found)


async def paged(tx: Tx, call: Call, turn: int) -> None:
    """Note that hosts were called this many times."""
    await tx.send("UPDATE company_calls SET paged = %s WHERE post_id = %s", [turn, call.post_id])


async def tell(tx: Tx, post_id: int, account_ids: Sequence[int], at: datetime, *, paged: bool = False) -> None:
    """Note whom a call is told."""
    query = """INSERT INTO company_told AS t (post_id, account_id, at, paged) SELECT %s, unnest(%s::bigint[]), %s, %s
        ON CONFLICT (post_id, account_id) DO UPDATE SET at = excluded.at, paged = t.paged OR excluded.paged"""
    tx.touches(Subject.CALLS)
    await tx.send(query, [post_id, list(account_ids), at, paged])


async def told(tx: Tx, post_id: int) -> set[int]:
    """Return whom a call was told."""
    tx.stands_on(Subject.CALLS)
    return set(await tx.values("SELECT account_id FROM company_told WHERE post_id = %s", [post_id]))


async def told_among(tx: Tx, account_id: int, post_ids: Sequence[int]) -> dict[int, bool]:
    """Return which of some posts are calls that somebody was told of, and whether each still waits."""
    tx.stands_on(Subject.CALLS)
    query = """SELECT t.post_id, c.answered_at IS NULL FROM company_told t JOIN company_calls c ON c.post_id = t.post_id
        WHERE t.account_id = %s AND t.post_id = ANY(%s)"""
    return {row[0]: row[1] for row in await tx.rows(query, [account_id, list(post_ids)])}


async def sweep(tx: Tx, before: datetime) -> None:
    """Forget answered calls and hours of before an instant."""
    await tx.send("DELETE FROM company_calls WHERE answered_at < %s", [before])
    await tx.send("DELETE FROM company_hours WHERE starts < %s", [before])
