"""SQL of « stop »: where desks were told to answer by themselves no more, by whom, and what is taken back."""

from __future__ import annotations

import msgspec

from salledepause.features.desks.model import LONGEST_STOP, STOP
from salledepause.kernel.db import Tx

HEARD = """heard AS (SELECT c.desk_id, t.conversation_id, t.account_id AS by_id,
            coalesce(bool_or(s.account_id = t.account_id), false) AS theirs,
            coalesce(bool_or(s.account_id = t.account_id OR s.open_post_id IS NOT NULL OR EXISTS (SELECT FROM desk_members m
                WHERE m.desk_id = c.desk_id AND m.account_id = t.account_id AND m.joined)), false) AS known
        FROM told t JOIN desk_sayings s ON s.conversation_id = t.conversation_id AND s.automated
        JOIN desk_cards c ON c.id = s.card_id GROUP BY 1, 2, 3)"""
"""The desks that answered by themselves where `told` stop; whether they answered who says so, who may know of it."""
HEED = f"""{HEARD},
    stopped AS (INSERT INTO desk_stops (desk_id, conversation_id, by_id)
        SELECT h.desk_id, h.conversation_id, CASE WHEN h.known THEN h.by_id END FROM heard h
        WHERE h.known OR NOT EXISTS (SELECT FROM desk_stops o
            WHERE o.desk_id = h.desk_id AND o.conversation_id = h.conversation_id AND o.by_id IS NULL)
        ON CONFLICT DO NOTHING)
    INSERT INTO desk_refusals (desk_id, account_id) SELECT desk_id, by_id FROM heard WHERE theirs ON CONFLICT DO NOTHING"""
"""No more there; nowhere any more, to whom it answered. By whom is kept only of who may take it back."""
SAID = """told AS (SELECT p.conversation_id, p.account_id FROM posts p WHERE p.id = %(post)s
        AND length(p.text) <= %(longest)s AND p.text ~* %(stop)s)"""
"""« Stop », alone or after names."""
PRESSED = "told AS (SELECT %(conversation)s::bigint AS conversation_id, %(me)s::bigint AS account_id)"
TAKE_BACK = """WITH gone AS (DELETE FROM desk_stops WHERE conversation_id = %(conversation)s AND by_id = %(me)s RETURNING desk_id)
    DELETE FROM desk_refusals r USING gone g WHERE r.desk_id = g.desk_id AND r.account_id = %(me)s
        AND EXISTS (SELECT FROM desk_sayings s JOIN desk_cards c ON c.id = s.card_id WHERE c.desk_id = g.desk_id
            AND s.conversation_id = %(conversation)s AND s.automated AND s.account_id = %(me)s)
        AND NOT EXISTS (SELECT FROM desk_stops o JOIN desk_sayings s ON s.conversation_id = o.conversation_id
            JOIN desk_cards c ON c.id = s.card_id AND c.desk_id = o.desk_id WHERE o.desk_id = g.desk_id AND o.by_id = %(me)s
            AND o.conversation_id <> %(conversation)s AND s.automated AND s.account_id = %(me)s)"""
"""Where it was said; and everywhere, unless the desk answered the same person elsewhere and was stopped by them there too."""


class Stopped(msgspec.Struct, frozen=True):
    """A desk that somebody told to stop: everywhere for them, and for all in conversations, by the post that began each."""

    desk_id: int
    name: str
    everywhere: bool
    conversations: list[int]


async def heed(tx: Tx, post_id: int) -> None:
    """Have desks stop where a post tells them so; it travels with what publishes it."""
    await tx.send(f"WITH {SAID}, {HEED}", {"post": post_id, "stop": STOP, "longest": LONGEST_STOP})


async def known(tx: Tx, me: int, conversation_id: int) -> bool:
    """Tell whether a desk answered by itself in a conversation, to somebody or for them to read."""
    query = f"WITH {PRESSED}, {HEARD} SELECT EXISTS (SELECT FROM heard WHERE known)"
    return bool(await tx.value(query, {"conversation": conversation_id, "me": me}))


async def stop(tx: Tx, me: int, conversation_id: int) -> None:
    """Have the desks of a conversation answer by themselves there no more, nor somebody whom they answered anywhere."""
    await tx.send(f"WITH {PRESSED}, {HEED}", {"conversation": conversation_id, "me": me})


async def stop_elsewhere(tx: Tx, thread_id: int, stranger_id: int) -> None:
    """Have the desk of a thread on another server answer by itself there no more, nor a stranger whom it answered anywhere."""
    query = """WITH told AS (SELECT DISTINCT c.desk_id FROM desk_sayings s JOIN desk_cards c ON c.id = s.card_id
            WHERE s.conversation_id = %(thread)s AND s.automated),
        stopped AS (INSERT INTO desk_stops (desk_id, conversation_id) SELECT t.desk_id, %(thread)s FROM told t
            WHERE NOT EXISTS (SELECT FROM desk_stops o WHERE o.desk_id = t.desk_id AND o.conversation_id = %(thread)s))
        UPDATE desk_strangers SET refused = true WHERE id = %(who)s AND EXISTS (SELECT FROM desk_sayings s
            WHERE s.conversation_id = %(thread)s AND s.automated AND s.stranger_id = %(who)s)"""
    await tx.send(query, {"thread": thread_id, "who": stranger_id})


async def take_back(tx: Tx, me: int, conversation_id: int) -> None:
    """Undo what somebody said to the desks of a conversation; what others said there stays."""
    await tx.send(TAKE_BACK, {"conversation": conversation_id, "me": me})


async def forgive(tx: Tx, me: int, desk_id: int) -> int:
    """Undo all that somebody said to a desk; return how much that was."""
    values = {"desk": desk_id, "me": me}
    gone = await tx.run("DELETE FROM desk_stops WHERE desk_id = %(desk)s AND by_id = %(me)s", values)
    return gone + await tx.run("DELETE FROM desk_refusals WHERE desk_id = %(desk)s AND account_id = %(me)s", values)


async def of_account(tx: Tx, me: int) -> list[Stopped]:
    """Return the desks that somebody told to stop, by name, conversations the latest first."""
    query = """SELECT d.id, d.name, EXISTS (SELECT FROM desk_refusals r WHERE r.desk_id = d.id AND r.account_id = %(me)s),
            ARRAY(SELECT o.conversation_id FROM desk_stops o WHERE o.desk_id = d.id AND o.by_id = %(me)s
                ORDER BY o.conversation_id DESC)
        FROM desks d WHERE d.id IN (SELECT desk_id FROM desk_refusals WHERE account_id = %(me)s
            UNION SELECT desk_id FROM desk_stops WHERE by_id = %(me)s) ORDER BY d.name, d.id"""
    return await tx.all(Stopped, query, {"me": me})


async def by_them(tx: Tx, me: int, conversation_id: int) -> bool:
    """Tell whether somebody told a desk to stop in a conversation."""
    query = "SELECT EXISTS (SELECT FROM desk_stops WHERE conversation_id = %s AND by_id = %s)"
    return bool(await tx.value(query, [conversation_id, me]))


async def refused(tx: Tx, desk_id: int, person_id: int, conversation_id: int | None) -> bool:
    """Tell whether somebody told a desk never to answer them by itself, or anybody to answer there no more."""
    query = """SELECT EXISTS (SELECT FROM desk_refusals WHERE desk_id = %(desk)s AND account_id = %(who)s)
        OR EXISTS (SELECT FROM desk_strangers WHERE id = %(who)s AND refused)
        OR EXISTS (SELECT FROM desk_stops WHERE desk_id = %(desk)s AND conversation_id = %(conversation)s::bigint)"""
    return bool(await tx.value(query, {"desk": desk_id, "who": person_id, "conversation": conversation_id}))
