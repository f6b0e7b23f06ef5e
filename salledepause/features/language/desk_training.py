"""Learns how to compare remarks and when to be silent (`desks.py`), from cards and what was said of them.

Some cards are left out of all that is learned but how sure to be: what is told of those that nothing was tuned to holds for the
cards of any desk. Of other cards nothing is known but wordings, which serve to tune.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import additions, aims, desks, measuring, ngrams, ridge, shelf, tuning
from salledepause.features.language.additions import Additions
from salledepause.features.language.desks import Judge
from salledepause.features.language.encoder import Reader, Tuned
from salledepause.features.language.fixtures import Remarks
from salledepause.features.language.measuring import Points, Rows, Space
from salledepause.features.language.model import Example
from salledepause.features.language.ridge import Matrix, Softmax
from salledepause.features.language.shelf import Arrays
from salledepause.features.language.static import Table
from salledepause.kernel.errors import BadInput

SECOND, FIRST = (3.0, 0.0, 0.4), (0.0, 1.0, 0.5)
BEND = 2.0
"""How much meanings, words and letters count, with the second pass and without; how fast nearness of meanings fades."""
STIFF = 1.0
LEFT, LEFT_TO_TUNE = 3, 10
"""One card in so many is left out, and one in so many of those that serve to tune."""
SIZES, TOGETHER, TURNS = (5, 10), 16, 4
"""Examples of a card in the desks on which silence is learned, cards of each, and how often all are asked."""
PRECISION, CARE = 0.975, 1.28
"""Of automatic answers on cards left out, half as many wrong ones as is aimed at; how kind chance may have been."""


UNSURE = Softmax(np.zeros(1), np.ones(1), np.zeros((2, 2)))
"""What nothing was learned of yet."""
FEWEST = 6
"""Cards without which nothing is learned of them."""


class Parted(NamedTuple):
    """Cards, and what is said of them: what is learned from, and what silence is learned on."""

    kept: Remarks
    left: Remarks


def learn(told: Remarks, more: Remarks, table: Table, reader: Reader, heard: Callable[[str], None]) -> Arrays:
    """Return how to compare texts, what sounds like a remark, and when to be silent, with the second pass and without."""
    if len(told.cards) < FEWEST:
        raise BadInput("Il faut au moins {count} fiches dont apprendre.", count=FEWEST)
    own, other = parted(told, LEFT), parted(more, LEFT_TO_TUNE)
    texts = spoken(own.kept)
    rarity = ngrams.rarities(ngrams.hashed(ngrams.plain(text)) for text in texts)
    arrays = additions.packed(_tuned([own.kept, other.kept], reader, heard))
    given = additions.unpacked(arrays)
    encoder = Tuned(reader, additions.merged(reader.model(), given), given.voices[0])
    vectors = encoder.encode(texts)
    bare = plain(vectors.mean(axis=0), rarity, table)
    known = measuring.points(bare, texts)
    whole = bare._replace(encoder=encoder, head=given.head, shares=SECOND)
    meanings = shelf.packed(measuring.centred(whole, vectors)[others(own.kept)])
    weights, usual = _voice(bare, own.kept, known)
    kept = taken(known, others(own.kept))
    made: Arrays = {f"tuned_{name}": array for name, array in arrays.items()}
    made.update({f"meanings_{name}": array for name, array in meanings.items()})
    made.update({"mean": bare.mean, "rarity": rarity.astype(np.float16), "voice": weights, "usual": np.array(usual)})
    for name, space in (("second", whole), ("first", bare)):
        nobody = kept._replace(meanings=shelf.unpacked(**meanings)) if space.encoder else kept
        judge = Judge(space, nobody, desks.voiced(bare.shares, known, weights, usual), UNSURE, 1.0)
        sure, bar = _silence(judge, [own.left, other.left])
        made.update({f"{name}_bar": np.array(bar)} | {f"{name}_{part}": array for part, array in sure._asdict().items()})
    return made


def plain(mean: Rows, rarity: Rows, table: Table) -> Space:
    """Return a space of words and letters alone; `mean` is that of meanings, which an encoder may add."""
    return Space(None, mean, np.zeros((len(mean) + 1, 1), np.float32), rarity, table, FIRST, BEND)


def parted(told: Remarks, share: int) -> Parted:
    """Leave one card in so many out, with all that is said of it; and as much of the noise."""
    order = np.random.default_rng(11).permutation(len(told.cards))
    left = {told.cards[at].id for at in order[::share]}
    kept = {card.id for card in told.cards} - left
    noise = set(told.noise[::share])
    return Parted(only(told, kept, [one for one in told.noise if one not in noise]), only(told, left, sorted(noise)))


def only(told: Remarks, ids: set[str], noise: Sequence[str]) -> Remarks:
    """Return some cards and what is said of them."""
    return Remarks(
        tuple(card for card in told.cards if card.id in ids),
        tuple(one for one in told.examples if one.remark in ids),
        tuple(one for one in told.near if one.remark in ids),
        tuple(noise),
    )


def spoken(told: Remarks) -> list[str]:
    """Return all that is said in a set of remarks: examples, near misses, noise."""
    return [one.text for one in (*told.examples, *told.near)] + list(told.noise)


def others(told: Remarks) -> NDArray[np.int64]:
    """Return the places in `spoken` of what serves as no card's: every second near miss and noise."""
    return np.arange(len(told.examples), len(told.examples) + len(told.near) + len(told.noise))[::2]


def taken(given: Points, places: NDArray[np.int64]) -> Points:
    """Return some of the texts of a space."""
    return Points(given.meanings[places], given.said[places], given.letters.taken(places), given.sounds[places])


def _tuned(sets: Sequence[Remarks], reader: Reader, heard: Callable[[str], None]) -> Additions:
    """Tune the encoder to cards."""
    cards = {card.id: at for at, card in enumerate(card for told in sets for card in told.cards)}
    texts: list[tuple[str, int, int]] = []
    for told in sets:
        texts += [(card.remark, cards[card.id], aims.REMARK) for card in told.cards]
        texts += [(one.text, cards[one.remark], aims.EXAMPLE) for one in told.examples]
        texts += [(one.text, cards[one.remark], aims.MISS) for one in told.near]
    aim = aims.Alike(np.array([card for _, card, _ in texts]), np.array([part for *_, part in texts]))
    pieces = [reader.cut(text) for text, *_ in texts]
    return tuning.tune(reader.model(), pieces, np.zeros(len(pieces), np.int64), aim, tuning.aloud("remarks", heard))


def _voice(space: Space, told: Remarks, given: Points) -> tuple[NDArray[np.float32], float]:
    """Return what each text weighs in telling by words and letters whether another sounds like a remark."""
    goals = np.array([[1.0]] * len(told.examples) + [[0.0]] * (given.size - len(told.examples)))
    near = measuring.nearness(space, given, given).astype(np.float64)
    return ridge.solve(near, goals - goals.mean(), STIFF).weights.astype(np.float32), float(goals.mean())


def _silence(judge: Judge, sets: Sequence[Remarks]) -> tuple[Softmax, float]:
    """Learn on desks of cards that all else has not seen how sure the first one is, and how sure to be."""
    chance, rows, right = np.random.default_rng(11), [], []
    for _ in range(TURNS):
        for told in sets:
            order = chance.permutation(len(told.cards))
            fewest = min((sum(one.remark == card.id for one in told.examples) for card in told.cards), default=0)
            for at in range(0, len(order), TOGETHER):
                own = only(told, {told.cards[one].id for one in order[at : at + TOGETHER]}, told.noise[at // TOGETHER :: 8])
                for size in (one for one in SIZES if one < fewest):
                    found, true = _tried(judge, own, size, chance)
                    rows.append(found)
                    right.append(true)
    if not rows:
        return UNSURE, 1.0
    signs, true = np.vstack(rows), np.concatenate(right).astype(np.float64)
    sure = ridge.regress(signs, np.stack([1 - true, true], axis=1), 3.0)
    return sure, bar_of(sure.chances(signs)[:, 1], true > 0, PRECISION, CARE)


def _tried(judge: Judge, told: Remarks, size: int, chance: np.random.Generator) -> tuple[Matrix, NDArray[np.bool_]]:
    """Return the signs of what a desk of `size` examples a card is asked, and whether its first card was right."""
    known, asked = divided(told, size, chance)
    made = desks.desk(judge, told.cards, known)
    texts = [text for text, _ in asked]
    given = measuring.points(judge.space, texts)
    near = measuring.nearness(judge.space, given, made.known)
    scores = near @ made.weights
    first = [made.cards[at].id for at in scores.argmax(axis=1)]
    right = np.array([one == true for one, (_, true) in zip(first, asked, strict=True)])
    return desks.signs(made, texts, given, near, scores), right


def divided(told: Remarks, size: int, chance: np.random.Generator) -> tuple[list[Example], list[tuple[str, str | None]]]:
    """Return `size` examples of each card to learn from, and what to ask: the others, near misses, noise, with their cards."""
    known: list[Example] = []
    asked: list[tuple[str, str | None]] = []
    for card in told.cards:
        own = [one for one in told.examples if one.remark == card.id]
        order = chance.permutation(len(own))
        known += [own[at] for at in order[:size]]
        asked += [(own[at].text, card.id) for at in order[size:]]
    asked += [(one.text, None) for one in told.near]
    return known, [*asked, *((text, None) for text in told.noise)]


def bar_of(sure: Matrix, right: NDArray[np.bool_], precision: float, care: float = 0.0) -> float:
    """Return the lowest bar above which answers are right often enough, were chance kind by `care` deviations (Wilson)."""
    order = np.argsort(-sure, kind="stable")
    count = np.arange(1, len(order) + 1)
    share = np.cumsum(right[order]) / count
    spread = care * np.sqrt(share * (1 - share) / count + (care / (2 * count)) ** 2)
    enough = np.flatnonzero((share + care * care / (2 * count) - spread) / (1 + care * care / count) >= precision)
    return float(sure[order[enough[-1]]]) if len(enough) else 1.0
