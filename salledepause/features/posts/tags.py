"""What tags say of themselves: how they are written, how much they were used lately, who uses which. Public posts only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from salledepause.kernel import clock, ids
from salledepause.kernel.db import Tx

DAYS = 7
"""Days of a tag's history, today included (https://docs.joinmastodon.org/entities/Tag/#history)."""

HEARD = "p.audience = 'public' AND p.boost_of_id IS NULL AND a.state = 'active' AND NOT a.silenced"


class Day(NamedTuple):
    """How often a tag was used on a day (UTC), and by how many accounts."""

    day: date
    uses: int
    accounts: int


class TagFacts(NamedTuple):
    """A tag: its key, its name as last written in public, its days, today first."""

    key: str
    name: str
    days: list[Day]


class Use(NamedTuple):
    """How many open posts of an account have a tag, and the day of the last one."""

    number: int
    last_on: date


async def facts(tx: Tx, keys: Sequence[str]) -> list[TagFacts]:
    """Return what is known of tags, used or not, in the order of their keys."""
    if not keys:
        return []
    names = await _names(tx, keys)
    today = clock.now().date()
    days = [today - timedelta(days=back) for back in range(DAYS)]
    used = await _used(tx, keys, ids.floor(clock.now() - timedelta(days=DAYS)))
    return [TagFacts(key, names.get(key, key), [used.get((key, day), Day(day, 0, 0)) for day in days]) for key in keys]


async def uses(tx: Tx, account_id: int, keys: Sequence[str]) -> dict[str, Use]:
    """Return how an account uses tags, by key; those that it does not use are left out."""
    query = """SELECT t.tag, count(*), max(p.created_at)::date FROM post_tags t JOIN posts p ON p.id = t.post_id
        WHERE t.tag = ANY(%s) AND p.account_id = %s AND p.audience IN ('public', 'unlisted') GROUP BY t.tag"""
    return {row[0]: Use(row[1], row[2]) for row in await tx.rows(query, [list(keys), account_id])}


async def most_used(tx: Tx, account_id: int, limit: int) -> list[str]:
    """Return the keys of the tags that an account uses most in the open, the most used first."""
    query = """SELECT t.tag FROM posts p JOIN post_tags t ON t.post_id = p.id
        WHERE p.account_id = %s AND p.audience IN ('public', 'unlisted') GROUP BY t.tag ORDER BY count(*) DESC, t.tag LIMIT %s"""
    return await tx.values(query, [account_id, limit])


async def _names(tx: Tx, keys: Sequence[str]) -> dict[str, str]:
    query = f"""SELECT wanted.tag, latest.name FROM unnest(%s::text[]) AS wanted (tag) CROSS JOIN LATERAL (
            SELECT t.name FROM post_tags t JOIN posts p ON p.id = t.post_id JOIN accounts a ON a.id = p.account_id
            WHERE t.tag = wanted.tag AND {HEARD} ORDER BY t.post_id DESC LIMIT 1) AS latest"""
    return dict(await tx.rows(query, [list(keys)]))


async def _used(tx: Tx, keys: Sequence[str], since: int) -> dict[tuple[str, date], Day]:
    query = f"""SELECT t.tag, p.created_at::date, count(*), count(DISTINCT p.account_id)
        FROM post_tags t JOIN posts p ON p.id = t.post_id JOIN accounts a ON a.id = p.account_id
        WHERE t.tag = ANY(%s) AND t.post_id >= %s AND {HEARD} GROUP BY t.tag, p.created_at::date"""
    return {(row[0], row[1]): Day(row[1], row[2], row[3]) for row in await tx.rows(query, [list(keys), since])}
