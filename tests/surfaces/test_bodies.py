"""Bodies that come late or by drops: bounded in time as in size."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from starlette.types import Message

from salledepause.surfaces import bodies
from salledepause.surfaces.params import Malformed

HEADERS = Headers({"content-type": "application/json"})


async def drop() -> Message:
    await asyncio.sleep(0.01)
    return {"type": "http.request", "body": b" ", "more_body": True}


@pytest.mark.parametrize("with_files", [False, True])
async def test_a_trickle_is_cut(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, with_files: bool) -> None:
    monkeypatch.setattr(bodies, "LONG_PATIENCE" if with_files else "PATIENCE", 0.1)
    async with asyncio.timeout(5):
        with pytest.raises(Malformed, match="recommencez"):
            await bodies.read(HEADERS, drop, folder=tmp_path if with_files else None)


async def test_a_body_in_two_pieces_is_read_whole() -> None:
    pieces = [b'{"status":', b'"bonsoir"}']

    async def receive() -> Message:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    assert await bodies.read(HEADERS, receive) == {"status": "bonsoir"}
