"""Files of people: stored under names of ours, in a folder, written whole before they are named anywhere."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from salledepause.kernel.errors import Unavailable

KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{30}\.[a-z0-9]{2,5}")
"""`ab/cdef….ext`: unguessable, so that an unlisted address stays unlisted."""
HELD = re.compile(r"[0-9a-f]{32}")
WAITING = "incoming"
"""Folder of files as they were received, which are never served: no key of a blob leads there."""
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "video/mp4": "mp4"}
FULL = {errno.ENOSPC, errno.EDQUOT}
TYPES = {suffix: kind for kind, suffix in SUFFIXES.items()}


class Blobs:
    """The folder of stored files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, source: Path, content_type: str) -> str:
        """Take a file over; return its key. The file is durable when this returns."""
        key = new_key(SUFFIXES[content_type])
        _copy(source, self.folder / key)
        return key

    def path(self, key: str) -> Path | None:
        """Return where a blob is, or `None` when the key is not one of ours or the file is gone."""
        path = self.folder / key
        return path if KEY.fullmatch(key) and path.is_file() else None

    def drop(self, key: str) -> None:
        """Erase a blob, or a file under its private name; nothing happens when it is gone already."""
        if KEY.fullmatch(key):
            (self.folder / key).unlink(missing_ok=True)
        self.release(key)

    def again(self, key: str) -> str:
        """Give a blob another key beside its own, and return it; the same one when the file is gone."""
        path = self.path(key)
        if path is None:
            return key
        other = new_key(key.rsplit(".", 1)[-1])
        target = self.folder / other
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, target)
        _settle(target.parent)
        return other

    def aside(self, key: str) -> str | None:
        """Give a blob a private name too, under which nobody is served it, and return it; `None` when the file is gone."""
        path = self.path(key)
        return None if path is None else self._linked(path, WAITING, secrets.token_hex(16))

    def back(self, name: str, suffix: str) -> str | None:
        """Give a file that lies under a private name a fresh key, and return it; `None` when the file is gone."""
        path = self.held(name)
        if path is None:
            return None
        folder, _, file = new_key(suffix).partition("/")
        return f"{folder}/{self._linked(path, folder, file)}"

    def _linked(self, path: Path, folder: str, name: str) -> str:
        target = self.folder / folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, target)
        _settle(target.parent)
        return name

    def hold(self, source: Path) -> str:
        """Keep a file as it was received, until it is decoded; return its private name. Durable when this returns."""
        name = secrets.token_hex(16)
        _copy(source, self.folder / WAITING / name)
        return name

    def held(self, name: str) -> Path | None:
        """Return where a file that waits is, or `None` when it is gone."""
        path = self.folder / WAITING / name
        return path if HELD.fullmatch(name) and path.is_file() else None

    def release(self, name: str) -> None:
        """Erase a file that waited; nothing happens when it is gone already."""
        if HELD.fullmatch(name):
            (self.folder / WAITING / name).unlink(missing_ok=True)

    def older(self, seconds: float) -> Iterator[str]:
        """Give the keys, and the private names, of files written more than `seconds` ago."""
        before = time.time() - seconds
        for path in self.folder.glob("*/*"):
            key = path.name if path.parent.name == WAITING else f"{path.parent.name}/{path.name}"
            with suppress(FileNotFoundError):
                if (HELD.fullmatch(key) or KEY.fullmatch(key)) and path.stat().st_mtime < before:
                    yield key


def _copy(source: Path, target: Path) -> None:
    """Copy a file, durably, its name too; a copy that fails leaves nothing. Raises Unavailable when the disk is full."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(source, target)
        for path in (target, target.parent):
            _settle(path)
    except OSError as error:
        target.unlink(missing_ok=True)
        if error.errno in FULL:
            raise Unavailable("La salle n'a plus de place pour ce fichier. Prévenez ses hôtes, puis réessayez.") from error
        raise


def _settle(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def new_key(suffix: str) -> str:
    """Return a fresh key."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name[2:]}.{suffix}"


def content_type(key: str) -> str:
    """Return the type that a blob is served with."""
    return TYPES.get(key.rsplit(".", 1)[-1], "application/octet-stream")
