"""The language of searches: words, « phrases », and operators as Mastodon documents them, in English and in French. Total, pure.

Source: https://docs.joinmastodon.org/user/network/#search — `from:`, `has:`, `is:`, `language:`, `before:`, `during:`, `after:`,
`in:`, each negated by `-`. What is written like an operator and is none (an address, an hour, an unknown value) is words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from salledepause.features.posts import KIND_LABELS, roots
from salledepause.kernel.text import clean, folded, tag_key

LONGEST = 500
"""Characters of a query."""
ME = "me"
Scope = Literal["all", "library", "public"]
Span = tuple[date, date]
"""From a day to the day after the last one."""
Reading = Callable[[str, bool, date], "Query | None"]

OPERATORS = {
    "from": ("from", "de", "par"),
    "has": ("has", "avec", "contient"),
    "is": ("is", "est"),
    "language": ("language", "langue", "lang"),
    "before": ("before", "avant"),
    "during": ("during", "pendant"),
    "after": ("after", "apres"),
    "in": ("in", "dans"),
    "kind": ("type", "genre", "kind"),
}
NAMES = {name: operator for operator, names in OPERATORS.items() for name in names}
HOLDS = {
    "h:media": ("media", "medias"),
    "h:image": ("image", "images", "photo", "photos"),
    "h:video": ("video", "videos"),
    "h:audio": ("audio", "son"),
    "h:poll": ("poll", "sondage"),
    "h:link": ("link", "lien", "liens"),
    "h:embed": ("embed", "apercu"),
}
TRAITS = {"i:reply": ("reply", "reponse"), "i:sensitive": ("sensitive", "sensible")}
SCOPES: dict[Scope, tuple[str, ...]] = {
    "all": ("all", "tout"),
    "library": ("library", "bibliotheque"),
    "public": ("public", "tous"),
}
KINDS = {f"k:{kind}": (kind.value, folded(label), folded(label).replace(" ", "-")) for kind, label in KIND_LABELS.items()}

_TERM = re.compile(
    r"""(?P<sign>[-−+]?)(?P<head>(?P<name>[^\W\d_]{1,12}):)?
    (?:"(?P<straight>[^"]*)(?:"|$)|[«“](?P<curved>[^»”]*)(?:[»”]|$)|(?P<bare>[^\s"«“]+|[«“"]))""",
    re.VERBOSE,
)
_HANDLE = re.compile(r"@?(?P<address>[A-Za-z0-9_]+(?:@[A-Za-z0-9.:-]+)?)")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*")
_ISO_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_FRENCH_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for: everything holds at once, but for one of `authors`, of `languages` and of `kinds`.

    `words`, `phrases` and `without` hold roots (`posts.roots`), `tags` keys, `authors` handles or `ME`, the others marks.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    without: tuple[tuple[str, ...], ...] = ()
    tags: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    without_authors: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    without_marks: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    scope: Scope = "all"
    author_id: int | None = None
    """Whose posts alone are looked for, whatever is typed."""
    operated: bool = False
    """Whether an operator was used: nothing but posts is looked for."""

    @property
    def empty(self) -> bool:
        """Whether nothing is asked for that a post could answer to."""
        return self == Query() or not (self.operated or self.words or self.phrases or self.tags)

    @property
    def wanted(self) -> str:
        """The words wanted and unwanted, as PostgreSQL's `to_tsquery` reads them; roots hold letters and digits only."""
        parts = [*self.words, *(f"({' <-> '.join(one)})" for one in self.phrases)]
        return " & ".join([*parts, *(f"!({' <-> '.join(one)})" for one in self.without)])

    @property
    def marked(self) -> str:
        """The marks wanted and unwanted, as PostgreSQL reads a `tsquery`."""
        groups = [*([one] for one in self.marks), *(group for group in (self.languages, self.kinds) if group)]
        parts = [f"({' | '.join(map(repr, group))})" for group in groups]
        return " & ".join([*parts, *(f"!'{one}'" for one in self.without_marks)])


def parse(text: str, today: date) -> Query:
    """Return what a query asks for. Any text is a query."""
    found = Query()
    for term in _TERM.finditer(clean(text[:LONGEST])):
        operator = NAMES.get(folded(term["name"] or ""))
        negated, value = term["sign"] in {"-", "−"}, _value(term)
        meant = _OPERATED[operator](value, negated, today) if operator else None
        found = _both(found, msgspec.structs.replace(meant, operated=True) if meant else _words(term, value, negated))
    return found


def _value(term: re.Match[str]) -> str:
    return next((term[name] for name in ("bare", "straight", "curved") if term[name] is not None), "")


def _both(one: Query, other: Query) -> Query:
    """Return what asks for all that two queries ask for."""
    values: dict[str, object] = {}
    for name in Query.__struct_fields__:
        mine, theirs = getattr(one, name), getattr(other, name)
        values[name] = tuple(dict.fromkeys((*mine, *theirs))) if isinstance(mine, tuple) else theirs or mine
    values["since"] = max(filter(None, (one.since, other.since)), default=None)
    values["until"] = min(filter(None, (one.until, other.until)), default=None)
    values["scope"] = one.scope if other.scope == "all" else other.scope
    return msgspec.structs.replace(one, **values)


def _words(term: re.Match[str], value: str, negated: bool) -> Query:
    """Return the query of a term without an operator: a tag, a phrase, words."""
    if term["bare"] is not None and value.startswith("#") and not term["head"]:
        key = tag_key("".join(re.findall(r"[\w·・\u200c]+", value)))
        return Query() if not key else Query(without_tags=(key,)) if negated else Query(tags=(key,))
    found = tuple(roots(f"{term['head'] or ''}{value}"))
    if not found:
        return Query()
    if negated:
        return Query(without=(found,))
    return Query(words=found) if len(found) == 1 or term["bare"] is not None else Query(phrases=(found,))


def _author(value: str, negated: bool, _: date) -> Query | None:
    matched = _HANDLE.fullmatch(value)
    if not matched:
        return None
    who = ME if matched["address"].lower() in {"me", "moi"} else matched["address"].lower()
    return Query(without_authors=(who,)) if negated else Query(authors=(who,))


def _mark(names: Mapping[str, Sequence[str]]) -> Reading:
    """Return how an operator of marks is read."""
    marks = {name: mark for mark, several in names.items() for name in several}

    def read(value: str, negated: bool, _: date) -> Query | None:
        mark = marks.get(folded(value).strip())
        return None if mark is None else Query(without_marks=(mark,)) if negated else Query(marks=(mark,))

    return read


def _kind(value: str, negated: bool, today: date) -> Query | None:
    read = _mark(KINDS)(value, negated, today)
    return read if read is None or negated else Query(kinds=read.marks)


def _language(value: str, negated: bool, _: date) -> Query | None:
    matched = _LANGUAGE.fullmatch(value.lower())
    if not matched:
        return None
    mark = f"l:{matched[1]}"
    return Query(without_marks=(mark,)) if negated else Query(languages=(mark,))


def _before(value: str, negated: bool, today: date) -> Query | None:
    span = _span(value, today)
    return None if span is None else Query(since=span[0]) if negated else Query(until=span[0])


def _after(value: str, negated: bool, today: date) -> Query | None:
    span = _span(value, today)
    return None if span is None else Query(until=span[1]) if negated else Query(since=span[1])


def _during(value: str, negated: bool, today: date) -> Query | None:
    span = None if negated else _span(value, today)
    return None if span is None else Query(since=span[0], until=span[1])


def _span(value: str, today: date) -> Span | None:
    """Return the days that `2026`, `2026-03`, `2026-03-15`, `15/03/2026`, `hier` or `aujourd'hui` mean."""
    ago = {"today": 0, "aujourdhui": 0, "yesterday": 1, "hier": 1}.get("".join(re.findall(r"\w", folded(value))))
    if ago is not None:
        return today - timedelta(days=ago), today - timedelta(days=ago - 1)
    iso, french = _ISO_DATE.fullmatch(value), _FRENCH_DATE.fullmatch(value)
    year, month, day = iso.groups() if iso else (french[3], french[2], french[1]) if french else (None, None, None)
    if year is None:
        return None
    try:
        first = date(int(year), int(month or 1), int(day or 1))
        return first, _next(first, month is not None, day is not None)
    except (ValueError, OverflowError):
        return None


def _next(first: date, by_month: bool, by_day: bool) -> date:
    """Return the day after a day, a month or a year that begins with `first`; raises ValueError, OverflowError at the last."""
    if by_day:
        return first + timedelta(days=1)
    if by_month:
        return date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return date(first.year + 1, 1, 1)


def _scope(value: str, negated: bool, _: date) -> Query | None:
    scope = next((scope for scope, names in SCOPES.items() if folded(value) in names), None)
    return None if scope is None or negated else Query(scope=scope)


_OPERATED: dict[str, Reading] = {
    "from": _author,
    "has": _mark(HOLDS),
    "is": _mark(TRAITS),
    "language": _language,
    "before": _before,
    "during": _during,
    "after": _after,
    "in": _scope,
    "kind": _kind,
}
"""How the value of each operator is read: `None` when it has no such value."""
