"""Files that every page shares, under names that change with what they hold, so that browsers keep them for good.

Sources are small and have one part each; what is served is joined: one style sheet of `css/`, one set of drawings of `icons/`.
Scripts of `js/` are served one by one in a folder named after all of them, so that they import each other by relative names.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from salledepause.surfaces.web.packing import welcome

FOLDER = Path(__file__).parent / "static"
SHEET, SPRITE = "salle.css", "i.svg"
"""The drawings have a short name: a page of twenty posts says it two hundred times."""
FOR_GOOD = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"
SAFE = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
}
"""The policy of an image opened by itself: its own inline style, no script."""
CLOSED_TO_ROBOTS = (
    "/connexion",
    "/inscription",
    "/recuperation",
    "/reglages",
    "/ecrire",
    "/oauth/",
    "/plus",
    "/apparence",
    "/gestes/",
    "/maison",
)
ROBOTS = "".join(["User-agent: *\n", *(f"Disallow: {path}\n" for path in CLOSED_TO_ROBOTS)])
PACKED = {"text/css", "text/javascript", "image/svg+xml"}
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AROUND = re.compile(r"\s*([{};,])\s*")
_DRAWING = re.compile(r'<svg[^>]*viewBox="([^"]*)"[^>]*>(.*)</svg>\s*', re.DOTALL)


class Asset(NamedTuple):
    """A file as it is served; `packed` is its gzip form, empty for what gains nothing."""

    body: bytes
    kind: str
    address: str
    packed: bytes = b""


@cache
def assets() -> dict[str, Asset]:
    """Return every shared file by its plain name; scripts as `js/name.js`."""
    return {name: one for found in (_pictures(), _joined(), _scripts()) for name, one in found}


def address(name: str) -> str:
    """Return the path of a file, its content's hash in it."""
    return assets()[name].address


def routes() -> list[BaseRoute]:
    """Return the routes of shared files; they ask the database nothing."""
    return [
        Route("/static/{file:path}", _static),
        Route("/favicon.svg", _favicon),
        Route("/favicon.ico", _favicon),
        Route("/robots.txt", _robots),
    ]


def _pictures() -> Iterator[tuple[str, Asset]]:
    for path in sorted(FOLDER.iterdir()):
        if path.is_file():
            yield path.name, _marked(path.name, path.read_bytes())


def _joined() -> Iterator[tuple[str, Asset]]:
    """Yield what is joined of many sources: styles in the order of their names, drawings as symbols named after their files."""
    sheet = "\n".join(_COMMENT.sub("", path.read_text("utf-8")).strip() for path in sorted((FOLDER / "css").glob("*.css")))
    yield SHEET, _marked(SHEET, _tight(sheet).encode())
    symbols = (_symbol(path) for path in sorted((FOLDER / "icons").glob("*.svg")))
    sprite = f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'
    yield SPRITE, _marked(SPRITE, sprite.encode())


def _tight(sheet: str) -> str:
    """Return a sheet without the spaces that say nothing."""
    return _AROUND.sub(r"\1", sheet).replace(": ", ":").replace(";}", "}")


def _plain(script: bytes) -> bytes:
    """Return a script without its margins and the lines that only comment; no text of it goes over several lines."""
    lines = (line.strip() for line in script.splitlines())
    return b"\n".join(line for line in lines if line and not line.startswith(b"//"))


def _symbol(path: Path) -> str:
    found = _DRAWING.fullmatch(path.read_text("utf-8"))
    if found is None:
        raise ValueError(f"{path.name} is no drawing with a viewBox")
    return f'<symbol id="{path.stem}" viewBox="{found[1]}">{found[2].strip()}</symbol>'


def _scripts() -> Iterator[tuple[str, Asset]]:
    sources = {path.name: _plain(path.read_bytes()) for path in sorted((FOLDER / "js").glob("*.js"))}
    mark = _mark(b"\0".join(sources.values()))
    for name, body in sources.items():
        yield f"js/{name}", _asset(body, name, f"/static/js-{mark}/{name}")


def _marked(name: str, body: bytes) -> Asset:
    stem, _, ending = name.rpartition(".")
    return _asset(body, name, f"/static/{stem}-{_mark(body)}.{ending}")


def _mark(body: bytes) -> str:
    return sha256(body).hexdigest()[:12]


def _asset(body: bytes, name: str, at: str) -> Asset:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(body, kind, at, gzip.compress(body, 9, mtime=0) if kind in PACKED else b"")


@cache
def _by_address() -> dict[str, Asset]:
    return {one.address: one for one in assets().values()}


async def _static(request: Request) -> Response:
    found = _by_address().get(request.url.path)
    return _sent(request, found, FOR_GOOD) if found else Response(status_code=404)


async def _favicon(request: Request) -> Response:
    return _sent(request, assets()["icon.svg"], A_DAY)


async def _robots(request: Request) -> Response:
    del request
    return Response(ROBOTS, media_type="text/plain", headers={"cache-control": A_DAY})


def _sent(request: Request, asset: Asset, keep: str) -> Response:
    headers = SAFE | {"cache-control": keep}
    if not asset.packed:
        return Response(asset.body, media_type=asset.kind, headers=headers)
    headers["vary"] = "accept-encoding"
    if welcome(request.headers.get("accept-encoding", "")):
        return Response(asset.packed, media_type=asset.kind, headers=headers | {"content-encoding": "gzip"})
    return Response(asset.body, media_type=asset.kind, headers=headers)
