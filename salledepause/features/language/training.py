"""Learns everything anew from the texts that come with the package, always in the same order and with the same chances.

What is learned of remarks is how to compare any two texts and when to be silent: cards are held out whole, so that it holds for
cards that were never seen. Bars are set on texts that were left out (`ridge.solve` gives what each text would have been given
without it).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import (
    desks,
    fixtures,
    guards,
    measuring,
    ngrams,
    ridge,
    shelf,
    shield_training,
    static,
    tagger,
)
from salledepause.features.language.bundled import beginnings
from salledepause.features.language.desks import Desk, Judge
from salledepause.features.language.encoder import Encoder, Encoders, by_folder, by_package
from salledepause.features.language.evidence import measured
from salledepause.features.language.fixtures import Post, Remarks
from salledepause.features.language.measuring import Space
from salledepause.features.language.model import LABELS, Example
from salledepause.features.language.ridge import Matrix, Softmax
from salledepause.features.language.shapes import Mark
from salledepause.features.language.shelf import Arrays
from salledepause.features.language.static import Table
from salledepause.kernel.errors import BadInput

SOFTNESS = 3.0
"""Of what whitens meanings: the larger, the less it changes."""
SECOND, FIRST = (3.0, 0.0, 0.4), (0.0, 1.0, 0.5)
BEND = 2.0
"""How much meanings, words and letters count, with the second pass and without."""
STIFF, STIFF_POSTS = 1.0, 1.0
SIZES, DESKS, TURNS = (5, 10), 3, 1
"""Examples of a card in the desks on which silence is learned, into how many desks half of the cards go, and how often."""
PRECISION, CARE = 0.975, 1.28
"""Of automatic answers on cards held out, half as many wrong ones as is aimed at; how kind chance may have been."""
ALARMED = 0.035
"""Share of our harmless posts that may be marked: of others' .039 are."""
FOLDS, MOST_WORDS = 5, 5_000


class Lesson(NamedTuple):
    """What is learned from, and by which encoder."""

    source: Path | None = None
    """A folder of texts; else the package's own."""
    into: Path | None = None
    """Where to write; else where what comes with the package is."""
    words: bool = False
    """Whether the table of words is distilled again."""
    model: Path | None = None
    """A folder of another encoder; else the bundled one."""


def write(lesson: Lesson, told: Callable[[str], None]) -> list[tuple[str, int]]:
    """Learn and write files; return their names and bytes. Raises BadInput."""
    if lesson.model and not lesson.into:
        raise BadInput("Dites où ranger ce qui est appris avec un autre modèle (--into).")
    encoders = by_folder(lesson.model) if lesson.model else by_package()
    if encoders is None:
        raise BadInput("Pas d'encodeur pour cette machine : apprenez sur Linux x86-64.")
    folder, source = lesson.into or shelf.folder(), lesson.source or fixtures.own()
    made = learn(source, encoders, told, lesson.words)
    if lesson.into:
        made.setdefault("table", shelf.kept(shelf.folder() / "table.npz"))
    for name, arrays in made.items():
        shelf.keep(folder / f"{name}.npz", arrays)
    if lesson.into:
        model, texts = (str(one.resolve()) if one else None for one in (lesson.model, lesson.source))
        shelf.sign(folder, shelf.Signed(model, texts, encoders.name, fixtures.digest(source)))
    return [(path.name, path.stat().st_size) for path in sorted(folder.glob("*.npz"))]


def learn(source: Path, encoders: Encoders, told: Callable[[str], None], words: bool) -> dict[str, Arrays]:
    """Return what is learned from a folder of texts, by the name of its file; with `words`, the table of words too."""
    made: dict[str, Arrays] = {}
    table = stored_table(shelf.kept(shelf.folder() / "table.npz")) if not words else None
    if table is None:
        told("words")
        made["table"], table = _table(source, encoders.whole)
    told("remarks")
    made["remarks"] = learn_remarks(fixtures.remarks(source / "remarks"), table, encoders.whole)
    told("mentions")
    made["mentions"] = shield_training.learn(*fixtures.mentions(source / "mentions"), table, encoders.brief, told)
    told("posts")
    made["posts"] = learn_posts(fixtures.posts(source / "posts"), table)
    return made


def _table(source: Path, encoder: Encoder) -> tuple[Arrays, Table]:
    """Distil the words of all texts, and of those that the encoder knows whole the ones that look French, as they are written."""
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for path in sorted(source.glob("*/*.jsonl")):
        for one in fixtures.lines(path):
            for word in ngrams.words(f"{one.get('text', '')} {one.get('remark', '')} {one.get('answer', '')}".lower()):
                written[ngrams.plain(word)][word] += 1
    counts = {word: sum(ways.values()) for word, ways in written.items()}
    known = [way for ways in written.values() for way in ways if way.isalpha()]
    for word in static.french(beginnings(), known, MOST_WORDS):
        written.setdefault(ngrams.plain(word), Counter({word: 1}))
    said = sorted(written)
    encoded = encoder.encode([max(sorted(written[word]), key=written[word].__getitem__) for word in said])
    table = static.distilled(said, encoded, counts)
    return packed_table(table), table


def packed_table(table: Table) -> Arrays:
    """Return a table of words as it is kept."""
    return {"words": shelf.listed(list(table.places)), "vectors": table.vectors, "scale": np.array(table.scale)}


def stored_table(held: Mapping[str, NDArray[np.generic]]) -> Table:
    """Return a table of words as it was kept."""
    said = shelf.unlisted(held["words"])
    return Table({word: at for at, word in enumerate(said)}, held["vectors"].astype(np.int8), float(held["scale"]))


def learn_remarks(told: Remarks, table: Table, encoder: Encoder) -> Arrays:
    """Return how to compare texts, what sounds like a remark, and when to be silent, with the second pass and without."""
    texts = heard(told)
    vectors = encoder.encode(texts)
    owners = _owners(told)
    rarity = ngrams.rarities([ngrams.hashed(ngrams.plain(text)) for text in texts])
    mean = vectors.mean(axis=0)
    examples = len(told.examples)
    spread = measuring.within(vectors[:examples] - mean, owners[:examples], SOFTNESS)
    made: Arrays = {"mean": mean, "within": spread.astype(np.float16), "rarity": rarity.astype(np.float16)}
    space = Space(mean, spread, rarity, table, SECOND, BEND)
    made.update({f"meanings_{name}": array for name, array in shelf.packed(measuring.centred(space, vectors)).items()})
    for name, way in (("second", encoder), ("first", None)):
        one = space._replace(shares=SECOND if way else FIRST)
        voice, usual = _voice(one, told, texts, owners, way)
        sure, bar = _silence(one, told, way)
        made.update({f"{name}_voice": voice.astype(np.float32), f"{name}_usual": np.array(usual), f"{name}_bar": np.array(bar)})
        made.update({f"{name}_{part}": array for part, array in sure._asdict().items()})
    return made


def heard(told: Remarks) -> list[str]:
    """Return all that is said in a set of remarks: examples, near misses, noise."""
    return [one.text for one in (*told.examples, *told.near)] + list(told.noise)


def _owners(told: Remarks) -> NDArray[np.int64]:
    """Return the place of the card of each text of `heard`; what is about none has a group of a few of its own."""
    place = {card.id: at for at, card in enumerate(told.cards)}
    noise = [len(place) + at % 8 for at in range(len(told.noise))]
    return np.array([place[one.remark] for one in (*told.examples, *told.near)] + noise, np.int64)


def _voice(
    space: Space, told: Remarks, texts: list[str], owners: NDArray[np.int64], encoder: Encoder | None
) -> tuple[Matrix, float]:
    given = measuring.points(space, texts, encoder)
    goals = np.array([[1.0]] * len(told.examples) + [[0.0]] * (len(texts) - len(told.examples)))
    near = measuring.nearness(space, given, given).astype(np.float64)
    return ridge.solve(near, goals - goals.mean(), STIFF, owners).weights, float(goals.mean())


def _silence(space: Space, told: Remarks, encoder: Encoder | None) -> tuple[Softmax, float]:
    """Learn on desks of some cards, with all else learned on others, how sure the first card is, and how sure to be."""
    chance, rows, right = np.random.default_rng(11), [], []
    for _ in range(TURNS):
        order = chance.permutation(len(told.cards))
        for kept, asked in ((order[::2], order[1::2]), (order[1::2], order[::2])):
            judge = _judge(space, _only(told, [told.cards[at].id for at in kept], told.noise[::2]), encoder)
            for at in range(DESKS):
                own = _only(told, [told.cards[one].id for one in asked[at::DESKS]], told.noise[1 + 2 * at :: 2 * DESKS])
                for size in SIZES:
                    found, true = _tried(judge, own, size, chance, encoder)
                    rows.append(found)
                    right.append(true)
    signs, true = np.vstack(rows), np.concatenate(right).astype(np.float64)
    sure = ridge.regress(signs, np.stack([1 - true, true], axis=1), 3.0)
    return sure, min(desks.CERTAIN, bar_of(sure.chances(signs)[:, 1], true > 0, PRECISION, CARE))


def _only(told: Remarks, ids: Sequence[str], noise: tuple[str, ...]) -> Remarks:
    kept = set(ids)
    return Remarks(
        tuple(card for card in told.cards if card.id in kept),
        tuple(one for one in told.examples if one.remark in kept),
        tuple(one for one in told.near if one.remark in kept),
        noise,
    )


def _judge(space: Space, told: Remarks, encoder: Encoder | None) -> Judge:
    """Return a judge of what is told, with its own way of comparing, but for how sure to be."""
    texts, owners = heard(told), _owners(told)
    if encoder is not None:
        spoken = encoder.encode([one.text for one in told.examples]) - space.mean
        space = space._replace(within=measuring.within(spoken, owners[: len(spoken)], SOFTNESS))
    weights, usual = _voice(space, told, texts, owners, encoder)
    given = measuring.points(space, texts, encoder)
    nothing = Softmax(np.zeros(1), np.ones(1), np.zeros((2, 2)))
    voice = desks.voiced(space, given, weights.astype(np.float32), usual)
    return Judge(space, taken(given, others(told)), voice, nothing, 1.0)


def others(told: Remarks) -> NDArray[np.int64]:
    """Return the places in `heard` of what serves as no card's: every second near miss and noise."""
    return np.arange(len(told.examples), len(told.examples) + len(told.near) + len(told.noise))[::2]


def taken(given: measuring.Points, places: NDArray[np.int64]) -> measuring.Points:
    """Return some of the texts of a space."""
    return measuring.Points(given.meanings[places], given.said[places], given.letters.taken(places))


def _tried(
    judge: Judge, told: Remarks, size: int, chance: np.random.Generator, encoder: Encoder | None
) -> tuple[Matrix, NDArray[np.bool_]]:
    """Return the signs of what a desk of `size` examples a card is asked, and whether its first card was right."""
    known, asked = divided(told, size, chance)
    made: Desk = desks.desk(judge, encoder, told.cards, known)
    texts = [text for text, _ in asked]
    given = measuring.points(judge.space, texts, encoder)
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


def slope_of(scores: Matrix, true: NDArray[np.bool_]) -> tuple[float, float]:
    """Return how a score becomes a chance: how steep, and where."""
    goals = true.astype(np.float64)
    found = ridge.regress(scores[:, None], np.stack([1 - goals, goals], axis=1), 1e-3)
    steep = float((found.weights[0, 1] - found.weights[0, 0]) / found.scale[0])
    place = float(found.weights[1, 1] - found.weights[1, 0]) - steep * float(found.mean[0])
    return steep, place


def learn_posts(told: list[Post], table: Table) -> Arrays:
    """Return the tagger and what weighs a post; what weighs it is learned on parts marked by taggers that had not seen it."""
    texts = [post.text for post in told]
    wanted = [post.marks for post in told]
    fold = np.random.default_rng(0).permutation(len(told)) % FOLDS
    found: list[list[Mark]] = [[] for _ in told]
    for one in range(FOLDS):
        kept = np.flatnonzero(fold != one)
        way = tagger.learn([texts[at] for at in kept], [wanted[at] for at in kept])
        for at in np.flatnonzero(fold == one):
            found[at] = guards.parts(way, texts[at])
    return weighed(texts, [post.label for post in told], found, table) | tagger.packed(tagger.learn(texts, wanted))


def weighed(texts: list[str], labels: list[str], marks: Sequence[Sequence[Mark]], table: Table) -> Arrays:
    """Return what weighs posts, of which the parts were marked."""
    hashed = [ngrams.hashed(ngrams.plain(text)) for text in texts]
    rarity = ngrams.rarities(hashed)
    letters = ngrams.sparse(hashed, rarity)
    rows = np.array([measured(text, own) for text, own in zip(texts, marks, strict=True)])
    middle, scale = rows.mean(axis=0), rows.std(axis=0) + 0.1
    given = (rows - middle) / scale
    said = table.encode(texts)
    goals = np.array([[label == one for one in LABELS] for label in labels], np.float64)
    near = guards.OF_LETTERS * measuring.letters_nearness(letters, letters).astype(np.float64)
    near += guards.alike(given, given) + guards.OF_SAID * (said @ said.T)
    found = ridge.solve(near, goals - goals.mean(axis=0), STIFF_POSTS)
    safe = found.left_out[:, 2] + goals[:, 2].mean()
    harmless = goals[:, 2] > 0
    weights = letters.turned(guards.OF_LETTERS * found.weights.astype(np.float32))
    return {
        "rarity": rarity.astype(np.float16),
        "mean": middle,
        "scale": scale,
        "measured": given.astype(np.float16),
        "weights": found.weights.astype(np.float32),
        "said": (guards.OF_SAID * said.T @ found.weights).astype(np.float32),
        "usual": goals.mean(axis=0),
        "bar": np.array(float(np.quantile(safe[harmless], ALARMED))),
        "slope": np.array(slope_of(safe, ~harmless)),
        **{f"letters_{name}": array for name, array in shelf.packed(weights, 1).items()},
    }
