"""Asking another process of this machine: who answers, who does not, and what is refused."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from salledepause.kernel import nearby
from salledepause.kernel.nearby import AT_ONCE, MOST, answering, asked


async def turned(question: bytes) -> bytes:
    return question[::-1]


def names(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


async def test_a_question_is_answered_by_who_is_there(tmp_path: Path) -> None:
    place = tmp_path / "one.socket"
    async with answering(place, turned):
        assert await asked(place, "été".encode()) == "été".encode()[::-1]
        assert await asked(place, b"") == b""
        assert await asyncio.gather(*(asked(place, b"%d2" % at) for at in range(3))) == [b"20", b"21", b"22"]
        assert stat.S_IMODE(place.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
    assert await asked(place, b"x") is None


async def test_nobody_there_is_nobody(tmp_path: Path) -> None:
    assert await asked(tmp_path / "nobody", b"x") is None
    (tmp_path / "file").write_bytes(b"")
    assert await asked(tmp_path / "file", b"x") is None


async def test_who_takes_too_long_is_waited_for_no_longer(tmp_path: Path) -> None:
    ever = asyncio.Event()

    async def slow(question: bytes) -> bytes:
        await ever.wait()
        return question

    place = tmp_path / "one.socket"
    async with answering(place, slow):
        first = [asyncio.create_task(asked(place, b"x", patience=5)) for _ in range(AT_ONCE)]
        await asyncio.sleep(0.1)
        assert await asked(place, b"one more", patience=5) is None, "hands are full: that is said at once"
        assert await asked(place, b"x", patience=0.1) is None
        ever.set()
        assert await asyncio.gather(*first) == [b"x"] * AT_ONCE


async def test_the_next_one_takes_the_place(tmp_path: Path) -> None:
    async def other(_: bytes) -> bytes:
        return b"other"

    place = tmp_path / "one.socket"
    async with answering(place, turned):
        async with answering(place, other):
            assert await asked(place, b"ab") == b"other"
        assert await asked(place, b"ab") is None
    async with answering(place, turned):
        assert await asked(place, b"ab") == b"ba"
    assert names(tmp_path) == ["one.socket"], "nothing is left of those before"


async def test_a_question_that_fails_leaves_the_next_ones_heard(tmp_path: Path) -> None:
    async def fails(question: bytes) -> bytes:
        if question == b"bad":
            raise ValueError
        return question

    place = tmp_path / "one.socket"
    with capture_logs() as logs:
        async with answering(place, fails):
            assert await asked(place, b"bad") is None
            assert await asked(place, bytes(MOST + 1)) is None
            assert await asked(place, b"good") == b"good"
    assert [one["event"] for one in logs] == ["nearby.failed"]


async def test_half_a_question_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearby, "PATIENCE", 0.1)
    place = tmp_path / "one.socket"
    async with answering(place, turned):
        halves = [await asyncio.open_unix_connection(place) for _ in range(AT_ONCE)]
        for _, writer in halves:
            writer.write(b"\0\0\0\5ab")
        await asyncio.gather(*(reader.read() for reader, _ in halves))
        assert await asked(place, b"ab", patience=5) == b"ba"
        for _, writer in halves:
            writer.close()


async def test_where_no_socket_can_be_nobody_is_heard(tmp_path: Path) -> None:
    place = tmp_path / ("long" * 40) / "one.socket"
    place.parent.mkdir()
    with capture_logs() as logs:
        async with answering(place, turned):
            assert await asked(place, b"x") is None
    assert [one["event"] for one in logs] == ["nearby.unheard"]
