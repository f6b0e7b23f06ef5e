"""SQL of polls and of votes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from salledepause.features.posts.model import Poll, PollDraft
from salledepause.kernel.db import Tx
from salledepause.kernel.trips import Row

POLL = """SELECT q.id, q.post_id, q.options, q.tallies, q.voters_count, q.multiple, q.expires_at,
    coalesce(q.expires_at <= now(), false), v.choices, p.account_id = %(viewer)s, q.hides_totals
    FROM polls q JOIN posts p ON p.id = q.post_id LEFT JOIN poll_votes v ON v.poll_id = q.id AND v.account_id = %(viewer)s"""


async def of(tx: Tx, post_ids: Sequence[int], viewer: int | None) -> list[Poll]:
    """Return the polls of posts as a viewer may see them."""
    rows = await tx.rows(f"{POLL} WHERE q.post_id = ANY(%(posts)s)", {"posts": list(post_ids), "viewer": viewer or 0})
    return [_poll(row, viewer) for row in rows]


def _poll(row: Row, viewer: int | None) -> Poll:
    identifier, post_id, options, tallies, voters, multiple, expires_at, expired, choices, own, hides = row
    return Poll(
        id=identifier,
        post_id=post_id,
        options=tuple(options),
        tallies=None if hides and not expired else tuple(tallies),
        voters_count=voters,
        multiple=multiple,
        expires_at=expires_at,
        expired=expired,
        own_votes=None if viewer is None else tuple(choices or ()),
        own=own,
        votes_count=sum(tallies),
    )


async def post_of(tx: Tx, poll_id: int) -> int | None:
    """Return the post that holds a poll."""
    found = await tx.value("SELECT post_id FROM polls WHERE id = %s", [poll_id])
    return None if found is None else int(found)


async def options(tx: Tx, post_id: int) -> tuple[str, ...] | None:
    """Return the answers offered by the poll of a post, `None` without one."""
    found = await tx.value("SELECT options FROM polls WHERE post_id = %s", [post_id])
    return None if found is None else tuple(found)


async def insert(tx: Tx, post_id: int, draft: PollDraft, at: datetime | None) -> tuple[int, datetime]:
    """Write a poll that runs from `at`, else from now; return its id and its end."""
    query = """INSERT INTO polls (post_id, options, tallies, voters_count, multiple, hides_totals, expires_at)
        VALUES (%(post)s, %(options)s,
            coalesce(%(tallies)s::integer[], array_fill(0, ARRAY[cardinality(%(options)s::text[])])), %(voters)s,
            %(multiple)s, %(hides)s, coalesce(%(at)s, now()) + %(lasts)s) RETURNING id, expires_at"""
    counted = {"tallies": None if draft.tallies is None else list(draft.tallies), "voters": draft.voters_count}
    row = await tx.row(query, _values(draft) | counted | {"post": post_id, "at": at})
    if row is None:
        raise RuntimeError("an INSERT without conflict returns its row")
    return row[0], row[1]


async def rewrite(tx: Tx, post_id: int, draft: PollDraft) -> tuple[int, datetime] | None:
    """Change the poll of a post, which runs again from now; return its id and its end. Other answers begin with no vote."""
    query = """WITH old AS (SELECT id, options IS DISTINCT FROM %(options)s OR multiple <> %(multiple)s AS anew
            FROM polls WHERE post_id = %(post)s FOR UPDATE),
        gone AS (DELETE FROM poll_votes USING old WHERE poll_id = old.id AND old.anew)
        UPDATE polls SET options = %(options)s, multiple = %(multiple)s, hides_totals = %(hides)s,
            expires_at = now() + %(lasts)s, ended = false,
            tallies = CASE WHEN old.anew THEN array_fill(0, ARRAY[cardinality(%(options)s::text[])]) ELSE tallies END,
            voters_count = CASE WHEN old.anew THEN 0 ELSE voters_count END
        FROM old WHERE polls.id = old.id RETURNING polls.id, expires_at"""
    row = await tx.row(query, _values(draft) | {"post": post_id})
    return (row[0], row[1]) if row else None


def _values(draft: PollDraft) -> dict[str, object]:
    return {
        "options": list(draft.options),
        "multiple": draft.multiple,
        "hides": draft.hides_totals,
        "lasts": draft.lasts,
    }


async def keep_vote(tx: Tx, account_id: int, poll_id: int, choices: Sequence[int]) -> bool:
    """Write a vote after those of this account that are there; return whether it is the first."""
    query = """INSERT INTO poll_votes AS v (poll_id, account_id, choices) VALUES (%s, %s, %s)
        ON CONFLICT (poll_id, account_id) DO UPDATE SET choices = v.choices || excluded.choices
        RETURNING cardinality(v.choices)"""
    return int(await tx.value(query, [poll_id, account_id, list(choices)])) == len(choices)


async def add(tx: Tx, poll_id: int, choices: Sequence[int], *, voters: int) -> None:
    """Count a vote, and its voter when it is their first; one statement reads and writes the row: no vote is lost."""
    query = """UPDATE polls SET voters_count = voters_count + %(voters)s, tallies = ARRAY(
            SELECT tally + (place - 1 = ANY(%(choices)s))::int FROM unnest(tallies) WITH ORDINALITY AS one (tally, place)
            ORDER BY place)
        WHERE id = %(id)s"""
    await tx.send(query, {"id": poll_id, "choices": list(choices), "voters": voters})


async def voters(tx: Tx, post_id: int) -> list[int]:
    """Return who voted in the poll of a post."""
    query = """SELECT v.account_id FROM poll_votes v JOIN polls q ON q.id = v.poll_id WHERE q.post_id = %s
        ORDER BY v.account_id"""
    return await tx.values(query, [post_id])


async def end(tx: Tx, poll_id: int) -> int | None:
    """Note that a poll ended; return its post, or `None` when it runs on or its end was told already."""
    query = "UPDATE polls SET ended = true WHERE id = %s AND NOT ended AND expires_at <= now() RETURNING post_id"
    found = await tx.value(query, [poll_id])
    return None if found is None else int(found)
