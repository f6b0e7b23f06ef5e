"""Start our server for a suite on a fresh data folder, and stop it whatever happens."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

READY_WITHIN = 120.0
"""Seconds given to a fresh server: its database is made, started and migrated."""
STOPPED_WITHIN = 30.0
"""Seconds given to it to stop by itself."""
SETTINGS = {"SALLEDEPAUSE_RATE_LIMIT": "0", "SALLEDEPAUSE_REGISTRATION": "open"}
"""Suites sign up an account for each test."""


class Served(NamedTuple):
    """A server that answers: its address, its data folder, the settings that it was started with."""

    address: str
    data: Path
    settings: dict[str, str]


class ServerError(RuntimeError):
    """The server does not answer; the message ends with the last lines of its log."""


@contextmanager
def running(port: int, log: Path) -> Iterator[Served]:
    """Serve an empty community as `localhost:PORT` for the duration.

    Raises ServerError when the port is taken, or when the server stops or is silent for two minutes.
    """
    base_url = f"http://localhost:{port}"
    if healthy(base_url) is not None:
        raise ServerError(f"Something answers already at {base_url}.")
    with tempfile.TemporaryDirectory(prefix="conformance-", ignore_cleanup_errors=True) as data:
        served = Served(base_url, Path(data), SETTINGS | {"SALLEDEPAUSE_DOMAIN": f"localhost:{port}"})
        process = _start(served, port, log)
        try:
            _await(process, base_url, log)
            yield served
        finally:
            _stop(process)


def healthy(base_url: str) -> bool | None:
    """Tell whether `/health` answers 200; None when nobody answers there."""
    address = urlsplit(base_url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.netloc, timeout=5)
    try:
        connection.request("GET", f"{address.path}/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def settings_apart(settings: dict[str, str]) -> dict[str, str]:
    """Return an environment with these settings of ours and no other."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("SALLEDEPAUSE_") and key != "DATABASE_URL"}
    return inherited | settings


def _start(served: Served, port: int, log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "salledepause", "serve", "--data", str(served.data), "--port", str(port), "--workers", "2"]
    with log.open("wb") as out:
        return subprocess.Popen(
            command, env=settings_apart(served.settings), stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )


def _await(process: subprocess.Popen[bytes], base_url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not healthy(base_url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise ServerError(f"The server did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
        time.sleep(0.2)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOPPED_WITHIN)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
