"""Keeps what was learned in small files beside the code, as plain arrays: nothing in them is ever run.

A file is a NumPy archive without pickles. Weights are kept in eight or sixteen bits; what can be computed again from the texts
that were learned from is computed when it is first needed.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from salledepause.kernel.errors import BadInput

VERSION = 6
"""Of the shape of what is kept."""
Arrays = dict[str, NDArray[np.generic]]
SIGNED = "learned.json"
DAY = (1980, 1, 1, 0, 0, 0)
"""Of files in an archive, always the same: what was learned twice is twice the same bytes."""


def folder() -> Path:
    """Return where what comes with the package is kept."""
    return Path(str(files("salledepause.features.language") / "learned"))


class Signed(msgspec.Struct, frozen=True):
    """With what a folder was learned: where its model and its texts are (None: in the package), which they were."""

    model: str | None
    source: str | None
    encoder: str
    texts: str


def sign(path: Path, signed: Signed) -> None:
    """Write with what a folder was learned."""
    (path / SIGNED).write_bytes(msgspec.json.encode(signed) + b"\n")


def signed(path: Path) -> Signed:
    """Read with what a folder was learned. Raises BadInput where nothing was."""
    try:
        return msgspec.json.decode((path / SIGNED).read_bytes(), type=Signed)
    except (OSError, msgspec.MsgspecError):
        raise BadInput("Rien n'a été appris dans {folder} : « salledepause language train --into … ».", folder=path) from None


def keep(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write arrays to a file, always the same bytes for the same arrays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for name, array in {**arrays, "version": np.array(VERSION)}.items():
            held = io.BytesIO()
            np.lib.format.write_array(held, np.asarray(array, order="C"), allow_pickle=False)
            made.writestr(zipfile.ZipInfo(f"{name}.npy", DAY), held.getvalue(), zipfile.ZIP_DEFLATED)


def kept(path: Path, prefix: str = "") -> dict[str, NDArray[np.generic]]:
    """Read the arrays of a file whose names begin so, by the rest of their names; raises ValueError for another version's."""
    with np.load(path, allow_pickle=False) as held:
        if held["version"].item() != VERSION:
            raise ValueError("what was learned has another shape: learn it again")
        names = [name for name in held.files if name.startswith(prefix) and name != "version"]
        return {name.removeprefix(prefix): held[name] for name in names}


def packed(rows: NDArray[np.float32], axis: int = 0, bits: int = 8) -> dict[str, NDArray[np.generic]]:
    """Return rows in some bits, eight at most, and the scale of each along `axis`."""
    other = tuple(at for at in range(rows.ndim) if at != axis)
    scale = np.abs(rows).max(axis=other, keepdims=True) / (2 ** (bits - 1) - 1) + 1e-12
    return {"bits": np.round(rows / scale).astype(np.int8), "scale": scale.astype(np.float32)}


def unpacked(bits: NDArray[np.generic], scale: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return rows of numbers again."""
    made: NDArray[np.float32] = bits.astype(np.float32) * scale.astype(np.float32)
    return made


def listed(words: list[str]) -> NDArray[np.generic]:
    """Return words as an array of bytes."""
    return np.frombuffer("\n".join(words).encode(), np.uint8)


def unlisted(held: NDArray[np.generic]) -> list[str]:
    """Return words again."""
    return bytes(held.astype(np.uint8)).decode().split("\n")
