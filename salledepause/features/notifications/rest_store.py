"""SQL of rest: quiet hours, and being away."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import msgspec

from salledepause.features.notifications import quiet as hours
from salledepause.features.notifications.model import Kind
from salledepause.features.notifications.quiet import Quiet
from salledepause.features.notifications.sieve import waits
from salledepause.features.notifications.store import FROM, READABLE, dismiss
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject

AWAY = "(SELECT w.away_from FROM notification_policies w WHERE w.account_id = %(me)s)"


class Absence(NamedTuple):
    """What others read while one is away: on one's profile; as an automatic answer, until a last day."""

    note: str
    reply: str = ""
    until: date | None = None


class Rest(msgspec.Struct, frozen=True):
    """Somebody's quiet hours; the id from which they are away and what others read meanwhile."""

    quiet: Quiet
    away_from: int | None = None
    away_note: str = ""
    away_reply: str = ""
    away_until: date | None = None


class Kept(NamedTuple):
    """How much is kept aside: mentions, and everything else."""

    mentions: int
    others: int


def _rest(on: bool, start: int, end: int, *away: Any) -> Rest:
    return Rest(Quiet(on, start, end), *away)


async def rest(tx: Tx, me: int) -> Rest:
    """Return what somebody chose, the default when they never did."""
    tx.stands_on(Subject.NOTIFIED, me)
    query = """SELECT quiet, quiet_from, quiet_to, away_from, away_note, away_reply, away_until
        FROM notification_policies WHERE account_id = %s"""
    return await tx.one(_rest, query, [me]) or Rest(hours.NIGHT)


async def keep_quiet(tx: Tx, me: int, quiet: Quiet) -> None:
    """Write somebody's quiet hours."""
    tx.touches(Subject.NOTIFIED, me)
    await tx.send(
        """INSERT INTO notification_policies (account_id, quiet, quiet_from, quiet_to) VALUES (%s, %s, %s, %s)
        ON CONFLICT (account_id) DO UPDATE SET quiet = excluded.quiet, quiet_from = excluded.quiet_from,
            quiet_to = excluded.quiet_to""",
        [me, quiet.on, quiet.start, quiet.end],
    )


async def go_away(tx: Tx, me: int, absence: Absence) -> None:
    """Note that somebody is away from now on; who already is only changes what others read."""
    tx.touches(Subject.NOTIFIED, me)
    await tx.send(
        """INSERT INTO notification_policies AS p (account_id, away_from, away_note, away_reply, away_until)
        VALUES (%s, next_id(), %s, %s, %s)
        ON CONFLICT (account_id) DO UPDATE SET away_from = coalesce(p.away_from, excluded.away_from),
            away_note = excluded.away_note, away_reply = excluded.away_reply, away_until = excluded.away_until""",
        [me, *absence],
    )


async def come_back(tx: Tx, me: int) -> int | None:
    """Note that somebody is back; return the id from which they were away."""
    tx.touches(Subject.NOTIFIED, me)
    query = """UPDATE notification_policies p SET away_from = NULL, away_note = '', away_reply = '', away_until = NULL
        FROM (SELECT account_id, away_from FROM notification_policies WHERE account_id = %s FOR UPDATE) old
        WHERE p.account_id = old.account_id AND old.away_from IS NOT NULL RETURNING old.away_from"""
    found = await tx.value(query, [me])
    return None if found is None else int(found)


async def kept(tx: Tx, me: int) -> Kept:
    """Return how much was told to somebody since they went away."""
    query = f"""SELECT count(*) FILTER (WHERE n.kind = '{Kind.MENTION}'), count(*) FILTER (WHERE n.kind <> '{Kind.MENTION}')
        {FROM} WHERE n.id >= {AWAY} AND NOT {waits("n")} AND {READABLE}"""
    return await tx.one(Kept, query, {"me": me}) or Kept(0, 0)


async def empty(tx: Tx, me: int) -> int:
    """Put away what was told to somebody since they went away."""
    return await dismiss(tx, me, f"n.id >= {AWAY} AND NOT {waits('n')}")
