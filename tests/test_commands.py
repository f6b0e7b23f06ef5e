"""The command line as scripts and hosts use it: the real commands, beside a running server and without one."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import psycopg
import pytest

from bench.process import free_port
from salledepause.features import accounts
from salledepause.kernel import embedded
from salledepause.kernel.config import Settings
from salledepause.main import site_of
from tests.kernel.media_samples import drawing, saved
from tests.support import commands
from tests.support.house import House
from tests.support.server import END, PAUSE, START, Server, clean, lives, serving
from tests.watch_scene import play
from tests.web.visitor import HTML, Page, Visitor

PASSWORD = "une longue nuit tranquille"
PNG = saved(drawing(), "PNG")
SOON, LOOKS = 1.0, 20
"""Seconds in which what one process does shows in the others; and looks, for one may last longer when the machine is busy."""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    async with serving(tmp_path_factory.mktemp("salle"), SALLEDEPAUSE_REGISTRATION="invitation") as running:
        yield running


@pytest.fixture
async def token(server: Server) -> str:
    """Give the token of somebody new."""
    site = site_of(Settings(data=server.data, database_url=server.database_url))
    async with site.db, site.db.transaction() as tx:
        return await accounts.give_token(tx, await accounts.create(tx, new_handle(), None), ["read", "write"])


def new_handle() -> str:
    return f"ide_{secrets.token_hex(4)}"


async def me(server: Server, token: str) -> httpx.Response:
    async with server.client() as client:
        return await client.get("/api/v1/accounts/verify_credentials", headers={"authorization": f"Bearer {token}"})


async def soon(right: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so in all web processes, within the second; each connection may reach another process."""
    last, looks = time.monotonic() + SOON, 0
    while not all([await right() for _ in range(8)]):
        looks += 1
        assert looks < LOOKS or time.monotonic() < last
        await asyncio.sleep(PAUSE)


async def in_time(server: Server, token: str, status: int) -> None:
    """Wait until all web processes answer `status` to a token, within the second."""

    async def right() -> bool:
        return (await me(server, token)).status_code == status

    await soon(right)


def alone(*words: str, data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command without any server."""
    return commands.done((*words, "--data", str(data)), clean() | environment, START)


def check_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Assert that a command refused in one sentence that bears these words, and told nothing else."""
    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("salledepause : ")
    assert all(word in done.stderr for word in words), done.stderr


async def test_an_account_and_its_token_come_from_scripts_while_the_server_runs(server: Server) -> None:
    handle = new_handle()
    made = await server.run("admin", "create-account", handle, "--password", PASSWORD, "--family", "soignant-paramedical")
    assert (made.returncode, made.stderr) == (0, "")
    given = await server.run("admin", "token", handle, "--scopes", "read write follow push")
    assert (given.returncode, given.stderr) == (0, "")
    assert given.stdout.count("\n") == 1
    answer = await me(server, given.stdout.strip())
    assert (answer.status_code, answer.json()["username"]) == (200, handle)


async def test_what_cannot_be_is_refused_in_one_sentence(server: Server, token: str) -> None:
    handle = (await me(server, token)).json()["username"]
    check_refused(await server.run("admin", "create-account", handle.upper(), "--password", PASSWORD), "déjà pris")
    check_refused(await server.run("admin", "create-account", "nom avec espaces", "--password", PASSWORD), "pseudonyme")
    weak = await server.run("admin", "create-account", new_handle(), "--password", "azertyuiop")
    check_refused(weak, "devinés")
    assert "azertyuiop" not in weak.stderr
    check_refused(await server.run("admin", "token", "personne_ici"))
    check_refused(await server.run("admin", "token", handle, "--scopes", "tout"))
    check_refused(await server.run("admin", "set-role", handle, "--role", "roi"), "Rôle inconnu")


async def test_an_unknown_family_is_refused_by_name(server: Server) -> None:
    done = await server.run("admin", "create-account", new_handle(), "--password", PASSWORD, "--family", "chirurgien")
    assert done.returncode == 2
    assert "soignant-medical" in done.stderr
    assert PASSWORD not in done.stderr


async def test_what_hosts_decide_is_in_the_journal(server: Server, token: str) -> None:
    handle = (await me(server, token)).json()["username"]
    await server.admin("silence", handle, "--reason", "trop de bruit")
    await server.admin("unsilence", handle)
    lifted, limited = (await server.admin("journal", "--last", "2")).splitlines()
    assert limited.endswith(f"—  silence  @{handle}  trop de bruit")
    assert lifted.endswith(f"—  unsilence  @{handle}")


async def test_a_suspension_is_felt_by_every_process_within_a_second_and_lifted(server: Server, token: str) -> None:
    handle = (await me(server, token)).json()["username"]
    await in_time(server, token, 200)
    assert await server.admin("suspend", handle) == f"Fait : {handle}"
    await in_time(server, token, 403)
    await server.admin("restore", handle)
    await in_time(server, token, 200)


async def test_an_emoji_comes_from_a_file_and_reaches_the_apps(server: Server, tmp_path: Path) -> None:
    picture = tmp_path / "x.png"
    picture.write_bytes(PNG)
    code = f"e_{secrets.token_hex(4)}"
    assert await server.admin("emoji", "add", code, str(picture), "--category", "essais") == f"Fait : {code}"
    check_refused(await server.run("admin", "emoji", "add", code, str(picture)), "déjà")
    assert f"{code}  essais" in (await server.admin("emoji", "list")).splitlines()
    await soon(lambda: emojis_are(server, code, offered=True))
    async with server.client() as client:
        (shown,) = [one for one in (await client.get("/api/v1/custom_emojis")).json() if one["shortcode"] == code]
        assert (await client.get(shown["url"][shown["url"].index("/media/") :])).status_code == 200
        await server.admin("emoji", "remove", code)
        await soon(lambda: emojis_are(server, code, offered=False))
        assert (await client.get(shown["url"][shown["url"].index("/media/") :])).status_code == 404
    check_refused(await server.run("admin", "emoji", "remove", code))


async def emojis_are(server: Server, code: str, *, offered: bool) -> bool:
    async with server.client() as client:
        return (code in (await client.get("/api/v1/custom_emojis")).text) is offered


async def test_an_announcement_is_drafted_shown_and_withdrawn(server: Server, token: str) -> None:
    async def shown(*numbers: str) -> bool:
        async with server.client() as client:
            answer = await client.get("/api/v1/announcements", headers={"authorization": f"Bearer {token}"})
            return [one["id"] for one in answer.json()] == list(numbers)

    number = await server.admin("announce", "add", "Travaux", "--starts", "2026-01-01T20:00", "--ends", "2999-01-01", "--draft")
    assert await shown()
    assert f"{number}  brouillon  Travaux" in (await server.admin("announce", "list")).splitlines()
    await server.admin("announce", "publish", number)
    await soon(lambda: shown(number))
    await server.admin("announce", "remove", number)
    await soon(shown)
    check_refused(await server.run("admin", "announce", "remove", number))
    check_refused(await server.run("admin", "announce", "add", " "))
    early = await server.run("admin", "announce", "add", "x", "--starts", "2026-01-02", "--ends", "2026-01-01")
    check_refused(early, "après son début")


async def test_an_invitation_opens_a_closed_house_once(server: Server) -> None:
    code = await server.admin("invite", "--uses", "1", "--days", "2")
    assert code
    assert len(code.split()) == 1
    with psycopg.connect(server.database_url) as connection:
        kept = connection.execute("SELECT invitations::text FROM invitations").fetchall()
    assert kept
    assert not [row for row in kept if code in row[0]]
    assert await signed_up(server, code) == 200
    assert await signed_up(server, code) == 422
    assert await signed_up(server, "inconnu") == 422


async def signed_up(server: Server, code: str) -> int:
    async with server.client(headers=HTML) as client:
        newcomer = Visitor(client)
        await newcomer.get("/inscription")
        await newcomer.submit("/inscription", handle=new_handle(), password=PASSWORD)
        found = await newcomer.post("/inscription/qui", family="autre", invitation=code)
        if found.status_code == 200:
            newcomer.page = Page(found)
            await newcomer.submit("/inscription/fin", **await newcomer.noted())
        return found.status_code


async def test_erasing_leaves_nothing_of_somebody(server: Server, token: str) -> None:
    handle = (await me(server, token)).json()["username"]
    async with server.client(headers={"authorization": f"Bearer {token}"}) as client:
        said = (await client.post("/api/v1/statuses", json={"status": "Je pars."})).json()["id"]
        sent = await client.patch("/api/v1/accounts/update_credentials", files={"avatar": ("a.png", PNG)})
        assert sent.status_code == 200, sent.text
    assert len(list((server.data / "media").glob("??/*"))) == 1
    await server.admin("erase", handle)
    await in_time(server, token, 401)
    assert not list((server.data / "media").glob("??/*"))
    async with server.client() as client:
        assert (await client.get(f"/api/v1/statuses/{said}")).status_code == 404
        assert (await client.get("/api/v1/accounts/lookup", params={"acct": handle})).status_code == 404


async def test_a_lost_password_is_set_anew_and_closes_every_door(server: Server, token: str) -> None:
    handle = (await me(server, token)).json()["username"]
    words = await server.admin("set-password", handle, "--password", "encore une longue nuit")
    assert words.count("\n") == 0
    assert len(words.split()) >= 5
    await in_time(server, token, 401)


async def test_migrate_says_so_while_the_server_runs(server: Server) -> None:
    done = await server.run("migrate")
    assert (done.returncode, done.stdout, done.stderr) == (0, "La base est à jour.\n", "")
    assert embedded.running(server.data)


async def test_a_second_server_on_the_same_data_or_the_same_port_is_refused(server: Server, tmp_path: Path) -> None:
    check_refused(await server.run("serve", "--port", str(free_port())), "déjà", str(server.data))
    check_refused(await server.run("demo", "--port", str(free_port())), "déjà")
    other = alone("serve", "--port", str(server.port), data=tmp_path)
    check_refused(other, str(server.port), "--port")
    assert not embedded.running(tmp_path)
    assert (await me(server, "rien")).status_code == 401


async def test_as_many_web_processes_as_asked_on_the_port_asked(tmp_path: Path) -> None:
    server = Server(tmp_path, free_port(), {}, words=("serve", "--workers", "3"))
    await server.start()
    try:
        assert len(server.web_processes()) == 3
        assert len(server.processes("work")) == 1
    finally:
        await server.stop()


async def test_control_c_stops_every_process_and_leaves_no_database(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        postmaster = embedded.postmaster(tmp_path)
        assert postmaster
        processes = [*server.web_processes(), *server.processes("work"), postmaster]
        os.killpg(server.process.pid, signal.SIGINT)  # a terminal tells the whole group
        assert await asyncio.to_thread(server.process.wait, END) == 0
        assert not [one for one in processes if lives(one)]
        told = server.log.read_text()
        assert f"La salle est ouverte : {server.url}\n" in told
        assert "Traceback" not in told
        assert not [line for line in told.splitlines() if line.startswith("{")], "nothing went wrong"


async def test_stopped_while_it_starts_it_leaves_no_database(tmp_path: Path) -> None:
    for wait in (0.8, 1.4, 2.0):
        command = [sys.executable, "-m", "salledepause", "serve", "--data", str(tmp_path), "--port", str(free_port())]
        process = await asyncio.create_subprocess_exec(*command, env=clean(), stdout=subprocess.DEVNULL)
        await asyncio.sleep(wait)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), END) in {0, 143, -signal.SIGTERM}
        assert not embedded.running(tmp_path)


def test_an_unknown_setting_refuses_to_start(tmp_path: Path) -> None:
    check_refused(alone("serve", data=tmp_path, SALLEDEPAUSE_COULEUR="bleu"), "Réglage inconnu", "SALLEDEPAUSE_COULEUR")
    (tmp_path / "salledepause.toml").write_text('couleur = "bleu"\n')
    check_refused(alone("migrate", data=tmp_path), "couleur")
    assert not (tmp_path / "postgres").exists()


def test_a_value_that_will_not_do_refuses_to_start(tmp_path: Path) -> None:
    check_refused(alone("serve", data=tmp_path, SALLEDEPAUSE_POOL_SIZE="beaucoup"), "pool_size")


@pytest.mark.parametrize("command", ["serve", "web", "work", "migrate"])
def test_an_unreachable_database_is_said_without_its_password(tmp_path: Path, command: str) -> None:
    url = f"postgresql://salle:motsecret@127.0.0.1:{free_port()}/salle"
    done = alone(command, data=tmp_path, DATABASE_URL=url)
    check_refused(done, "DATABASE_URL")
    assert "motsecret" not in done.stderr


def test_an_unreadable_address_is_said_without_its_password(tmp_path: Path) -> None:
    done = alone("migrate", data=tmp_path, DATABASE_URL="postgresql//salle motsecret")
    check_refused(done, "DATABASE_URL")
    assert "motsecret" not in done.stderr


async def test_a_house_on_somebody_else_s_database_starts_none_of_its_own(postgres: str, tmp_path: Path) -> None:
    name = f"salledepause_{secrets.token_hex(6)}"
    url = embedded.create_database(postgres, name)
    async with serving(tmp_path, DATABASE_URL=url) as server:
        await server.admin("create-account", "ici", "--password", PASSWORD)
        assert (await me(server, await server.admin("token", "ici"))).status_code == 200
        assert len(server.processes("work")) == 1
    assert not (tmp_path / "postgres").exists()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT handle FROM accounts").fetchall() == [("ici",)]
    embedded.drop_database(postgres, name)


async def test_several_machines_serve_one_house(postgres: str, tmp_path: Path) -> None:
    name = f"salledepause_{secrets.token_hex(6)}"
    url = embedded.create_database(postgres, name)
    assert alone("migrate", data=tmp_path, DATABASE_URL=url).returncode == 0
    server = Server(tmp_path, free_port(), {"DATABASE_URL": url}, words=("web", "--workers", "1"))
    command = [sys.executable, "-m", "salledepause", "work", "--data", str(tmp_path / "two")]
    with subprocess.Popen(command, env=clean() | {"DATABASE_URL": url}) as worker:
        try:
            await server.start()
            assert (await me(server, await server.person("plume"))).status_code == 200
            assert (len(server.web_processes()), len(server.processes("work"))) == (1, 0)
            with psycopg.connect(url, autocommit=True) as connection:
                while not connection.execute("SELECT FROM procrastinate_workers").fetchall():
                    await asyncio.sleep(0.05)
        finally:
            worker.terminate()
            await server.stop()
    assert (worker.returncode, server.process.returncode) == (0, 0)
    embedded.drop_database(postgres, name)


@pytest.mark.parametrize("command", ["web", "work"])
def test_several_machines_need_a_database_of_their_own(tmp_path: Path, command: str) -> None:
    check_refused(alone(command, data=tmp_path), "DATABASE_URL")


def test_commands_find_and_leave_the_database_as_it_was(tmp_path: Path) -> None:
    done = alone("admin", "create-account", "seule", "--password", PASSWORD, data=tmp_path)
    assert (done.returncode, done.stdout) == (0, "Compte créé : seule\n")
    assert not embedded.running(tmp_path)
    embedded.start(tmp_path)
    with embedded.lent(tmp_path):
        assert alone("admin", "token", "seule", data=tmp_path).returncode == 0
        assert embedded.running(tmp_path)
    assert not embedded.running(tmp_path)


async def test_a_desk_of_another_house_answers_by_a_bot(server: Server, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = await play(house, server, monkeypatch)
    assert "Nous ne savons pas." in answers[0]
