"""Keeps the house standing: database, web processes and job worker, started together and stopped in order."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import uvloop
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from salledepause.kernel import embedded, logs
from salledepause.kernel.config import Settings
from salledepause.kernel.migrate import migrate

T = TypeVar("T")

PAUSE = 0.5
"""Seconds between two looks at the worker and the database."""
DRAIN = 10
"""Seconds that a stopping process has to finish what it accepted."""
DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG (prctl(2))."""


def standing(settings: Settings) -> Settings:
    """Return settings whose database answers and is up to date, starting the embedded one where no other is given."""
    url = settings.database_url or embedded.start(settings.data)
    migrate(url)
    return msgspec.structs.replace(settings, database_url=url)


def put_down(settings: Settings, *, given: bool) -> None:
    """Stop the embedded database unless the database was `given`."""
    if not given:
        embedded.stop(settings.data)


def serve(settings: Settings, *, host: str, port: int, workers: int, ready: Callable[[], None]) -> None:
    """Serve until told to stop: N web processes here, one job worker beside; `ready` runs once the first page answers."""
    _inherit(settings)
    stop = threading.Event()
    watcher = threading.Thread(target=_keep_working, args=(settings.data, stop), daemon=True)
    watcher.start()
    threading.Thread(target=_announce, args=(host, port, ready, stop), daemon=True).start()
    try:
        web(settings, host=host, port=port, workers=workers)
    finally:
        stop.set()
        watcher.join(timeout=DRAIN + 2)


def web(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Serve the web processes alone, for installations of several machines."""
    _inherit(settings)
    _measure(settings)
    Granian(
        "salledepause.main:serve",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        workers=workers,
        loop=Loops.uvloop,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.2,
        workers_kill_timeout=DRAIN,
        backlog=2048,
    ).serve()


def work(settings: Settings) -> None:
    """Run the job worker until told to stop."""
    from salledepause.main import site_of  # noqa: PLC0415 - the worker alone needs the whole house in this process

    die_with_parent()
    logs.configure()

    async def run() -> None:
        site = site_of(settings, worker=True)
        async with site.db:
            await site.jobs.run()

    uvloop.run(run())


def die_with_parent() -> None:
    """Ask the system to stop this process when its parent dies, so that nothing outlives a killed supervisor."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)


def _inherit(settings: Settings) -> None:
    """Hand the settings to child processes, which read their environment."""
    os.environ["DATABASE_URL"] = settings.database_url
    os.environ["SALLEDEPAUSE_DATA"] = str(settings.data)
    os.environ["SALLEDEPAUSE_DOMAIN"] = settings.domain
    os.environ["SALLEDEPAUSE_SECRET"] = settings.secret


def _measure(settings: Settings) -> None:
    """Open the metrics of all web processes together on one local port."""
    if not settings.metrics_port:
        return
    folder = settings.data / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    start_http_server(settings.metrics_port, addr="127.0.0.1", registry=registry)


def _keep_working(data: Path, stop: threading.Event) -> None:
    """Keep one job worker running, and the embedded database under it where there is one."""
    embedded_one = (data / "postgres" / "PG_VERSION").exists()
    worker = _worker(data)
    while not stop.wait(PAUSE):
        if embedded_one and not embedded.running(data):
            embedded.start(data)
        if worker.poll() is not None:
            worker = _worker(data)
    worker.terminate()
    try:
        worker.wait(DRAIN)
    except subprocess.TimeoutExpired:
        worker.kill()


def _worker(data: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "salledepause", "work", "--data", str(data)])


def _announce(host: str, port: int, ready: Callable[[], None], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/health", timeout=2):
                ready()
                return
        except OSError:
            time.sleep(0.05)


def run_once(settings: Settings, act: Callable[[Settings], Coroutine[Any, Any, T]]) -> T:
    """Do something with the database up, whether or not a server runs; put the embedded one down only if we started it."""
    was_up = bool(settings.database_url) or embedded.running(settings.data)
    up = standing(settings)
    try:
        return uvloop.run(act(up))
    finally:
        if not was_up:
            embedded.stop(settings.data)
