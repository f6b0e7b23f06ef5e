"""What is added to an encoder so that it tells what a mention does: products of two thin arrays (Hu et al., LoRA, 2021).

Each of the four steps of a layer gains `into @ out`, of rank sixteen; each piece starts with a row that tells whose words they
are; of the mean of what all pieces mean, a head makes the score of each of `shields.GOALS`. Folded into the encoder's own weights
they cost nothing to whoever reads; kept in eight bits they take a megabyte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import shelf, transformer
from salledepause.features.language.model import KINDS, RELATIONS, TARGETS, ZONES
from salledepause.features.language.transformer import Layer, Model, Rows

RANK = 16
ENDS = tuple(accumulate((len(KINDS), len(ZONES), len(TARGETS), 1)))
"""Where kinds, zones, targets and `hostile` end among goals."""
START = 0.02
"""Deviation of the rows of relations and of the head before anything is learned."""


class Pair(NamedTuple):
    """What is added to a step: `into` (numbers that come by rank), and `out` (rank by numbers that go)."""

    into: Rows
    out: Rows


class Added(NamedTuple):
    """What is added to the steps of one layer, named as in `Layer`."""

    asked: Pair
    given: Pair
    wide: Pair
    narrow: Pair


class Additions(NamedTuple):
    """All that is learned."""

    layers: tuple[Added, ...]
    relations: Rows
    """Added to each piece, by relation."""
    head: Rows
    """Numbers and one constant, by goal."""


def firm(model: Model) -> int:
    """Return how many numbers are added to the steps of a model."""
    return sum(RANK * (come + go) for layer in _shapes(model) for come, go in layer)


def size(model: Model) -> int:
    """Return how many numbers all additions to a model are."""
    width: int = model.places.shape[1]
    return firm(model) + width * (len(RELATIONS) + ENDS[-1]) + ENDS[-1]


def laid(model: Model, numbers: Rows) -> Additions:
    """Return additions to a model that are parts of one row of numbers: first those to steps, then relations, then the head."""
    at = 0

    def part(*shape: int) -> Rows:
        nonlocal at
        start, at = at, at + shape[0] * shape[1]
        return numbers[start:at].reshape(shape)

    layers = [Added(*(Pair(part(come, RANK), part(RANK, go)) for come, go in layer)) for layer in _shapes(model)]
    width = model.places.shape[1]
    return Additions(tuple(layers), part(len(RELATIONS), width), part(width + 1, ENDS[-1]))


def _shapes(model: Model) -> list[list[tuple[int, int]]]:
    """Return how many numbers come to each step that is added to, and how many go, by layer."""
    return [[step[0].shape for step in (one.asked, one.given, one.wide, one.narrow)] for one in model.layers]


def begin(given: Additions, chance: np.random.Generator) -> None:
    """Set additions to what changes no step yet."""
    for layer in given.layers:
        for pair in layer:
            pair.into[:] = chance.standard_normal(pair.into.shape) / np.sqrt(len(pair.into))
            pair.out[:] = 0
    given.relations[:] = START * chance.standard_normal(given.relations.shape)
    given.head[:-1] = START * chance.standard_normal(given.head[:-1].shape)
    given.head[-1] = 0


def merged(model: Model, given: Additions) -> Model:
    """Return a model whose weights are those of another and what is added to them."""
    layers = [_layer(layer, added) for layer, added in zip(model.layers, given.layers, strict=True)]
    return model._replace(layers=layers)


def settle(model: Model, given: Additions) -> None:
    """Add to the weights of a model, in place: the same as `merged`, in half the memory."""
    for layer, added in zip(model.layers, given.layers, strict=True):
        for name, pair in added._asdict().items():
            weights, _ = getattr(layer, name)
            weights += pair.into @ pair.out


def _layer(layer: Layer, added: Added) -> Layer:
    steps = {}
    for name, pair in added._asdict().items():
        weights, constant = getattr(layer, name)
        made = pair.into @ pair.out
        made += weights
        steps[name] = (made, constant)
    return layer._replace(**steps)


def scores(model: Model, given: Additions, ids: Sequence[int], relation: int) -> Rows:
    """Return the chance of each goal for the pieces of one text; what is given was added to `model`."""
    made: Rows = chances((mean(model, given, ids, relation) @ given.head[:-1] + given.head[-1])[None])[0]
    return made


def mean(model: Model, given: Additions, ids: Sequence[int], relation: int) -> Rows:
    """Return the mean of what the pieces of one text mean, from which the chances are told."""
    made: Rows = transformer.read(model, ids, given.relations[relation]).mean(axis=0)
    return made


def chances(said: Rows) -> Rows:
    """Return the chances that scores stand for, in place: of one kind, zone and target each, and that it hurts."""
    start = 0
    for end in ENDS[:-1]:
        part = said[:, start:end]
        part -= part.max(axis=1, keepdims=True)
        np.exp(part, out=part)
        part /= part.sum(axis=1, keepdims=True)
        start = end
    said[:, -1] = 0.5 + 0.5 * np.tanh(0.5 * said[:, -1])
    return said


def packed(given: Additions) -> dict[str, NDArray[np.generic]]:
    """Return additions as they are kept, layers side by side."""
    made: dict[str, NDArray[np.generic]] = {name: getattr(given, name).astype(np.float16) for name in ("relations", "head")}
    for name in Added._fields:
        pairs = [getattr(layer, name) for layer in given.layers]
        for side, rows, axis in (
            ("into", np.hstack([one.into for one in pairs]), 1),
            ("out", np.vstack([one.out for one in pairs]), 0),
        ):
            made.update({f"{name}_{side}_{part}": array for part, array in shelf.packed(rows, axis).items()})
    return made


def unpacked(held: Mapping[str, NDArray[np.generic]]) -> Additions:
    """Return additions as they were kept."""
    steps = []
    for name in Added._fields:
        into, out = (shelf.unpacked(held[f"{name}_{side}_bits"], held[f"{name}_{side}_scale"]) for side in Pair._fields)
        count = len(out) // RANK
        parts = zip(np.hsplit(into, count), np.vsplit(out, count), strict=True)
        steps.append([Pair(np.ascontiguousarray(come), go) for come, go in parts])
    layers = tuple(Added(*pairs) for pairs in zip(*steps, strict=True))
    return Additions(layers, held["relations"].astype(np.float32), held["head"].astype(np.float32))
