"""SQL of quotes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from salledepause.features.posts import gate
from salledepause.features.posts.model import QuotePolicy
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject
from salledepause.kernel.trips import Row

OF = f"""SELECT q.post_id, q.quoted_id, q.revoked OR s.barred, s.author_id, s.open,
        EXISTS (SELECT FROM blocks WHERE account_id = %(viewer)s AND target_id = s.author_id),
        EXISTS (SELECT FROM mutes WHERE account_id = %(viewer)s AND target_id = s.author_id
            AND (expires_at IS NULL OR expires_at > now())), s.*
    FROM quotes q LEFT JOIN LATERAL (SELECT p.id AS cursor, {gate.COLUMNS}, p.account_id AS author_id, {gate.GATE} AS open,
            EXISTS (SELECT FROM posts b JOIN blocks k ON (k.account_id, k.target_id) IN (
                (p.account_id, b.account_id), (b.account_id, p.account_id)) WHERE b.id = q.post_id) AS barred
        FROM posts p {gate.JOINS} WHERE p.id = q.quoted_id) s ON true
    WHERE q.post_id = ANY(%(ids)s)"""
"""What posts quote, as the viewer may meet it: one query whatever the page holds. A block between the two authors bars it."""
COUNT = """UPDATE posts SET quotes_count = posts.quotes_count + sums.number, version = version + 1
    FROM (SELECT q.quoted_id, {sign}count(*) AS number FROM {rows} q JOIN posts b ON b.id = q.post_id
        WHERE b.audience <> 'direct' GROUP BY q.quoted_id) AS sums WHERE posts.id = sums.quoted_id RETURNING posts.id"""
"""Counts of the quoted posts; as with answers, direct posts are not counted."""


class Line(NamedTuple):
    """What a post quotes, and all that decides whether it shows; `row` is what `gate.seen` takes."""

    post_id: int
    quoted_id: int | None
    revoked: bool | None
    author_id: int | None
    open: bool | None
    blocked: bool
    muted: bool
    row: Row


async def of(tx: Tx, post_ids: Sequence[int], viewer: int | None) -> list[Line]:
    """Return what posts quote."""
    rows = await tx.rows(OF, {"ids": list(post_ids), "viewer": viewer or 0})
    return [Line._make((*row[:7], row[7:])) for row in rows]


async def insert(tx: Tx, post_id: int, quoted_id: int) -> None:
    """Write that a new post quotes another, which is held, and count it."""
    tx.touches(Subject.POST, quoted_id)
    await tx.send("INSERT INTO quotes (post_id, quoted_id) VALUES (%s, %s)", [post_id, quoted_id])
    rows = "(SELECT post_id, quoted_id FROM quotes WHERE post_id = %s)"
    await tx.send(COUNT.format(sign="", rows=rows), [post_id])


async def uncount(tx: Tx, post_ids: Sequence[int]) -> None:
    """Note that posts about to be erased quote no more."""
    rows = "(SELECT post_id, quoted_id FROM quotes WHERE post_id = ANY(%s) AND NOT revoked)"
    tx.touches(Subject.POST, *await tx.values(COUNT.format(sign="-", rows=rows), [list(post_ids)]))


async def quoting(tx: Tx, post_ids: Sequence[int]) -> list[int]:
    """Return the posts that quote any of these, whatever they show of it."""
    return await tx.values("SELECT post_id FROM quotes WHERE quoted_id = ANY(%s) AND NOT revoked", [list(post_ids)])


async def quotes(tx: Tx, post_id: int, quoted_id: int) -> bool | None:
    """Tell whether a post still quotes another, `None` when it never did."""
    found: bool | None = await tx.value(
        "SELECT NOT revoked FROM quotes WHERE post_id = %s AND quoted_id = %s", [post_id, quoted_id]
    )
    return found


async def revoke(tx: Tx, post_id: int, quoted_id: int) -> None:
    """Take a quoted post, which is held, back from the post that quotes it."""
    rows = "taken"
    query = f"""WITH taken AS (UPDATE quotes SET revoked = true WHERE post_id = %s AND quoted_id = %s AND NOT revoked
        RETURNING post_id, quoted_id) {COUNT.format(sign="-", rows=rows)}"""
    tx.touches(Subject.POST, post_id, quoted_id)
    await tx.send(query, [post_id, quoted_id])


async def between(tx: Tx, one: int, other: int) -> list[int]:
    """Return the posts of either of two that quote the other."""
    query = """SELECT q.post_id FROM posts b JOIN quotes q ON q.post_id = b.id JOIN posts p ON p.id = q.quoted_id
        WHERE b.has_quote AND NOT q.revoked AND (b.account_id, p.account_id) IN ((%(one)s, %(other)s), (%(other)s, %(one)s))"""
    return await tx.values(query, {"one": one, "other": other})


async def quoted_kind(tx: Tx, post_id: int) -> str | None:
    """Return the kind of what a post quotes, if it is there."""
    query = "SELECT p.kind FROM quotes q JOIN posts p ON p.id = q.quoted_id WHERE q.post_id = %s"
    found: str | None = await tx.value(query, [post_id])
    return found


async def set_policy(tx: Tx, post_id: int, policy: QuotePolicy) -> None:
    """Change who may quote a post from now on."""
    tx.touches(Subject.POST, post_id)
    await tx.send("UPDATE posts SET quote_policy = %s, version = version + 1 WHERE id = %s", [policy, post_id])


async def let_read(tx: Tx, post_id: int, account_id: int) -> None:
    """Let whom a post quotes read it, without naming them."""
    query = "INSERT INTO mentions (post_id, account_id, silent) VALUES (%s, %s, true) ON CONFLICT DO NOTHING"
    await tx.send(query, [post_id, account_id])
