"""The servers under measure: started, awaited, weighed and stopped as anybody would from a shell."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from random import SystemRandom
from typing import NamedTuple

import psutil

PATIENCE = 120.0
"""Seconds a server may take to start: the first start creates its database."""
STOPPING = 30.0
WORKERS_PATIENCE = 60.0
PAUSE = 0.02
WORKERS = 2
"""Web processes of every server measured."""
PORTS = range(20_000, 32_000)
"""Below those that connections are given (`ip_local_port_range`): a port that is free stays so until its server takes it."""
MIB = 1024 * 1024
OURS = (sys.executable, "-m", "salledepause")
SECRET = "one secret for the server and the commands of a benchmark"  # noqa: S105 (protects nothing)
OK = 200


class ServerDied(RuntimeError):
    """The server ended or never answered; the message holds the end of its log."""


class Server(NamedTuple):
    """A running server and where it answers."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def origin(self) -> str:
        """Its address without a final slash."""
        return f"http://127.0.0.1:{self.port}"


class Command(NamedTuple):
    """How to start a server: its words, its port, the path that answers 200 when it is ready, its log."""

    words: Sequence[str]
    port: int
    ready: str
    log: Path
    environment: Mapping[str, str] = {}


class Start(NamedTuple):
    """Seconds from the command to the first page, on an empty folder and again on the filled one."""

    first: float
    second: float


class Weight(NamedTuple):
    """What a group of processes has used so far: processor seconds, and the memory of each in MiB."""

    processor: float
    resident: tuple[float, ...]
    own: tuple[float, ...]
    """Memory that nobody shares (USS)."""


def free_port() -> int:
    """Return a loopback port that nobody listens on now, and that the system gives to nobody who connects meanwhile.

    Raises OSError when they are all taken.
    """
    for port in SystemRandom().sample(PORTS, len(PORTS)):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


def serve(data: Path, port: int, database_url: str) -> Command:
    """Return the command that serves our own application on a database, without its rate limits."""
    words = [*OURS, "serve", "--data", str(data), "--port", str(port), "--workers", str(WORKERS)]
    settings = {**_settings(database_url), "SALLEDEPAUSE_DOMAIN": f"127.0.0.1:{port}", "SALLEDEPAUSE_RATE_LIMIT": "0"}
    return Command(words, port, "/health", data.parent / "serve.log", settings)


def demo(data: Path, port: int) -> Command:
    """Return the command that fills and serves the demonstration community, with its own embedded database."""
    words = [*OURS, "demo", "--data", str(data), "--port", str(port)]
    return Command(words, port, "/", data.parent / "demo.log", {"DATABASE_URL": ""})


def admin(database_url: str, *words: str) -> str:
    """Run an administration command on a database; return the last line it printed. Raises CalledProcessError."""
    environment = {**os.environ, **_settings(database_url)}
    done = subprocess.run([*OURS, "admin", *words], env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()[-1].strip()


@contextmanager
def running(command: Command) -> Iterator[Server]:
    """Start a server, wait until it is ready, stop it and all its processes at the end. Raises ServerDied."""
    with command.log.open("wb") as log:
        environment = {**os.environ, **command.environment}
        process = subprocess.Popen(command.words, stdout=log, stderr=subprocess.STDOUT, env=environment, start_new_session=True)
    server = Server(process, command.port)
    try:
        _await(server, command)
        yield server
    finally:
        _stop(process)


def cold_start(data: Path) -> Start:
    """Measure the demonstration from its command to its first page, on a new folder and then again. Raises ServerDied."""
    port = free_port()
    return Start(_time_to_page(data, port), _time_to_page(data, port))


def web_workers(server: Server, count: int) -> list[psutil.Process]:
    """Return the `count` processes that answer requests, waiting for the slowest to listen. Raises ServerDied.

    They are those listening on the port with no listening child of their own: the supervisor, the job worker and the
    database are left out.
    """
    limit = time.monotonic() + WORKERS_PATIENCE
    while len(found := _listening(server)) != count:
        if time.monotonic() > limit:
            message = f"{len(found)} processes listen on port {server.port} instead of {count}"
            raise ServerDied(message)
        time.sleep(PAUSE)
    return found


def weigh(processes: Sequence[psutil.Process]) -> Weight:
    """Return what processes have used: user and system time, resident and unshared memory."""
    times = [one.cpu_times() for one in processes]
    memory = [one.memory_full_info() for one in processes]
    return Weight(
        processor=sum(one.user + one.system for one in times),
        resident=tuple(one.rss / MIB for one in memory),
        own=tuple(one.uss / MIB for one in memory),
    )


def family_processor(parent: psutil.Process) -> float:
    """Return the processor seconds of a process and its children, those that have ended included."""
    times = parent.cpu_times()
    living = sum(_processor_of(child) for child in parent.children())
    return times.user + times.system + times.children_user + times.children_system + living


def fetch(url: str, headers: Mapping[str, str], body: bytes | None = None) -> tuple[str, bytes]:
    """Return the content type and the body of a page (a POST when it is given a body).

    Raises urllib.error.HTTPError when the status is not 2xx.
    """
    request = urllib.request.Request(url, headers=dict(headers), data=body)  # noqa: S310 (a loopback address)
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return answer.headers["content-type"], answer.read()


def _processor_of(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system


def _settings(database_url: str) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "SALLEDEPAUSE_SECRET": SECRET}


def _time_to_page(data: Path, port: int) -> float:
    began = time.perf_counter()
    with running(demo(data, port)):
        return time.perf_counter() - began


def _await(server: Server, command: Command) -> None:
    limit = time.monotonic() + PATIENCE
    while not _answers(server.origin + command.ready):
        if server.process.poll() is not None or time.monotonic() > limit:
            tail = command.log.read_text(errors="replace")[-2000:]
            message = f"{' '.join(command.words)}\nnever answered {command.ready}; its log ends with:\n{tail}"
            raise ServerDied(message)
        time.sleep(PAUSE)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (a loopback address)
            return bool(answer.status == OK)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to stop as a service manager does, then end what would not: its own process group, nothing else."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOPPING)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _listening(server: Server) -> list[psutil.Process]:
    family = [psutil.Process(server.process.pid), *psutil.Process(server.process.pid).children(recursive=True)]
    listening = [one for one in family if _listens(one, server.port)]
    parents = {one.ppid() for one in listening}
    return [one for one in listening if one.pid not in parents]


def _listens(process: psutil.Process, port: int) -> bool:
    try:
        connections = process.net_connections("tcp")
    except psutil.NoSuchProcess:
        return False
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in connections)
