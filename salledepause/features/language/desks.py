"""The same remark in other words: which card answers a text, and whether that is sure enough to answer by oneself.

A desk is learned from cards, texts known to be their remarks, and what nobody should be answered for (near misses of other
cards that come with the package). Each card then has a score by kernel ridge regression in the common space (`measuring.py`).
How sure it is that the first card is the right one is learned apart, on desks made of other cards: from its score and the next
one's, how near its known wordings are, and whether the text sounds like a remark at all, by its words and to an encoder. Silence
is the rule: below the bar, `card` is None, but for what is a known wording, word for word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import measuring, ngrams
from salledepause.features.language.measuring import Points, Rows, Space
from salledepause.features.language.model import Candidate, Card, Example, RemarkVerdict
from salledepause.features.language.ngrams import Sparse
from salledepause.features.language.ridge import Softmax

STIFFNESS = 0.8
OF_REMARK, OF_ANSWER, OF_OTHERS = 0.5, 3.0, 2.0
"""How loosely the remark of a card, its answer and what is no card's are held, beside its examples."""
BEST = 3
NOBODY = -1
CERTAIN, FEWEST = 0.99, 3
"""How sure the same wording is, and of how many words it is at least."""
EXAMPLE = 1
"""Among the parts of a desk: up to it, wordings of remarks."""


class Voice(NamedTuple):
    """What makes a text sound like a remark by its words and letters: weights of texts that were told, summed."""

    said: Rows
    letters: Rows
    usual: float


class Judge(NamedTuple):
    """What is learned once for all desks: how to compare, what is no card's, what sounds like a remark, how sure to be."""

    space: Space
    others: Points
    """What nobody should be answered for."""
    voice: Voice
    sure: Softmax
    bar: float


class Desk(NamedTuple):
    """Cards, ready to be looked for."""

    judge: Judge
    cards: tuple[Card, ...]
    texts: tuple[str, ...]
    owners: NDArray[np.int64]
    """The place of the card that a text belongs to; `NOBODY` for what is no card's."""
    parts: NDArray[np.int64]
    """0 for a remark, 1 for an example, 2 for an answer, 3 for what is no card's."""
    known: Points
    weights: Rows
    wordings: Mapping[str, int]
    """The place of the card that words belong to, `NOBODY` where they are several cards'."""


def desk(judge: Judge, cards: Sequence[Card], examples: Sequence[Example]) -> Desk:
    """Learn a desk. Examples of cards that are not there are passed over."""
    place = {card.id: at for at, card in enumerate(cards)}
    told = [(card.remark, at, 0) for at, card in enumerate(cards)]
    told += [(example.text, place[example.remark], 1) for example in examples if example.remark in place]
    told += [(card.answer, at, 2) for at, card in enumerate(cards) if card.answer]
    texts = tuple(text for text, _, _ in told)
    owners = np.array([owner for _, owner, _ in told] + [NOBODY] * judge.others.size, np.int64)
    parts = np.array([part for _, _, part in told] + [3] * judge.others.size, np.int64)
    known = joined(measuring.points(judge.space, texts), judge.others)
    near = measuring.nearness(judge.space, known, known).astype(np.float64)
    loose = np.choose(parts, [OF_REMARK, 1.0, OF_ANSWER, OF_OTHERS]) * STIFFNESS
    goals = (owners[:, None] == np.arange(len(cards))[None]).astype(np.float64)
    weights = np.linalg.solve(near + np.diag(loose), goals).astype(np.float32)
    wordings: dict[str, int] = {}
    for text, owner, part in told:
        if part <= EXAMPLE and (words := wording(text)) and wordings.setdefault(words, owner) != owner:
            wordings[words] = NOBODY
    return Desk(judge, tuple(cards), texts, owners, parts, known, weights, wordings)


def wording(text: str) -> str:
    """Return the words of a text, and whether they ask: what is the same whatever its marks, capitals and accents."""
    said = [word for word in ngrams.words(ngrams.plain(text)) if word.isalnum()]
    return " ".join([*said, "?"] if "?" in text else said) if len(said) >= FEWEST else ""


def joined(left: Points, right: Points) -> Points:
    """Return the texts of both, one after another."""
    letters = Sparse(
        np.concatenate([left.letters.starts, right.letters.starts[1:] + left.letters.starts[-1]]),
        np.concatenate([left.letters.buckets, right.letters.buckets]),
        np.concatenate([left.letters.weights, right.letters.weights]),
    )
    whole = (np.concatenate([getattr(left, name), getattr(right, name)]) for name in ("meanings", "said", "sounds"))
    meanings, said, sounds = whole
    return Points(meanings, said, letters, sounds)


def look(desk_: Desk, texts: Sequence[str]) -> list[RemarkVerdict]:
    """Return which card answers each text, if any surely does, and the three nearest."""
    if not desk_.cards or not texts:
        return [RemarkVerdict(None, 0.0, (), "aucune fiche") for _ in texts]
    given = measuring.points(desk_.judge.space, texts)
    near = measuring.nearness(desk_.judge.space, given, desk_.known)
    scores = near @ desk_.weights
    rows = signs(desk_, texts, given, near, scores)
    sure = desk_.judge.sure.chances(rows)[:, 1]
    same = scores.argmax(axis=1) == [desk_.wordings.get(wording(text), NOBODY) for text in texts]
    sure = np.where(same, np.maximum(sure, CERTAIN), sure)
    told = same | (sure >= desk_.judge.bar)
    return [_verdict(desk_, near[row], scores[row], float(sure[row]), told=bool(told[row])) for row in range(len(texts))]


def signs(desk_: Desk, texts: Sequence[str], given: Points, near: Rows, scores: Rows) -> NDArray[np.float64]:
    """Return what tells how sure it is that the first card is the right one, a row for each text."""
    judge = desk_.judge
    voice = sounding(judge.voice, given)
    made = np.zeros((len(texts), 12))
    for row, text in enumerate(texts):
        order = np.argsort(-scores[row], kind="stable")
        first, second = scores[row, order[0]], scores[row, order[1]] if len(order) > 1 else 0.0
        own = desk_.owners == order[0]
        at_best = [np.sort(near[row, own & (desk_.parts == part)])[::-1] for part in (0, 1, 2)]
        examples = at_best[1] if len(at_best[1]) else at_best[0]
        others = np.sort(near[row, desk_.owners == NOBODY])[::-1][:BEST]
        three, away = float(examples[:BEST].mean()), float(others.mean()) if len(others) else 0.0
        answer = float(at_best[2][0]) if len(at_best[2]) else 0.0
        longer = float(np.log1p(len(text.split())))
        made[row] = [
            first,
            second,
            first - second,
            examples[0],
            three,
            at_best[0][0],
            answer,
            away,
            three - away,
            voice[row],
            given.sounds[row],
            longer,
        ]
    return made


def voiced(shares: tuple[float, float, float], heard: Points, weights: Rows, usual: float) -> Voice:
    """Return the voice of texts that are weighed, in a space where words and letters count so much."""
    _, said, letters = shares
    return Voice(said * (heard.said.T @ weights), letters * heard.letters.turned(weights), usual)


def sounding(voice: Voice, given: Points) -> Rows:
    """Return how much each text sounds like a remark: about one if it does, about nought if not."""
    total: Rows = (given.said @ voice.said + given.letters.times(voice.letters))[:, 0] + voice.usual
    return total


def _verdict(desk_: Desk, near: Rows, scores: Rows, sure: float, *, told: bool) -> RemarkVerdict:
    order = np.argsort(-scores, kind="stable")[:BEST]
    candidates = tuple(
        Candidate(desk_.cards[at].id, round(_share(sure, scores, at, order), 4), desk_.texts[_nearest(desk_, near, at)])
        for at in order
    )
    first = candidates[0]
    if not told:
        return RemarkVerdict(None, first.score, candidates, f"pas assez sûr : au plus près de « {first.example} »")
    return RemarkVerdict(first.card, first.score, candidates, f"comme « {first.example} »")


def _share(sure: float, scores: Rows, at: int, order: NDArray[np.int64]) -> float:
    """Return how sure a card is: of the first, what was learned; of the next, in proportion to their scores."""
    if at == order[0]:
        return sure
    return float(sure * np.clip(scores[at] / max(float(scores[order[0]]), 1e-6), 0, 1) * 0.9)


def _nearest(desk_: Desk, near: Rows, at: int) -> int:
    own = np.flatnonzero((desk_.owners == at) & (desk_.parts <= EXAMPLE))
    return int(own[np.argmax(near[own])])
