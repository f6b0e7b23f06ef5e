"""Archives from the command line, beside a running server: what scripts see, and what is left when the process is killed."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from salledepause.features.archives.bringing import BATCH
from tests.kernel.media_samples import drawing, saved
from tests.support.mastodon_archive import actor, announce, members, note, zipped
from tests.support.server import Server, serving

PNG = saved(drawing(), "PNG")


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    async with serving(tmp_path_factory.mktemp("salle")) as running:
        yield running


def archive(path: Path, number: int, **more: bytes) -> Path:
    return zipped(path, members([note(one) for one in range(1, number + 1)]) | more)


async def statuses(server: Server, handle: str) -> list[dict[str, str]]:
    async with server.client() as client:
        who = (await client.get("/api/v1/accounts/lookup", params={"acct": handle})).json()["id"]
        return list((await client.get(f"/api/v1/accounts/{who}/statuses", params={"limit": 40})).json())


async def test_an_archive_comes_in_beside_a_server_which_shows_it_at_once(server: Server, tmp_path: Path) -> None:
    picture = "media_attachments/files/1/x.png"
    items = [
        note(1),
        note(2, attachment=[{"type": "Document", "url": picture, "name": "Nuit"}]),
        announce(3, "https://loin.example/1"),
    ]
    path = zipped(tmp_path / "a.zip", members(items) | {picture: PNG})
    done = await server.run("import", "mastodon-archive", str(path), "--family", "soignant-paramedical")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "outbox.json, élément 3 : introuvable : Ce message n'est pas ici.",
        "actor.json : 1 fait",
        "outbox.json : 2 faits, 1 introuvable",
    ]
    shown = await statuses(server, "plume")
    assert [one["created_at"] for one in shown] == ["2021-05-01T02:00:00.000Z", "2021-05-01T01:00:00.000Z"]
    assert shown[0]["media_attachments"][0]["description"] == "Nuit"  # type: ignore[index]


async def test_what_cannot_be_read_is_told_by_place_and_by_status(server: Server, tmp_path: Path) -> None:
    await server.admin("create-account", "abime", "--password", "une longue nuit tranquille")
    path = zipped(tmp_path / "a.zip", members([note(1), note(2, published="hier"), note(3)]))
    done = await server.run("import", "mastodon-archive", str(path), "--to", "abime")
    assert (done.returncode, done.stderr) == (3, "")
    assert "outbox.json, élément 2 : refusé : La date est illisible." in done.stdout.splitlines()
    assert len(await statuses(server, "abime")) == 2
    await server.admin("create-account", "autre", "--password", "une longue nuit tranquille")
    other = members([]) | {"actor.json": json.dumps(actor(preferredUsername="autre")).encode()}
    taken = await server.run("import", "mastodon-archive", str(zipped(tmp_path / "c.zip", other)))
    assert (taken.returncode, taken.stdout) == (1, "")
    assert "--to autre" in taken.stderr
    (tmp_path / "b.zip").write_bytes(b"rien")
    nothing = await server.run("import", "mastodon-archive", str(tmp_path / "b.zip"), "--to", "abime")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert nothing.stderr.startswith("salledepause : Ce fichier n'est pas une archive")


async def test_who_watches_sees_how_far_it_is(server: Server, tmp_path: Path) -> None:
    await server.admin("create-account", "patience", "--password", "une longue nuit tranquille")
    path = archive(tmp_path / "a.zip", 60)
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "salledepause", "import", "mastodon-archive", str(path), "--to", "patience"]
    environment = server.environment | {"TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(
        [*command, "--data", str(server.data)], env=environment, stdout=subprocess.PIPE, stderr=follower, text=True
    )
    os.close(follower)
    shown = await asyncio.to_thread(read_to_the_end, leader)
    told, _ = await asyncio.to_thread(process.communicate)
    assert process.returncode == 0
    assert "outbox.json" in shown
    assert "100%" in shown
    assert told.splitlines()[-1] == "outbox.json : 60 faits"


def read_to_the_end(terminal: int) -> str:
    """Read what a terminal shows while it is written, for it holds little: who writes more would wait for ever."""
    shown = b""
    with suppress(OSError), os.fdopen(terminal, "rb", buffering=0) as screen:  # EIO: nobody writes there any more
        while more := screen.read(1 << 16):
            shown += more
    return shown.decode()


async def test_names_of_an_archive_command_no_terminal(server: Server, tmp_path: Path) -> None:
    await server.admin("create-account", "ruse", "--password", "une longue nuit tranquille")
    evil = "media_attachments/\x1b]0;pris\x07\x1b[2J[bold]"
    path = zipped(tmp_path / "a.zip", members([note(1, attachment=[{"type": "Document", "url": evil}])]))
    done = await server.run("import", "mastodon-archive", str(path), "--to", "ruse")
    assert done.returncode == 3
    assert "\x1b" not in done.stdout + done.stderr


async def test_tables_go_out_and_come_in(server: Server, tmp_path: Path) -> None:
    for handle in ("paire", "impaire"):
        await server.admin("create-account", handle, "--password", "une longue nuit tranquille")
    domain = server.url.removeprefix("http://")
    (tmp_path / "in.csv").write_text(f"impaire@{domain},false,true,fr\nloin@x.example,true,false,\n")
    done = await server.run("import", "csv", "paire", "follows", str(tmp_path / "in.csv"))
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        ["in.csv, ligne 2 : introuvable : Cette personne n'est pas ici.", "in.csv : 1 fait, 1 introuvable"],
    )
    assert (await server.run("export", "csv", "paire", "follows", str(tmp_path / "out.csv"))).returncode == 0
    told = (tmp_path / "out.csv").read_text()
    assert told == f"Account address,Show boosts,Notify on new posts,Languages\nimpaire@{domain},false,true,fr\n"
    again = await server.run("export", "csv", "paire", "follows", str(tmp_path / "out.csv"))
    assert (again.returncode, again.stdout) == (1, "")
    unknown = await server.run("import", "csv", "paire", "amours", str(tmp_path / "in.csv"))
    assert unknown.returncode == 2
    whole = await server.run("export", "mastodon-archive", "paire", str(tmp_path / "out.zip"))
    assert (whole.returncode, (tmp_path / "out.zip").stat().st_mode & 0o777) == (0, 0o600)


async def test_killed_in_the_middle_and_begun_again_brings_everything_once(server: Server, tmp_path: Path) -> None:
    await server.admin("create-account", "tenace", "--password", "une longue nuit tranquille")
    path = archive(tmp_path / "a.zip", 600)
    command = [sys.executable, "-m", "salledepause", "import", "mastodon-archive", str(path), "--to", "tenace"]
    for least in (1, 150):
        with (
            held_at(server, least),
            subprocess.Popen(
                [*command, "--data", str(server.data)],
                env=server.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as process,
        ):
            await reached(server, least)
            os.kill(process.pid, signal.SIGKILL)
        assert least <= counted(server)[0] < 600
    done = await server.run("import", "mastodon-archive", str(path), "--to", "tenace")
    assert done.returncode == 0, done.stderr
    assert counted(server) == (600, 600, 600)


@contextmanager
def held_at(server: Server, number: int) -> Iterator[None]:
    """Have an import wait for the end of a block once more posts than a number are in, however late one looks at it."""
    with psycopg.connect(server.database_url, autocommit=True) as connection:
        connection.execute(
            f"""CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF (SELECT count(*) FROM posts WHERE account_id = NEW.account_id) > {number + BATCH} THEN
                    PERFORM pg_advisory_xact_lock_shared(7);
                END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER held AFTER INSERT ON posts FOR EACH ROW EXECUTE FUNCTION held();
            SELECT pg_advisory_lock(7)""".encode()
        )
        try:
            yield
        finally:
            connection.execute("SELECT pg_advisory_unlock(7)")
            connection.execute("DROP FUNCTION held CASCADE")


async def reached(server: Server, least: int) -> None:
    """Wait until so many posts are in."""
    last = time.monotonic() + 60
    while counted(server)[0] < least:
        assert time.monotonic() < last
        await asyncio.sleep(0.02)


def counted(server: Server) -> tuple[int, int, int]:
    """Return the posts of the account, different ones, and its total."""
    with psycopg.connect(server.database_url) as connection:
        row = connection.execute(
            "SELECT count(p.id), count(DISTINCT p.text), max(a.posts_count) "
            "FROM accounts a LEFT JOIN posts p ON p.account_id = a.id WHERE a.handle = 'tenace'"
        ).fetchone()
    assert row
    return row[0], row[1], row[2]


async def test_past_answers_are_counted_once_beside_a_server_and_bad_lines_told_by_number(server: Server, tmp_path: Path) -> None:
    ours, token = "/api/salledepause/v1", await server.person("dir_qui_repete")
    async with server.client(headers={"authorization": f"Bearer {token}"}) as client:
        desk = (await client.post(f"{ours}/desks", json={"name": "Direction"})).json()["id"]
        lines = ["remark,answer,date,to", *["Logés gratis !,Les gardes.,2024-05-01,ines"] * 39, ",rien,2024-05-01,"]
        file = tmp_path / "passees.csv"
        file.write_text("\n".join(lines), "utf-8")
        done = await server.run("answers", "import", str(file), "--as", "dir_qui_repete", "--desk", desk)
        assert (done.returncode, done.stderr) == (3, "")
        assert done.stdout.splitlines() == ["ligne 41 : Écrivez quelque chose.", "39 comptée(s), 0 déjà là, 1 refusée(s)"]
        again = await server.run("answers", "import", str(file), "--as", "dir_qui_repete", "--desk", desk)
        assert again.stdout.splitlines()[-1] == "0 comptée(s), 39 déjà là, 1 refusée(s)"
        (card,) = (await client.get(f"{ours}/desks/{desk}/cards")).json()
        assert (card["said"], card["minutes_saved"], card["sendable"]) == (39, 39 * 4, False)
        wrong = await server.run("answers", "import", str(file), "--as", "dir_qui_repete", "--desk", "7")
        assert wrong.returncode == 1
        assert "Traceback" not in wrong.stderr
