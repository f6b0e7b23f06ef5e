"""How alive the house is, in figures of everybody together: what the doors tell of it, never of one person."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from salledepause.kernel.db import Tx

MONTH, HALF_YEAR = 28, 180
"""Days."""
WEEKS = 12
DAYS = 7


class Usage(NamedTuple):
    """People with an account, what they published, and how many of them did in the last 28 and 180 days."""

    people: int
    posts: int
    active_month: int
    active_half_year: int


class Week(NamedTuple):
    """A week from Monday, UTC: what was published, by how many people, and how many joined."""

    began: datetime
    posts: int
    authors: int
    newcomers: int


class Day(NamedTuple):
    """A day in Paris: what was published, by how many people, and how many joined."""

    began: date
    posts: int
    authors: int
    newcomers: int


async def usage(tx: Tx) -> Usage:
    """Return the figures of today."""
    found = await tx.one(
        Usage,
        """SELECT count(*), coalesce(sum(posts_count), 0)::bigint,
            count(*) FILTER (WHERE last_post_on > current_date - %(month)s::integer),
            count(*) FILTER (WHERE last_post_on > current_date - %(half_year)s::integer)
        FROM accounts WHERE state = 'active'""",
        {"month": MONTH, "half_year": HALF_YEAR},
    )
    return found or Usage(0, 0, 0, 0)


async def weeks(tx: Tx) -> list[Week]:
    """Return the last twelve weeks, the present one first."""
    return await tx.all(
        Week,
        """SELECT w.began, s.posts, s.authors, (SELECT count(*) FROM accounts a
            WHERE a.state = 'active' AND a.created_at >= w.began AND a.created_at < w.began + interval '7 days')
        FROM (SELECT date_trunc('week', now()) - make_interval(weeks => n) AS began FROM generate_series(0, %(most)s - 1) n) w,
        LATERAL (SELECT count(*) AS posts, count(DISTINCT p.account_id) AS authors FROM posts p
            WHERE p.room_id IS NULL AND p.id >= floor(extract(epoch FROM w.began) * 1000)::bigint << 16
                AND p.id < floor(extract(epoch FROM w.began + interval '7 days') * 1000)::bigint << 16) s
        ORDER BY w.began DESC""",
        {"most": WEEKS},
    )


async def days(tx: Tx) -> list[Day]:
    """Return the last seven days of Paris, the present one first."""
    return await tx.all(
        Day,
        """SELECT d.began::date, s.posts, s.authors, (SELECT count(*) FROM accounts a
            WHERE a.state = 'active' AND a.created_at >= d.first AND a.created_at < d.last)
        FROM (SELECT began, began AT TIME ZONE 'Europe/Paris' AS first,
                (began + interval '1 day') AT TIME ZONE 'Europe/Paris' AS last
            FROM (SELECT date_trunc('day', now() AT TIME ZONE 'Europe/Paris') - make_interval(days => n) AS began
                FROM generate_series(0, %(most)s - 1) n) each) d,
        LATERAL (SELECT count(*) AS posts, count(DISTINCT p.account_id) AS authors FROM posts p
            WHERE p.room_id IS NULL AND p.id >= floor(extract(epoch FROM d.first) * 1000)::bigint << 16
                AND p.id < floor(extract(epoch FROM d.last) * 1000)::bigint << 16) s
        ORDER BY d.began DESC""",
        {"most": DAYS},
    )


async def first_keeper(tx: Tx) -> int | None:
    """Return the account to write to about the house: its first admin, else its first host."""
    query = "SELECT id FROM accounts WHERE role IN ('admin', 'host') AND state = 'active' ORDER BY role, id LIMIT 1"
    found: int | None = await tx.value(query)
    return found
