"""What in a text lets somebody be recognised: parts marked by form and by a tagger, then a verdict on the whole.

Forms that need no other sign (telephone, e-mail, numbers) come first, then what the tagger marks, then forms that it passed
over. The verdict is learned from what the parts are and what the text says around them (`evidence.py`): the same age is
harmless of oneself, and tells of somebody with a town and a rare event. The second pass reads the text by an encoder that was
tuned for that (`tuning.py`); both count.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import aims, evidence, ngrams, shapes, tagger
from salledepause.features.language.encoder import Encoder
from salledepause.features.language.measuring import Rows
from salledepause.features.language.model import LABELS, SecretVerdict, Span
from salledepause.features.language.ridge import Matrix, Softmax
from salledepause.features.language.shapes import SURE, Mark
from salledepause.features.language.static import Table
from salledepause.features.language.tagger import Tagger

Numbers = TypeVar("Numbers", Rows, Matrix)

LONGEST = 4_000
DOSE = re.compile(r"[.,]?\d*\s?(?:mg|ml|mmol|g/|µg|%|mL|gouttes|unit|mm[ ³h]|/min|bpm)")
"""What says that a number before it is no age."""
LATE = ("name", "date", "age", "room", "institution", "place", "initials", "handle")
"""Kinds whose form is enough where the tagger marked nothing."""
OF_FORM = 0.5
"""The chance from which a text with a sure form (a number, an address) is not safe: of ours with one that somebody bears, one in
five hundred is told less likely; of those with one of a thing, half."""
PAGE, LEAST = 600, 1e-4
"""Characters that are read at a time; the chance below which nothing is less likely."""
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


class Heard(NamedTuple):
    """Who reads posts in the second pass, and the head that tells labels of what they mean, and whether one may be recognised."""

    encoder: Encoder
    head: Rows


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
    measured: Rows
    weights: Rows
    """What was measured of the posts that were told, and how much each weighs, by label."""
    usual: Matrix
    second: Heard | None
    """None where only the first pass is asked."""
    sure: Softmax
    """From what all scores say together to the chance of each label."""
    bar: float
    """The chance from which a text is not safe."""


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
    told = scores(guard, said, marks)[None]
    if guard.second:
        told = both(told, chances(guard.second, said)[None])
    direct, combination, safe = guard.sure.chances(told)[0]
    formed = any(mark.kind in SURE for mark in marks) and not evidence.of_a_service(said)
    label = LABELS[0] if direct >= combination else LABELS[1]
    return label if 1 - safe >= (OF_FORM if formed else guard.bar) else LABELS[2], float(1 - safe)


def both(first: Matrix, second: Matrix) -> Matrix:
    """Return what both passes say of texts together, rows by signs."""
    return np.hstack([first, np.log(np.clip(second, LEAST, 1 - LEAST))])


def chances(heard: Heard, text: str) -> Matrix:
    """Return the chance of each of `LABELS` by the second pass, and that one may be recognised: of the part that tells most."""
    means = heard.encoder.encode([text[start:end] for start, end in _pages(text)])
    told = aims.chances(means @ heard.head[:-1] + heard.head[-1], aims.POSTS.ends)
    made: Matrix = told[int(np.argmax(told[:, -1]))].astype(np.float64)
    return made


def _pages(text: str) -> Iterator[tuple[int, int]]:
    """Give parts of a text that an encoder reads whole, each from a word on."""
    start = 0
    while True:
        space = text.rfind(" ", start + 1, start + PAGE) if len(text) > start + PAGE else -1
        end = min(len(text), start + PAGE) if space < 0 else space
        yield start, end
        if end == len(text):
            return
        start = end


def scores(guard: Guard, text: str, marks: Sequence[Mark]) -> Matrix:
    """Return the score of each of `LABELS`."""
    row = (evidence.measured(text, marks)[None] - guard.mean) / guard.scale
    letters = ngrams.sparse([ngrams.hashed(ngrams.plain(text))], guard.rarity)
    made: Matrix = letters.times(guard.letters)[0] + guard.table.encode([text])[0] @ guard.said + guard.usual
    made += (alike(row.astype(np.float32), guard.measured) @ guard.weights)[0]
    return made


def alike(left: Numbers, right: Numbers) -> Numbers:
    """Return how alike what is measured of texts is, rows by rows: straight, and by how near it is as a whole."""
    width = left.shape[1]
    straight = left @ right.T / width
    apart = ((left * left).sum(axis=1)[:, None] + (right * right).sum(axis=1)[None]) / width - 2 * straight
    made: Numbers = OF_EVIDENCE * straight + OF_LIKENESS * np.exp(-SHARPNESS * np.maximum(apart, 0))
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
