"""What a text says around what identifies: of a patient, a colleague or oneself, made up or true, rare or common."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

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
    return tuple((name, re.compile("|".join(lines.strip().splitlines()))) for name, lines in _held()["evidence"].items())


@cache
def _held() -> dict[str, Any]:
    return tomllib.loads((files("salledepause.features.language") / "lists" / "evidence.toml").read_text("utf-8"))


def measured(text: str, marks: Sequence[Mark]) -> NDArray[np.float64]:
    """Return what a text shows: counts of parts by kind, of names by how sure they are, of signs, and some of their products."""
    said = plain(text)
    counts = {kind: float(min(MOST, sum(mark.kind == kind for mark in marks))) for kind in KINDS}
    quasi = len({mark.kind for mark in marks if mark.kind in QUASI})
    shown = {name: float(min(MOST, len(form.findall(said)))) for name, form in signs()}
    given, full = names(text)
    away = _away(shown)
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
        *_of_whom(shown, counts, quasi, bearers(text, marks)),
        *_told(text, marks, shown, quasi),
    ]
    return np.array([*counts.values(), *shown.values(), *many], np.float64)


def _away(shown: dict[str, float]) -> float:
    """Return whether what is told is made up, past, of a thing or of somebody famous."""
    return min(1.0, shown["made_up"] + shown["history"] + shown["of_a_thing"] + shown["famous"])


def _of_whom(shown: dict[str, float], counts: dict[str, float], quasi: int, whose: tuple[float, float, float]) -> list[float]:
    """Return what says that others are spoken of than oneself, those at work, things and the famous."""
    away, them = _away(shown), 1 - min(1.0, shown["of_oneself"])
    others, rare = max(0.0, counts["name"] - whose[1] - whose[2]), ("job", "rare_condition", "event", "other")
    return [
        *whose,
        whose[0] * (1 - away),
        others * (1 - away),
        others * min(1.0, shown["patient"]),
        quasi * them,
        float(quasi >= ENOUGH) * them,
        float(quasi >= ENOUGH) * them * min(1.0, counts["place"] + counts["institution"]),
        min(1.0, sum(counts[kind] for kind in rare)) * min(1.0, counts["place"]) * them,
        min(1.0, shown["told_picture"]) * (1 - min(1.0, shown["no_picture"])),
        min(1.0, shown["handle_of_somebody"]) * min(1.0, counts["handle"]),
        others * (1 - away) * (1 - min(1.0, shown["team"] + shown["of_oneself"])),
        min(1.0, shown["nickname"]) * (1 - away),
        (counts["initials"] + counts["room"]) * min(1.0, shown["patient"] + shown["he_or_she"] + shown["day"]),
        whose[2] * min(1.0, shown["in_care"]),
        others * (1 - away) * min(1.0, shown["acts_as_patient"] + shown["mourned"]),
        others * (1 - away) * min(1.0, shown["calls_by_name"]) * min(1.0, shown["patient"] + shown["he_or_she"]),
    ]


SHORT = 4
"""Words of a piece of a note taken in haste."""


def _told(text: str, marks: Sequence[Mark], shown: dict[str, float], quasi: int) -> list[float]:
    """Return how much is told of somebody by trades, by names that no list holds, and in short pieces as in a note."""
    here, them = 1 - _away(shown), 1 - min(1.0, shown["of_oneself"])
    trades = float(min(MOST, sum("jobs" in listed(word) for word in re.findall(r"[^\W\d_][\w-]+", text))))
    pieces = float(np.log1p(sum(0 < len(piece.split()) <= SHORT for piece in re.split(r"[,;:.!?…]", text))))
    unknown = _unknown(text, marks)
    acts = min(1.0, shown["acts_as_patient"] + shown["mourned"])
    return [
        trades * them,
        trades * quasi * them * here,
        pieces,
        pieces * quasi * them * here,
        unknown * here,
        unknown * here * acts,
        acts * here,
        min(1.0, shown["in_care"]) * them,
    ]


def _unknown(text: str, marks: Sequence[Mark]) -> float:
    """Return how many capitalised words within sentences are no marked part, no place, no people and named after nobody."""
    found = 0
    for word in CAPITAL.finditer(text):
        start = text[: word.start()].rstrip(" «“\"'(-—")
        if not word[0][0].isupper() or word[0].isupper() or not start or start[-1] in ".!?…:\n":
            continue
        known = NAMED_AFTER.search(text[max(0, word.start() - 60) : word.start()]) or listed(word[0])
        found += not known and not any(mark.start <= word.start() < mark.end for mark in marks)
    return float(min(found, MOST))


WINDOW = 45
"""Characters before and after a name that say whose it is."""


def of_a_service(text: str) -> bool:
    """Tell whether the numbers and addresses that a text gives are of a service or of a thing, not of somebody."""
    shown = dict(signs())
    return shown["service_number"].search(plain(text)) is not None


@cache
def around() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """Return what stands before and after the name of somebody cared for, somebody at work, and the author's own."""
    held = _held()["bearers"]
    ways = [["|".join(held[name][side].strip("\n").splitlines()) for side in ("before", "after")] for name in BEARERS]
    return tuple((re.compile(f"(?:{before})$"), re.compile(f"^(?:{after})")) for before, after in ways)


BEARERS = ("cared_for", "at_work", "ones_own")


def bearers(text: str, marks: Sequence[Mark]) -> tuple[float, float, float]:
    """Return how many of the names marked are of somebody cared for, of somebody at work, and the author's own."""
    made = [0, 0, 0]
    for mark in marks:
        if mark.kind == "name":
            left, right = plain(text[max(0, mark.start - WINDOW) : mark.start]), plain(text[mark.end : mark.end + WINDOW])
            for place, (before, after) in enumerate(around()):
                made[place] += bool(before.search(left) or after.search(right))
    return float(min(made[0], MOST)), float(min(made[1], MOST)), float(min(made[2], MOST))


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
