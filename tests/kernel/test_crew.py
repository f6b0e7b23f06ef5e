"""The crew: who dies is brought back, who cannot come up is not tried without rest, who does not stop is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from salledepause.kernel import crew as kernel_crew
from salledepause.kernel.crew import GROUP, STEP_BACK, Crew, Duty

PATIENCE = 60
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


def tend_until(crew: Crew, true: Callable[[], bool]) -> None:
    last = time.monotonic() + PATIENCE
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


class Hour:
    """A clock of the crew that stands still."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


def signed_by(path: Path, number: int) -> int:
    """Wait until so many have signed; return the number of the last."""
    last = time.monotonic() + PATIENCE
    while len(signed(path)) < number:
        assert time.monotonic() < last
        time.sleep(0.01)
    return signed(path)[-1]


def dead(number: int) -> None:
    """Wait until a child has ended, whom its parent has yet to hear of."""
    last = time.monotonic() + PATIENCE
    while psutil.Process(number).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < last
        time.sleep(0.01)


def test_who_cannot_come_up_is_tried_ever_less_often(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page, hour = tmp_path / "page", Hour()
    monkeypatch.setattr(kernel_crew, "time", hour)
    crew = Crew([Duty("salle-essai", fail, (page,))])
    for number, pause in enumerate((0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0), 1):
        dead(signed_by(page, number))
        crew.tend(0)
        hour.now += pause - 0.01
        crew.tend(0)
        assert len(signed(page)) == number, "not before its pause is over"
        hour.now += 0.02
        crew.tend(0)
    dead(signed_by(page, 9))
    crew.stop(5)
    told = capfd.readouterr().err
    assert "builtins.RuntimeError" in told
    assert "jamais debout" not in told


def test_who_does_not_stop_is_killed(tmp_path: Path) -> None:
    page = tmp_path / "page"
    crew = Crew([Duty("salle-essai", deaf, (page,)), Duty("salle-autre", sign, (page,))])
    tend_until(crew, lambda: len(signed(page)) == 2)
    began = time.monotonic()
    crew.stop(0.5)
    assert 0.5 <= time.monotonic() - began < PATIENCE
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


STEPPING_BACK = "from salledepause.kernel.crew import give_way; give_way(); print(open('/proc/self/autogroup').read())"


@pytest.mark.skipif(not GROUP.exists(), reason="this system does not share its processor between sessions")
def test_a_session_of_our_own_lets_the_database_go_before_it() -> None:
    told = subprocess.run(
        [sys.executable, "-c", STEPPING_BACK], start_new_session=True, check=True, capture_output=True, text=True
    )
    assert told.stdout.strip().endswith(f"nice {STEP_BACK}")


@pytest.mark.skipif(not GROUP.exists(), reason="this system does not share its processor between sessions")
def test_the_session_of_somebody_else_is_left_as_it_is() -> None:
    before = GROUP.read_text().strip()
    told = subprocess.run([sys.executable, "-c", STEPPING_BACK], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == before
