"""What is added to an encoder: its slopes are those of what it says, and what is learned holds for texts that were left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from salledepause.features.language import additions, backward, shelf, transformer, tuning
from salledepause.features.language.additions import ENDS, Added, Additions
from salledepause.features.language.backward import Batch, Room, Way
from salledepause.features.language.transformer import Layer, Model

MARK, PIECES, PLACES = 3, 30, 16
TEXTS = [[1, 2, 3], [4, 5, 6, 7, 8], [9, 3, 1, 1]]
RELATIONS = np.array([0, 2, 2])
ARRAYS: dict[str, Callable[[Additions], NDArray[Any]]] = {
    "relations": lambda given: given.relations,
    "head": lambda given: given.head,
} | {
    f"{at} {name} {side}": lambda given, at=at, name=name, side=side: getattr(getattr(given.layers[at], name), side)
    for at in range(2)
    for name in Added._fields
    for side in ("into", "out")
}


def tiny(kind: Any = np.float64, width: int = 8) -> Model:
    chance = np.random.default_rng(1)

    def rows(*shape: int) -> NDArray[Any]:
        return (0.4 * chance.standard_normal(shape)).astype(kind)

    def even() -> tuple[NDArray[Any], NDArray[Any]]:
        return 1 + rows(width) / 2, rows(width)

    words, wide = rows(PIECES, width), width + 4
    layers = [
        Layer(
            (rows(width, 3 * width), rows(3 * width)),
            (rows(width, width), rows(width)),
            even(),
            (rows(width, wide), rows(wide)),
            (rows(wide, width), rows(width)),
            even(),
        )
        for _ in range(2)
    ]
    return Model(lambda ids: words[list(ids)], rows(PLACES, width), even(), layers, 2, 1e-12)


def batch() -> Batch:
    counts = np.array([len(one) for one in TEXTS])
    ids = np.array([one + [0] * (counts.max() - len(one)) for one in TEXTS])
    return Batch(ids, counts, RELATIONS, np.zeros((len(TEXTS), ENDS[-1]), np.float32))


def way(model: Model, given: Additions, *, dropping: bool = False) -> Way:
    chance = np.random.default_rng(5) if dropping else None
    return Way(additions.merged(model, given), given, Room(model.places.dtype.type), chance)


def numbers(model: Model) -> NDArray[Any]:
    return (0.3 * np.random.default_rng(2).standard_normal(additions.size(model))).astype(model.places.dtype)


@pytest.mark.parametrize("dropping", [False, True])
@pytest.mark.parametrize("name", ARRAYS)
def test_slopes_are_those_of_what_is_said(name: str, dropping: bool) -> None:
    model = tiny()
    wanted: NDArray[Any] = np.random.default_rng(3).standard_normal((len(TEXTS), ENDS[-1]))
    row = numbers(model)
    given, slopes = additions.laid(model, row), additions.laid(model, np.empty_like(row))
    run = way(model, given, dropping=dropping)
    backward.back(run, batch(), backward.through(run, batch()), wanted, slopes)
    array, slope = ARRAYS[name](given), ARRAYS[name](slopes)
    for place in np.random.default_rng(4).integers(0, array.size, 24):
        at, around = np.unravel_index(place, array.shape), []
        before = array[at]
        for step in (1e-3, -1e-3):
            array[at] = before + step
            around.append(float((backward.through(way(model, given, dropping=dropping), batch()).scores * wanted).sum()))
        array[at] = before
        assert slope[at] == pytest.approx((around[0] - around[1]) / 2e-3, rel=1e-3, abs=1e-3)


def test_texts_say_the_same_together_as_one_by_one() -> None:
    model = tiny(np.float32)
    given = additions.laid(model, numbers(model))
    run = way(model, given)
    together = additions.chances(backward.through(run, batch()).scores)
    each = [additions.scores(run.model, given, ids, at) for ids, at in zip(TEXTS, RELATIONS.tolist(), strict=True)]
    assert np.allclose(together, each, atol=1e-5)
    assert np.allclose([together[:, start:end].sum() for start, end in ((0, 11), (11, 14), (14, 21))], len(TEXTS))


def test_nothing_is_added_before_anything_is_learned() -> None:
    model = tiny(np.float32)
    given = additions.laid(model, numbers(model))
    additions.begin(given, np.random.default_rng(0))
    assert np.array_equal(transformer.read(additions.merged(model, given), TEXTS[1]), transformer.read(model, TEXTS[1]))


def test_what_is_added_in_place_says_the_same() -> None:
    model = tiny(np.float32)
    given = additions.laid(model, numbers(model))
    merged = additions.merged(model, given)
    additions.settle(model, given)
    assert additions.scores(model, given, TEXTS[1], 2).tolist() == additions.scores(merged, given, TEXTS[1], 2).tolist()


def told(count: int, seed: int) -> tuple[list[list[int]], NDArray[np.int64], NDArray[np.float64]]:
    """Texts with a mark or without: with it they attack and hurt, unless a friend says it; their lengths differ."""
    chance = np.random.default_rng(seed)
    texts = [chance.integers(MARK + 1, PIECES, size).tolist() for size in chance.integers(3, PLACES, count)]
    marked, relations = chance.random(count) < 0.5, chance.integers(0, 4, count)
    for text, one in zip(texts, marked, strict=True):
        text[int(chance.integers(len(text)))] = MARK if one else text[0]
    goals = np.zeros((count, ENDS[-1]))
    for row, (one, friend) in enumerate(zip(marked, relations == 3, strict=True)):
        goals[row, [int(one), ENDS[0] + 2 * (one and not friend), ENDS[1] + int(one)]] = 1
        goals[row, -1] = one and not friend
    return texts, relations, goals


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "PASSES", 16)
    monkeypatch.setattr(tuning, "RATE", 1e-2)


@pytest.mark.usefixtures("often")
def test_a_rule_is_learned_and_kept(tmp_path: Path) -> None:
    model, lost = tiny(np.float32, 32), []
    given = tuning.tune(model, *told(640, 1), lambda _, loss: lost.append(loss))
    assert len(lost) == 16
    assert lost[-1] < lost[0] / 10
    texts, relations, goals = told(100, 2)
    shelf.keep(tmp_path / "kept.npz", additions.packed(given))
    again = additions.unpacked(shelf.kept(tmp_path / "kept.npz"))
    said, kept = (
        np.array(
            [additions.scores(additions.merged(model, one), one, *text) for text in zip(texts, relations.tolist(), strict=True)]
        )
        for one in (given, again)
    )
    assert ((said > 0.5) == (goals > 0)).mean() > 0.99
    assert np.abs(said - kept).max() < 0.02


def row_of(given: Additions) -> bytes:
    return b"".join(array(given).tobytes() for array in ARRAYS.values())


def test_tuning_twice_gives_the_same_bytes_with_one_processor_or_more(monkeypatch: pytest.MonkeyPatch) -> None:
    model, texts = tiny(np.float32), told(70, 3)
    assert row_of(tuning.tune(model, *texts, lambda *_: None)) == (first := row_of(tuning.tune(model, *texts, lambda *_: None)))
    monkeypatch.setattr(tuning.os, "sched_getaffinity", lambda _: {0})  # type: ignore[attr-defined]
    assert row_of(tuning.tune(model, *texts, lambda *_: None)) == first


def test_long_texts_are_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backward, "DROP", 0.0)
    model, texts = tiny(np.float32), told(32, 4)
    whole = tuning.tune(model, *texts, lambda *_: None)
    monkeypatch.setattr(tuning, "MOST", 20)
    parts = tuning.tune(model, *texts, lambda *_: None)
    assert all(np.allclose(array(whole), array(parts), atol=1e-4) for array in ARRAYS.values())
