"""What a wave of congratulations is: how long it lasts, what a clap may carry, what each has to give. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from salledepause.features.accounts import Family
from salledepause.kernel import clock, keys
from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import Event
from salledepause.kernel.text import clean, fits

LASTS = timedelta(minutes=15)
A_DAY = 5
"""Claps that somebody has to give in a day of Paris; what is not given is not kept for later."""
WORD_LENGTH = 80
"""Graphemes of the word that a clap carries."""
FEWEST = 5
"""Anonymous claps of a family from which it may show: fewer could tell who they are."""
SIGNS = {"claps": "👏", "confetti": "🎉", "heart": "🧡", "coffee": "☕", "sun": "🌅", "strong": "💪"}
"""What a clap shows: one of these, which pages animate, or an emoji of the house written `:code:`."""
HOUR = time(18)
"""From when, of the day of the weekly question, on the wall clock of Paris."""
DAY = 2
"""Wednesday: its day."""


class Clap(NamedTuple):
    """A clap as somebody gives it; `sign` is a key of `SIGNS` or `:code:`."""

    post_id: int
    account_id: int
    sign: str
    word: str
    anonymous: bool


class Wave(NamedTuple):
    """A wave, the same for whoever may read the victory.

    `size` counts claps; `families` are those that show; `people` those who clap under their name.
    """

    post_id: int
    opened_at: datetime
    ends_at: datetime
    ended: bool
    size: int
    families: tuple[Family, ...]
    people: tuple[int, ...]

    def is_open(self, now: datetime) -> bool:
        """Tell whether one may still clap."""
        return not self.ended and now < self.ends_at


class Said(NamedTuple):
    """What somebody's clap says; `account_id` is `None` of an anonymous one."""

    id: int
    account_id: int | None
    sign: str
    word: str


class WaveMoved(Event, frozen=True):
    """Somebody clapped, or a wave ended, or what it shows changed."""

    post_id: int


def given(post_id: int, account_id: int, asked: tuple[str, str, bool], codes: Collection[str]) -> Clap:
    """Return a clap of (sign, word, anonymous) as it is kept; `codes` are those of the house's emojis. Raises BadInput."""
    sign, word, anonymous = asked
    sign = sign or "claps"
    if sign not in SIGNS and not (sign[:1] == sign[-1:] == ":" and sign[1:-1] in codes):
        raise BadInput("Ce geste n'est pas de la maison.")
    if len(word) > 40 * WORD_LENGTH:
        raise BadInput("Un mot court : {most} caractères au plus.", most=WORD_LENGTH)
    said = " ".join(clean(word).split())
    if not fits(said, WORD_LENGTH):
        raise BadInput("Un mot court : {most} caractères au plus.", most=WORD_LENGTH)
    return Clap(post_id, account_id, sign, said, anonymous)


def voice(secret: str, post_id: int, account_id: int) -> bytes:
    """Return who claps at a wave as nobody can tell without the house's secret; another wave says it otherwise."""
    return hmac.digest(keys.drawn(secret, "claps", 32), b"%d %d" % (post_id, account_id), "sha256")[:16]


def families(names: Collection[str]) -> tuple[Family, ...]:
    """Return families in their own order."""
    return tuple(one for one in Family if one in names)


def month_of(text: str, today: date) -> date:
    """Return the first day of the month that a word such as `2026-11` names, the present one for none; raises BadInput."""
    if not text:
        return today.replace(day=1)
    try:
        first = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no hour
    except ValueError as error:
        raise BadInput("Mois refusé : attendu par exemple 2026-11.") from error
    if first.year < 1970 or first > today:  # noqa: PLR2004 - ids begin there
        raise BadInput("Mois refusé : attendu par exemple 2026-11.")
    return first


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return (first + timedelta(days=31)).replace(day=1)


def month_before(first: date) -> date:
    """Return the first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)


def midnight(day: date) -> datetime:
    """Return when a day begins in Paris, on the days when clocks change too."""
    return datetime.combine(day, time(), clock.PARIS).astimezone(UTC)


def tomorrow(now: datetime) -> datetime:
    """Return when the next day of Paris begins: claps are to give again."""
    return midnight(now.astimezone(clock.PARIS).date() + timedelta(days=1))


def question_day(now: datetime) -> date | None:
    """Return the day of this week's question when its hour has come, in Paris; `None` before."""
    local = now.astimezone(clock.PARIS)
    day = local.date() + timedelta(days=DAY - local.weekday())
    return day if datetime.combine(day, HOUR, clock.PARIS) <= local else None
