"""What is added to an encoder: its slopes are those of what it says, and what is learned holds for texts that were left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from salledepause.features.language import additions, aims, backward, shelf, transformer, tuning
from salledepause.features.language.additions import Additions, Form
from salledepause.features.language.aims import Aim
from salledepause.features.language.backward import Batch, Room, Way
from salledepause.features.language.transformer import Added, Layer, Model

MARK, PIECES, PLACES = 3, 30, 16
ENDS = aims.MENTIONS.ends
MENTIONS = Form(4, ENDS[-1])
TEXTS = [[1, 2, 3], [4, 5, 6, 7, 8], [9, 3, 1, 1]]
RELATIONS = np.array([0, 2, 2])
ARRAYS: dict[str, Callable[[Additions], NDArray[Any]]] = {
    "voices": lambda given: given.voices,
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
    return Batch(ids, counts, RELATIONS)


def way(model: Model, given: Additions, *, dropping: bool = False) -> Way:
    chance = np.random.default_rng(5) if dropping else None
    return Way(additions.merged(model, given), given, Room(model.places.dtype.type), chance)


def numbers(model: Model) -> NDArray[Any]:
    return (0.3 * np.random.default_rng(2).standard_normal(additions.size(model, MENTIONS))).astype(model.places.dtype)


@pytest.mark.parametrize("dropping", [False, True])
@pytest.mark.parametrize("name", ARRAYS)
def test_slopes_are_those_of_what_is_said(name: str, dropping: bool) -> None:
    model = tiny()
    wanted: NDArray[Any] = np.random.default_rng(3).standard_normal((len(TEXTS), 8))
    row = numbers(model)
    given, slopes = additions.laid(model, MENTIONS, row), additions.laid(model, MENTIONS, np.empty_like(row))
    run = way(model, given, dropping=dropping)
    backward.back(run, batch(), backward.through(run, batch()), wanted, slopes)
    array, slope = ARRAYS[name](given), ARRAYS[name](slopes)
    for place in np.random.default_rng(4).integers(0, array.size, 24):
        at, around = np.unravel_index(place, array.shape), []
        before = array[at]
        for step in (1e-3, -1e-3):
            array[at] = before + step
            around.append(float((backward.through(way(model, given, dropping=dropping), batch()).means * wanted).sum()))
        array[at] = before
        assert slope[at] == pytest.approx((around[0] - around[1]) / 2e-3, rel=1e-3, abs=1e-3)


def test_texts_mean_the_same_together_as_one_by_one() -> None:
    model = tiny(np.float32)
    given = additions.laid(model, MENTIONS, numbers(model))
    run = way(model, given)
    each = [additions.mean(run.model, given, ids, at) for ids, at in zip(TEXTS, RELATIONS.tolist(), strict=True)]
    assert np.allclose(backward.through(run, batch()).means, each, atol=1e-5)


GOALS = np.hstack([np.eye(11)[:3], np.eye(3)[[0, 1, 1]], np.eye(7)[4:], [[0], [1], [1]]])
AIMS: dict[str, tuple[Aim, int]] = {
    "goals": (aims.Goals(TEXTS, GOALS, aims.MENTIONS, 4), 3),
    "remarks": (aims.Alike(np.array([0, 0, 0, 1, 1, 1, 2]), np.array([0, 1, 2, 0, 1, 1, 2])), 7),
}


@pytest.mark.parametrize("name", AIMS)
def test_slopes_of_an_aim_are_those_of_what_is_lost(name: str) -> None:
    aim, count = AIMS[name]
    chance = np.random.default_rng(6)
    head: NDArray[Any] = 0.5 * chance.standard_normal((9, aim.form.scores))
    means: NDArray[Any] = chance.standard_normal((count, 8))
    places, into, spare = np.arange(count), np.empty_like(head), np.empty_like(head)
    _, change = aim.lost(head, means, places, into)
    for array, slope in ((head, into), (means, change)):
        for at in np.ndindex(array.shape):
            before, around = array[at], []
            for step in (1e-4, -1e-4):
                array[at] = before + step
                around.append(aim.lost(head, means, places, spare)[0])
            array[at] = before
            assert slope[at] == pytest.approx((around[0] - around[1]) / 2e-4, rel=1e-3, abs=1e-3)


def test_the_chances_of_kinds_zones_and_targets_are_one_each() -> None:
    said = aims.chances(np.random.default_rng(7).standard_normal((3, ENDS[-1])).astype(np.float32), ENDS)
    assert np.allclose([said[:, start:end].sum() for start, end in ((0, 11), (11, 14), (14, 21))], 3)


def test_nothing_is_added_before_anything_is_learned() -> None:
    model = tiny(np.float32)
    given = additions.laid(model, MENTIONS, numbers(model))
    additions.begin(given, np.random.default_rng(0))
    assert np.array_equal(transformer.read(additions.merged(model, given), TEXTS[1]), transformer.read(model, TEXTS[1]))


def test_what_is_added_as_steps_are_taken_stands_instead_of_what_was_settled() -> None:
    model = tiny(np.float32)
    given, other = (additions.laid(model, MENTIONS, row) for row in (numbers(model), numbers(model)[::-1].copy()))
    wanted = transformer.read(additions.merged(model, given), TEXTS[1])
    assert np.allclose(transformer.read(model, TEXTS[1], None, given.layers), wanted, atol=1e-4)
    settled = other._replace(layers=other.layers[:1])
    additions.settle(transformer.shallow(model, 1), settled)
    assert not np.allclose(transformer.read(model, TEXTS[1], None, given.layers), wanted, atol=1e-2)
    assert np.allclose(transformer.read(model, TEXTS[1], None, additions.instead(given, settled)), wanted, atol=1e-4)


def test_what_is_added_in_place_says_the_same() -> None:
    model = tiny(np.float32)
    given = additions.laid(model, MENTIONS, numbers(model))
    merged = additions.merged(model, given)
    additions.settle(model, given)
    assert additions.mean(model, given, TEXTS[1], 2).tolist() == additions.mean(merged, given, TEXTS[1], 2).tolist()


Told = tuple[list[list[int]], NDArray[np.int64], NDArray[np.float64]]


def told(count: int, seed: int) -> Told:
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


def tuned(model: Model, texts: Told, heard: Callable[[int, float], None] = lambda *_: None) -> Additions:
    pieces, relations, goals = texts
    return tuning.tune(model, pieces, relations, aims.Goals(pieces, goals, aims.MENTIONS, 4), heard)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aims, "PASSES", 16)
    monkeypatch.setattr(tuning, "TOLD", 16)
    monkeypatch.setattr(tuning, "RATE", 1e-2)


def test_wordings_of_a_card_that_share_a_mark_come_together(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("STEPS", 40), ("CARDS", 8)):
        monkeypatch.setattr(aims, name, value)
    chance, model = np.random.default_rng(8), tiny(np.float32, 32)
    marks = np.repeat(np.arange(10), 6)
    texts = [
        [int(mark) + MARK, *chance.integers(PIECES - 8, PIECES, size).tolist()]
        for mark, size in zip(marks, marks + 3, strict=True)
    ]
    aim = aims.Alike(marks, np.tile([0, 1, 1, 1, 1, 2], 10))
    halves = aim.batches()
    assert len(halves) == 40
    assert {len(set(marks[one])) for pair in halves for one in pair} == {4}
    assert not any(set(marks[one]) & set(marks[other]) for one, other in halves)
    lost = list[float]()
    given = tuning.tune(model, texts, np.zeros(len(texts), np.int64), aim, lambda _, loss: lost.append(loss))
    assert lost[-1] < lost[0]
    merged = additions.merged(model, given)
    means = np.array([additions.mean(merged, given, text, 0) for text in texts])
    means -= means.mean(axis=0)
    means /= np.linalg.norm(means, axis=1)[:, None]
    near, same = means @ means.T, marks[:, None] == marks
    assert near[same].mean() > near[~same].mean() + 0.3


@pytest.mark.usefixtures("often")
def test_a_rule_is_learned_and_kept(tmp_path: Path) -> None:
    model, lost = tiny(np.float32, 32), []
    given = tuned(model, told(640, 1), lambda _, loss: lost.append(loss))
    assert len(lost) == 16
    assert lost[-1] < lost[0] / 10
    texts, relations, goals = told(100, 2)
    shelf.keep(tmp_path / "kept.npz", additions.packed(given))
    again = additions.unpacked(shelf.kept(tmp_path / "kept.npz"))
    said, kept = (
        np.array(
            [additions.mean(additions.merged(model, one), one, *text) for text in zip(texts, relations.tolist(), strict=True)]
        )
        for one in (given, again)
    )
    said, kept = (aims.chances(means @ one.head[:-1] + one.head[-1], ENDS) for means, one in ((said, given), (kept, again)))
    assert ((said > 0.5) == (goals > 0)).mean() > 0.99
    assert np.abs(said - kept).max() < 0.02


def row_of(given: Additions) -> bytes:
    return b"".join(array(given).tobytes() for array in ARRAYS.values()) + given.head.tobytes()


def test_tuning_twice_gives_the_same_bytes_with_one_processor_or_more(monkeypatch: pytest.MonkeyPatch) -> None:
    model, texts = tiny(np.float32), told(70, 3)
    assert row_of(tuned(model, texts)) == (first := row_of(tuned(model, texts)))
    monkeypatch.setattr(tuning.os, "sched_getaffinity", lambda _: {0})  # type: ignore[attr-defined]
    assert row_of(tuned(model, texts)) == first


def test_long_texts_are_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backward, "DROP", 0.0)
    model, texts = tiny(np.float32), told(32, 4)
    whole = tuned(model, texts)
    monkeypatch.setattr(tuning, "MOST", 20)
    parts = tuned(model, texts)
    assert all(np.allclose(array(whole), array(parts), atol=1e-4) for array in ARRAYS.values())
