"""The house on a telephone's first page: its manifest, its signs, and the one page that shows without the network.

The worker of `static/js/worker.js` keeps that page and what it needs, as a visitor sees them: never a page of anybody.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256

import msgspec

from salledepause.kernel import emblem
from salledepause.surfaces.edge import Answer, Call, Header
from salledepause.surfaces.routes import anyone, route
from salledepause.surfaces.web import assets, safety, wording
from salledepause.surfaces.web.rendering import page

OFFLINE = "/hors-ligne"
SIZES = {"icone-180": (180, True), "icone-192": (192, False), "icone-512": (512, False), "icone-pleine": (512, True)}
"""Sides in pixels, and whether the telephone gives the picture its own shape."""
A_DAY: Header = (b"cache-control", assets.A_DAY.encode())
PAPER, NIGHT = "#f6ecdb", "#11121b"


async def offline(call: Call) -> Answer:
    """GET /hors-ligne: the same for everybody, in the light that the device asks for."""
    return page(call, "offline.html", theme="", me=None, guest=None)


async def manifest(call: Call) -> Answer:
    """GET /manifest.webmanifest (https://www.w3.org/TR/appmanifest/)."""
    settings = call.site.settings
    said = {
        "id": "/",
        "name": settings.title,
        "short_name": settings.title,
        "description": settings.description,
        "lang": call.language,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": NIGHT if wording.is_night() else PAPER,
        "theme_color": NIGHT if wording.is_night() else PAPER,
        "icons": [
            {"src": "/favicon.svg", "sizes": "any", "type": "image/svg+xml"},
            *(_icon(name, size, "maskable" if cut else "any") for name, (size, cut) in SIZES.items()),
        ],
        "shortcuts": [{"name": wording.said("Écrire", call.language), "url": "/ecrire"}],
    }
    kind = (b"content-type", b"application/manifest+json")
    return Answer(msgspec.json.encode(said), 200, safety.dressed((kind, A_DAY)))


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    return {"src": f"/{name}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


async def sign(call: Call) -> Answer:
    """GET /icone-….png."""
    size, cut = SIZES[str(call.scope["path"]).strip("/").removesuffix(".png")]
    return Answer(emblem.png(size, cut=cut), 200, safety.dressed(((b"content-type", b"image/png"), A_DAY)))


async def worker(call: Call) -> Answer:
    """GET /sw.js: the worker, told what to keep and what to show when woken, at one address, so that a new takes its place."""
    del call
    return Answer(_worker(), 200, safety.dressed(((b"content-type", b"text/javascript; charset=utf-8"),)))


@cache
def _worker() -> bytes:
    found = assets.assets()
    needed = [assets.SHEET, assets.SPRITE, *(name for name in found if name.startswith("js/"))]
    kept = msgspec.json.encode([OFFLINE, "/favicon.svg", *(found[name].address for name in needed)])
    told = b"const KEPT = " + kept + b', NAME = "salle-' + sha256(kept).hexdigest()[:12].encode() + b'";\n'
    return told + found["js/worker.js"].body + b"\n" + found["js/push-worker.js"].body


ROUTES = [
    route("GET", OFFLINE, offline, anyone()),
    route("GET", "/manifest.webmanifest", manifest, anyone()),
    route("GET", "/sw.js", worker, anyone()),
    *(route("GET", f"/{name}.png", sign, anyone()) for name in SIZES),
]
