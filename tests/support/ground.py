"""A database made and migrated once, laid where a server is to stand: making one takes as long as most of what tests ask it."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from salledepause.kernel import embedded
from salledepause.kernel.migrate import migrate


def lay(data: Path) -> None:
    """Put an embedded database, stopped and up to date, in a data folder that has none; its files keep their owner."""
    assert not (data / "postgres").exists()
    subprocess.run(["cp", "-a", str(_made()), str(data / "postgres")], check=True)  # noqa: S607 - found as everywhere


@cache
def _made() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="salledepause-ground-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    migrate(embedded.start(folder))
    embedded.stop(folder)
    return folder / "postgres"
