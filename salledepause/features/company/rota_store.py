"""SQL of the rota: hours taken or left, and those of every week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject

THERE = "JOIN accounts a ON a.id = r.account_id AND a.state = 'active' AND a.mode = 'contributor'"
"""Who may be on shift: a reader, or somebody who is not here any more, covers nothing."""


async def set_hours(tx: Tx, account_id: int, starts: Sequence[datetime], *, there: bool) -> None:
    """Note that somebody takes or leaves hours, whatever their week says."""
    _moves(tx, account_id)
    query = """INSERT INTO company_hours (account_id, starts, there) SELECT %s, unnest(%s::timestamptz[]), %s
        ON CONFLICT (account_id, starts) DO UPDATE SET there = excluded.there"""
    await tx.send(query, [account_id, list(starts), there])


async def repeat(tx: Tx, account_id: int, weekday: int, hours: Sequence[int]) -> None:
    """Note hours that somebody takes every week."""
    _moves(tx, account_id)
    query = """INSERT INTO company_weeks (account_id, weekday, hour) SELECT %s, %s, unnest(%s::smallint[])
        ON CONFLICT DO NOTHING"""
    await tx.send(query, [account_id, weekday, list(hours)])


async def cease(tx: Tx, account_id: int, weekday: int, hours: Sequence[int]) -> None:
    """Forget hours of somebody's week."""
    _moves(tx, account_id)
    query = "DELETE FROM company_weeks WHERE account_id = %s AND weekday = %s AND hour = ANY(%s)"
    await tx.send(query, [account_id, weekday, list(hours)])


def _moves(tx: Tx, account_id: int) -> None:
    tx.touches(Subject.PERSON, account_id)
    tx.touches(Subject.CALLS)


async def hours(tx: Tx, first: datetime, last: datetime) -> list[tuple[int, datetime, bool]]:
    """Return (account id, hour, whether they are there) of what was taken or left from `first` up to `last`, not included."""
    query = f"SELECT r.account_id, r.starts, r.there FROM company_hours r {THERE} WHERE r.starts >= %s AND r.starts < %s"
    return [(row[0], row[1], row[2]) for row in await tx.rows(query, [first, last])]


async def weeks(tx: Tx) -> list[tuple[int, int, int]]:
    """Return (account id, weekday, hour) of all weeks."""
    query = f"SELECT r.account_id, r.weekday, r.hour FROM company_weeks r {THERE}"
    return [(row[0], row[1], row[2]) for row in await tx.rows(query)]


async def week_of(tx: Tx, account_id: int) -> list[tuple[int, int]]:
    """Return (weekday, hour) of somebody's week, in order."""
    tx.stands_on(Subject.PERSON, account_id)
    query = "SELECT weekday, hour FROM company_weeks WHERE account_id = %s ORDER BY weekday, hour"
    return [(row[0], row[1]) for row in await tx.rows(query, [account_id])]


async def hours_of(tx: Tx, account_id: int) -> list[tuple[datetime, bool]]:
    """Return what somebody took or left, the oldest first."""
    tx.stands_on(Subject.PERSON, account_id)
    query = "SELECT starts, there FROM company_hours WHERE account_id = %s ORDER BY starts"
    return [(row[0], row[1]) for row in await tx.rows(query, [account_id])]
