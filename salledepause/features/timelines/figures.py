"""Figures of a span of days for the hosts: everybody together, and nothing of fewer than five people.

Who wrote is counted, nobody's visits; days are of UTC. https://docs.joinmastodon.org/methods/admin/measures/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

from salledepause.features.posts import Gesture
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput

FEW = 5
"""Fewer people than this are told as nobody."""
LONGEST = {"day": 92, "month": 366}
"""Days of a span whose newcomers are followed, by how they stand together."""
MOST_DAYS = 366
EARLIEST, LATEST = date(1000, 1, 1), date(9000, 1, 1)
WRONG = "Dates refusées : attendu deux jours dans l'ordre, {most} jours d'écart au plus."
Frequency = Literal["day", "month"]


class Span(NamedTuple):
    """From a day to another, both included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """All its days, in order."""
        return [self.first + timedelta(n) for n in range((self.last - self.first).days + 1)]

    @property
    def before(self) -> Span:
        """As many days, just before."""
        length = self.last - self.first + timedelta(1)
        return Span(self.first - length, self.last - length)


class Measure(NamedTuple):
    """A figure over a span, the same over the span before, and day by day."""

    total: int
    previous: int
    days: Mapping[date, int]


class Cohort(NamedTuple):
    """How many people joined in a period, and how many of them wrote in each period from then on."""

    began: date
    people: int
    active: Mapping[date, int]


def _day(instant: str) -> str:
    return f"({instant} AT TIME ZONE 'UTC')::date"


_AT = "to_timestamp(({id} >> 16) / 1000.0)"
_WHEN = """{id} >= floor(extract(epoch FROM %(first)s::date::timestamp AT TIME ZONE 'UTC') * 1000)::bigint << 16
    AND {id} < floor(extract(epoch FROM (%(last)s::date + 1)::timestamp AT TIME ZONE 'UTC') * 1000)::bigint << 16"""
_WITHIN = "{at} >= %(first)s::date::timestamp AT TIME ZONE 'UTC' AND {at} < (%(last)s::date + 1)::timestamp AT TIME ZONE 'UTC'"
_WRITTEN = f"FROM posts p WHERE p.room_id IS NULL AND {_WHEN.format(id='p.id')}"
"""What is said in rooms is counted nowhere outside them."""
_POST_DAY = _day(_AT.format(id="p.id"))
_TAGGED = f"""SELECT p.account_id AS who, {_POST_DAY} AS day, p.language FROM post_tags t JOIN posts p ON p.id = t.post_id
    WHERE t.tag = %(tag)s AND p.audience IN ('public', 'unlisted') AND {_WHEN.format(id="p.id")}"""

_PEOPLE, _ALL = "count(DISTINCT who)", "count(*)"
MEASURES: dict[str, tuple[str, str, int]] = {
    "active_users": (f"SELECT p.account_id AS who, {_POST_DAY} AS day {_WRITTEN}", _PEOPLE, FEW),
    "new_users": (
        f"""SELECT a.id AS who, {_day("a.created_at")} AS day FROM accounts a
        WHERE a.state <> 'pending' AND {_WITHIN.format(at="a.created_at")}""",
        _ALL,
        FEW,
    ),
    "interactions": (
        f"""SELECT p.account_id AS who, {_POST_DAY} AS day {_WRITTEN}
            AND (p.boost_of_id IS NOT NULL OR p.parent_account_id <> p.account_id)
        UNION ALL SELECT g.account_id, {_day(_AT.format(id="g.id"))} FROM gestures g
            JOIN posts s ON s.id = g.post_id AND s.room_id IS NULL
            WHERE g.kind = {int(Gesture.FAVOURITE)} AND {_WHEN.format(id="g.id")}""",
        _ALL,
        FEW,
    ),
    "opened_reports": (
        f"""SELECT r.id AS who, {_day("r.created_at")} AS day FROM reports r
        WHERE r.target_id <> %(me)s AND {_WITHIN.format(at="r.created_at")}""",
        _ALL,
        0,
    ),
    "resolved_reports": (
        f"""SELECT r.id AS who, {_day("r.resolved_at")} AS day FROM reports r
        WHERE r.target_id <> %(me)s AND {_WITHIN.format(at="r.resolved_at")}""",
        _ALL,
        0,
    ),
    "tag_accounts": (_TAGGED, _PEOPLE, FEW),
    "tag_uses": (_TAGGED, _ALL, FEW),
}
"""What each counts: rows of (who, day), how they are summed up, fewer people than which are told as none.

Of reports, those about the host who asks are left out, as everywhere.
"""


def span_of(first: str, last: str, most: int = MOST_DAYS) -> Span:
    """Return the span between two days or instants as ISO 8601 writes them; raises BadInput when it is none, or too long."""
    try:
        span = Span(_day_of(first), _day_of(last))
    except (ValueError, OverflowError) as error:
        raise BadInput(WRONG, most=most) from error
    if not (EARLIEST <= span.first <= span.last <= LATEST and span.last - span.first < timedelta(most)):
        raise BadInput(WRONG, most=most)
    return span


def _day_of(text: str) -> date:
    instant = datetime.fromisoformat(text)
    return (instant.astimezone(UTC) if instant.tzinfo else instant).date()


async def measure(tx: Tx, me: int, key: str, span: Span, tag: str = "") -> Measure:
    """Return one of `MEASURES` over a span; the account is the host who asks."""
    days = await _counted(tx, me, key, span, tag)
    before = await _counted(tx, me, key, span.before, tag)
    return Measure(days.pop(None, 0), before.get(None, 0), {day: number for day, number in days.items() if day})


async def _counted(tx: Tx, me: int, key: str, span: Span, tag: str) -> dict[date | None, int]:
    """Return how many, by day, and of the whole span under `None`."""
    rows, value, few = MEASURES[key]
    query = f"""SELECT day, CASE WHEN count(DISTINCT who) < {few} THEN 0 ELSE {value} END FROM ({rows}) AS x
        GROUP BY GROUPING SETS ((day), ())"""
    return dict(await tx.rows(query, {"first": span.first, "last": span.last, "me": me, "tag": tag}))


async def languages(tx: Tx, span: Span, limit: int, tag: str | None = None) -> list[tuple[str, int]]:
    """Return (code, how many posts) of the languages most written in, of a tag or of everything."""
    rows = f"SELECT p.account_id AS who, p.language {_WRITTEN}" if tag is None else _TAGGED
    query = f"""SELECT language, count(*) FROM ({rows}) AS x WHERE language IS NOT NULL GROUP BY language
        HAVING count(DISTINCT who) >= {FEW} ORDER BY count(*) DESC, language LIMIT %(limit)s"""
    return await tx.rows(query, {"first": span.first, "last": span.last, "limit": limit, "tag": tag or ""})


async def sources(tx: Tx, span: Span, limit: int) -> list[tuple[str, int]]:
    """Return (name, how many posts) of the apps most written with; the name is empty for the web pages."""
    query = f"""SELECT coalesce(s.name, ''), count(*) FROM (SELECT p.account_id AS who, p.app_id {_WRITTEN}) AS x
        LEFT JOIN apps s ON s.id = x.app_id GROUP BY 1
        HAVING count(DISTINCT who) >= {FEW} ORDER BY count(*) DESC, 1 LIMIT %(limit)s"""
    return await tx.rows(query, {"first": span.first, "last": span.last, "limit": limit})


async def cohorts(tx: Tx, span: Span, frequency: Frequency) -> list[Cohort]:
    """Return who joined in each period of a span, and how many of them wrote in each one from then on."""
    values = {"first": span.first, "last": span.last, "frequency": frequency}
    joined = f"""SELECT a.id, date_trunc(%(frequency)s, a.created_at AT TIME ZONE 'UTC')::date AS began FROM accounts a
        WHERE a.state <> 'pending' AND {_WITHIN.format(at="a.created_at")}"""
    sizes: dict[date, int] = dict(
        await tx.rows(f"SELECT began, count(*) FROM ({joined}) AS j GROUP BY began HAVING count(*) >= {FEW}", values)
    )
    wrote = await tx.rows(
        f"""SELECT j.began, w.period, count(*) FROM ({joined}) AS j, LATERAL (
            SELECT DISTINCT date_trunc(%(frequency)s, {_AT.format(id="p.id")} AT TIME ZONE 'UTC')::date AS period
            {_WRITTEN} AND p.account_id = j.id) AS w
        GROUP BY j.began, w.period HAVING count(*) >= {FEW}""",
        values,
    )
    periods = sorted({day if frequency == "day" else day.replace(day=1) for day in span.days})
    return [_cohort(began, sizes.get(began, 0), periods, wrote) for began in periods]


def _cohort(began: date, people: int, periods: Sequence[date], wrote: Sequence[tuple[date, date, int]]) -> Cohort:
    counted = {period: number for first, period, number in wrote if first == began} if people else {}
    return Cohort(began, people, {period: counted.get(period, 0) for period in periods if period >= began})
