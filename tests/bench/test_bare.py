"""The bare server must send exactly what ours sent, from as many processes, and stop when told."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.error import HTTPError

import psutil
import pytest

from bench.bare import READY, SMALL, Prepared, load, save
from bench.process import WORKERS, Command, ServerDied, fetch, free_port, running, web_workers, weigh
from bench.reads import bare

ANSWERS = [
    Prepared("/api/v1/timelines/home", "application/json", b"[1]" * 1000),
    Prepared("/.well-known/webfinger", "application/jrd+json; charset=utf-8", b"{}"),
]


def test_prepared_answers_are_kept(tmp_path: Path) -> None:
    save(tmp_path, ANSWERS)
    assert load(tmp_path) == ANSWERS


def test_the_same_bytes_are_served_by_two_processes_that_then_end(tmp_path: Path) -> None:
    with running(bare(tmp_path / "answers", ANSWERS)) as server:
        for one in ANSWERS:
            assert fetch(server.origin + one.path + "?limit=20", {}) == (one.content_type, one.body)
        assert fetch(server.origin + READY, {}) == ("application/json", SMALL)
        with pytest.raises(HTTPError, match="404"):
            fetch(server.origin + "/other", {})
        workers = web_workers(server, WORKERS)
        weight = weigh(workers)
    assert server.process.pid not in {one.pid for one in workers}
    assert weight.processor > 0
    assert all(0 < own <= resident for own, resident in zip(weight.own, weight.resident, strict=True))
    assert not any(psutil.pid_exists(one.pid) for one in workers)


def test_a_server_that_ends_says_why(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "raise SystemExit('no settings')"]
    with pytest.raises(ServerDied, match="no settings"), running(Command(words, free_port(), "/", tmp_path / "log")):
        pass
