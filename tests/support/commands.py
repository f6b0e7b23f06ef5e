"""The command line, in processes forked from one that has read the program: reading it anew takes each command a second."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from tempfile import TemporaryDirectory

from salledepause.__main__ import run

FORGE = multiprocessing.get_context("forkserver")
FORGE.set_forkserver_preload(["salledepause.__main__"])
SAID = {1: "said", 2: "complained"}
"""Where a command writes, by file descriptor."""


def done(words: tuple[str, ...], environment: Mapping[str, str], timeout: float) -> CompletedProcess[str]:
    """Run a command; return how it ended and what it said. Raises TimeoutExpired, the command killed, after `timeout` seconds."""
    with TemporaryDirectory(prefix="salledepause-command-") as folder:
        process = begun(words, environment, Path(folder))
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutExpired(words, timeout)
        return CompletedProcess(words, process.exitcode, *told(Path(folder)))


def begun(words: tuple[str, ...], environment: Mapping[str, str], folder: Path) -> ForkServerProcess:
    """Start a command, and let it run; what it says is `told` by a folder."""
    process = FORGE.Process(target=_command, args=(words, dict(environment), str(folder)))
    process.start()
    return process


def told(folder: Path) -> list[str]:
    """Return what a command said until now, and what it complained of."""
    return [said.read_text() if (said := folder / name).exists() else "" for name in SAID.values()]


def _command(words: tuple[str, ...], environment: dict[str, str], folder: str) -> None:
    """Become a command that was just started."""
    for descriptor, name in SAID.items():
        os.dup2(os.open(Path(folder) / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["salledepause", *words]
    run()
