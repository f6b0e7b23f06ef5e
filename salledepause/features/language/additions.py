"""What is added to an encoder so that it serves an aim (`aims.py`): products of two thin arrays (Hu et al., LoRA, 2021).

Each of the four steps of a layer gains `into @ out`, of rank sixteen; each piece starts with a row that tells whose words they
are; of the mean of what all pieces mean, a head makes scores. Folded into the encoder's own weights they cost nothing to whoever
reads; kept in eight bits they take a megabyte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import shelf, transformer
from salledepause.features.language.transformer import Added, Layer, Model, Pair, Rows

RANK = 16
START = 0.02
"""Deviation of the rows of voices and of the head before anything is learned."""


class Form(NamedTuple):
    """What is added besides steps."""

    voices: int
    """How many rows there are, of which one is added to each piece of a text."""
    scores: int
    """How many the head makes."""


class Additions(NamedTuple):
    """All that is learned."""

    layers: tuple[Added, ...]
    voices: Rows
    """Of which one is added to each piece of a text: whose words they are."""
    head: Rows
    """Numbers and one constant, by score."""


def firm(model: Model) -> int:
    """Return how many numbers are added to the steps of a model."""
    return sum(RANK * (come + go) for layer in _shapes(model) for come, go in layer)


def size(model: Model, form: Form) -> int:
    """Return how many numbers all additions to a model are."""
    width: int = model.places.shape[1]
    return firm(model) + width * (form.voices + form.scores) + form.scores


def laid(model: Model, form: Form, numbers: Rows) -> Additions:
    """Return additions to a model that are parts of one row of numbers: first those to steps, then voices, then the head."""
    at = 0

    def part(*shape: int) -> Rows:
        nonlocal at
        start, at = at, at + shape[0] * shape[1]
        return numbers[start:at].reshape(shape)

    layers = [Added(*(Pair(part(come, RANK), part(RANK, go)) for come, go in layer)) for layer in _shapes(model)]
    width = model.places.shape[1]
    return Additions(tuple(layers), part(form.voices, width), part(width + 1, form.scores))


def _shapes(model: Model) -> list[list[tuple[int, int]]]:
    """Return how many numbers come to each step that is added to, and how many go, by layer."""
    return [[step[0].shape for step in (one.asked, one.given, one.wide, one.narrow)] for one in model.layers]


def begin(given: Additions, chance: np.random.Generator) -> None:
    """Set additions to what changes no step yet."""
    for layer in given.layers:
        for pair in layer:
            pair.into[:] = chance.standard_normal(pair.into.shape) / np.sqrt(len(pair.into))
            pair.out[:] = 0
    given.voices[:] = START * chance.standard_normal(given.voices.shape)
    given.head[:-1] = START * chance.standard_normal(given.head[:-1].shape)
    given.head[-1] = 0


def merged(model: Model, given: Additions) -> Model:
    """Return a model whose weights are those of another and what is added to them."""
    layers = [_layer(layer, added) for layer, added in zip(model.layers, given.layers, strict=True)]
    return model._replace(layers=layers)


def settle(model: Model, given: Additions) -> None:
    """Add to the weights of a model, in place: the same as `merged`, without memory for both."""
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


def instead(given: Additions, settled: Additions) -> list[Added]:
    """Return what is added, as steps are taken, to a model in which others were settled, so that it reads by these alone.

    It has more layers than those to which others were added.
    """
    alike = [Added(*map(_instead, *pair)) for pair in zip(given.layers, settled.layers, strict=False)]
    return [*alike, *given.layers[len(alike) :]]


def _instead(given: Pair, settled: Pair) -> Pair:
    return Pair(np.hstack([given.into, settled.into]), np.vstack([given.out, -settled.out]))


def mean(model: Model, given: Additions, ids: Sequence[int], voice: int) -> Rows:
    """Return the mean of what the pieces of one text mean; what is given was added to `model`."""
    made: Rows = transformer.read(model, ids, given.voices[voice]).mean(axis=0)
    return made


def packed(given: Additions) -> dict[str, NDArray[np.generic]]:
    """Return additions as they are kept, layers side by side."""
    made: dict[str, NDArray[np.generic]] = {name: getattr(given, name).astype(np.float16) for name in ("voices", "head")}
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
    return Additions(layers, held["voices"].astype(np.float32), held["head"].astype(np.float32))
