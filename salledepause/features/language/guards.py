"""What in a text lets somebody be recognised: parts marked by form and by a tagger, then a verdict on the whole.

Forms that need no other sign (telephone, e-mail, numbers) come first, then what the tagger marks, then forms that it passed
over. The verdict is learned from what the parts are and what the text says around them (`evidence.py`): the same age is
harmless of oneself, and tells of somebody with a town and a rare event.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import evidence, ngrams, shapes, tagger
from salledepause.features.language.measuring import Rows
from salledepause.features.language.model import LABELS, SecretVerdict, Span
from salledepause.features.language.ridge import Matrix
from salledepause.features.language.shapes import SURE, Mark
from salledepause.features.language.static import Table
from salledepause.features.language.tagger import Tagger

LONGEST = 4_000
DOSE = re.compile(r"[.,]?\d*\s?(?:mg|ml|mmol|g/|µg|%|mL|gouttes|unit|mm[ ³h]|/min|bpm)")
"""What says that a number before it is no age."""
LATE = ("name", "date", "age", "room", "institution", "place", "initials", "handle")
"""Kinds whose form is enough where the tagger marked nothing."""
OF_LETTERS, OF_SAID = 0.7, 0.5
OF_EVIDENCE, OF_LIKENESS, SHARPNESS = 1.0, 3.0, 0.4
"""How much what is measured counts, straight and by likeness to posts that were told; how fast likeness fades."""
SAID = {
    "name": "un nom",
    "initials": "des initiales",
    "age": "un âge",
    "date": "une date",
    "time_now": "un moment",
    "place": "un lieu",
    "ward": "un service",
    "room": "une chambre",
    "job": "un métier",
    "family": "un lien de famille",
    "rare_condition": "une maladie rare",
    "event": "un événement",
    "id_number": "un numéro",
    "phone": "un téléphone",
    "email": "une adresse électronique",
    "photo": "une image",
    "handle": "un pseudonyme",
    "institution": "un établissement",
    "nationality": "une nationalité",
    "religion": "une religion",
    "other": "un signe particulier",
}


class Guard(NamedTuple):
    """What was learned."""

    tagger: Tagger
    rarity: Rows
    mean: Matrix
    scale: Matrix
    """Of what is measured."""
    letters: NDArray[np.float32]
    said: NDArray[np.float32]
    """Their weights, by label."""
    table: Table
    measured: Matrix
    weights: Matrix
    """What was measured of the posts that were told, and how much each weighs, by label."""
    usual: Matrix
    bar: float
    """The score of `safe` below which a text is not safe."""
    slope: tuple[float, float]


def look(guard: Guard, text: str) -> SecretVerdict:
    """Return whether a text lets somebody be recognised, and by what."""
    said = text[:LONGEST]
    marks = parts(guard.tagger, said)
    label, chance = _judged(guard, said, marks)
    spans = tuple(Span(mark.start, mark.end, mark.kind) for mark in marks)
    return SecretVerdict(label, spans, _reason(label, said, marks), round(chance, 4))


def exposes(guard: Guard, text: str, kinds: Collection[str]) -> bool:
    """Tell whether a text that has parts of some kinds lets somebody be recognised: what has none is weighed no further."""
    said = text[:LONGEST]
    marks = parts(guard.tagger, said)
    return any(mark.kind in kinds for mark in marks) and _judged(guard, said, marks)[0] != "safe"


def _judged(guard: Guard, said: str, marks: Sequence[Mark]) -> tuple[str, float]:
    """Return the label of a text of which the parts are known, and the chance that it is not safe."""
    told = scores(guard, said, marks)
    steep, place = guard.slope
    chance = float(1 / (1 + np.exp(-(steep * told[2] + place))))
    sure = any(mark.kind in SURE for mark in marks) and not evidence.of_a_service(said)
    return LABELS[int(np.argmax(told[:2]))] if told[2] < guard.bar or sure else "safe", chance


def scores(guard: Guard, text: str, marks: Sequence[Mark]) -> Matrix:
    """Return the score of each of `LABELS`."""
    row = (evidence.measured(text, marks)[None] - guard.mean) / guard.scale
    letters = ngrams.sparse([ngrams.hashed(ngrams.plain(text))], guard.rarity)
    made: Matrix = letters.times(guard.letters)[0] + guard.table.encode([text])[0] @ guard.said + guard.usual
    made += (alike(row, guard.measured) @ guard.weights)[0]
    return made


def alike(left: Matrix, right: Matrix) -> Matrix:
    """Return how alike what is measured of texts is, rows by rows: straight, and by how near it is as a whole."""
    width = left.shape[1]
    straight = left @ right.T / width
    apart = ((left * left).sum(axis=1)[:, None] + (right * right).sum(axis=1)[None]) / width - 2 * straight
    made: Matrix = OF_EVIDENCE * straight + OF_LIKENESS * np.exp(-SHARPNESS * np.maximum(apart, 0))
    return made


def parts(tagger_: Tagger, text: str) -> list[Mark]:
    """Return the parts of a text that identify, in their order, none over another."""
    return merged(text, tagger.spans(tagger.tag(tagger_, text)))


def merged(text: str, tagged: Iterable[Mark]) -> list[Mark]:
    """Return what the tagger marked with what has a sure form, and what it passed over."""
    formed = list(shapes.marks(text))
    sure = [mark for mark in formed if mark.kind in SURE]
    others = [mark for mark in tagged if any(map(str.isalnum, text[mark.start : mark.end])) and not _amiss(text, mark)]
    others += [mark for mark in formed if mark.kind in LATE]
    wanted = sure + sorted(others, key=lambda mark: (mark.start - mark.end, mark.start))
    made: list[Mark] = []
    for mark in wanted:
        if not any(mark.start < other.end and other.start < mark.end for other in made):
            made.append(mark)
    return sorted(made)


def _amiss(text: str, mark: Mark) -> bool:
    """Tell whether the tagger took a dose for an age, or a title for initials."""
    if mark.kind == "initials":
        return (
            text[mark.start : mark.end].rstrip(".") in {"M", "Dr", "Pr"}
            and text[mark.end : mark.end + 2].lstrip(". ")[:1].isupper()
        )
    return mark.kind in {"age", "room", "date"} and DOSE.match(text, mark.end) is not None


def _reason(label: str, text: str, marks: Sequence[Mark]) -> str:
    if label == "safe":
        return "rien ne désigne quelqu'un"
    said = ", ".join(dict.fromkeys(f"{SAID[mark.kind]} (« {text[mark.start : mark.end]} »)" for mark in marks)) or "la tournure"
    return f"désigne quelqu'un : {said}" if label == "direct" else f"ensemble, désignent quelqu'un : {said}"
