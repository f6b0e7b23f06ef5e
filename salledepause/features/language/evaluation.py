"""Measures what was learned on texts that it never saw: each figure beside its target, with how far chance could move it.

Intervals are of ninety-five per cent, by the bootstrap over texts (Efron, 1979), with chances that are always the same.
"""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import additions, desk_training, desks, fixtures, guards, measuring, sharing, shields
from salledepause.features.language import engine as engines
from salledepause.features.language.engine import Engine
from salledepause.features.language.model import HOSTILE, KINDS, ZONES, Mention
from salledepause.features.language.ridge import Matrix
from salledepause.features.language.shapes import Mark
from salledepause.features.language.sharing import Made
from salledepause.features.language.shields import Shield

SAMPLES = 400
PRECISIONS = (0.99, 0.95, 0.90, 0.80, 0.70)
TURNS = 3
OF_MEANINGS = 3.0
"""How much the meanings of toxic tweets count, beside words and signs."""


class Figure(NamedTuple):
    """A measure, its interval, its target (None: told for what it is worth), and whether more is better."""

    name: str
    value: float
    low: float
    high: float
    texts: int
    target: float | None = None
    more: bool = True

    @property
    def ratio(self) -> float | None:
        """How much of its target it reaches."""
        if self.target is None:
            return None
        return self.value / self.target if self.more else self.target / max(self.value, 1e-9)


def figure(name: str, rows: Matrix, of: Callable[[Matrix], float], target: float | None = None, *, more: bool = True) -> Figure:
    """Return a measure `of` rows with its interval, the rows drawn again and again."""
    chance = np.random.default_rng(5)
    drawn = [of(rows[chance.integers(0, len(rows), len(rows))]) for _ in range(SAMPLES)] if len(rows) else [0.0]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Figure(name, of(rows) if len(rows) else 0.0, float(low), float(high), len(rows), target, more)


def mean(rows: Matrix) -> float:
    """Return the mean of the first column."""
    return float(rows[:, 0].mean())


def macro_f1(rows: Matrix) -> float:
    """Return the mean over true classes of F1; columns: true, told."""
    made = []
    for one in np.unique(rows[:, 0]):
        true, told = rows[:, 0] == one, rows[:, 1] == one
        made.append(2 * (true & told).sum() / max(1, true.sum() + told.sum()))
    return float(np.mean(made))


def share_at(precision: float) -> Callable[[Matrix], float]:
    """Return what gives the share answered at a precision; columns: how sure, right, whether a card should answer."""

    def of(rows: Matrix) -> float:
        bar = desk_training.bar_of(rows[:, 0], rows[:, 1] > 0, precision)
        return float(rows[rows[:, 0] >= bar, 1].sum() / max(1.0, rows[:, 2].sum()))

    return of


def of_remarks(folder: Path, engine: Engine) -> Iterator[Figure]:
    """Measure remarks of cards that nothing was learned from: with 5 examples a card and with 20, the others are asked."""
    told = fixtures.remarks(folder)
    for size, target in ((5, 0.5), (20, 0.8)):
        chance, rows = np.random.default_rng(size), []
        for _ in range(TURNS):
            known, asked = desk_training.divided(told, size, chance)
            made = desks.desk(engine.judge, told.cards, known)
            for (_, own), found in zip(asked, desks.look(made, [text for text, _ in asked]), strict=True):
                three = [one.card for one in found.candidates]
                rows.append([found.score, three[0] == own, own is not None, own in three, found.card is not None])
        given = np.array(rows, np.float64)
        true = given[given[:, 2] > 0]
        name = f"remarks, {size} examples a card"
        yield figure(f"{name}: right card first", true[:, 1:2], mean)
        yield figure(f"{name}: right card among three", true[:, 3:4], mean)
        answered = given[given[:, 4] > 0]
        yield figure(f"{name}: precision of automatic answers", answered[:, 1:2], mean, 0.95)
        yield figure(f"{name}: remarks answered automatically", true[:, 4:5] * true[:, 1:2], mean, target)
        for precision in PRECISIONS:
            yield figure(f"{name}: could be answered at precision {precision:.2f}", given, share_at(precision))


def of_mentions(folder: Path, engine: Engine) -> Iterator[Figure]:
    """Measure mentions that nothing was learned from."""
    told, groups = fixtures.mentions(folder)
    found = engines.mentions([one.mention for one in told], engine)
    hostile = np.array([one.hostile for one in told])
    held = np.array([[float(one.hostile)] for one in found])
    yield figure("mentions: hostile kept out", held[hostile], mean, 0.90)
    yield figure("mentions: legitimate held", held[~hostile], mean, 0.03, more=False)
    plain = engines.mentions([one.mention for one in fixtures.plain(folder)], engine)
    yield figure("mentions: plain messages held", np.array([[float(one.hostile)] for one in plain]), mean, 0.03, more=False)
    kinds = [[KINDS.index(one.kind), KINDS.index(verdict.kind)] for one, verdict in zip(told, found, strict=True)]
    yield figure("mentions: kinds, macro-F1", np.array(kinds, np.float64), macro_f1, 0.80)
    zones = [[ZONES.index(one.zone), ZONES.index(verdict.zone)] for one, verdict in zip(told, found, strict=True)]
    yield figure("mentions: zones, macro-F1", np.array(zones, np.float64), macro_f1, 0.80)
    chances = np.array([[verdict.chance, one.hostile] for one, verdict in zip(told, found, strict=True)], np.float64)
    yield figure("mentions: hostile, area under the curve", chances, _area)
    first: dict[int, int] = {}
    pairs = [(first[group], at) for at, group in enumerate(groups) if first.setdefault(group, at) != at]
    changed = [(left, right) for left, right in pairs if told[left].hostile != told[right].hostile]
    right = [
        [float((found[left].kind in HOSTILE, found[right].kind in HOSTILE) == (told[left].hostile, told[right].hostile))]
        for left, right in changed
    ]
    yield figure("mentions: pairs of the same words told apart by relation", np.array(right).reshape(-1, 1), mean)


def _area(rows: Matrix) -> float:
    """Return how often a true one is given a larger chance than a false one; columns: chance, true."""
    order = np.argsort(np.argsort(rows[:, 0], kind="stable"), kind="stable") + 1.0
    true = rows[:, 1] > 0
    count, others = int(true.sum()), int((~true).sum())
    return float((order[true].sum() - count * (count + 1) / 2) / max(1, count * others))


def of_posts(folder: Path, engine: Engine) -> Iterator[Figure]:
    """Measure posts that nothing was learned from."""
    told = fixtures.posts(folder)
    found = [engines.secret(post.text, engine) for post in told]
    flagged = np.array([[float(one.label != "safe")] for one in found])
    labels = np.array([post.label for post in told])
    yield figure("secret: direct found", flagged[labels == "direct"], mean, 0.95)
    yield figure("secret: combinations found", flagged[labels == "combination"], mean, 0.85)
    yield figure("secret: false alarms on harmless", flagged[labels == "safe"], mean, 0.05, more=False)
    chances = np.stack([[one.chance for one in found], labels != "safe"], axis=1).astype(np.float64)
    yield figure("secret: area under the curve", chances, _area)
    parts = [[Mark(one.start, one.end, one.kind) for one in verdict.spans] for verdict in found]
    yield from of_parts("spans of our posts", [post.marks for post in told], parts, (None, None))


def of_parts(
    name: str, told: Sequence[Sequence[Mark]], found: Sequence[Sequence[Mark]], targets: tuple[float | None, float | None]
) -> Iterator[Figure]:
    """Measure parts: one counts as found where at least half of its characters are."""
    recalled = [[float(covered(mark, own))] for marks, own in zip(told, found, strict=True) for mark in marks]
    precise = [[float(covered(mark, own))] for marks, own in zip(found, told, strict=True) for mark in marks]
    yield figure(f"{name}: recall", np.array(recalled).reshape(-1, 1), mean, targets[0])
    yield figure(f"{name}: precision", np.array(precise).reshape(-1, 1), mean, targets[1])


def covered(mark: Mark, others: Sequence[Mark]) -> bool:
    """Tell whether others cover at least half of a part."""
    inside = sum(max(0, min(mark.end, other.end) - max(mark.start, other.start)) for other in others)
    return inside * 2 >= mark.end - mark.start


def of_public(folder: Path, engine: Engine) -> Iterator[Figure]:
    """Measure what public sets of texts allow, each where its file is there."""
    if (folder / "ibm_covid_fr" / "data.tsv").is_file():
        yield _intents(folder / "ibm_covid_fr" / "data.tsv", engine)
    if (folder / "mlma_fr" / "fr_dataset.csv").is_file():
        yield _toxic(folder / "mlma_fr" / "fr_dataset.csv", engine)
    if (folder / "eds_pseudo_templates" / "templates.txt").is_file():
        texts, told = clinical((folder / "eds_pseudo_templates" / "templates.txt").read_text("utf-8"))
        found = [[one for one in guards.parts(engine.guard.tagger, text) if one.kind in CLINICAL] for text in texts]
        yield from of_parts("eds_pseudo_templates, spans", told, found, (0.88, 0.85))


def _intents(path: Path, engine: Engine) -> Figure:
    """Questions of 49 intents: 5 examples of each, three intents in ten unknown, asked of those that are known."""
    lines = [line.split("\t", 1) for line in path.read_text("utf-8").splitlines()[1:]]
    names, texts = np.array([line[0] for line in lines]), [line[1] for line in lines]
    space = engine.judge.space
    if space.encoder is not None:
        space = space._replace(mean=space.encoder.encode(texts).mean(axis=0))
    given = measuring.points(space, texts)
    near = measuring.nearness(space, given, given).astype(np.float64)
    rows = []
    for turn in range(8):
        chance = np.random.default_rng(turn)
        every = chance.permutation(np.unique(names))
        known = every[: int(0.7 * len(every))]
        kept = np.concatenate([chance.permutation(np.flatnonzero(names == one))[:5] for one in known])
        asked = np.setdiff1d(np.flatnonzero(np.isin(names, known)), kept)
        goals = (names[kept][:, None] == known[None]).astype(np.float64)
        scores = near[np.ix_(asked, kept)] @ np.linalg.solve(near[np.ix_(kept, kept)] + 0.5 * np.eye(len(kept)), goals)
        rows += [[float(one)] for one in known[scores.argmax(axis=1)] == names[asked]]
    return figure("ibm_covid_fr, 5 examples, unknown intents: right first", np.array(rows), mean, 0.70)


def _toxic(path: Path, engine: Engine) -> Figure:
    """Tweets, toxic or normal: five folds, each scored by what was learned on the others, in the space of mentions."""
    with path.open(encoding="utf-8", newline="") as opened:
        lines = list(csv.DictReader(opened))
    said = [Mention(line["tweet"]) for line in lines]
    true = np.array([line["sentiment"] != "normal" for line in lines], np.float64)
    given = _weighed(engine.shield, said)
    fold = np.random.default_rng(3).permutation(len(said)) % 5
    told = np.zeros(len(said))
    for one in range(5):
        kept, asked = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
        goals = (true[kept] - true[kept].mean()).astype(np.float32)[:, None]
        found = sharing.learn(given(kept), goals, fold[kept], 2.0)
        left_out = found.left_out[:, 0]
        bars = np.quantile(left_out, np.linspace(0.05, 0.95, 37))
        best = max(bars, key=lambda bar: macro_f1(np.stack([true[kept], left_out >= bar], axis=1).astype(np.float64)))
        told[asked] = sharing.told(given(asked), found.weights)[:, 0] >= best
    return figure("mlma_fr, toxic or normal, macro-F1", np.stack([true, told], axis=1), macro_f1, 0.65)


def _weighed(shield: Shield, said: Sequence[Mention]) -> Callable[[NDArray[np.int64]], Made]:
    """Return what gives some of the texts as both passes read them, to be learned from anew."""
    given = shields.read(shield.table, shield.rarity, said)
    parts = [given.words, shields.standard(given.signs, shield.mean, shield.scale).astype(np.float32)]
    if (second := shield.second) is not None:
        whose = zip(given.texts, given.relations.tolist(), strict=True)
        means = np.array([additions.mean(second.model, second.given, second.cut(text), relation) for text, relation in whose])
        parts.append(OF_MEANINGS**0.5 * measuring.unit(means - means.mean(axis=0)))
    dense, letters = np.hstack(parts), given.letters.scaled(shields.OF_LETTERS**0.5)
    return lambda rows: sharing.made(dense[rows], letters.taken(rows), given.relations[rows])


CLINICAL = frozenset({"name", "initials", "date", "place", "institution", "id_number", "phone", "email"})
"""Kinds that clinical snippets mark: ages, wards and trades are no part of them."""
MARKED = re.compile(r"\[([^\]]*)\]\([A-Z_]+\)")


def clinical(text: str) -> tuple[list[str], list[list[Mark]]]:
    """Return the texts of `[part](LABEL)` snippets apart by blank lines, and their parts."""
    texts, told = [], []
    for block in re.split(r"\n\s*\n", text):
        said, marks, at = "", [], 0
        for found in MARKED.finditer(block):
            said += block[at : found.start()]
            marks.append(Mark(len(said), len(said) + len(found[1]), "name"))
            said += found[1]
            at = found.end()
        texts.append(said + block[at:])
        told.append(marks)
    return texts, told


def of_speed(said: Sequence[Mention], engine: Engine) -> Iterator[Figure]:
    """Measure seconds of processor, on the mentions given."""
    texts = [one.text for one in said]
    engine.table.encode(texts[:50])
    began = time.process_time()
    engine.table.encode(texts)
    rate = len(texts) / max(1e-9, time.process_time() - began)
    yield Figure("speed: first pass, texts a second", rate, rate, rate, len(texts), 5000)
    for name, way in (("", engine), (" of the first pass alone", Engine(None))):
        engines.mentions(said[:3], way)
        taken: list[list[float]] = []
        for one in said[:60]:
            began = time.process_time()
            engines.mentions([one], way)
            taken.append([1000 * (time.process_time() - began)])
        median: Callable[[Matrix], float] = lambda rows: float(np.median(rows))  # noqa: E731 - a measure like the others
        yield figure(f"speed: verdict on a mention{name}, milliseconds", np.array(taken), median, 15, more=False)


def everything(unseen: Path | None, public: Path | None, engine: Engine) -> Iterator[Figure]:
    """Measure all that is given."""
    if unseen is not None:
        yield from of_remarks(unseen / "remarks", engine)
        yield from of_mentions(unseen / "mentions", engine)
        yield from of_posts(unseen / "posts", engine)
    if public is not None:
        yield from of_public(public, engine)
    told, _ = fixtures.mentions(fixtures.own() / "mentions")
    yield from of_speed([one.mention for one in told], engine)
