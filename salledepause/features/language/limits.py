"""How far a text goes: vert, orange (a second thought, and milder words) or rouge (a person looks first), at whom, and why.

Rouge is said only of what rules are sure of: a threat, hatred of what somebody is, sexual words about somebody, a person named or
numbered who can be nobody else. What is quoted is told, not said, and is taken out; swearing alone is at most orange.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from salledepause.features.language.engine import Engine, mentions, quick, secret
from salledepause.features.language.model import Mention
from salledepause.features.language.ngrams import plain
from salledepause.features.language.rewriting import masked, pointed
from salledepause.kernel.text import folded

Ground = Literal["", "threat", "discrimination", "sexual", "secret"]
GROUNDS: dict[str, str] = {
    "threat": "une menace",
    "discrimination": "des mots contre ce que quelqu'un est",
    "sexual": "des mots sexuels sur quelqu'un",
    "secret": "quelqu'un qu'on peut reconnaître",
}
"""In French, what a text is held for."""
TARGETED: dict[str, str] = {
    "patient": "une patiente ou un patient",
    "colleague": "une ou un collègue",
    "manager": "la hiérarchie",
    "institution": "un établissement",
    "person": "quelqu'un",
    "profession": "un métier",
    "nobody": "personne en particulier",
}
"""In French, at whom a text aims."""
LONGEST = 5_000
SURE, OF_NUMBER = 0.9, 0.75
"""Chance from which a text that names somebody is held, and one that gives a number or an address."""
NUMBERED = frozenset({"phone", "email", "id_number"})
QUOTED = re.compile(r"«[^«»]{0,500}»|“[^“”]{0,500}”|\"[^\"]{0,500}\"")
REPORTED = re.compile(
    r"\b(?:traitee?s? de|m'a dit|m'a lance|nous a dit|m'appelle|on m'a|entendu|s'est fait (?:traiter|insulter)"
    r"|insultee?s?|plainte|a dit|a lance|ont dit|hurlait|criait|menacee?s?|il dit|elle dit)\b[^.!?\n]{0,80}$"
)
"""Before words that somebody else said."""
NAMED = re.compile(
    r"(?:\b(?:M\.|MM?\.?|Mr\.?|Mme\.?|Mlle\.?|Monsieur|Madame|Mademoiselle)\s+|\b[A-ZÉÈÀ][\w'’-]+ )[A-ZÉÈÀ][\w'’-]+"
)


KINDLY = re.compile(
    r"\b(?:merci|hommage|anniv\w*|retraite|bravo|remerci\w*|felicit\w*|bienvenue|grace a|embrasse\w*|recherch\w*)\b"
)
"""Around the name of somebody who is thanked or greeted: names alone hold nothing there."""


class Softer(NamedTuple):
    """Words from `start` to `end` (code points) that may hurt, and milder ones."""

    start: int
    end: int
    words: str
    instead: str


class Limit(NamedTuple):
    """How far a text goes, at whom (one of `TARGETS`), on which ground, and what may be said more softly."""

    zone: str
    target: str
    ground: Ground
    softer: tuple[Softer, ...]
    text: str
    """All of it said more softly."""


@cache
def _held() -> tuple[tuple[tuple[Ground, re.Pattern[str]], ...], tuple[tuple[re.Pattern[str], str], ...]]:
    """Return the rules of `lists/limits.toml`, read once."""
    told = tomllib.loads((files("salledepause.features.language") / "lists" / "limits.toml").read_text("utf-8"))
    rouge = tuple((ground, re.compile("|".join(lines.strip().splitlines()))) for ground, lines in told["rouge"].items())
    return rouge, tuple((re.compile(rf"(?<![\w'])(?:{form})(?!\w)"), said) for form, said in told["milder"].items())


def ground_of(text: str, engine: Engine | None = None, *, named: bool | None = None) -> Ground:
    """Return on which ground a text is to be seen by a person before others see it, empty when on none.

    `named`: whether it is `pointed`, where that is known already.
    """
    if ground := _said(text):
        return ground
    named = pointed(text) if named is None else named
    return "secret" if named and _tells_who(text, engine) else ""


def _said(text: str) -> Ground:
    said = QUOTED.sub(" ", folded(text[:LONGEST]).replace("’", "'"))
    for ground, form in _held()[0]:
        if any(not REPORTED.search(said[max(0, found.start() - 120) : found.start()]) for found in form.finditer(said)):
            return ground
    return ""


def _tells_who(text: str, engine: Engine | None) -> bool:
    """Tell whether a text names or numbers somebody who can be nobody else."""
    verdict = secret(masked(text), engine or quick())
    if verdict.label != "direct" or verdict.chance < OF_NUMBER:
        return False
    if {span.kind for span in verdict.spans} & NUMBERED:
        return True
    if verdict.chance < SURE or KINDLY.search(plain(text)):
        return False
    return any(span.kind == "name" and NAMED.search(text[max(0, span.start - 15) : span.end]) for span in verdict.spans)


NAMING = "Madame Martin, née en 1950, est arrivée chambre 12."
"""A text for which everything is read: nobody's."""


def preload() -> None:
    """Read all that texts are looked at with in a web process, so that nobody's words wait for it (0.3 s of processor)."""
    limit(NAMING, aims=True)
    secret(NAMING)


def limit(text: str, engine: Engine | None = None, *, aims: bool = False) -> Limit:
    """Return how far a text goes and why, and how it may be said more softly; at whom, where it is asked what it `aims` at."""
    ground = ground_of(text, engine)
    softer = _softer(text)
    target = mentions([Mention(text[:LONGEST])], engine or quick())[0].target if aims else "nobody"
    return Limit("rouge" if ground else "orange" if softer else "vert", target, ground, softer, softened(text, softer))


def softened(text: str, softer: Sequence[Softer]) -> str:
    """Return a text with these milder words."""
    for one in sorted(softer, reverse=True):
        text = text[: one.start] + one.instead + text[one.end :]
    return text


def _softer(text: str) -> tuple[Softer, ...]:
    """Return the words that may hurt, quotations apart, in their order."""
    said, places = _aligned(text[:LONGEST])
    said = QUOTED.sub(lambda found: " " * len(found[0]), said)
    made: list[Softer] = []
    for form, milder in _held()[1]:
        for found in form.finditer(said):
            start, end = places[found.start()], places[found.end()]
            if any(start < other.end and other.start < end for other in made) or REPORTED.search(said[: found.start()][-120:]):
                continue
            words = text[start:end]
            made.append(Softer(start, end, words, milder[0].upper() + milder[1:] if words[0].isupper() else milder))
    return tuple(sorted(made))


def _aligned(text: str) -> tuple[str, list[int]]:
    """Return a text in small letters without accents, and the place in the first of each character and of the end."""
    letters = [(plain(letter) or letter) for letter in text]
    places = [place for place, said in enumerate(letters) for _ in said]
    return "".join(letters), [*places, len(text)]
