"""Give each suite its own virtual environment and unpacked sources, so that its dependencies never mix with ours."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from conformance.suites import Suite

KEPT = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ", "USER")
"""Variables that a suite inherits; ours and the proxies stay out of it."""
LOCKS = Path(__file__).parent / "locks"


class Prepared(NamedTuple):
    """A suite that can run: interpreter of its virtual environment, folder of its sources."""

    python: Path
    sources: Path


class PreparationError(RuntimeError):
    """A suite could not be downloaded or installed; the message ends with what pip said."""


def prepare(suite: Suite, home: Path) -> Prepared:
    """Return the suite installed in `home`, as it is when it was already there for the same lock, its sources unpacked anew.

    Raises PreparationError when pip fails.
    """
    marker = home / "lock"
    lock = (LOCKS / suite.lock).read_text(encoding="utf-8")
    if not marker.is_file() or marker.read_text(encoding="utf-8") != lock:
        shutil.rmtree(home, ignore_errors=True)
        _make(suite, home, lock)
        marker.write_text(lock, encoding="utf-8")
    return Prepared(_python(home), _unpack(suite, home))


def fill(suite: Suite, sources: Path, names: Mapping[str, str]) -> None:
    """Write what the server gave where the suite names it, each name between its quotes."""
    file = sources / suite.filled
    text = file.read_text(encoding="utf-8")
    for name, given in names.items():
        if f"'{name}'" not in text:
            raise PreparationError(f"{suite.filled} of {suite.name} names no {name}.")
        text = text.replace(f"'{name}'", repr(given))
    file.write_text(text, encoding="utf-8")


def variables(suite: Suite, home: Path, base_url: str) -> dict[str, str]:
    """Return the environment of a run: a scratch home folder, a terminal of 80 columns, no proxy."""
    inherited = {key: os.environ[key] for key in KEPT if key in os.environ}
    folders = {f"XDG_{kind}_HOME": str(home / "scratch" / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
    own = {key: value.format(base_url=base_url) for key, value in suite.environment}
    return inherited | folders | {"COLUMNS": "80", "LINES": "24", "NO_PROXY": "*"} | own


def pinned(name: str, lock: str) -> str:
    """Return the line of a lock that pins a distribution, with its hashes. Raises PreparationError."""
    found = re.search(rf"^{re.escape(name.lower().replace('.', '-'))}(\[.*?\])?==.*(\n .*)*", lock, re.MULTILINE)
    if found is None:
        raise PreparationError(f"The lock pins no {name}.")
    return found.group()


def _make(suite: Suite, home: Path, lock: str) -> None:
    home.mkdir(parents=True)
    _run(sys.executable, "-m", "venv", str(home / "venv"))
    pip = (str(_python(home)), "-m", "pip")
    _run(*pip, "install", "--require-hashes", "--no-deps", "-r", str(LOCKS / suite.lock))
    source = home / "source.txt"
    source.write_text(pinned(suite.name, lock), encoding="utf-8")
    locked = ("--require-hashes", "--no-deps", "--no-binary", ":all:", "-r", str(source))
    _run(*pip, "download", *locked, "--dest", str(home / "sdist"))


def _unpack(suite: Suite, home: Path) -> Path:
    """Unpack the tests into an empty folder: a run may have changed them."""
    sources = home / "sources"
    shutil.rmtree(sources, ignore_errors=True)
    [archive] = (home / "sdist").glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        wanted = [one for one in packed if not any(fnmatch(one.name, pattern) for pattern in suite.left_packed)]
        packed.extractall(sources, wanted, filter="data")
    [folder] = sources.iterdir()
    if suite.stand_ins:
        shutil.copy(Path(__file__).parent / suite.stand_ins, folder / "conftest.py")
    return folder


def _python(home: Path) -> Path:
    return home / "venv" / "bin" / "python"


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise PreparationError(f"{' '.join(command)}\n{done.stdout[-2000:]}")
