"""Give each suite its own virtual environment and unpacked sources, so that its dependencies never mix with ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple

from conformance.suites import Suite

KEPT = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ", "USER")
"""Variables that a suite inherits; ours and the proxies stay out of it."""


class Prepared(NamedTuple):
    """A suite that can run: interpreter of its virtual environment, folder of its sources."""

    python: Path
    sources: Path


class PreparationError(RuntimeError):
    """A suite could not be downloaded or installed; the message ends with what pip said."""


def prepare(suite: Suite, home: Path) -> Prepared:
    """Return the suite installed in `home`, as it is when it was already there for the same row of the table.

    Raises PreparationError when pip fails.
    """
    marker = home / "row"
    if not marker.is_file() or marker.read_text(encoding="utf-8") != repr(suite):
        shutil.rmtree(home, ignore_errors=True)
        _make(suite, home)
        marker.write_text(repr(suite), encoding="utf-8")
    return Prepared(_python(home), _sources(home))


def variables(suite: Suite, home: Path, base_url: str) -> dict[str, str]:
    """Return the environment of a run: a scratch home folder, a terminal of 80 columns, no proxy."""
    inherited = {key: os.environ[key] for key in KEPT if key in os.environ}
    folders = {f"XDG_{kind}_HOME": str(home / "scratch" / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
    own = {key: value.format(base_url=base_url) for key, value in suite.environment}
    return inherited | folders | {"COLUMNS": "80", "LINES": "24", "NO_PROXY": "*"} | own


def _make(suite: Suite, home: Path) -> None:
    home.mkdir(parents=True)
    _run(sys.executable, "-m", "venv", str(home / "venv"))
    python = str(_python(home))
    _run(python, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:", "--dest", str(home / "sdist"), suite.requirement)
    [archive] = (home / "sdist").glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(home / "sources", filter="data")
    _run(python, "-m", "pip", "install", f"{_sources(home)}{suite.extras}", *suite.needs)


def _python(home: Path) -> Path:
    return home / "venv" / "bin" / "python"


def _sources(home: Path) -> Path:
    [folder] = (home / "sources").iterdir()
    return folder


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise PreparationError(f"{' '.join(command)}\n{done.stdout[-2000:]}")
