"""A crafted BlurHash crashed its decoders (Mastodon 3.5.4): ours are made by us, never taken from anybody."""

from __future__ import annotations

from tests.security.estate import png
from tests.support.house import House

BAD = ["L" * 5000, "LEHV6nWB2yk8", "%00", "~~~~~~~~", "A", ""]


async def test_no_client_gives_a_blurhash(house: House) -> None:
    person = await house.person("ada")
    for blurhash in BAD:
        data = {
            "blurhash": blurhash,
            "url": "https://espion.example",
            "id": "1",
            "type": "video",
            "meta[original][width]": "1000000",
        }
        sent = await house.call("POST", "/api/v1/media", person, files={"file": ("x.png", png())}, data=data)
        assert sent.status_code == 200
        one = sent.json()
        assert one["blurhash"] not in BAD
        assert (one["type"], one["meta"]["original"]["width"]) == ("image", 20)
        changed = await house.call(
            "PUT", f"/api/v1/media/{one['id']}", person, json={"blurhash": blurhash, "meta": {"original": {"width": 9}}}
        )
        assert changed.json() == one
