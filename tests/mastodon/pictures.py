"""Pictures sent to a house, and what it keeps of them."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.kernel.media_samples import drawing, saved
from tests.support.house import House, Person


def png(size: tuple[int, int] = (50, 50)) -> bytes:
    return saved(drawing(size), "PNG")


async def sends(house: House, who: Person | None, data: bytes, version: int = 2, **more: Any) -> httpx.Response:
    """Upload a file as apps do; `thumbnail` is a file too."""
    files = {"file": ("IMG_1.JPG", data, "application/x-anything")}
    thumbnail = more.pop("thumbnail", None)
    files |= {"thumbnail": ("t.png", thumbnail, "('image/png', None)")} if thumbnail else {}
    return await house.call("POST", f"/api/v{version}/media", who, files=files, data=more)


async def sent(house: House, who: Person, data: bytes | None = None, **more: Any) -> Any:
    """Upload a small picture; return its entity."""
    answer = await sends(house, who, data or png(), **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def held_picture(house: House, author: Person, reporter: Person, data: bytes | None = None) -> int:
    """Have somebody publish a picture that another reports for the rule of pictures; return its id."""
    media = await sent(house, author, data or saved(drawing((320, 240)), "PNG"), description="une fresque")
    said = await house.say(author, "La fresque", media_ids=[media["id"]])
    about = {"account_id": str(author.id), "status_ids": [said["id"]], "rule_ids": ["5"], "comment": "Encore."}
    await house.post("/api/v1/reports", reporter, **about)
    return int(media["id"])


async def served(house: House, url: str, **headers: str) -> httpx.Response:
    return await house.client.get(urlsplit(url).path, headers=headers)


def stored(house: House) -> list[Path]:
    return [path for path in house.site.blobs.folder.rglob("*") if path.is_file()]


def age(house: House, seconds: float = 25 * 3600) -> None:
    """Make every file look old."""
    for path in stored(house):
        os.utime(path, (time.time() - seconds,) * 2)


async def age_rows(house: House) -> None:
    """Make every medium look two days old."""
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE media SET id = id - (2 * 86400000::bigint << 16)")
