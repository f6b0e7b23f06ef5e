"""SQL of remarks: what comes in, what is proposed, who answers, what was said to whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from salledepause.features.desks.model import Near, Remark, Told
from salledepause.features.posts import COVERED
from salledepause.kernel.db import Tx

REMARK = ", ".join(f"r.{name}" for name in Remark.__struct_fields__)
TAKE_IN = """INSERT INTO desk_remarks (desk_id, account_id, post_id)
    SELECT DISTINCT m.desk_id, p.account_id, p.id FROM posts p JOIN accounts a ON a.id = p.account_id
    JOIN desk_members m ON m.takes_in AND m.joined AND m.account_id IN (
        SELECT p.parent_account_id UNION SELECT n.account_id FROM mentions n WHERE n.post_id = p.id)
    WHERE p.id = %(post)s AND p.audience IN ('public', 'unlisted') AND p.boost_of_id IS NULL AND p.text <> ''
        AND NOT p.automated AND NOT a.bot
        AND NOT EXISTS (SELECT FROM desk_members o WHERE o.desk_id = m.desk_id AND o.account_id = p.account_id AND o.joined)
    ON CONFLICT (desk_id, post_id) DO NOTHING"""
"""What is said in the open to who gives theirs to a desk, but by its own members and by automata."""


async def take_in(tx: Tx, post_id: int) -> None:
    """Give a post to the desks of those it speaks to; it travels with what publishes it."""
    await tx.send(TAKE_IN, {"post": post_id})


async def ask(tx: Tx, desk_id: int, account_id: int, text: str, at: datetime) -> int:
    """Ask a desk in words of its own."""
    query = "INSERT INTO desk_remarks (desk_id, account_id, text, at) VALUES (%s, %s, %s, %s) RETURNING id"
    return int(await tx.value(query, [desk_id, account_id, text, at]))


async def asked_lately(tx: Tx, desk_id: int, account_id: int, since: datetime) -> int:
    """Return how often somebody asked a desk since an instant."""
    query = "SELECT count(*) FROM desk_remarks WHERE desk_id = %s AND account_id = %s AND at > %s AND post_id IS NULL"
    return int(await tx.value(query, [desk_id, account_id, since]))


def _remark(*row: object) -> Remark:
    return msgspec.convert(dict(zip(Remark.__struct_fields__, row, strict=True)), Remark)


async def one(tx: Tx, remark_id: int) -> Remark | None:
    """Return a remark, held until the commit."""
    return await tx.one(_remark, f"SELECT {REMARK} FROM desk_remarks r WHERE r.id = %s FOR UPDATE", [remark_id])


async def met(tx: Tx, remark_id: int) -> Remark | None:
    """Return a remark."""
    return await tx.one(_remark, f"SELECT {REMARK} FROM desk_remarks r WHERE r.id = %s", [remark_id])


async def waiting(tx: Tx, desk_id: int, most: int, viewer: int = 0) -> list[Remark]:
    """Return what waits for an answer, the oldest first, but what waits behind the viewer's shield."""
    query = f"""SELECT {REMARK} FROM desk_remarks r WHERE r.desk_id = %(desk)s AND r.state = 'waiting'
        AND (r.post_id IS NULL OR r.post_id <> ALL({COVERED})) ORDER BY r.id LIMIT %(most)s"""
    return await tx.all(_remark, query, {"desk": desk_id, "most": most, "viewer": viewer})


async def of_account(tx: Tx, account_id: int) -> list[Remark]:
    """Return what somebody asked in words of its own, the oldest first."""
    query = f"SELECT {REMARK} FROM desk_remarks r WHERE r.account_id = %s AND r.post_id IS NULL ORDER BY r.id"
    return await tx.all(_remark, query, [account_id])


async def due(tx: Tx) -> list[int]:
    """Return the desks with remarks that nothing was proposed for by what they have learned by now, or answers to send."""
    query = """SELECT DISTINCT r.desk_id FROM desk_remarks r JOIN desks d ON d.id = r.desk_id
        WHERE r.state = 'sending' AND r.stranger_id IS NULL OR r.state = 'waiting' AND r.learned < d.version ORDER BY r.desk_id"""
    return await tx.values(query)


async def unread(tx: Tx, desk_id: int, version: int, most: int) -> list[Remark]:
    """Return what waits and was not looked at since the desk learned something, what is new first."""
    query = f"""SELECT {REMARK} FROM desk_remarks r WHERE r.desk_id = %s AND r.state = 'waiting' AND r.learned < %s
        ORDER BY r.learned > 0, r.id LIMIT %s"""
    return await tx.all(_remark, query, [desk_id, version, most])


async def propose(tx: Tx, remark_id: int, version: int, near: Sequence[Near], reason: str) -> None:
    """Write which cards are nearest to a remark, and why."""
    query = "UPDATE desk_remarks SET learned = %s, candidates = %s::jsonb, reason = %s WHERE id = %s"
    await tx.send(query, [version, msgspec.json.encode(near).decode(), reason, remark_id])


async def send_off(tx: Tx, remark_ids: Sequence[int], card_id: int | None, by_id: int | None) -> None:
    """Have waiting remarks answered by a card, chosen by somebody or by nobody, or by somebody's own words."""
    query = """UPDATE desk_remarks SET state = 'sending', card_id = %s, by_id = %s
        WHERE id = ANY(%s) AND state = 'waiting'"""
    await tx.send(query, [card_id, by_id, list(remark_ids)])


async def sending(tx: Tx, desk_id: int, most: int) -> list[Remark]:
    """Return what is to be answered here now, the oldest first, held until the commit; what others hold is theirs."""
    query = f"""SELECT {REMARK} FROM desk_remarks r WHERE r.desk_id = %s AND r.state = 'sending' AND r.stranger_id IS NULL
        ORDER BY r.id LIMIT %s FOR UPDATE SKIP LOCKED"""
    return await tx.all(_remark, query, [desk_id, most])


async def settle(tx: Tx, remark_id: int, state: str, reason: str = "") -> None:
    """Write how a remark stands."""
    query = "UPDATE desk_remarks SET state = %s, reason = %s, draft = '', draft_by = NULL, draft_at = NULL WHERE id = %s"
    await tx.send(query, [state, reason, remark_id])


async def draft(tx: Tx, remark_id: int, text: str, account_id: int | None, at: datetime | None) -> None:
    """Write what a member would answer, and that they are writing."""
    query = "UPDATE desk_remarks SET draft = %s, draft_by = %s, draft_at = %s WHERE id = %s"
    await tx.send(query, [text, account_id, at, remark_id])


async def call_back(tx: Tx, desk_id: int) -> None:
    """Have nothing be answered that nobody chose and that is not gone yet, nor may be on its way elsewhere."""
    query = """UPDATE desk_remarks r SET state = 'waiting', card_id = NULL
        WHERE r.desk_id = %s AND r.state = 'sending' AND r.by_id IS NULL
            AND NOT EXISTS (SELECT FROM desk_elsewhere e WHERE e.remark_id = r.id AND e.letters IS NOT NULL)"""
    await tx.send(query, [desk_id])


async def count(tx: Tx, card_id: int, to: Told, at: datetime, *, automated: bool) -> None:
    """Note that a card was said to somebody, and count it."""
    query = """INSERT INTO desk_sayings
            (card_id, account_id, post_id, conversation_id, stranger_id, open_post_id, said_at, automated)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"""
    await tx.send(query, [card_id, *to, at, automated])
    await tx.send("UPDATE desk_cards SET said = said + 1 WHERE id = %s", [card_id])


async def given(tx: Tx, desk_id: int, people: Sequence[int]) -> dict[tuple[int, int], datetime]:
    """Return when a card of a desk was last said to somebody, by (card id, id of the account or stranger)."""
    query = """SELECT s.card_id, coalesce(s.account_id, s.stranger_id), max(s.said_at)
        FROM desk_sayings s JOIN desk_cards c ON c.id = s.card_id
        WHERE c.desk_id = %(desk)s AND (s.account_id = ANY(%(people)s) OR s.stranger_id = ANY(%(people)s)) GROUP BY 1, 2"""
    return {(row[0], row[1]): row[2] for row in await tx.rows(query, {"desk": desk_id, "people": list(people)})}


async def automated_since(tx: Tx, desk_id: int, since: datetime) -> int:
    """Return how often a desk answered by itself since an instant, what is on its way included."""
    query = """SELECT (SELECT count(*) FROM desk_sayings s JOIN desk_cards c ON c.id = s.card_id
            WHERE c.desk_id = %(desk)s AND s.automated AND s.said_at > %(since)s)
        + (SELECT count(*) FROM desk_remarks r WHERE r.desk_id = %(desk)s AND r.state = 'sending' AND r.by_id IS NULL)"""
    return int(await tx.value(query, {"desk": desk_id, "since": since}))


async def ours(tx: Tx, post_ids: Sequence[int]) -> set[int]:
    """Return which of some posts a desk sent by itself."""
    query = """SELECT post_id FROM desk_sayings WHERE automated AND post_id = ANY(%(posts)s)
        UNION SELECT open_post_id FROM desk_sayings WHERE automated AND open_post_id = ANY(%(posts)s)"""
    return set(await tx.values(query, {"posts": list(post_ids)}))


async def sweep(tx: Tx, before: datetime, rung_before: datetime) -> None:
    """Forget what was answered, or put aside, and asked before an instant; and old rings."""
    await tx.send("DELETE FROM desk_remarks WHERE state IN ('answered', 'aside') AND at < %s", [before])
    await tx.send("DELETE FROM desk_rings WHERE at < %s", [rung_before])
