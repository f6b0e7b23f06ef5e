"""SQL of the automatic answer of who is away: who has one for a post, and whom it was sent to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from salledepause.features import graph
from salledepause.kernel import clock
from salledepause.kernel.db import Tx

MOST_A_DAY = 100
"""Answers in the name of one person within a day."""

ANSWERING = """FROM notification_policies w JOIN posts p ON p.id = %(post)s JOIN accounts a ON a.id = p.account_id
    WHERE w.away_from IS NOT NULL AND w.away_reply <> '' AND (w.away_until IS NULL OR w.away_until >= %(today)s)
        AND p.audience = 'direct' AND NOT p.automated AND a.state = 'active' AND NOT a.bot AND NOT a.silenced"""
"""Who (`w`) answers a post `p` of `a`: only what a hand wrote in private, so that two who are away never answer each other."""


class Reply(NamedTuple):
    """Whom to answer, and what."""

    to_id: int
    handle: str
    text: str


async def answering(tx: Tx, account_ids: Sequence[int], post_id: int) -> list[int]:
    """Return who among these has an automatic answer to a post."""
    query = f"SELECT w.account_id {ANSWERING} AND w.account_id = ANY(%(ids)s)"
    return await tx.values(query, {"ids": list(account_ids), "post": post_id, "today": clock.today()})


async def claim(tx: Tx, account_id: int, post_id: int) -> Reply | None:
    """Return the answer to send to a post, once for each absence and each person; `None` when none is due any more.

    None is for who is blocked, muted or limited, nor past `MOST_A_DAY`.
    """
    values = {"viewer": account_id, "post": post_id, "today": clock.today(), "most": MOST_A_DAY}
    query = f"""SELECT a.id, a.handle, w.away_reply {ANSWERING} AND w.account_id = %(viewer)s
        AND a.id <> ALL({graph.HIDDEN_FROM}) AND a.id <> ALL({graph.LIMITED})
        AND (SELECT count(*) FROM away_replies r WHERE r.account_id = %(viewer)s
            AND r.replied_at > now() - interval '1 day') < %(most)s
        FOR UPDATE OF w"""
    due = await tx.one(Reply, query, values)
    if due is None:
        return None
    new = await tx.run(
        "INSERT INTO away_replies (account_id, to_id) VALUES (%s, %s) ON CONFLICT DO NOTHING", [account_id, due.to_id]
    )
    return due if new else None


async def forget(tx: Tx, account_id: int) -> None:
    """Forget who was answered: the next absence answers each once more."""
    await tx.send("DELETE FROM away_replies WHERE account_id = %s", [account_id])
