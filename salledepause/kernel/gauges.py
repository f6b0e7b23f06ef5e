"""What the house weighs: its database, its files, and the room that is left on its disk."""

from __future__ import annotations

import asyncio
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from salledepause.kernel.db import Tx

KEPT = 600
"""Seconds that the weight of a folder is kept: to weigh it, every file is looked at."""
_weighed: dict[Path, tuple[float, int]] = {}


class Weights(NamedTuple):
    """Bytes: of the database, of people's files, free and in all on the disk of the files."""

    database: int
    files: int
    free: int
    whole: int


async def weights(folder: Path, tx: Tx) -> Weights:
    """Weigh the database and a folder of files."""
    database = int(await tx.value("SELECT pg_database_size(current_database())"))
    there = next(one for one in (folder, *folder.parents) if one.exists())
    disk = shutil.disk_usage(there)
    return Weights(database, await _files(folder), disk.free, disk.total)


async def _files(folder: Path) -> int:
    held = _weighed.get(folder)
    if held is None or time.monotonic() - held[0] > KEPT:
        held = time.monotonic(), await asyncio.to_thread(_weigh, folder)
        _weighed[folder] = held
    return held[1]


def _weigh(folder: Path) -> int:
    total = 0
    for path in folder.glob("*/*"):
        with suppress(FileNotFoundError):
            total += path.stat().st_size
    return total
