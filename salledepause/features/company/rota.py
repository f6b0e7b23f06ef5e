"""The rota, hour by hour: taking, leaving, repeating; which hours nobody covers. Hours are instants, weeks are those of a clock.

A week of one's own says hours as the clock of Paris shows them: an hour that it leaps over in spring is in no week, one that it
shows twice in autumn is in it twice, so that what is covered has neither hole nor double.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from salledepause.features import accounts, moderation
from salledepause.features.company import rota_store as store
from salledepause.features.company.model import AN_HOUR, FARTHEST, Gap, Hour, gaps, hour_of, hours, wall
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Forbidden

READER = "Vous êtes en mode lecteur. Passez en mode contributeur dans votre profil pour prendre des heures de garde."
AUTOMATON = "Un compte automatique ne prend pas de garde : c'est une personne qui répond."
MOST_AT_ONCE = 24 * 7
DAYS, CLOCK = range(1, 8), range(24)


async def take(tx: Tx, me: int, starts: Sequence[datetime]) -> None:
    """Take hours of the rota; twice equals once. Raises Forbidden for a reader or an automaton, BadInput."""
    await _check_volunteer(tx, me)
    await store.set_hours(tx, me, _checked(starts), there=True)


async def leave(tx: Tx, me: int, starts: Sequence[datetime]) -> None:
    """Leave hours of the rota, those of one's week too, this once; twice equals once. Raises BadInput."""
    await store.set_hours(tx, me, _checked(starts), there=False)


async def repeat(tx: Tx, me: int, weekday: int, of_clock: Sequence[int], *, there: bool = True) -> None:
    """Take hours every week, or stop taking them. Raises Forbidden as `take`, BadInput."""
    if weekday not in DAYS or not 0 < len(of_clock) <= len(CLOCK) or not set(of_clock) <= set(CLOCK):
        raise BadInput("Choisissez un jour de la semaine et des heures, de 0 à 23.")
    if there:
        await _check_volunteer(tx, me)
        await store.repeat(tx, me, weekday, sorted(set(of_clock)))
    else:
        await store.cease(tx, me, weekday, sorted(set(of_clock)))


async def _check_volunteer(tx: Tx, me: int) -> None:
    account = await accounts.one(tx, me)
    if account.reads_only:
        raise Forbidden(READER)
    if account.bot:
        raise Forbidden(AUTOMATON)


def _checked(starts: Sequence[datetime]) -> list[datetime]:
    """Return whole hours, each once. Raises BadInput for what is none, is past, or is too far away."""
    now = clock.now()
    found = sorted({hour_of(one) for one in starts if one.tzinfo})
    if not 0 < len(starts) <= MOST_AT_ONCE or found != sorted(set(starts)):
        raise BadInput("Une garde se prend par heures rondes, {most} à la fois au plus.", most=MOST_AT_ONCE)
    if found[0] < hour_of(now) or found[-1] > now + FARTHEST:
        raise BadInput("Une garde se prend pour une heure à venir, {days} jours à l'avance au plus.", days=FARTHEST.days)
    return found


async def rota(tx: Tx, me: int) -> list[Hour]:
    """Return the hours of the next seven days, as one may take or leave them."""
    among = hours(clock.now())
    there = await _there(tx, among)
    week = set(await store.week_of(tx, me))
    return [Hour(starts, me in there[starts], wall(starts) in week, bool(there[starts])) for starts in among]


async def uncovered(tx: Tx, host_id: int) -> list[Gap]:
    """Return the hours of the next seven days for which nobody is there. Raises Forbidden for who is no host."""
    await moderation.keeper(tx, host_id)
    among = hours(clock.now())
    there = await _there(tx, among)
    return gaps({starts for starts in among if there[starts]}, among)


async def _there(tx: Tx, among: Sequence[datetime]) -> dict[datetime, set[int]]:
    """Return who is there in each of some hours on end."""
    weekly: dict[tuple[int, int], set[int]] = {}
    for account_id, weekday, hour in await store.weeks(tx):
        weekly.setdefault((weekday, hour), set()).add(account_id)
    found = {starts: set(weekly.get(wall(starts), ())) for starts in among}
    for account_id, starts, there in await store.hours(tx, among[0], among[-1] + AN_HOUR):
        if there:
            found[starts].add(account_id)
        else:
            found[starts].discard(account_id)
    return found


async def shift(tx: Tx, me: int) -> tuple[datetime | None, datetime | None]:
    """Return (until when one is on shift, when one's next hour begins); `None` for each that is not so, within a week.

    What it says changes by itself with the hour, of who has hours at all.
    """
    week, given = set(await store.week_of(tx, me)), dict(await store.hours_of(tx, me))
    if not week and not any(given.values()):
        return None, None
    now = clock.now()
    tx.changes_at(hour_of(now) + AN_HOUR)
    account = await accounts.one(tx, me)
    if account.reads_only or account.bot or account.state != "active":
        return None, None
    mine = [starts for starts in hours(now) if given.get(starts, wall(starts) in week)]
    if not mine or mine[0] != hour_of(now):
        return None, mine[0] if mine else None
    until = mine[0]
    for starts in mine:
        until = starts + AN_HOUR if starts == until else until
    return until, next((starts for starts in mine if starts > until), None)


async def week_of(tx: Tx, me: int) -> list[tuple[int, int]]:
    """Return the hours that one takes every week, (weekday, hour)."""
    return await store.week_of(tx, me)


async def hours_of(tx: Tx, me: int) -> list[tuple[datetime, bool]]:
    """Return the hours that one took (true), or left of one's week (false), the last thirty days included."""
    return await store.hours_of(tx, me)
