"""What identifies somebody by its form alone: numbers, addresses, dates, ages, rooms, names after a title."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from salledepause.features.language.ngrams import plain


class Mark(NamedTuple):
    """A part of a text, from `start` to `end` (code points, end excluded), and what it is."""

    start: int
    end: int
    kind: str


SURE = ("email", "phone", "id_number")
"""Kinds that need no other sign."""


class Form(NamedTuple):
    """An expression, and the kind of what it finds; a named group, where there is one, is the part that counts."""

    kind: str
    shown: re.Pattern[str]


@cache
def _held() -> dict[str, Any]:
    return tomllib.loads((files("salledepause.features.language") / "lists" / "forms.toml").read_text("utf-8"))


def _compiled(expression: str) -> re.Pattern[str]:
    """Return an expression with the terms of `lists/forms.toml` written out; those may hold one another."""
    terms = {name: "|".join(lines.strip().splitlines()) for name, lines in _held()["terms"].items()}
    while any(f"{{{name}}}" in expression for name in terms):
        for name, lines in terms.items():
            expression = expression.replace(f"{{{name}}}", lines if name in LETTERS else f"(?:{lines})")
    return re.compile(expression)


LETTERS = ("upper", "lower")
"""Terms that stand within brackets."""


@cache
def forms() -> tuple[Form, ...]:
    """Return the forms of `lists/forms.toml`, read once."""
    return tuple(Form(one["kind"], _compiled("|".join(one["lines"].strip().splitlines()))) for one in _held()["forms"])


@cache
def _expression(name: str) -> re.Pattern[str]:
    return _compiled(EXPRESSIONS[name])


EXPRESSIONS = {
    "run": r"\b(?:{capital}|[{upper}]\.)(?: (?:{particle})?(?:{capital}|[{upper}]\.(?!\w))){0,3}",
    "title": r"(?:(?:{title}|POUR|Pour|Dossier de|Merci|Bravo|Bonjour|Salut|Mais|Et|Quand) +)+",
}
"""Words with a capital, one after another; titles before a name."""


def marks(text: str) -> Iterator[Mark]:
    """Give what has the form of each kind; parts may overlap, the surest kind first."""
    yield from _first_names(text)
    for kind, form in forms():
        for found in form.finditer(text):
            group = found.lastgroup or 0
            start, end = found.span(group)
            if kind == "name":
                start = _after_title(text, start, end)
            if kind == "institution":
                start = _after_house(text, start, end)
            while end > start and text[end - 1] in " .,-":
                end -= 1
            if end > start:
                yield Mark(start, end, kind)


def _first_names(text: str) -> Iterator[Mark]:
    """Give first names that are no other word, with the family name beside them, apart from what is named after somebody."""
    taken = 0
    for found in _expression("run").finditer(text):
        said = found[0].split()
        names = lists()["first_names" if len(said) > 1 else "plain_names"]
        if found.start() < taken or not any(_given(plain(word), names) for word in said):
            continue
        if not NAMED_AFTER.search(text[max(0, found.start() - 60) : found.start()]):
            taken = found.end()
            yield Mark(_after_title(text, found.start(), found.end()), found.end(), "name")


def _given(word: str, names: frozenset[str]) -> bool:
    """Tell whether a word is a first name, or two of them in one."""
    return word in names or ("-" in word and all(part in lists()["first_names"] for part in word.split("-")))


NAMED_AFTER = re.compile(
    r"(?:maladie|syndrome|h[ôo]pital|rue|lyc[ée]e|score|test|amphi(?:th[ée][âa]tre)?|salle|signe|m[ée]thode|loi|prix|tour|place"
    r"|pavillon|b[âa]timent|aile|[ée]chelle|manœuvre|avenue|boulevard|bd|coll[èe]ge|[ée]cole|institut|clinique|CHU|fondation|corps|station"
    r"|gare|[Ss]aintes?|classification|position|centre|stade|espace)[\s-](?:de\s|du\s|d['’]|des\s|la\s|le\s)*$",
    re.IGNORECASE,
)


def _after_title(text: str, start: int, end: int) -> int:
    found = _expression("title").match(text, start, end)
    return found.end() if found else start


def _after_house(text: str, start: int, end: int) -> int:
    found = re.match(r"[Hh][ôo]pital ", text[start:end])
    return start + found.end() if found else start


@cache
def lists() -> dict[str, frozenset[str]]:
    """Return the lists of words that tell a first name, a town, a trade, a rare disease or a people, without accents.

    `ambiguous` holds first names that are as often something else, a town, a month, a family name: the tagger tells those.
    `plain_names` are all others.
    """
    folder = files("salledepause.features.language") / "lists"
    held = {name: frozenset((folder / f"{name}.txt").read_text("utf-8").split()) for name in (*NAMES, "ambiguous")}
    return held | {"plain_names": held["first_names"] - held["ambiguous"]}


def naming(word: str) -> bool:
    """Tell whether the lists hold a word as a first name or a town."""
    said = plain(word)
    return any(said in lists()[name] for name in NAMES[:2]) or ("-" in said and _given(said, lists()["first_names"]))


NAMES = ("first_names", "towns", "jobs", "rare", "nationalities")


def listed(word: str) -> tuple[str, ...]:
    """Return the lists that hold a word, or its singular."""
    said = plain(word)
    ways = {said, said.rstrip("s"), said.removesuffix("e"), said.removesuffix("ne"), said.removesuffix("nes")}
    double = ("first_names",) if "-" in said and _given(said, lists()["first_names"]) else ()
    return double or tuple(name for name in NAMES if (said in lists()[name] if name in NAMES[:2] else ways & lists()[name]))
