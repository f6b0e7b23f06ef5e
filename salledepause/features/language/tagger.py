"""Marks what identifies somebody, word by word, by what the word is and what stands around it: a small learned tagger.

A logistic regression over hashed signs, reading from left to right with the tag it gave before (a maximum-entropy Markov model:
McCallum, Freitag and Pereira, 2000). Learned from our own posts; numbers and dates come to it from `shapes` as signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import shelf
from salledepause.features.language.ngrams import plain
from salledepause.features.language.shapes import Mark, listed, marks

BUCKETS = 1 << 18
EPOCHS, PACE, DECAY, ENOUGH = 5, 0.06, 1e-3, 0.02
RAREST = 2
"""Times that a sign is seen in what is learned from, for it to count."""
TOKEN = re.compile(r"@[\w.]+\w|[^\W_]+|[^\w\s]")
OUT = "O"
Rows = NDArray[np.float32]
LEAST = 0.02
LEFT_TO_FORMS = ("email", "phone", "id_number")
"""Kinds that are marked by their form alone."""


class Token(NamedTuple):
    """A word of a text, where it stands."""

    start: int
    end: int
    word: str


class Tagger(NamedTuple):
    """What was learned: a weight of each sign (row) for each tag (column); `places` tells the row of a sign, 0 for none."""

    tags: tuple[str, ...]
    places: NDArray[np.int32]
    weights: NDArray[np.float16] | NDArray[np.int8]
    scale: Rows
    """What one of `weights` stands for, by tag."""


def tokens(text: str) -> list[Token]:
    """Return the words and marks of a text."""
    return [Token(found.start(), found.end(), found[0]) for found in TOKEN.finditer(text)]


def shape(word: str) -> str:
    """Return the shape of a word: Xx, XX, xx, dd, and its length when short."""
    if word.isdigit():
        return f"d{min(len(word), 5)}"
    if word.isupper():
        return "X" if len(word) == 1 else "XX"
    if word[:1].isupper():
        return "Xx"
    return "xx" if word.isalpha() else "mixed" if word[:1].isalnum() else word[:1]


def _signs(text: str) -> Iterator[list[int]]:
    """Give the hashed signs of each token, without those of the tag before."""
    said = tokens(text)
    folded = [plain(token.word) for token in said]
    shapes = [shape(token.word) for token in said]
    known = [listed(token.word) for token in said]
    formed = _formed(text, said)
    first = [at == 0 or said[at - 1].word in ".!?…\n:«" for at in range(len(said))]
    for at in range(len(said)):
        yield [
            crc32(sign.encode()) % BUCKETS
            for sign in _around(at, folded, shapes, known) + formed[at] + [f"1{first[at]}{shapes[at]}"]
        ]


def _formed(text: str, said: Sequence[Token]) -> list[list[str]]:
    made: list[list[str]] = [[] for _ in said]
    for mark in marks(text):
        for at, token in enumerate(said):
            if mark.start <= token.start < mark.end:
                made[at] += [f"f={mark.kind}", f"f={mark.kind}{'B' if token.start == mark.start else 'I'}"]
    return made


def _around(at: int, folded: Sequence[str], shapes: Sequence[str], known: Sequence[tuple[str, ...]]) -> list[str]:
    def word(step: int) -> str:
        return folded[at + step] if 0 <= at + step < len(folded) else "|"

    here = folded[at]
    made = ["b", f"w={here}", f"s={shapes[at]}", f"p={here[:3]}", f"e={here[-3:]}", f"e4={here[-4:]}"]
    made += [f"w{step}={word(step)}" for step in (-3, -2, -1, 1, 2, 3)]
    made += [f"w-2={word(-2)} {word(-1)}", f"w12={word(1)} {word(2)}", f"w-10={word(-1)} {here}", f"w01={here} {word(1)}"]
    for step in (-2, -1, 0, 1, 2):
        if 0 <= at + step < len(folded):
            made += [f"k{step}={name}" for name in known[at + step]]
            made += [f"k{step}={name}{shapes[at]}" for name in known[at + step]]
            made.append(f"s{step}={shapes[at + step]}{shapes[at]}")
    made.append(f"w-1s={word(-1)}{shapes[at]}")
    return made


def _with_tag(signs: list[int], before: str, word: str) -> list[int]:
    return [*signs, *(crc32(sign.encode()) % BUCKETS for sign in (f"t={before}", f"t={before} {word}"))]


def tag(tagger: Tagger, text: str) -> list[tuple[Token, str]]:
    """Return each token of a text with its tag."""
    made: list[tuple[Token, str]] = []
    before = OUT
    for token, signs in zip(tokens(text), _signs(text), strict=True):
        rows = tagger.places[_with_tag(signs, before, plain(token.word))]
        scores = tagger.weights[rows].sum(axis=0, dtype=np.float32) * tagger.scale
        before = tagger.tags[_best(scores, tagger.tags, before)]
        made.append((token, before))
    return made


def _best(scores: NDArray[np.float32], tags: Sequence[str], before: str) -> int:
    """Return the best tag that may follow: the inside of a kind follows only that kind."""
    for at in np.argsort(-scores, kind="stable"):
        kind = tags[at]
        if kind[0] != "I" or before[2:] == kind[2:]:
            return int(at)
    return tags.index(OUT)


def spans(tagged: Sequence[tuple[Token, str]]) -> list[Mark]:
    """Return the parts that tags make."""
    made: list[Mark] = []
    for token, name in tagged:
        if name[0] == "B":
            made.append(Mark(token.start, token.end, name[2:]))
        elif name[0] == "I" and made:
            made[-1] = made[-1]._replace(end=token.end)
    return made


def goals(text: str, told: Sequence[Mark]) -> list[str]:
    """Return the tags that a text should get."""
    made: list[str] = []
    for token in tokens(text):
        inside = next(
            (mark for mark in told if mark.kind not in LEFT_TO_FORMS and mark.start <= token.start and token.end <= mark.end),
            None,
        )
        within = inside is not None and token.start > inside.start and made and made[-1][2:] == inside.kind
        made.append(OUT if inside is None else f"{'I' if within else 'B'}-{inside.kind}")
    return made


def learn(texts: Sequence[str], told: Sequence[Sequence[Mark]]) -> Tagger:
    """Learn from texts and their parts, in an order that is always the same."""
    wanted = [goals(text, marks_) for text, marks_ in zip(texts, told, strict=True)]
    tags = tuple(sorted({OUT} | {name for row in wanted for name in row}))
    place = {name: at for at, name in enumerate(tags)}
    signs = [list(_signs(text)) for text in texts]
    seen = np.bincount([one for row in signs for sign in row for one in sign], minlength=BUCKETS)
    words = [[plain(token.word) for token in tokens(text)] for text in texts]
    weights, moved = np.zeros((BUCKETS, len(tags)), np.float32), np.full((BUCKETS, len(tags)), 1e-4, np.float32)
    order = np.random.default_rng(6)
    for _ in range(EPOCHS):
        for row in order.permutation(len(texts)):
            before = OUT
            for sign, word, goal in zip(signs[row], words[row], wanted[row], strict=True):
                given = _with_tag([one for one in sign if seen[one] >= RAREST], before, word)
                _step(weights, moved, given, place[goal])
                before = goal
    return compact(tags, weights)


def compact(tags: tuple[str, ...], weights: Rows) -> Tagger:
    """Return a tagger of the rows that say something."""
    rows = np.flatnonzero(np.abs(weights).max(axis=1) > LEAST)
    places = np.zeros(BUCKETS, np.int32)
    places[rows] = np.arange(1, len(rows) + 1)
    held = np.vstack([np.zeros((1, len(tags)), np.float32), weights[rows]]).astype(np.float16)
    return Tagger(tags, places, held, np.ones(len(tags), np.float32))


def _step(weights: Rows, moved: Rows, given: list[int], goal: int) -> None:
    """Move the weights of a token's signs towards its tag (AdaGrad: Duchi, Hazan and Singer, 2011)."""
    here = weights[given]
    scores = here.sum(axis=0)
    raised = np.exp(scores - scores.max())
    slope = raised / raised.sum()
    slope[goal] -= 1
    if abs(slope[goal]) < ENOUGH:
        return
    past = moved[given] + slope * slope
    moved[given] = past
    weights[given] = here - PACE * (slope / np.sqrt(past) + DECAY * here)


def packed(tagger_: Tagger) -> dict[str, NDArray[np.generic]]:
    """Return what was learned as it is kept, in five bits: it is the largest part of the package."""
    apart = np.diff(np.flatnonzero(tagger_.places), prepend=0)
    held = shelf.packed(tagger_.weights[1:].astype(np.float32), 1, 5)
    return {"tags": shelf.listed(list(tagger_.tags)), "apart": apart.astype(np.int32)} | {
        f"tagger_{name}": array for name, array in held.items()
    }


def unpacked(held: Mapping[str, NDArray[np.generic]]) -> Tagger:
    """Return what was learned as it was kept."""
    tags = tuple(shelf.unlisted(held["tags"]))
    places = np.zeros(BUCKETS, np.int32)
    rows = np.cumsum(held["apart"], dtype=np.int64)
    places[rows] = np.arange(1, len(rows) + 1)
    weights = np.zeros((1 + len(rows), len(tags)), np.int8)
    weights[1:] = held["tagger_bits"]
    return Tagger(tags, places, weights, held["tagger_scale"][0].astype(np.float32))
