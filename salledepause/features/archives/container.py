"""Opening what somebody hands over as an archive: zip or tar, compressed or not, whole or cut off. It is hostile until read.

Nothing is ever written under a name that the archive gives: members are found by their normalised names and copied, one at a
time and no further than their bound, to a nameless file. Links, devices, sparse and encrypted members are no members.
"""

from __future__ import annotations

import io
import posixpath
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Protocol, Self

from salledepause.features.archives import severed
from salledepause.features.archives.model import MEBIBYTE
from salledepause.kernel.blobs import FULL
from salledepause.kernel.errors import BadInput, Unavailable

PIECE = 1 << 16
"""Bytes read at a time: what comes before a damage is lost by no more than that."""
MOST_AT_ONCE = 16 * MEBIBYTE
"""Bytes that a library may ask for in one reading: of an index, of a header."""
MOST_MEMBERS = 500_000
MOST_SWELLING = 100
"""How many times its own size a compressed tar may become, beyond `SLACK`."""
GZIP = zlib.MAX_WBITS | 16
SLACK = 64 * MEBIBYTE
ROOM = 512 * MEBIBYTE
"""Bytes that stay free on the disk whatever an archive unfolds to."""

NEITHER = "Ce fichier n'est pas une archive lisible : attendu un fichier zip ou tar.gz."
SEVERED = "L'archive est abîmée ou s'arrête au milieu ; ce qui s'en lit est repris."
HEAVY = "Ce fichier de l'archive est trop lourd : {mebibytes} Mio au plus."
NO_ROOM = "Le disque n'a pas la place de déplier cette archive."
DAMAGED = "Ce fichier de l'archive est abîmé."
SWOLLEN = "Cette archive se déplie démesurément : elle n'est pas lue."
BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
"""What the libraries raise for what is damaged, encrypted, or made to deceive them."""


class Readable(Protocol):
    """What is read forwards."""

    def read(self, size: int, /) -> bytes:
        """Return some of the next bytes, none at the end."""


class Container(Protocol):
    """A kind of archive: its files by name, and what is wrong with it as a whole."""

    members: dict[str, Any]
    severed: bool

    def open(self, name: str) -> IO[bytes]:
        """Open one of its files."""

    def close(self) -> None:
        """Close whatever is open."""


class _Sober(io.BufferedReader):
    """A file of which nobody reads very much at once: an index that says that it is huge is not believed."""

    def read(self, size: int | None = -1) -> bytes:
        """Return at most what may be read at once; raises ValueError beyond."""
        asked = MOST_AT_ONCE + 1 if size is None or size < 0 else size
        found = super().read(min(asked, MOST_AT_ONCE + 1))
        if len(found) > MOST_AT_ONCE:
            raise ValueError(len(found))
        return found


class _Zip:
    """A zip; one whose index at the end is gone is read from the front."""

    def __init__(self, path: Path) -> None:
        self._file = _Sober(io.FileIO(path))
        self.severed = False
        try:
            self._zip = zipfile.ZipFile(self._file)
        except BROKEN:
            self.severed = True
            self.members: dict[str, Any] = {name: one for raw, one in severed.members(path) if (name := normal(raw))}
            return
        self.members = {
            name: one for one in self._zip.infolist()[:MOST_MEMBERS] if _plain(one) and (name := normal(one.filename))
        }

    def open(self, name: str) -> IO[bytes]:
        one = self.members[name]
        return severed.reading(self._file, one) if isinstance(one, severed.Place) else self._zip.open(one)

    def close(self) -> None:
        self._file.close()


def _plain(one: zipfile.ZipInfo) -> bool:
    """Tell whether a member of a zip is a plain file, stored or deflated: other ways unfold into as much memory as they say."""
    mode = one.external_attr >> 16
    linked = mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG}
    return not (one.is_dir() or linked or one.flag_bits & 1) and one.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


class _Tar:
    """A tar, already unfolded."""

    def __init__(self, path: Path, *, cut: bool) -> None:
        self._path = path
        self.severed = cut
        self.members: dict[str, Any] = {}
        try:
            with _Sober(io.FileIO(path)) as file, tarfile.open(fileobj=file, mode="r:") as tar:
                self._index(tar)
        except BROKEN:
            self.severed = True

    def _index(self, tar: tarfile.TarFile) -> None:
        for _ in range(MOST_MEMBERS):
            one = tar.next()
            if one is None:
                return
            vars(tar)["members"] = []  # else each is remembered, with all that its header says
            if one.isreg() and not one.issparse() and (name := normal(one.name)):
                self.members[name] = (one.offset_data, one.size)

    def open(self, name: str) -> IO[bytes]:
        start, size = self.members[name]
        file = self._path.open("rb")
        file.seek(start)
        return _Part(file, size)

    def close(self) -> None:
        """Close nothing: each file is opened apart."""


class _Part(io.BytesIO):
    """The next bytes of a file, as a file."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        super().__init__()
        self._file, self._left = file, size

    def read(self, size: int | None = -1) -> bytes:
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        found = self._file.read(wanted)
        if len(found) < wanted:
            raise EOFError
        self._left -= len(found)
        return found

    def close(self) -> None:
        self._file.close()
        super().close()


def normal(name: str) -> str:
    """Return how a member is found: no first slash, no dots; empty for a name that leads out of the archive."""
    path = posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/")
    return "" if ".." in name.replace("\\", "/").split("/") or "\x00" in name else path


class Archive(AbstractContextManager["Archive"]):
    """An open archive."""

    def __init__(self, path: Path) -> None:
        """Open and index a file. Raises BadInput for what is no archive, or unfolds beyond measure."""
        self._folder = TemporaryDirectory(prefix="salledepause-")
        self._number = 0
        self.damaged: list[str] = []
        """Lists of which only a part could be read, or that are not what they were."""
        try:
            self._kind = self._opened(path)
        except BaseException:
            self._folder.cleanup()
            raise

    def _opened(self, path: Path) -> Container:
        with path.open("rb") as file:
            head = file.read(512)
        if head.startswith(b"PK"):
            return _Zip(path)
        if head.startswith(b"\x1f\x8b"):
            unfolded = self._new()
            return _Tar(unfolded, cut=_unfold(path, unfolded))
        if head[257:262] == b"ustar":
            return _Tar(path, cut=False)
        raise BadInput(NEITHER)

    def __enter__(self) -> Self:
        """Lend itself for a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take every copy away."""
        self._kind.close()
        self._folder.cleanup()

    @property
    def severed(self) -> bool:
        """Whether it is damaged as a whole; what it still holds can be read."""
        return self._kind.severed

    def __contains__(self, name: str) -> bool:
        """Tell whether it has such a file."""
        return name in self._kind.members

    def beginning(self, start: str) -> str | None:
        """Return the first member of the root whose name begins so."""
        return next((name for name in self._kind.members if name.startswith(start) and "/" not in name), None)

    @contextmanager
    def copied(self, name: str, most: int) -> Iterator[Path]:
        """Lend a copy of a member of at most `most` bytes, for a block. Raises BadInput when it is heavier or damaged."""
        path = self.copy(name, most)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def copy(self, name: str, most: int) -> Path:
        """Copy a member out; the copy goes with the archive, or before. Raises BadInput when it is heavier or damaged.

        Of a damaged one whatever comes before the damage is kept when it is a list (`.json`, `.csv`), which is read by elements.
        """
        path = self._new()
        try:
            with self._kind.open(name) as source, path.open("wb") as target:
                whole = _poured(source, target, most)
        except BROKEN as error:
            if isinstance(error, OSError) and error.errno in FULL:
                raise Unavailable(NO_ROOM) from error
            if not name.endswith((".json", ".csv")):
                raise BadInput(DAMAGED) from error
            path.touch()
            self.damaged.append(name)
            return path
        if not whole:
            path.unlink()
            raise BadInput(HEAVY, mebibytes=most // MEBIBYTE)
        return path

    def _new(self) -> Path:
        self._number += 1
        return Path(self._folder.name) / str(self._number)


def _poured(source: Readable, target: IO[bytes], most: int) -> bool:
    """Copy a file piece by piece; return whether it was at most `most` bytes."""
    written = 0
    while piece := source.read(PIECE):
        written += len(piece)
        if written > most:
            return False
        target.write(piece)
    return True


def _unfold(path: Path, target: Path) -> bool:
    """Decompress a gzip; return whether it was cut off. Raises BadInput beyond measure, Unavailable on a full disk."""
    most = path.stat().st_size * MOST_SWELLING + SLACK
    room = max(0, shutil.disk_usage(target.parent).free - ROOM)
    try:
        with path.open("rb") as source, target.open("wb") as file:
            whole = _poured(severed.Unfolding(source, GZIP), file, min(most, room))
    except (EOFError, zlib.error):
        return True
    if not whole:
        target.unlink()
        raise BadInput(SWOLLEN) if most <= room else Unavailable(NO_ROOM)
    return False
