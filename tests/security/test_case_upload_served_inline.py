"""Pages, drawings and scripts sent as pictures, then served from our own address: refused, or remade into plain pictures."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from salledepause.features.posts import media
from tests.security.estate import Estate, png, rows, written
from tests.support.house import House

SCRIPT = b"<script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
NOTE = {"@context": "https://www.w3.org/ns/activitystreams", "type": "Person", "id": "https://salle.test/@ada"}
SAFE = {"x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'; sandbox"}
KINDS = {"image/jpeg", "image/png", "image/webp", "video/mp4"}


def archive(name: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr(name, SCRIPT)
    return made.getvalue()


STRANGERS = {
    "html": b"<!doctype html><html>" + SCRIPT,
    "svg": SVG,
    "svg with a prologue": b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + SVG,
    "svg in gzip": b"\x1f\x8b\x08\x00" + b"\0" * 6 + zlib.compress(SVG)[2:],
    "json": json.dumps(NOTE).encode(),
    "javascript": b"alert(1)//",
    "css": b"@import 'https://espion.example'",
    "pdf": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
    "postscript": b"%!PS\n(%pipe%id) (w) file",
    "mvg": b"push graphic-context\nfill 'url(https://espion.example/\"|ls \"-la)'\npop graphic-context",
    "msl": b'<?xml version="1.0"?><image><read filename="/etc/passwd"/><write filename="/tmp/x.php"/></image>',
    "a path": b"label:@/etc/passwd",
    "a playlist": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
    "an archive": archive("emoji.png"),
    "an archive that climbs": archive("../../../../tmp/x.png"),
    "a program": b"\x7fELF" + b"\0" * 60,
    "php": b"<?php system($_GET['c']); ?>",
    "nothing": b"",
    "zeros": b"\0" * 1000,
    "a flash film": b"FWS\x09" + b"\0" * 30,
    "a page after a gif's name": b"GIF89a/*" + SCRIPT + b"*/=1;",
    "a page after a png's name": b"\x89PNG\r\n\x1a\n" + SCRIPT,
}
LIES = ("x.png", "x.html", "x.svg", "x.json", "../../x.png", "x.png\0.html")


def stored(house: House) -> list[Path]:
    return [path for path in house.site.blobs.folder.rglob("*") if path.is_file()]


async def settled(house: House, estate: Estate, answer: httpx.Response) -> httpx.Response:
    """Let the worker decode what it was left, as it would in a moment; return what is then said of it, and put it away."""
    if answer.status_code != 202:
        return answer
    one = answer.json()["id"]
    await media.decode(house.site, int(one))
    said = await house.call("GET", f"/api/v1/media/{one}", estate.ada)
    await house.call("DELETE", f"/api/v1/media/{one}", estate.ada)
    return said


async def test_what_is_no_picture_is_never_kept(house: House, estate: Estate) -> None:
    before, files, kept = await rows(house), set(stored(house)), []
    for number, (name, data) in enumerate(STRANGERS.items()):
        part = (
            LIES[number % len(LIES)],
            data,
            ("image/png", "text/html", "image/svg+xml", "application/activity+json")[number % 4],
        )
        attempts = [("POST", "/api/v2/media", "file"), ("POST", "/api/v1/media", "file")]
        attempts += [
            ("PATCH", "/api/v1/accounts/update_credentials", "avatar"),
            ("PUT", f"/api/v1/media/{estate.things['media']}", "thumbnail"),
        ]
        for method, path, field in attempts:
            answer = await settled(house, estate, await house.call(method, path, estate.ada, files={field: part}))
            if answer.status_code != 422 or SCRIPT.decode() in answer.text:
                kept.append(f"{name} at {path}: {answer.status_code}")
    assert not kept
    assert set(written(before, await rows(house))) <= {"procrastinate_jobs", "procrastinate_events"}
    assert set(stored(house)) == files


def hidden(kind: str) -> bytes:
    """Return a real picture that is a page too."""
    made = io.BytesIO()
    picture = Image.new("RGB", (30, 30), "teal")
    if kind == "JPEG":
        picture.save(made, kind, comment=SCRIPT, exif=b"Exif\0\0" + SCRIPT)
    else:
        picture.save(made, kind, comment=SCRIPT)
    return made.getvalue() + SCRIPT + SVG + json.dumps(NOTE).encode()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
async def test_a_picture_that_is_a_page_too_leaves_the_page_behind(house: House, kind: str) -> None:
    person = await house.person("ada")
    sent = await house.call("POST", "/api/v1/media", person, files={"file": ("x.html", hidden(kind), "text/html")})
    body = {"avatar": ("x.svg", hidden(kind), "image/svg+xml"), "header": ("x.json", hidden(kind), "application/json")}
    profile = await house.call("PATCH", "/api/v1/accounts/update_credentials", person, files=body)
    assert (sent.status_code, profile.status_code) == (200, 200)
    for url in (sent.json()["url"], sent.json()["preview_url"], profile.json()["avatar"], profile.json()["header"]):
        answer = await house.client.get(urlsplit(url).path)
        assert answer.headers["content-type"] in KINDS
        assert {name: answer.headers[name] for name in SAFE} == SAFE
        assert b"script" not in answer.content
        assert b"activitystreams" not in answer.content
    assert not [path for path in stored(house) if b"<script" in path.read_bytes()]
    assert {path.suffix for path in stored(house)} <= {".png", ".jpg", ".webp", ".mp4"}


async def test_no_address_leads_out_of_the_folder_of_pictures(house: House, estate: Estate) -> None:
    held = house.site.blobs.hold(Path(__file__))
    (house.site.blobs.folder / "ab").mkdir(exist_ok=True)
    (house.site.blobs.folder / "ab" / "page.html").write_bytes(SCRIPT)
    secrets = [
        "incoming/" + held,
        "ab/page.html",
        "../secret",
        "..%2fsecret",
        "%2e%2e/secret",
        "ab/..%2f..%2fsecret",
        "ab/%00",
        "ab/x.png%00.html",
    ]
    (house.site.settings.data / "secret").write_text("s" * 64)
    for path in secrets:
        answer = await house.client.get(f"/media/{path}")
        assert answer.status_code == 404, path
        assert "s" * 64 not in answer.text


async def test_a_refused_profile_leaves_no_picture_behind(house: House) -> None:
    person = await house.person("ada")
    wrong: list[dict[str, Any]] = [{"data": {"display_name": "x" * 31}}, {"files": {"header": ("x.png", SVG)}}]
    for more in wrong:
        files = {"avatar": ("x.png", png())} | more.get("files", {})
        answer = await house.call("PATCH", "/api/v1/accounts/update_credentials", person, files=files, data=more.get("data"))
        assert answer.status_code == 422
    assert stored(house) == []
