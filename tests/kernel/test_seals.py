"""Keys that die with their hour: one for all who ask at once, whole or not there, gone when it is over."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salledepause.kernel import clock
from salledepause.kernel.errors import Unavailable
from salledepause.kernel.seals import Seals, file_of, hour_of

UNTIL = clock.now() + timedelta(hours=5)
ASKERS = 6
CLOSE = """import sys
from datetime import datetime
from pathlib import Path
from salledepause.kernel.seals import Seals
sys.stdin.readline()
print(Seals(Path(sys.argv[1])).close(datetime.fromisoformat(sys.argv[2]), b"un mot", b"post 1").hex())
"""
KILLED = "import os, signal\nos.link = lambda *names: os.kill(os.getpid(), signal.SIGKILL)\n" + CLOSE


def asker(folder: Path, program: str = CLOSE) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", program, str(folder), UNTIL.isoformat()]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_what_is_closed_opens_under_its_name_alone(tmp_path: Path) -> None:
    seals = Seals(tmp_path / "seals")
    held = seals.close(UNTIL, "Ça déborde".encode(), b"post 1")
    assert b"borde" not in held
    assert held != seals.close(UNTIL, "Ça déborde".encode(), b"post 1"), "no two are alike"
    again = Seals(tmp_path / "seals")
    assert again.open(held, b"post 1") == "Ça déborde".encode()
    assert again.open(held, b"post 2") is None
    assert again.open(held[:-1] + bytes([held[-1] ^ 1]), b"post 1") is None
    (key,) = (tmp_path / "seals").iterdir()
    assert (key.name, key.stat().st_mode & 0o777, key.stat().st_size) == (file_of(hour_of(UNTIL)), 0o600, 32)
    assert (tmp_path / "seals").stat().st_mode & 0o777 == 0o700


def test_all_who_ask_at_once_get_one_key(tmp_path: Path) -> None:
    askers = [asker(tmp_path / "seals") for _ in range(ASKERS)]
    said = [one.communicate("\n")[0] for one in askers]
    assert len(list((tmp_path / "seals").iterdir())) == 1
    seals = Seals(tmp_path / "seals")
    assert {seals.open(bytes.fromhex(one), b"post 1") for one in said} == {b"un mot"}


def test_killed_before_the_key_bears_its_name_nothing_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "seals"
    one = asker(folder, KILLED)
    one.communicate("\n")
    assert one.returncode == -signal.SIGKILL
    (left,) = folder.iterdir()
    seals = Seals(folder)
    held = seals.close(UNTIL, b"un mot", b"post 1")
    assert seals.open(held, b"post 1") == b"un mot"
    seals.forget(clock.now())
    assert left.exists(), "another process may be about to name it"
    os.utime(left, (0, 0))
    seals.forget(clock.now())
    assert {path.name for path in folder.iterdir()} == {file_of(hour_of(UNTIL))}


def test_a_key_goes_when_its_hour_is_over_and_not_before(tmp_path: Path) -> None:
    seals = Seals(tmp_path / "seals")
    seals.forget(UNTIL)
    held = seals.close(UNTIL, b"un mot", b"post 1")
    begins = datetime.fromtimestamp(hour_of(UNTIL) * 3600, UTC)
    seals.forget(begins + timedelta(minutes=59, seconds=59))
    assert seals.open(held, b"post 1") == b"un mot"
    seals.forget(begins + timedelta(hours=1))
    assert list((tmp_path / "seals").iterdir()) == []
    assert seals.open(held, b"post 1") is None, "nor does the process remember it"


def test_a_key_that_is_no_key_opens_nothing(tmp_path: Path) -> None:
    seals = Seals(tmp_path / "seals")
    held = seals.close(UNTIL, b"un mot", b"post 1")
    (key,) = (tmp_path / "seals").iterdir()
    for content in (b"", b"court", bytes(32)):
        key.write_bytes(content)
        assert Seals(tmp_path / "seals").open(held, b"post 1") is None


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(opened: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable):
        Seals(tmp_path / "seals").close(UNTIL, b"un mot", b"post 1")


@given(st.binary(max_size=60))
@settings(max_examples=50)
def test_anything_may_be_asked_to_open(held: bytes) -> None:
    assert Seals(Path("/nowhere")).open(held, b"post 1") is None
