"""Keys that die with what they close: one for each hour of expiry, in files beside the database and never in it.

What is said for some hours is written closed (AES-256-GCM): neither the tables, their dead rows, the journal of transactions,
statistics nor any backup of them ever held its words. Once an hour is over its key is erased, and what it closed with it.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from salledepause.kernel import clock
from salledepause.kernel.blobs import FULL
from salledepause.kernel.errors import Unavailable

HOUR, A_DAY = 3600, 86_400
SIZE, NONCE, STAMP = 32, 12, 4
"""Bytes of a key, of a nonce, and of the number of the hour that stands before it."""
NAMED = re.compile(r"(\d{4}-\d\d-\d\dT\d\d)\.key")
UNFINISHED = ".new-"


def hour_of(instant: datetime) -> int:
    """Return the number of the hour of an instant, since 1970."""
    return int(instant.timestamp()) // HOUR


def file_of(hour: int) -> str:
    """Return the name of the file of an hour's key, `2026-11-29T22.key` (UTC)."""
    return f"{datetime.fromtimestamp(hour * HOUR, UTC):%Y-%m-%dT%H}.key"


class Seals:
    """The folder of keys, which all processes of a house share; made with the first key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[int, AESGCM] = {}

    def close(self, until: datetime, said: bytes, name: bytes) -> bytes:
        """Return what is said, closed under `name` until the hour of an instant is over. Raises Unavailable: the disk is full."""
        hour, nonce = hour_of(until), os.urandom(NONCE)
        key = self._key(hour) or self._made(hour)
        return hour.to_bytes(STAMP) + nonce + key.encrypt(nonce, said, name)

    def open(self, held: bytes, name: bytes) -> bytes | None:
        """Return what was closed under `name`; `None` once its key is gone, and for what was never closed here."""
        key = self._key(int.from_bytes(held[:STAMP]))
        if key is None:
            return None
        try:
            return key.decrypt(held[STAMP : STAMP + NONCE], held[STAMP + NONCE :], name)
        except (InvalidTag, ValueError):
            return None

    def forget(self, before: datetime) -> None:
        """Erase the keys of all hours that are over at an instant, their bytes first, and what was left unfinished a day ago."""
        over = hour_of(before)
        self._drop_known(over)
        for path in self.folder.glob("*"):
            named = NAMED.fullmatch(path.name)
            done = named and hour_of(datetime.fromisoformat(f"{named[1]}:00:00+00:00")) < over
            left = path.name.startswith(UNFINISHED) and before.timestamp() - path.stat().st_mtime > A_DAY
            if done or left:
                _erase(path)

    def _key(self, hour: int) -> AESGCM | None:
        known = self._known.get(hour)
        if known is not None:
            return known
        try:
            read = (self.folder / file_of(hour)).read_bytes()
        except (FileNotFoundError, ValueError, OverflowError):
            return None
        return self._keep(hour, read) if len(read) == SIZE else None

    def _keep(self, hour: int, read: bytes) -> AESGCM:
        self._drop_known(hour_of(clock.now()))
        return self._known.setdefault(hour, AESGCM(read))

    def _drop_known(self, over: int) -> None:
        for hour in [hour for hour in self._known if hour < over]:
            del self._known[hour]

    def _made(self, hour: int) -> AESGCM:
        """Return the key of an hour, made by whoever comes first: it is whole and on the disk before it bears its name."""
        unfinished = self.folder / f"{UNFINISHED}{secrets.token_hex(8)}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(unfinished, os.urandom(SIZE))
            with suppress(FileExistsError):
                os.link(unfinished, self.folder / file_of(hour))
            unfinished.unlink()
            _settle(self.folder)
        except OSError as error:
            if error.errno in FULL:
                raise Unavailable("La salle n'a plus de place. Prévenez ses hôtes, puis réessayez.") from error
            raise
        return self._keep(hour, (self.folder / file_of(hour)).read_bytes())


def _write(path: Path, content: bytes) -> None:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(opened, content)
        os.fsync(opened)
    finally:
        os.close(opened)


def _erase(path: Path) -> None:
    """Erase a file, its bytes written over first; nothing happens when another process was quicker."""
    with suppress(FileNotFoundError):
        opened = os.open(path, os.O_WRONLY)
        try:
            os.write(opened, bytes(SIZE))
            os.fsync(opened)
        finally:
            os.close(opened)
        path.unlink()


def _settle(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
