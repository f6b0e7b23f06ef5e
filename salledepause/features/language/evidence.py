"""What a text says around what identifies: of a patient, a colleague or oneself, made up or true, rare or common."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language.ngrams import plain
from salledepause.features.language.shapes import NAMED_AFTER, Mark, listed

KINDS = (
    "name",
    "initials",
    "age",
    "date",
    "time_now",
    "place",
    "ward",
    "room",
    "job",
    "family",
    "rare_condition",
    "event",
    "id_number",
    "phone",
    "email",
    "photo",
    "handle",
    "institution",
    "nationality",
    "religion",
    "other",
)
"""Kinds of parts that identify, as in the contract."""
QUASI = frozenset(KINDS) - {"name", "initials", "id_number", "phone", "email", "photo", "handle"}
"""Kinds that identify somebody only together."""
MOST = 3
ENOUGH = 3
"""Signs that together point at somebody."""
CAPITAL = re.compile(r"[^\W\d_][\w'’-]+")


@cache
def signs() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the signs of `lists/evidence.toml`, read once."""
    held = tomllib.loads((files("salledepause.features.language") / "lists" / "evidence.toml").read_text("utf-8"))
    return tuple((name, re.compile("|".join(lines.strip().splitlines()))) for name, lines in held["evidence"].items())


def measured(text: str, marks: Sequence[Mark]) -> NDArray[np.float64]:
    """Return what a text shows: counts of parts by kind, of names by how sure they are, of signs, and some of their products."""
    said = plain(text)
    counts = {kind: float(min(MOST, sum(mark.kind == kind for mark in marks))) for kind in KINDS}
    quasi = len({mark.kind for mark in marks if mark.kind in QUASI})
    shown = {name: float(min(MOST, len(form.findall(said)))) for name, form in signs()}
    given, full = names(text)
    away = min(1.0, shown["made_up"] + shown["history"])
    many = [
        min(quasi, 5),
        float(quasi >= ENOUGH),
        min(sum(mark.kind in QUASI for mark in marks), 7),
        counts["name"] * (1 - away),
        given,
        full,
        given * (1 - away),
        full * (1 - away),
        given * min(1.0, shown["patient"] + shown["he_or_she"]),
        float(bool(counts["room"] + shown["room"]) and bool(counts["date"] + shown["day"])),
        min(1.0, shown["seen"]) * min(1.0, shown["seen_well"]),
        quasi * min(1.0, shown["patient"] + shown["he_or_she"]),
        quasi * min(1.0, shown["only_one"]),
        quasi * (1 - away),
        float(np.log1p(len(text.split()))),
    ]
    return np.array([*counts.values(), *shown.values(), *many], np.float64)


def names(text: str) -> tuple[float, float]:
    """Return how many first names a text says, apart from places and diseases, and how many with a family name."""
    words = list(CAPITAL.finditer(text))
    given = full = 0
    for place, found in enumerate(words):
        word = found[0]
        if (
            not word[0].isupper()
            or "first_names" not in listed(word)
            or NAMED_AFTER.search(text[max(0, found.start() - 60) : found.start()])
        ):
            continue
        after = words[place + 1] if place + 1 < len(words) and words[place + 1].start() - found.end() == 1 else None
        before = words[place - 1] if place and found.start() - words[place - 1].end() == 1 else None
        given += 1
        if (after and after[0][0].isupper()) or (before and before[0].isupper() and len(before[0]) > 1):
            full += 1
    return float(min(given, MOST)), float(min(full, MOST))
