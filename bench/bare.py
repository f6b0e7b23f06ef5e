"""The limit beside each measure: the same web server and framework sending prepared bytes, with nothing of ours behind.

`save` writes down what our server answered; `application` (started by Granian as a factory) sends the same bytes with the
same content type from one Starlette route for each path. What our server takes beyond this is what its own code costs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = "BENCH_PREPARED"
"""Environment name of the folder where the prepared answers are."""
INDEX = "index.json"
READY = "/ready"
SMALL = b'{"status":"ok"}'
JSON = "application/json"


class Prepared(NamedTuple):
    """One answer to send: the path without its query, the content type and the body."""

    path: str
    content_type: str
    body: bytes


def save(folder: Path, answers: Iterable[Prepared]) -> None:
    """Write prepared answers into `folder`: one file for each body and an index of paths."""
    index = {}
    for number, one in enumerate(answers):
        (folder / str(number)).write_bytes(one.body)
        index[one.path] = (one.content_type, str(number))
    (folder / INDEX).write_bytes(msgspec.json.encode(index))


def load(folder: Path) -> list[Prepared]:
    """Return the answers that `save` wrote."""
    index = msgspec.json.decode((folder / INDEX).read_bytes(), type=dict[str, tuple[str, str]])
    return [Prepared(path, kind, (folder / name).read_bytes()) for path, (kind, name) in index.items()]


def application() -> Starlette:
    """Return the bare application: one route for each prepared answer, and `/ready`."""
    answers = [Prepared(READY, JSON, SMALL), *load(Path(os.environ[FOLDER]))]
    return Starlette(routes=[Route(one.path, _sender(one)) for one in answers])


def command(port: int, workers: int) -> list[str]:
    """Return the command line that serves `application` as our own server is served."""
    granian = [sys.executable, "-m", "granian", "--interface", "asgi", "--http", "1", "--loop", "uvloop", "--backlog", "2048"]
    place = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    return [*granian, *place, "--log-level", "warning", "--factory", "bench.bare:application"]


def _sender(prepared: Prepared) -> Callable[[Request], Awaitable[Response]]:
    body, headers = prepared.body, {"content-type": prepared.content_type}

    async def send(_: Request) -> Response:
        return Response(body, headers=headers)

    return send
