"""Files that every page shares, under names that change with what they hold, so that browsers keep them for good."""

from __future__ import annotations

import mimetypes
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

FOLDER = Path(__file__).parent / "static"
FOR_GOOD = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"
SAFE = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
}
"""The policy of an image opened by itself: its own inline style, no script."""
CLOSED_TO_ROBOTS = ("/connexion", "/inscription", "/recuperation", "/reglages", "/ecrire", "/oauth/")
ROBOTS = "".join(["User-agent: *\n", *(f"Disallow: {path}\n" for path in CLOSED_TO_ROBOTS)])


class Asset(NamedTuple):
    """A file as it is served."""

    body: bytes
    kind: str
    address: str


@cache
def assets() -> dict[str, Asset]:
    """Return every shared file by its plain name."""
    return {path.name: _asset(path) for path in sorted(FOLDER.iterdir()) if path.is_file()}


def address(name: str) -> str:
    """Return the path of a file, its content's hash in it."""
    return assets()[name].address


def routes() -> list[BaseRoute]:
    """Return the routes of shared files; they ask the database nothing."""
    return [
        Route("/static/{file}", _static),
        Route("/favicon.svg", _favicon),
        Route("/favicon.ico", _favicon),
        Route("/robots.txt", _robots),
    ]


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    mark = sha256(body).hexdigest()[:12]
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(body, kind, f"/static/{path.stem}-{mark}{path.suffix}")


async def _static(request: Request) -> Response:
    found = next((one for one in assets().values() if one.address == request.url.path), None)
    return _sent(found, FOR_GOOD) if found else Response(status_code=404)


async def _favicon(request: Request) -> Response:
    del request
    return _sent(assets()["icon.svg"], A_DAY)


async def _robots(request: Request) -> Response:
    del request
    return Response(ROBOTS, media_type="text/plain", headers={"cache-control": A_DAY})


def _sent(asset: Asset, keep: str) -> Response:
    return Response(asset.body, media_type=asset.kind, headers=SAFE | {"cache-control": keep})
