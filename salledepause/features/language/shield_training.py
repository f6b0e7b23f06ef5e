"""Learns what mentions do from those that were told (`shields.py`): first by what they are made of, then by reading them too.

Bars are set on what was said of mentions by what was learned without them, as it will be of those that nobody has seen.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import additions, aims, cues, fixtures, ngrams, ridge, sharing, shields, transformer, tuning
from salledepause.features.language.encoder import Reader
from salledepause.features.language.fixtures import Told
from salledepause.features.language.model import KINDS, RELATIONS, TARGETS, ZONES
from salledepause.features.language.ridge import Matrix
from salledepause.features.language.sharing import Weights
from salledepause.features.language.shelf import Arrays
from salledepause.features.language.shields import Mentioned, Second
from salledepause.features.language.static import Table
from salledepause.kernel.errors import BadInput

STIFF = 0.8
HELD = 0.022
"""Share of our harmless mentions that may be held. Of writers who were left out whole .034 and .036 were where .025 and .03 were
of left out sittings: others' ways are not known as well."""
SURE = 10.0
"""How little is made of each of the signs that a mention hurts."""
USUAL = 0.4
"""How much it counts that a kind is frequent: a rare one, such as distress, is not to be missed for that."""
FOLDS = 5
"""In how many parts all are left out."""
FEWEST = 20
"""Mentions without which nothing is learned of them."""
LEFT = 10
"""One sitting in so many is left out of tuning: what both passes say together is learned on it."""


def learn(told: list[Told], groups: list[int], table: Table, reader: Reader, heard: Callable[[str], None]) -> Arrays:
    """Return what tells what a mention does, with the second pass and without; mentions of a group are left out together."""
    if len(told) < FEWEST:
        raise BadInput("Il faut au moins {count} messages dont apprendre.", count=FEWEST)
    said = [one.mention for one in told]
    rarity = ngrams.rarities(ngrams.hashed(ngrams.plain(cues.bare(one.text))) for one in said)
    given = shields.learned_from(table, rarity, said)
    middle, scale = given.signs.mean(axis=0), given.signs.std(axis=0) + 0.1
    signs = shields.standard(given.signs, middle, scale).astype(np.float32)
    goals = _goals(told)
    usual = goals.mean(axis=0)
    usual[: len(KINDS)] *= USUAL
    made = sharing.made(np.hstack([given.words, signs]), given.letters.scaled(shields.OF_LETTERS**0.5), given.relations)
    first = sharing.learn(made, (goals - goals.mean(axis=0)).astype(np.float32), fixtures.by_sitting(groups, FOLDS), STIFF)
    left_out, left = first.left_out + usual, fixtures.by_sitting(groups, LEFT) == 0
    second, chances = _second(given, goals, left, reader, heard)
    return {
        "rarity": rarity.astype(np.float16),
        "middle": middle,
        "scale": scale,
        **_first(first.weights, given.words.shape[1], usual),
        **_hostile("first", shields.together(left_out, given.relations), goals[:, -1]),
        **second,
        **_hostile("second", shields.both(left_out[left], chances, given.relations[left]).evidence, goals[left, -1]),
    }


def _second(
    given: Mentioned, goals: Matrix, left: NDArray[np.bool_], reader: Reader, heard: Callable[[str], None]
) -> tuple[Arrays, Matrix]:
    """Tune the encoder on all but what is left out; return what is kept of it, and the chances of what was left out."""
    texts = [reader.cut(text) for text in given.texts]
    kept, asked = np.flatnonzero(~left), np.flatnonzero(left)
    pieces, model = [texts[at] for at in kept], transformer.shallow(reader.model(), reader.depth)
    aim = aims.Goals(pieces, goals[kept], aims.MENTIONS, len(RELATIONS))
    found = tuning.tune(model, pieces, given.relations[kept], aim, tuning.aloud("mentions", heard))
    arrays = additions.packed(found)
    additions.settle(model, additions.unpacked(arrays))
    second = Second(reader.cut, model, additions.unpacked(arrays))
    said = shields.chances(second, [given.texts[at] for at in asked], given.relations[asked])
    return {f"tuned_{name}": array for name, array in arrays.items()}, said


def _goals(told: list[Told]) -> Matrix:
    columns = [[one.kind == kind for kind in KINDS] + [one.zone == zone for zone in ZONES] for one in told]
    more = [[one.target == target for target in TARGETS] + [one.hostile] for one in told]
    return np.hstack([np.array(columns, np.float64), np.array(more, np.float64)])


def _first(weights: Weights, width: int, usual: Matrix) -> Arrays:
    """Return what the first pass weighs, as it is kept: of words, of letters, of signs and of the relation."""
    scale = np.abs(weights.letters).max(axis=(0, 1)) / shields.LETTERS + 1e-12
    return {
        "first_words": weights.dense[:, :width],
        "first_letters": np.round(weights.letters / scale).astype(np.int8),
        "first_heaviest": (shields.OF_LETTERS**0.5 * scale).astype(np.float32),
        "first_signs": weights.dense[:, width:],
        "first_relation": (weights.relation + usual).astype(np.float32),
    }


def _hostile(name: str, rows: Matrix, goals: Matrix) -> Arrays:
    """Return how what was said of mentions without them tells whether they hurt, and from which chance they are held."""
    sure = ridge.regress(rows, np.stack([1 - goals, goals], axis=1), SURE)
    bar = float(np.quantile(sure.chances(rows)[goals == 0, 1], 1 - HELD))
    return {f"{name}_bar": np.array(bar)} | {f"{name}_sure_{part}": array for part, array in sure._asdict().items()}
