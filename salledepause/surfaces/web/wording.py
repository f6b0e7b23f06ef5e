"""What the web says in French and in English, with French typography: narrow spaces, curly apostrophes, dates in words."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal

from salledepause.kernel import clock, words
from salledepause.kernel.errors import Refusal

NIGHT_BEGINS, NIGHT_ENDS = 22, 6
"""Hours in Paris between which the house speaks softly."""
THOUSAND = 1000
MINUTE, HOUR, DAY, WEEK = 1, 60, 1440, 10080
"""Minutes."""

_SPACES = (
    (re.compile(r"[ \u00a0](?=[;!?])"), "\u202f"),
    (re.compile(r"[ \u202f](?=:)"), "\u00a0"),
    (re.compile(r"(?<=«)[ \u202f]|[ \u202f](?=»)"), "\u00a0"),
    (re.compile(r"[ \u00a0](?=%%|€)"), "\u202f"),
    (re.compile(r"(?<=\d) (?=(?:h|min|km|j)\b)"), "\u00a0"),
)


@cache
def spaced(sentence: str) -> str:
    """Return a sentence of ours as French prints it.

    Narrow no-break space before ; ! ? and %, no-break space before : and inside « », ’ for the apostrophe. What people wrote
    never passes here: only msgids, before their values are put in.
    """
    for pattern, space in _SPACES:
        sentence = pattern.sub(space, sentence)
    return sentence.replace("'", "’")


_BREAKABLE = re.compile(r" (?=[;!?:»%])|(?<=«) |(?<=\b[DLR]\.) (?=\d)|(?<=\bn°) (?=\d)")
"""Spaces where no line is to end: around punctuation, and within « L. 1111-4 » or « n° 3 »."""


def unbroken(typed: str) -> str:
    """Return what somebody typed in French so that no line begins with its punctuation or a number; spaces stay as many."""
    return _BREAKABLE.sub(lambda found: "\u202f" if typed[found.end() : found.end() + 1] in ";!?" else "\u00a0", typed)


@cache
def of_the_house(typed: str, language: str) -> str:
    """Return what the hosts say in a setting, well printed in the language they write in; addresses stay as they are."""
    parts = (unbroken(typed) if language == "fr" else typed).split(" ")
    return " ".join(one if "@" in one or "/" in one else one.replace("'", "’") for one in parts)


@cache
def said(sentence: str, language: str) -> str:
    """Return a French msgid in a language, well printed."""
    told = words.catalogue(language).gettext(sentence) if sentence else ""
    return spaced(told) if language == "fr" else told.replace("'", "’")


def told(refusal: Refusal, language: str) -> str:
    """Return what a refusal says, well printed; the values it holds pass too, they are figures and names of rules."""
    sentence = words.told(refusal, language)
    return spaced(sentence) if language == "fr" else sentence.replace("'", "’")


def counted(one: str, many: str, number: int, language: str) -> str:
    """Return the singular or the plural, each a msgid of its own; in French, zero is singular."""
    singular = number < 2 if language == "fr" else number == 1  # noqa: PLR2004 - the grammars
    return said(one if singular else many, language)


def number(value: int, language: str) -> str:
    """Return a number with its thousands apart."""
    return str(format_decimal(value, locale=language))


def ago(instant: datetime, language: str, now: datetime | None = None) -> str:
    """Return how long ago an instant is, in the fewest words: `à l'instant`, `12 min`, `3 h`, `2 j`, then its date."""
    now = now or clock.now()
    passed = min((now - instant) // _A_MINUTE, WEEK)
    return _passed(instant, passed, now.astimezone(clock.PARIS).year if passed == WEEK else 0, language)


def left(instant: datetime, language: str, now: datetime | None = None) -> str:
    """Return when something is gone: `s'efface dans 3 h`, in minutes when it is sooner."""
    minutes = -(((now or clock.now()) - instant) // _A_MINUTE)
    if minutes <= 1:
        return said("s'efface d'un instant à l'autre", language)
    if minutes < HOUR:
        return said("s'efface dans {n} min", language).format(n=minutes)
    return said("s'efface dans {n} h", language).format(n=round(minutes / HOUR))


_A_MINUTE = timedelta(minutes=1)


@lru_cache(maxsize=1 << 14)
def _passed(instant: datetime, minutes: int, year: int, language: str) -> str:
    if minutes < MINUTE:
        return said("à l'instant", language)
    if minutes < HOUR:
        return said("il y a {n} min", language).format(n=minutes)
    if minutes < DAY:
        return said("il y a {n} h", language).format(n=minutes // HOUR)
    if minutes < WEEK:
        return said("il y a {n} j", language).format(n=minutes // DAY)
    return _short_date(instant.astimezone(clock.PARIS), year, language)


def _short_date(local: datetime, this_year: int, language: str) -> str:
    same_year = local.year == this_year
    shapes = {"fr": ("d MMM", "d MMM y"), "en": ("MMM d", "MMM d, y")}
    return _worded(local, shapes[language][0 if same_year else 1], language).replace(" ", "\u00a0")


def in_full(instant: datetime, language: str) -> str:
    """Return a date and hour in Paris in words: `dimanche 22 novembre 2026 à 3 h 14`."""
    shape = {"fr": "EEEE d MMMM y 'à' H\u00a0'h'\u00a0mm", "en": "EEEE, MMMM d, y 'at' HH:mm"}[language]
    return _worded(instant.astimezone(clock.PARIS), shape, language)


def _worded(local: date, shape: str, language: str) -> str:
    """Return a day, or an hour of it, in a shape of Babel's; in French the first of a month is « 1er »."""
    if language == "fr" and local.day == 1:
        shape = shape.replace("d MMM", "d'er' MMM")
    if isinstance(local, datetime):
        return str(format_datetime(local, shape, tzinfo=clock.PARIS, locale=language))
    return str(format_date(local, shape, locale=language))


def day(when: date, language: str) -> str:
    """Return a day: `22 novembre 2026`."""
    shape = {"fr": "d MMMM y", "en": "MMMM d, y"}[language]
    local = when.astimezone(clock.PARIS).date() if isinstance(when, datetime) else when
    return _worded(local, shape, language)


def language_name(code: str, language: str) -> str:
    """Return how a language is called; its code where nobody knows it."""
    try:
        return str(Locale.parse(code, sep="-").get_display_name(language) or code)
    except (UnknownLocaleError, ValueError):
        return code


def day_in_full(instant: datetime | date, language: str) -> str:
    """Return a day of Paris in words: `dimanche 22 novembre 2026`."""
    shape = {"fr": "EEEE d MMMM y", "en": "EEEE, MMMM d, y"}[language]
    local = instant.astimezone(clock.PARIS) if isinstance(instant, datetime) else instant
    return _worded(local, shape, language)


def size(weight: int, language: str) -> str:
    """Return a number of bytes as people say it: `12,3 Mo`."""
    units = {"fr": ("o", "ko", "Mo", "Go", "To"), "en": ("B", "kB", "MB", "GB", "TB")}[language]
    power = next((place for place in range(len(units) - 1) if weight < THOUSAND ** (place + 1)), len(units) - 1)
    return f"{format_decimal(round(weight / THOUSAND**power, 1), locale=language)}\u202f{units[power]}"


def month(instant: datetime, language: str) -> str:
    """Return the month of a day-precise date: `novembre 2026`."""
    return str(format_date(instant.astimezone(clock.PARIS), "MMMM y", locale=language))


def month_name(first: date, language: str) -> str:
    """Return the month of a day: `novembre 2026`."""
    return str(format_date(first, "MMMM y", locale=language))


def hour(language: str, instant: datetime | None = None) -> str:
    """Return the hour in Paris, now unless an instant is given: `3 h 12`."""
    shape = {"fr": "H'\u00a0h\u00a0'mm", "en": "HH:mm"}[language]
    return str(format_time(instant or clock.now(), shape, tzinfo=clock.PARIS, locale=language))


def is_night() -> bool:
    """Tell whether it is night in Paris."""
    now = clock.now().astimezone(clock.PARIS).hour
    return now >= NIGHT_BEGINS or now < NIGHT_ENDS
