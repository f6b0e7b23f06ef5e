"""What a mention does to whom it is sent: its kind, whether it hurts, whom it aims at, its zone, and the words that say so.

The first pass scores what the text is made of: its words, its letters, and signs of address, of aim and of act (`cues.py`). The
second reads it by an encoder that was tuned for that (`tuning.py`). Both count, and both know whose words they weigh: from a
friend they tease, from others they hurt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import additions, aims, cues, guards, ngrams
from salledepause.features.language.additions import Additions
from salledepause.features.language.guards import Guard
from salledepause.features.language.model import HOSTILE, KINDS, RELATIONS, TARGETS, ZONES, Mention, MentionVerdict
from salledepause.features.language.ngrams import Sparse
from salledepause.features.language.ridge import Matrix, Softmax
from salledepause.features.language.sharing import FRIEND
from salledepause.features.language.static import Table
from salledepause.features.language.transformer import Model, Rows

OF_LETTERS = 0.6
"""How much letters count, beside words and signs."""
LETTERS = 60
"""Steps in which the weight of a piece of a word is told: under one in sixty of the heaviest it says nothing."""
OF_SECOND, LEAST = 0.4, 1e-4
"""Share of the second pass in what both say; its chance below which nothing is less likely."""
LOUD = 0.5
"""Share of capitals that shouts."""
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

    texts: tuple[str, ...]
    """Without the names of accounts."""
    words: Rows
    letters: Sparse
    signs: Matrix
    relations: NDArray[np.int64]
    shown: tuple[dict[str, list[str]], ...]


class Second(NamedTuple):
    """What the second pass needs: how texts are cut, and the encoder that reads their pieces, with what is added to it."""

    cut: Callable[[str], Sequence[int]]
    model: Model
    """Its first layers."""
    given: Additions
    """Settled in the model."""


class Shield(NamedTuple):
    """What was learned; the first axis of weights says whose (0 for others', 1 for a friend's), the last is that of `GOALS`."""

    table: Table
    rarity: Rows
    mean: Matrix
    scale: Matrix
    """Of the signs."""
    words: Rows
    letters: NDArray[np.int8]
    heaviest: Rows
    """What one of `letters` stands for, by goal."""
    signs: Rows
    relation: Rows
    """By relation, and the constant."""
    second: Second | None
    """None where only the first pass is asked."""
    sure: Softmax
    """From what all scores say together to the chance that it hurts."""
    bar: float
    """Of that chance."""


class Scores(NamedTuple):
    """What mentions are told: the score of each of `GOALS`, and what says whether they hurt; rows by columns."""

    told: Matrix
    evidence: Matrix


def read(table: Table, rarity: Rows, mentions: Sequence[Mention]) -> Mentioned:
    """Return mentions as they are scored."""
    shown = tuple(_shown(mention) for mention in mentions)
    signs = [_signs(mention, found) for mention, found in zip(mentions, shown, strict=True)]
    return _mentioned(table, rarity, mentions, signs)._replace(shown=shown)


def learned_from(table: Table, rarity: Rows, mentions: Sequence[Mention]) -> Mentioned:
    """Return mentions as `read` does, but without what shows their signs: of thousands that is heavy, and nobody reads it."""
    return _mentioned(table, rarity, mentions, [_signs(mention, _shown(mention)) for mention in mentions])


def _mentioned(table: Table, rarity: Rows, mentions: Sequence[Mention], signs: list[list[float]]) -> Mentioned:
    relations = np.array([RELATIONS.index(mention.relation) for mention in mentions], np.int64)
    texts = tuple(cues.bare(mention.text) for mention in mentions)
    letters = ngrams.sparse((ngrams.hashed(ngrams.plain(text)) for text in texts), rarity)
    return Mentioned(texts, table.encode(texts), letters, np.array(signs, np.float64), relations, ())


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


def scored(shield: Shield, given: Mentioned) -> Scores:
    """Return what mentions are told."""
    first = _first(shield, given)
    if shield.second is None:
        return Scores(first, together(first, given.relations))
    return both(first, chances(shield.second, given.texts, given.relations), given.relations)


def both(first: Matrix, second: Matrix, relations: NDArray[np.int64]) -> Scores:
    """Return what mentions are told by both passes."""
    told = first + OF_SECOND * (second - first)
    return Scores(told, np.hstack([together(told, relations), np.log(np.clip(second, LEAST, 1 - LEAST))]))


def chances(second: Second, texts: Sequence[str], relations: NDArray[np.int64]) -> Matrix:
    """Return the chance of each of `GOALS` by the second pass, rows by goals."""
    if not texts:
        return np.zeros((0, len(GOALS)))
    model, given = second.model, second.given
    pairs = zip(texts, relations.tolist(), strict=True)
    means = np.array([additions.mean(model, given, second.cut(text), relation) for text, relation in pairs])
    return aims.chances(means @ given.head[:-1] + given.head[-1], aims.MENTIONS.ends).astype(np.float64)


def _first(shield: Shield, given: Mentioned) -> Matrix:
    """Return the score of each of `GOALS` by the first pass, rows by goals."""
    signs = standard(given.signs, shield.mean, shield.scale)
    made = shield.relation[given.relations].astype(np.float64)
    for row, relation in enumerate(given.relations):
        whose = int(relation == FRIEND)
        part = slice(given.letters.starts[row], given.letters.starts[row + 1])
        rare = shield.letters[whose, given.letters.buckets[part]].astype(np.float32)
        made[row] += (given.letters.weights[part] @ rare) * shield.heaviest
        made[row] += given.words[row] @ shield.words[whose] + signs[row] @ shield.signs[whose]
    return made


def together(told: Matrix, relations: NDArray[np.int64]) -> Matrix:
    """Return what says whether a mention hurts, rows by signs: scores of all goals, their squares, and whose words they are.

    Attack, banter and zone know of it what `hostile` alone does not, and a score between two goals says less than one near
    either, which squares tell.
    """
    whose = np.eye(len(RELATIONS))[relations]
    made: Matrix = np.hstack([told, told**2, whose, told[:, -1:] * whose])
    return made


def judge(shield: Shield, guard: Guard, mentions: Sequence[Mention]) -> list[MentionVerdict]:
    """Return what each mention does."""
    given = read(shield.table, shield.rarity, mentions)
    told, evidence = scored(shield, given)
    signs = standard(given.signs, shield.mean, shield.scale)
    sure = shield.sure.chances(evidence)[:, 1]
    made = []
    for row, mention in enumerate(mentions):
        exposed = guards.exposes(guard, mention.text, NAMING)
        kind, hostile, target, zone = decided(told[row], hostile=bool(sure[row] >= shield.bar), exposed=exposed)
        whose = int(given.relations[row] == FRIEND)
        reason = _reason(kind, mention, given.shown[row], signs[row] * shield.signs[whose][:, KINDS.index(kind)])
        if exposed and zone == "rouge":
            reason += " ; une personne peut y être reconnue"
        made.append(MentionVerdict(kind, hostile, target, zone, reason, round(float(sure[row]), 4)))
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
