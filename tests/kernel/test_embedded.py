"""The embedded server: shared by who uses it, put down by who leaves last, standing again after any death."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from bench.process import free_port
from salledepause.kernel import embedded
from tests.support.server import lives


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def killed(process: psutil.Process) -> None:
    process.kill()
    while lives(process):
        time.sleep(0.01)


def answer(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT 42").fetchone()
        return int(row[0]) if row else 0


def test_who_leaves_last_puts_it_down(folder: Path) -> None:
    with embedded.lent(folder) as url:
        with embedded.lent(folder) as again:
            assert again == url == embedded.address(folder)
        assert answer(url) == 42
    assert not embedded.running(folder)


def test_it_is_put_down_when_what_it_was_lent_for_fails(folder: Path) -> None:
    with pytest.raises(KeyError), embedded.lent(folder):
        raise KeyError
    assert not embedded.running(folder)


def test_killed_it_stands_again_and_none_of_its_children_writes_meanwhile(folder: Path) -> None:
    with embedded.lent(folder) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (1)")
        first = embedded.postmaster(folder)
        assert first
        busy = subprocess.Popen(
            [first.exe().replace("bin/postgres", "bin/psql"), url, "-c", "SELECT pg_sleep(60)"], stderr=subprocess.DEVNULL
        )
        with psycopg.connect(url, autocommit=True) as connection:
            while not connection.execute("SELECT pid FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'").fetchone():
                time.sleep(0.02)
        left = first.children()
        killed(first)
        embedded.start(folder)
        assert busy.wait(50)
        assert not [one for one in left if lives(one)]
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]


def test_a_number_that_is_now_somebody_else_s_does_not_pass_for_the_server(folder: Path) -> None:
    with embedded.lent(folder):
        pass
    pidfile = folder / "postgres" / "postmaster.pid"
    pidfile.write_text(f"{os.getpid()}\n{folder / 'postgres'}\n")
    assert not embedded.running(folder)
    with embedded.lent(folder) as url:
        assert answer(url) == 42


@pytest.mark.parametrize("away", ["moved", "removed"])
def test_a_server_whose_folder_went_away_makes_room(folder: Path, tmp_path: Path, away: str) -> None:
    embedded.start(folder)
    orphan = embedded.postmaster(folder)
    assert orphan
    if away == "moved":
        (folder / "postgres").rename(tmp_path / "moved")
    else:
        shutil.rmtree(folder / "postgres")
    with embedded.lent(folder) as url:
        assert answer(url) == 42
        assert embedded.postmaster(folder) != orphan
    assert not lives(orphan)


def test_an_installation_cut_short_is_made_anew(folder: Path) -> None:
    (folder / "postgres.new").mkdir(parents=True)
    (folder / "postgres.new" / "PG_VERSION").write_text("18\n")
    with embedded.lent(folder) as url:
        assert answer(url) == 42


def test_what_it_says_when_it_cannot_start_is_kept(folder: Path) -> None:
    with embedded.lent(folder):
        pass
    (folder / "postgres" / "postgresql.conf").write_text("nonsense\n")
    with pytest.raises(embedded.NoDatabase, match="pg_ctl"), embedded.lent(folder):
        pass


def test_a_server_that_does_not_answer_is_said_in_a_sentence() -> None:
    with pytest.raises(embedded.NoDatabase, match="DATABASE_URL") as refusal:
        embedded.reach(f"postgresql://quelquun:motsecret@127.0.0.1:{free_port()}/salle")
    assert "motsecret" not in str(refusal.value)


def test_a_server_that_answers_is_reached_unless_it_is_too_old(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded.reach(postgres)
    monkeypatch.setattr(embedded, "OLDEST", 990000)
    with pytest.raises(embedded.NoDatabase, match="99"):
        embedded.reach(postgres)


def test_signals_reach_nobody_but_the_server_of_the_folder(folder: Path, tmp_path: Path) -> None:
    with embedded.lent(tmp_path / "other"):
        other = embedded.postmaster(tmp_path / "other")
        assert other
        with embedded.lent(folder):
            postmaster = embedded.postmaster(folder)
            assert postmaster
            killed(postmaster)
            embedded.start(folder)
        assert lives(other)
