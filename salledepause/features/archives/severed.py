"""A zip that was cut off has lost its index, which is at its end: its members are found again from the front.

Source: APPNOTE.TXT 6.3.10, §4.3.7 (local file header), §4.3.9 (data descriptor).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

HEADER = struct.Struct("<4sHHHHHIIIHH")
SIGNATURE = b"PK\x03\x04"
STORED, DEFLATED = 0, 8
UNTOLD = 8
"""Flag of a member whose sizes come after it."""
ENCRYPTED = 1
PIECE = 1 << 16
MOST = 500_000


class Place(NamedTuple):
    """Where the bytes of a member are; `size` is `None` for those that end by themselves."""

    start: int
    size: int | None
    deflated: bool


def members(path: Path) -> Iterator[tuple[str, Place]]:
    """Yield the members of a cut zip in order, the last perhaps incomplete."""
    with path.open("rb") as file:
        for _ in range(MOST):
            head = file.read(HEADER.size)
            if len(head) < HEADER.size or not head.startswith(SIGNATURE):
                return
            _, _, flags, method, _, _, _, size, _, name_length, extra_length = HEADER.unpack(head)
            name = file.read(name_length).decode("utf-8", "replace")
            start = file.seek(extra_length, io.SEEK_CUR)
            told = not flags & UNTOLD and size != 0xFFFFFFFF  # noqa: PLR2004 - written elsewhere, in 64 bits
            if flags & ENCRYPTED or method not in {STORED, DEFLATED} or (method == STORED and not told):
                return
            place = Place(start, size if told else None, method == DEFLATED)
            yield name, place
            if told:
                file.seek(size, io.SEEK_CUR)
            elif not _passed(file):
                return


def _passed(file: IO[bytes]) -> bool:
    """Go past deflated bytes and the sizes that follow them; return whether they end."""
    unfolding = zlib.decompressobj(-zlib.MAX_WBITS)
    while not unfolding.eof:
        piece = unfolding.unconsumed_tail or file.read(PIECE)
        try:
            found = unfolding.decompress(piece, PIECE)
        except zlib.error:
            return False
        if not piece and not found:
            return False
    file.seek(-len(unfolding.unused_data), io.SEEK_CUR)
    after = file.read(24)
    signed = 4 if after.startswith(b"PK\x07\x08") else 0
    following = next((end for end in (signed + 12, signed + 20) if after[end : end + 2] in {b"PK", b""}), None)
    if following is None:
        return False
    file.seek(following - len(after), io.SEEK_CUR)
    return True


def reading(file: io.BufferedReader, place: Place) -> IO[bytes]:
    """Open a member as a file that is read forwards."""
    file.seek(place.start)
    return Unfolding(file, -zlib.MAX_WBITS if place.deflated else 0, place.size)


class Unfolding(io.BytesIO):
    """The next bytes of a file, unfolded as they are read; reading raises EOFError where they are cut off."""

    def __init__(self, file: IO[bytes], window: int, size: int | None = None) -> None:
        """Read at most `size` bytes of `file`, deflated with this window (as zlib names it; 0: as they are)."""
        super().__init__()
        self._file, self._left = file, size
        self._unfolding = zlib.decompressobj(window) if window else None

    def read(self, size: int | None = -1) -> bytes:
        """Return some of the bytes, at most `size`; none at the end."""
        most = PIECE if size is None or size < 0 else min(size, PIECE)
        if self._unfolding is None:
            return self._raw(most)
        while not self._unfolding.eof:
            piece = self._unfolding.unconsumed_tail or self._raw(most)
            if found := self._unfolding.decompress(piece, most):
                return found
            if not piece:
                raise EOFError
        return b""

    def _raw(self, most: int) -> bytes:
        wanted = most if self._left is None else min(most, self._left)
        found = self._file.read(wanted)
        if self._left is not None:
            if len(found) < wanted:
                raise EOFError
            self._left -= len(found)
        return found
