"""How what an encoder says of texts changes with what is added to it: the way through its layers, and the way back.

Texts of near lengths go together, filled up to the longest; what fills is seen by nothing. `model` is one whose weights hold the
additions already (`additions.merged`); the slope of a sum of products is told of each factor by the other, so that nothing more
is needed on the way than what the layers compute anyway. All rows lie in memory that is used again for the next batch: fresh
memory costs as much as filling it.
"""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language.additions import Additions
from salledepause.features.language.transformer import ERF, Added, Layer, Model, Pair, Rows, Step

DROP = 0.1
"""Share of numbers that are dropped as it learns: at the start, after each step that ends a block, of the mean."""
BLOCK = 16
"""Rows that are bent together: as many as stay near the core."""
UNSEEN = -1e4
BELL = np.float32((2 * np.pi) ** -0.5)


class Batch(NamedTuple):
    """Texts that go together."""

    ids: NDArray[np.int64]
    """Of pieces, texts by places."""
    counts: NDArray[np.int64]
    """How many pieces each text has."""
    voices: NDArray[np.int64]
    """Which row is added to the pieces of each."""


class Room:
    """Memory for rows, by name."""

    def __init__(self, kind: type[np.floating] = np.float32) -> None:
        """`kind` is that of numbers: of twice the width only to check slopes."""
        self._kind = kind
        self._held: dict[str, Rows] = {}

    def rows(self, name: str, *shape: int) -> Rows:
        """Return rows of any content, at the same place as those that had the name before."""
        size = prod(shape)
        held = self._held.get(name)
        if held is None or held.size < size:
            held = self._held[name] = np.empty(size, self._kind)
        return held[:size].reshape(shape)


class Way(NamedTuple):
    """What a batch goes through."""

    model: Model
    given: Additions
    room: Room
    chance: np.random.Generator | None = None
    """Of what is dropped; None: nothing is."""


class Evened(NamedTuple):
    """Rows of mean nought and deviation one, what they were divided by, and what the step makes of them."""

    rows: Rows
    share: Rows
    made: Rows
    kept: Rows | None
    """What was not dropped."""


class Passed(NamedTuple):
    """What the way back through a layer needs."""

    state: Rows
    sides: Rows
    """What is asked, offered and told: texts, places, three, heads, numbers."""
    near: Rows
    met: Rows
    eased: Evened
    bent: Rows
    slope: Rows
    """Of what was bent."""
    last: Evened


class Said(NamedTuple):
    """What a batch means, and all that the way back needs."""

    start: Evened
    layers: list[Passed]
    means: Rows
    """Of each text, the mean of what its pieces mean."""
    kept: Rows | None
    shares: Rows
    """Of each place in the mean of its text."""


def through(way: Way, batch: Batch) -> Said:
    """Return what texts mean."""
    model, (texts, places) = way.model, batch.ids.shape
    width = model.places.shape[1]
    rows = way.room.rows("start", texts, places, width)
    rows[:] = model.words(batch.ids.ravel().tolist()).reshape(rows.shape)
    rows += model.places[:places]
    rows += way.given.voices[batch.voices][:, None]
    start = _evened(way, "start", rows.reshape(-1, width), model.even)
    start = start._replace(kept=_dropped(way, "start", start.made))
    seen = np.arange(places) < batch.counts[:, None]
    hidden = None if seen.all() else np.where(seen, rows.dtype.type(0), rows.dtype.type(UNSEEN))
    state, layers = start.made, []
    for at, layer in enumerate(model.layers):
        layers.append(_passed(way, (f"{at}", layer), state, texts, hidden))
        state = layers[-1].last.made
    shares = (seen / batch.counts[:, None]).astype(rows.dtype)
    means = (shares[:, None] @ state.reshape(texts, places, width))[:, 0]
    kept = _dropped(way, "mean", means)
    return Said(start, layers, means, kept, shares)


def _passed(way: Way, named: tuple[str, Layer], state: Rows, texts: int, hidden: Rows | None) -> Passed:
    (at, layer), room, (count, width) = named, way.room, state.shape
    heads, places = way.model.heads, count // texts
    sides = _step(room, f"{at} sides", state, layer.asked).reshape(texts, places, 3, heads, width // heads)
    asked, offered, told = sides.transpose(2, 0, 3, 1, 4)
    near = np.matmul(asked, offered.swapaxes(2, 3), out=room.rows(f"{at} near", texts, heads, places, places))
    if hidden is not None:
        near += hidden[:, None, None]
    near -= near.max(axis=-1, keepdims=True)
    near *= near.dtype.type((width // heads) ** -0.5)
    np.exp(near, out=near)
    near /= near.sum(axis=-1, keepdims=True)
    met = room.rows(f"{at} met", count, width)
    np.matmul(near, told, out=met.reshape(texts, places, heads, -1).swapaxes(1, 2))
    eased = _block(way, f"{at} eased", (met, layer.given, layer.eased), state)
    bent = _step(room, f"{at} bent", eased.made, layer.wide)
    slope = room.rows(f"{at} slope", *bent.shape)
    for row in range(0, count, BLOCK):
        _bend(bent[row : row + BLOCK], slope[row : row + BLOCK], room)
    last = _block(way, f"{at} last", (bent, layer.narrow, layer.last), eased.made)
    return Passed(state, sides, near, met, eased, bent, slope, last)


def _block(way: Way, name: str, given: tuple[Rows, Step, Step], before: Rows) -> Evened:
    """Return the end of a block: a step, added to what was there before it, evened."""
    rows, step, even = given
    made = _step(way.room, name, rows, step)
    kept = _dropped(way, name, made)
    made += before
    return _evened(way, name, made, even)._replace(kept=kept)


def _step(room: Room, name: str, rows: Rows, step: Step) -> Rows:
    made: Rows = np.matmul(rows, step[0], out=room.rows(name, len(rows), step[0].shape[1]))
    made += step[1]
    return made


def _dropped(way: Way, name: str, rows: Rows) -> Rows | None:
    """Drop some numbers, and return by what all were multiplied."""
    if way.chance is None:
        return None
    kept = way.room.rows(f"{name} kept", *rows.shape)
    way.chance.random(dtype=kept.dtype, out=kept)
    np.greater_equal(kept, DROP, out=kept)
    kept *= kept.dtype.type(1 / (1 - DROP))
    rows *= kept
    return kept


def _evened(way: Way, name: str, rows: Rows, even: Step) -> Evened:
    rows -= rows.mean(axis=-1, keepdims=True)
    spread = np.einsum("ij,ij->i", rows, rows)[:, None] / rows.dtype.type(rows.shape[1])
    share = 1 / np.sqrt(spread + rows.dtype.type(way.model.slack))
    rows *= share
    made = np.multiply(rows, even[0], out=way.room.rows(f"{name} made", *rows.shape))
    made += even[1]
    return Evened(rows, share, made, None)


def _bend(rows: Rows, slope: Rows, room: Room) -> None:
    """Make of rows, in place, the Gaussian error linear unit, and tell its slope: x Φ(x), and Φ(x) + x φ(x)."""
    share, bell = room.rows("share", *rows.shape), room.rows("bell", *rows.shape)
    np.abs(rows, out=bell)
    bell *= np.float32(0.5**0.5)
    np.multiply(bell, np.float32(0.3275911), out=share)
    share += 1
    np.reciprocal(share, out=share)
    np.multiply(share, ERF[0], out=slope)
    for one in ERF[1:]:
        slope += one
        slope *= share
    bell *= bell
    np.negative(bell, out=bell)
    np.exp(bell, out=bell)
    slope *= bell
    np.subtract(1, slope, out=slope)
    np.copysign(slope, rows, out=slope)
    slope += 1
    slope *= np.float32(0.5)
    bell *= BELL
    bell *= rows
    rows *= slope
    slope += bell


def back(way: Way, batch: Batch, said: Said, change: Rows, into: Additions) -> None:
    """Write how what is wanted changes with what was added to steps and voices; `change` says how it does with each mean."""
    means = change if said.kept is None else change * said.kept
    (texts, places), width = batch.ids.shape, means.shape[1]
    rows = way.room.rows("back", texts, places, width)
    np.multiply(means[:, None], said.shares[:, :, None], out=rows)
    flat = rows.reshape(-1, width)
    for at in reversed(range(len(said.layers))):
        _back(way, at, said.layers[at], flat, into.layers[at])
    if said.start.kept is not None:
        flat *= said.start.kept
    _uneven(way.room, flat, said.start, way.model.even)
    into.voices[:] = 0
    np.add.at(into.voices, batch.voices, rows.sum(axis=1))


def _back(way: Way, at: int, passed: Passed, rows: Rows, into: Added) -> None:
    """Go back through a layer: `rows` say how what is wanted changes with what it gave, then with what it was given."""
    room, layer, given = way.room, way.model.layers[at], way.given.layers[at]
    _uneven(room, rows, passed.last, layer.last)
    ended = _undropped(room, rows, passed.last.kept)
    _slopes(room, passed.bent, ended, given.narrow, into.narrow)
    wide = np.matmul(ended, layer.narrow[0].T, out=room.rows("wide", *passed.bent.shape))
    wide *= passed.slope
    _slopes(room, passed.eased.made, wide, given.wide, into.wide)
    rows += np.matmul(wide, layer.wide[0].T, out=room.rows("spare", *rows.shape))
    _uneven(room, rows, passed.eased, layer.eased)
    ended = _undropped(room, rows, passed.eased.kept)
    _slopes(room, passed.met, ended, given.given, into.given)
    met = np.matmul(ended, layer.given[0].T, out=room.rows("spare", *rows.shape))
    sides = _unmet(room, passed, met)
    _slopes(room, passed.state, sides, given.asked, into.asked)
    rows += np.matmul(sides, layer.asked[0].T, out=room.rows("spare", *rows.shape))


def _unmet(room: Room, passed: Passed, met: Rows) -> Rows:
    """Return how what is wanted changes with what was asked, offered and told, side by side."""
    asked, offered, told = passed.sides.transpose(2, 0, 3, 1, 4)
    texts, heads, places, narrow = told.shape
    made = room.rows("sides", texts, places, 3, heads, narrow)
    to_asked, to_offered, to_told = made.transpose(2, 0, 3, 1, 4)
    met = met.reshape(texts, places, heads, narrow).swapaxes(1, 2)
    np.matmul(passed.near.swapaxes(2, 3), met, out=to_told)
    near = np.matmul(met, told.swapaxes(2, 3), out=room.rows("near", *passed.near.shape))
    near -= np.einsum("abij,abij->abi", near, passed.near)[..., None]
    near *= passed.near
    near *= near.dtype.type(narrow**-0.5)
    np.matmul(near, offered, out=to_asked)
    np.matmul(near.swapaxes(2, 3), asked, out=to_offered)
    return made.reshape(texts * places, -1)


def _slopes(room: Room, rows: Rows, change: Rows, given: Pair, into: Pair) -> None:
    thin = room.rows("thin", len(rows), len(given.out))
    np.matmul(np.matmul(rows, given.into, out=thin).T, change, out=into.out)
    np.matmul(rows.T, np.matmul(change, given.out.T, out=thin), out=into.into)


def _undropped(room: Room, rows: Rows, kept: Rows | None) -> Rows:
    return rows if kept is None else np.multiply(rows, kept, out=room.rows("ended", *rows.shape))


def _uneven(room: Room, rows: Rows, evened: Evened, even: Step) -> None:
    """Go back, in place, through what made rows even."""
    rows *= even[0]
    rows -= rows.mean(axis=-1, keepdims=True)
    along = np.einsum("ij,ij->i", rows, evened.rows)[:, None] / rows.dtype.type(rows.shape[1])
    rows -= np.multiply(evened.rows, along, out=room.rows("spare", *rows.shape))
    rows *= evened.share
