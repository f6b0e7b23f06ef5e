"""The words of distress, read once from `words.toml` and laid out so that a text without any of them is let through at once.

Each line becomes as many rules as it takes for a rule to have a needle: letters that whatever it matches holds. Looking for a few
hundred needles costs microseconds, where trying every expression at every letter of a text would cost a millisecond.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

ESCAPES, OPTIONAL = "bswWSdD", "?*"
SHORTEST = 4
"""Letters of a needle that is rare enough."""
PARTS = ("grave", "weary", "theirs", "english")
"""A wish to die or to harm oneself, whatever the mood; weariness gone too far, unless with a laugh; others' pain; English."""


class Rule(NamedTuple):
    """An expression, by which name it is known, and letters without which it matches nothing (empty: none are known)."""

    why: str
    needle: str
    expression: str

    def may_be_in(self, text: str) -> bool:
        """Tell whether it may match a part of a text that holds its needle."""
        bound = self.expression.startswith("^") or "$" in self.expression
        return bound or compiled(self.expression).search(text) is not None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Give its matches."""
        return compiled(self.expression).finditer(text)


class Lexicon(NamedTuple):
    """What `words.toml` holds."""

    idioms: re.Pattern[str]
    lesson: re.Pattern[str]
    """Work, lessons and stories that speak of death without anybody's being in pain."""
    about_others: re.Pattern[str]
    rules: tuple[tuple[str, Rule], ...]
    """Each with its part of `PARTS`, in their order."""
    needles: tuple[tuple[str, tuple[int, ...]], ...]
    """Each needle once, with the places of its rules."""

    def at_hand(self, text: str) -> dict[str, list[Rule]]:
        """Return the rules that a text may meet, by part."""
        found: dict[str, list[Rule]] = {part: [] for part in PARTS}
        near = [places for needle, places in self.needles if needle in text]
        for place in sorted(chain.from_iterable(near)):
            part, rule = self.rules[place]
            if rule.may_be_in(text):
                found[part].append(rule)
        return found


@cache
def compiled(expression: str) -> re.Pattern[str]:
    """Return an expression ready to be looked for."""
    return re.compile(expression)


@cache
def lexicon() -> Lexicon:
    """Return the words of distress, read once."""
    held = tomllib.loads((files("salledepause.features.safety_net") / "words.toml").read_text("utf-8"))
    terms = {name: f"(?:{_joined(lines)})" for name, lines in held["terms"].items()}

    before = r"\b(?:mon|ma|mes|un|une|le|la|l'|les|notre|nos|des|cette?|ce|son|sa)\s?(?:\w+ ){0,2}"
    about_others = rf"{before}{terms['others']}\b|\b(?:il|elle|ils|elles|iel)\b"
    idioms, lesson = (compiled(_joined(held["apart"][name])) for name in ("idioms", "lesson"))
    rules = tuple((part, rule) for part in PARTS for why, lines in held[part].items() for rule in _rules(why, lines, terms))
    places: dict[str, list[int]] = {}
    for place, (_, rule) in enumerate(rules):
        places.setdefault(rule.needle, []).append(place)
    return Lexicon(idioms, lesson, compiled(about_others), rules, tuple((needle, tuple(at)) for needle, at in places.items()))


def _joined(lines: str) -> str:
    return "|".join(lines.strip().splitlines())


def _rules(why: str, lines: str, terms: dict[str, str]) -> Iterator[Rule]:
    for line in lines.strip().splitlines():
        for name, term in terms.items():
            line = line.replace(f"{{{name}}}", term)  # noqa: PLW2901 - a line with its terms written out
        for expression in _narrowed(line):
            yield Rule(why, _needle(expression), expression)


def _narrowed(expression: str) -> Iterator[str]:
    """Give expressions that match together what one does, each with a needle where that can be."""
    groups = [] if len(_needle(expression)) >= SHORTEST else [one for one in _groups(expression) if one[2]]
    if not groups:
        yield expression
        return
    start, end, ways = max(groups, key=lambda one: min(map(len, one[2])))
    for way in ways:
        yield from _narrowed(expression[:start] + (f"(?:{way})" if "|" in way else way) + expression[end:])


def _groups(expression: str) -> Iterator[tuple[int, int, list[str]]]:
    """Give (start, end, ways) of the groups of an expression; no ways for one that may be passed over or takes nothing."""
    depth, start, at, bars = 0, 0, 0, [0]
    while at < len(expression):
        sign = expression[at]
        if sign == "\\":
            at += 2
            continue
        if sign == "[":
            at = expression.index("]", at)
        elif sign == "(":
            depth += 1
            if depth == 1:
                start, bars = at, [at + 2]
        elif sign == "|" and depth == 1:
            bars.append(at)
        elif sign == ")":
            depth -= 1
            if depth == 0:
                plain = expression.startswith("(?:", start) and expression[at + 1 : at + 2] not in {*OPTIONAL, "{"}
                ends = [*bars[1:], at]
                ways = [expression[left + 1 : right] for left, right in zip(bars, ends, strict=True)]
                yield start, at + 1, ways if plain and len(ways) > 1 else []
        at += 1


def _needle(expression: str) -> str:
    """Return the longest run of letters that is in whatever an expression matches, empty when none is sure."""
    bare = list(expression)
    for start, end, _ in _groups(expression):
        bare[start:end] = "\0" * (end - start)
    text = re.sub(rf"\\[{ESCAPES}][*+?]?|\[[^\]]*\][*+?]?(?:\{{[^}}]*\}})?|.[?*]|\{{[^}}]*\}}", "\0", "".join(bare))
    if "|" in text:
        return ""
    return max(re.split(r"[\0^$.+]", text), key=len)
