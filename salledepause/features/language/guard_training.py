"""Learns what lets somebody be recognised (`guards.py`): first by what a post is made of, then by reading it too.

Bars are set on what was said of posts by what was learned without them, as it will be of those that nobody has seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import additions, aims, fixtures, guards, measuring, ngrams, ridge, shelf, tagger, tuning
from salledepause.features.language.encoder import Reader, Tuned
from salledepause.features.language.evidence import measured
from salledepause.features.language.fixtures import Post
from salledepause.features.language.guards import Heard
from salledepause.features.language.model import LABELS
from salledepause.features.language.ridge import Matrix
from salledepause.features.language.shapes import Mark
from salledepause.features.language.shelf import Arrays
from salledepause.features.language.static import Table
from salledepause.kernel.errors import BadInput

STIFF, SURE = 1.0, 10.0
"""How little is made of what is alike, and of each of the signs that a text tells of somebody."""
ALARMED = 0.03
"""Share of our harmless posts that may be marked: of others' .059 were where .04 of ours are."""
FEWEST = 100
"""Posts without which nothing is learned of them."""
FOLDS, LEFT = 5, 10
"""In how many parts posts are marked by taggers that had not seen them; one in so many sittings is left out of tuning."""


def learn(told: list[Post], table: Table, reader: Reader, heard: Callable[[str], None]) -> Arrays:
    """Return the tagger and what weighs a post, with the second pass and without.

    What weighs it is learned on parts marked by taggers that had not seen it. Raises BadInput.
    """
    if len(told) < FEWEST:
        raise BadInput("Il faut au moins {count} messages dont apprendre.", count=FEWEST)
    texts, wanted = [post.text for post in told], [post.marks for post in told]
    goals = np.array([[post.label == one for one in LABELS] for post in told], np.float64)
    left = fixtures.by_sitting(list(range(len(told))), LEFT) == 0
    if not goals[left, -1].any():
        raise BadInput("Mêlez aux messages qui font reconnaître quelqu'un d'autres où personne ne se reconnaît.")
    fold = np.random.default_rng(0).permutation(len(told)) % FOLDS
    found: list[list[Mark]] = [[] for _ in told]
    for one in range(FOLDS):
        kept = np.flatnonzero(fold != one)
        way = tagger.learn([texts[at] for at in kept], [wanted[at] for at in kept])
        for at in np.flatnonzero(fold == one):
            found[at] = guards.parts(way, texts[at])
    first, left_out = _first(texts, goals, found, table)
    second, said = _second(texts, goals, left, reader, heard)
    return {
        **first,
        **_sure("first", left_out, goals),
        **second,
        **_sure("second", guards.both(left_out[left], said), goals[left]),
        **tagger.packed(tagger.learn(texts, wanted)),
    }


def _first(texts: list[str], goals: Matrix, marks: Sequence[Sequence[Mark]], table: Table) -> tuple[Arrays, Matrix]:
    """Return what weighs posts of which the parts were marked, and the scores of each without it."""
    hashed = [ngrams.hashed(ngrams.plain(text)) for text in texts]
    rarity = ngrams.rarities(hashed)
    letters = ngrams.sparse(hashed, rarity)
    rows = np.array([measured(text, own) for text, own in zip(texts, marks, strict=True)])
    middle, scale = rows.mean(axis=0), rows.std(axis=0) + 0.1
    given = (rows - middle) / scale
    said = table.encode(texts)
    near = guards.OF_LETTERS * measuring.letters_nearness(letters, letters).astype(np.float64)
    near += guards.alike(given, given) + guards.OF_SAID * (said @ said.T)
    usual = goals.mean(axis=0)
    found = ridge.solve(near, goals - usual, STIFF, np.arange(len(texts)) // fixtures.SITTING)
    weights = letters.turned(guards.OF_LETTERS * found.weights.astype(np.float32))
    arrays = {
        "rarity": rarity.astype(np.float16),
        "mean": middle,
        "scale": scale,
        "measured": given.astype(np.float16),
        "weights": found.weights.astype(np.float32),
        "said": (guards.OF_SAID * said.T @ found.weights).astype(np.float32),
        "usual": usual,
        **{f"letters_{name}": array for name, array in shelf.packed(weights, 1).items()},
    }
    return arrays, found.left_out + usual


def _second(
    texts: list[str], goals: Matrix, left: NDArray[np.bool_], reader: Reader, heard: Callable[[str], None]
) -> tuple[Arrays, Matrix]:
    """Tune the encoder on all but what is left out; return what is kept of it, and the chances of what was left out."""
    kept, asked = np.flatnonzero(~left), np.flatnonzero(left)
    pieces, model = [reader.cut(texts[at]) for at in kept], reader.model()
    wanted = np.hstack([goals, 1 - goals[:, -1:]])[kept]
    aim = aims.Goals(pieces, wanted, aims.POSTS, 1)
    found = tuning.tune(model, pieces, np.zeros(len(pieces), np.int64), aim, tuning.aloud("posts", heard))
    arrays = additions.packed(found)
    given = additions.unpacked(arrays)
    second = Heard(Tuned(reader, model, given.voices[0], given.layers), given.head)
    said = np.array([guards.chances(second, texts[at]) for at in asked])
    return {f"tuned_{name}": array for name, array in arrays.items()}, said


def _sure(name: str, rows: Matrix, goals: Matrix) -> Arrays:
    """Return how what was said of posts without them tells their labels, and from which chance they are marked."""
    sure = ridge.regress(rows, goals, SURE)
    bar = float(np.quantile(1 - sure.chances(rows)[goals[:, -1] > 0, -1], 1 - ALARMED))
    return {f"{name}_bar": np.array(bar)} | {f"{name}_sure_{part}": array for part, array in sure._asdict().items()}
