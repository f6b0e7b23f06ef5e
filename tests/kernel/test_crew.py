"""The crew: who dies is brought back, who cannot come up is not tried without rest, who does not stop is killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from salledepause.kernel.crew import Crew, Duty

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork.*:DeprecationWarning")


def sign(path: Path) -> None:
    """Leave one's number, then wait for the end."""
    with path.open("a") as file:
        file.write(f"{os.getpid()}\n")
    signal.pause()


def fail(path: Path) -> None:
    with path.open("a") as file:
        file.write(f"{os.getpid()}\n")
    raise RuntimeError("jamais debout")


def deaf(path: Path) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sign(path)
    signal.pause()


def signed(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


def tend_until(crew: Crew, true: Callable[[], bool], seconds: float = 10) -> None:
    last = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < last
        crew.tend(0.05)


def test_who_dies_is_brought_back_under_the_same_name(tmp_path: Path) -> None:
    page = tmp_path / "page"
    crew = Crew([Duty("salle-essai", sign, (page,))])
    try:
        tend_until(crew, lambda: len(signed(page)) == 1)
        first = psutil.Process(signed(page)[0])
        assert first.name() == "salle-essai"
        first.kill()
        tend_until(crew, lambda: len(signed(page)) == 2)
        assert psutil.Process(signed(page)[1]).ppid() == os.getpid()
    finally:
        crew.stop(5)
    assert not psutil.pid_exists(signed(page)[1])


def test_who_cannot_come_up_is_tried_ever_less_often(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page"
    crew = Crew([Duty("salle-essai", fail, (page,))])
    began = time.monotonic()
    while time.monotonic() - began < 2:
        crew.tend(0.05)
    crew.stop(5)
    assert 3 <= len(signed(page)) <= 6
    told = capfd.readouterr().err
    assert "builtins.RuntimeError" in told
    assert "jamais debout" not in told


def test_who_does_not_stop_is_killed(tmp_path: Path) -> None:
    page = tmp_path / "page"
    crew = Crew([Duty("salle-essai", deaf, (page,)), Duty("salle-autre", sign, (page,))])
    tend_until(crew, lambda: len(signed(page)) == 2)
    began = time.monotonic()
    crew.stop(0.5)
    assert 0.5 <= time.monotonic() - began < 3
    assert not any(map(psutil.pid_exists, signed(page)))


def test_ctrl_c_is_for_the_parent_alone(tmp_path: Path) -> None:
    page = tmp_path / "page"
    crew = Crew([Duty("salle-essai", sign, (page,))])
    tend_until(crew, lambda: len(signed(page)) == 1)
    os.kill(signed(page)[0], signal.SIGINT)
    for _ in range(4):
        crew.tend(0.05)
    assert signed(page) == signed(page)[:1]
    crew.stop(5)
