"""What a mention does, by signs that a list of words alone misses: to whom it speaks, of whom, what it asks or promises."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from salledepause.features.language.ngrams import plain

HANDLE = re.compile(r"@[\w.]+(?:@[\w.-]+)?")
MOST = 3
"""Occurrences of one cue that count."""


class Cue(NamedTuple):
    """A sign, by its name, and the words that show it."""

    name: str
    shown: re.Pattern[str]


@cache
def cues() -> tuple[Cue, ...]:
    """Return the signs of `lists/cues.toml`, read once."""
    held = tomllib.loads((files("salledepause.features.language") / "lists" / "cues.toml").read_text("utf-8"))
    terms = {name: f"(?:{_joined(lines)})" for name, lines in held["terms"].items()}
    made = []
    for name, lines in held["cues"].items():
        expression = _joined(lines)
        for term, ways in terms.items():
            expression = expression.replace(f"{{{term}}}", ways)
        made.append(Cue(name, re.compile(expression)))
    return tuple(made)


def _joined(lines: str) -> str:
    return "|".join(lines.strip().splitlines())


def addressed(text: str, to: str) -> str:
    """Return a plain text in which the account that it is sent to is `@lui`, any other `@eux`."""
    own = to.lstrip("@").casefold()
    return HANDLE.sub(lambda found: "@lui" if found[0][1:].split("@")[0].casefold() == own else "@eux", plain(text))


def bare(text: str) -> str:
    """Return a text without the names of accounts: what it does is said by the rest."""
    return " ".join(HANDLE.sub(" ", text).split())


def shown(text: str) -> dict[str, list[str]]:
    """Return the words of an addressed text that show each sign, by its name."""
    return {cue.name: [found[0] for found in cue.shown.finditer(text)] for cue in cues()}


HOUSE = re.compile(
    r"^(?:(?:l.|le |la |un |une )?(?:hopital|clinique|service|etablissement|direction du|centre)|chu|ch_|chr|ars|ght|ehpad|dsi"
    r"|drh|pool|equipe|urg|mater|cuisine|bloc|rea|labo|secu|qualite|neonat)"
)
BOSS = re.compile(
    r"^(?:(?:l.|le |la |un |une )?(?:direct|chef|cadre|ministre|maire|responsable|president)|dg|dh|ds|dir|drh|cad|cme|elu|pr_)"
    r"|cadre|cheffe|direct|patron"
)


def of_handle(to: str) -> list[float]:
    """Return what the name of an account tells of it: a house, or somebody who leads."""
    name = plain(to.lstrip("@"))
    return [float(bool(HOUSE.search(name))), float(bool(BOSS.search(name)))]
