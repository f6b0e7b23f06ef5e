"""What a mention does to whom it is sent: its kind, whether it hurts, whom it aims at, its zone, and the words that say so.

Scores are linear in what the text is made of: its meaning (second pass), its words (first pass), its letters, and signs of
address, of aim and of act (`cues.py`). What each weighs depends on whether a friend says it: the same words tease or hurt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import cues, guards, measuring
from salledepause.features.language.encoder import Encoder
from salledepause.features.language.guards import Guard
from salledepause.features.language.measuring import Points, Space
from salledepause.features.language.model import HOSTILE, KINDS, RELATIONS, TARGETS, ZONES, Mention, MentionVerdict
from salledepause.features.language.ridge import Matrix, Softmax

FRIEND = RELATIONS.index("friend")
SECOND, FIRST = (3.0, 0.3, 0.6), (0.0, 1.0, 0.6)
"""How much meanings, words and letters count, with the second pass and without."""
BEND = 2.0
"""How fast nearness of meanings fades: what is said of a text serves those near it more than all others."""
WIDTH = 192
"""Numbers of a meaning that are kept, in the directions in which mentions differ most: half of them, evened out, tell as much."""
OF_SIGNS = 1.0
LETTERS = 60
"""Steps in which the weight of a piece of a word is told: under one in sixty of the heaviest it says nothing."""
LOUD = 0.5
"""Share of capitals that shouts."""
TOGETHER, APART, OF_RELATION = 0.5, 0.5, 0.3
"""How much of what is learned serves friends and others alike, each apart, and what the relation itself says."""
AHEAD = (0.0, 0.0, 0.1)
"""Head start of each zone, `rouge` last: what is wrongly shown there costs more than what a host looks at for nothing."""
NAMING = frozenset({"name", "initials", "phone", "email", "id_number"})
"""Parts without which a mention exposes nobody: one knows whom one writes to, places and trades tell less than in a post."""
GOALS = (*KINDS, *ZONES, *TARGETS, "hostile")
BY_RELATION = {"stranger": "d'un inconnu", "met": "d'une connaissance", "follows": "d'un abonné", "friend": "d'un ami"}
SAID = {
    "thanks": "un merci",
    "question": "une question",
    "recurring_remark": "une remarque qui revient",
    "criticism_of_idea": "une critique d'idée",
    "attack_on_profession": "une attaque contre un métier",
    "attack_on_person": "une attaque personnelle",
    "threat": "une menace",
    "misdirected_request": "une demande pour un autre guichet",
    "distress": "une détresse",
    "friendly_banter": "une taquinerie entre amis",
    "neutral": "un message sans enjeu",
}


class Mentioned(NamedTuple):
    """Mentions, ready to be scored."""

    points: Points
    signs: Matrix
    relations: NDArray[np.int64]
    shown: tuple[dict[str, list[str]], ...]


class Shield(NamedTuple):
    """What was learned; the first axis of weights says whose (0 for others', 1 for a friend's), the last is that of `GOALS`."""

    space: Space
    mean: Matrix
    scale: Matrix
    """Of the signs."""
    meanings: NDArray[np.float32]
    """Of the mentions learned from, rows by numbers; empty where only the first pass is asked."""
    weights: NDArray[np.float32]
    """What each of these weighs."""
    said: NDArray[np.float32]
    letters: NDArray[np.int8]
    heaviest: NDArray[np.float32]
    """What one of `letters` stands for, by goal."""
    signs: NDArray[np.float32]
    relation: NDArray[np.float32]
    """By relation, and the constant."""
    sure: Softmax
    """From what all scores say together to the chance that it hurts."""
    bar: float
    """Of that chance."""


LIGHT = ("said", "letters", "heaviest", "signs", "relation")
"""What the first pass needs."""


def read(space: Space, mentions: Sequence[Mention], encoder: Encoder | None) -> Mentioned:
    """Return mentions as they are scored."""
    shown = tuple(_shown(mention) for mention in mentions)
    signs = [_signs(mention, found) for mention, found in zip(mentions, shown, strict=True)]
    return _mentioned(space, mentions, encoder, signs)._replace(shown=shown)


def learned_from(space: Space, mentions: Sequence[Mention], encoder: Encoder | None) -> Mentioned:
    """Return mentions as `read` does, but without what shows their signs: of thousands that is heavy, and nobody reads it."""
    return _mentioned(space, mentions, encoder, [_signs(mention, _shown(mention)) for mention in mentions])


def _mentioned(space: Space, mentions: Sequence[Mention], encoder: Encoder | None, signs: list[list[float]]) -> Mentioned:
    relations = np.array([RELATIONS.index(mention.relation) for mention in mentions], np.int64)
    said = [cues.bare(mention.text) for mention in mentions]
    return Mentioned(measuring.points(space, said, encoder), np.array(signs, np.float64), relations, ())


def _shown(mention: Mention) -> dict[str, list[str]]:
    return cues.shown(cues.addressed(mention.text, mention.to))


def _signs(mention: Mention, shown: dict[str, list[str]]) -> list[float]:
    text = mention.text
    capitals = sum(map(str.isupper, text)) / max(1, sum(map(str.isalpha, text)))
    form = [np.log1p(len(text.split())), capitals > LOUD, text.rstrip().endswith("?"), "!" in text, "…" in text or "..." in text]
    return [*(min(cues.MOST, len(found)) for found in shown.values()), *map(float, form), *cues.of_handle(mention.to)]


def standard(signs: Matrix, mean: Matrix, scale: Matrix) -> Matrix:
    """Return signs that weigh alike, whatever their number."""
    made: Matrix = (signs - mean) / scale / np.sqrt(signs.shape[1])
    return made


def kernel(space: Space, left: Mentioned, signs: Matrix) -> Matrix:
    """Return how near mentions are to each other, as they are learned from."""
    near = measuring.nearness(space, left.points, left.points).astype(np.float64) + OF_SIGNS * signs @ signs.T
    friends = left.relations == FRIEND
    alike = friends[:, None] == friends[None]
    made: Matrix = near * (TOGETHER + APART * alike) + OF_RELATION * (left.relations[:, None] == left.relations[None])
    return made


def gathered(given: Mentioned, signs: Matrix, weights: NDArray[np.float32], usual: Matrix) -> dict[str, NDArray[np.generic]]:
    """Return what mentions that were learned from weigh together, part by part of `Shield`."""
    friends = given.relations == FRIEND
    each = [weights * (TOGETHER + APART * (friends == whose))[:, None].astype(np.float32) for whose in (False, True)]
    same = np.array([OF_RELATION * weights[given.relations == at].sum(axis=0) for at in range(len(RELATIONS))])
    letters = np.stack([given.points.letters.turned(one) for one in each])
    scale = np.abs(letters).max(axis=(0, 1)) / LETTERS + 1e-12
    return {
        "weights": np.stack(each),
        "said": np.stack([given.points.said.T @ one for one in each]),
        "letters": np.round(letters / scale).astype(np.int8),
        "heaviest": scale.astype(np.float32),
        "signs": np.stack([signs.astype(np.float32).T @ one for one in each]),
        "relation": (same + usual).astype(np.float32),
    }


def scores(shield: Shield, given: Mentioned) -> Matrix:
    """Return the score of each of `GOALS`, rows by goals."""
    _, said, letters = shield.space.shares
    signs = standard(given.signs, shield.mean, shield.scale)
    made = shield.relation[given.relations].astype(np.float64)
    for row in range(len(given.relations)):
        whose = int(given.relations[row] == FRIEND)
        part = slice(given.points.letters.starts[row], given.points.letters.starts[row + 1])
        rare = shield.letters[whose, given.points.letters.buckets[part]].astype(np.float32)
        made[row] += letters * (given.points.letters.weights[part] @ rare) * shield.heaviest
        made[row] += said * (given.points.said[row] @ shield.said[whose]) + OF_SIGNS * (signs[row] @ shield.signs[whose])
        if given.points.meanings.shape[1]:
            near = measuring.meanings_nearness(shield.space, given.points.meanings[row], shield.meanings)
            made[row] += near @ shield.weights[whose]
    return made


def together(told: Matrix, relations: NDArray[np.int64]) -> Matrix:
    """Return what says whether a mention hurts, rows by signs: scores of all goals, their squares, and whose words they are.

    Attack, banter and zone know of it what `hostile` alone does not, and a score between two goals says less than one near
    either, which squares tell.
    """
    whose = np.eye(len(RELATIONS))[relations]
    made: Matrix = np.hstack([told, told**2, whose, told[:, -1:] * whose])
    return made


def judge(shield: Shield, guard: Guard, encoder: Encoder | None, mentions: Sequence[Mention]) -> list[MentionVerdict]:
    """Return what each mention does."""
    given = read(shield.space, mentions, encoder)
    told = scores(shield, given)
    signs = standard(given.signs, shield.mean, shield.scale)
    chances = shield.sure.chances(together(told, given.relations))[:, 1]
    made = []
    for row, mention in enumerate(mentions):
        secret = guards.look(guard, mention.text)
        exposed = secret.label != "safe" and any(span.kind in NAMING for span in secret.spans)
        kind, hostile, target, zone = decided(told[row], hostile=bool(chances[row] >= shield.bar), exposed=exposed)
        whose = int(given.relations[row] == FRIEND)
        reason = _reason(kind, mention, given.shown[row], signs[row] * shield.signs[whose][:, KINDS.index(kind)])
        if exposed and zone == "rouge":
            reason += " ; une personne peut y être reconnue"
        made.append(MentionVerdict(kind, hostile, target, zone, reason, round(float(chances[row]), 4)))
    return made


def decided(told: Matrix, *, hostile: bool, exposed: bool) -> tuple[str, bool, str, str]:
    """Return kind, hostile, target and zone by the scores of a mention."""
    kinds, zones = len(KINDS), len(KINDS) + len(ZONES)
    kind = KINDS[int(np.argmax(told[:kinds]))]
    if hostile and kind not in HOSTILE:
        kind = max(HOSTILE, key=lambda one: told[KINDS.index(one)])
    zone = ZONES[int(np.argmax(np.add(told[kinds:zones], AHEAD)))]
    if kind == "threat" or exposed:
        zone = "rouge"
    elif kind in HOSTILE and zone == "vert":
        zone = "orange"
    target = TARGETS[int(np.argmax(told[zones:-1]))]
    if kind == "attack_on_profession":
        target = "profession"
    return kind, hostile, target, zone


def _reason(kind: str, mention: Mention, shown: dict[str, list[str]], parts: Matrix) -> str:
    order = np.argsort(-parts[: len(shown)], kind="stable")
    names = list(shown)
    words = [shown[names[at]][0].strip() for at in order if parts[at] > 0 and shown[names[at]]][:2]
    said = " et ".join(dict.fromkeys(f"« {word} »" for word in words if word)) or "à sa tournure"
    return f"{SAID[kind]}, {BY_RELATION[mention.relation]} : {said}"
