"""Pictures loaded from elsewhere told authors who read them: no answer makes a browser load anything of a third party."""

from __future__ import annotations

import re
from typing import Any

from tests.security.estate import READING, Estate
from tests.support.house import House

EVIL = "https://espion.example"
BAITS = f"""![x]({EVIL}/a.png) <img src="{EVIL}/b.png"> <video poster="{EVIL}/c.png" src="{EVIL}/d.mp4"></video>
<p style="background:url({EVIL}/e.png)">x</p> <link rel="stylesheet" href="{EVIL}/f.css">
<iframe src="{EVIL}/g"></iframe> {EVIL}/h.png"""
LOADED = {
    "avatar",
    "avatar_static",
    "header",
    "header_static",
    "preview_url",
    "url_https",
    "image",
    "thumbnail",
    "static_url",
    "icon",
}
LOADING = re.compile(r"""<[^>]*\b(?:src|srcset|poster|background|data|style|ping)\s*=""")


def loaded(value: Any, key: str = "") -> list[str]:
    """Return every address that an app loads by itself."""
    if isinstance(value, dict):
        return [one for name, inner in value.items() for one in loaded(inner, name)]
    if isinstance(value, list):
        return [one for inner in value for one in loaded(inner, key)]
    return [value] if key in LOADED and isinstance(value, str) else []


async def test_nothing_of_a_third_party_is_loaded(house: House, estate: Estate) -> None:
    await house.say(estate.ada, BAITS[:400], spoiler_text=f"<img src={EVIL}/i.png>")
    fields = [{"name": "site", "value": f"{EVIL}/j.png"}]
    changes = {"note": BAITS[:450], "display_name": "<img src=x>", "fields_attributes": fields}
    assert (await house.call("PATCH", "/api/v1/accounts/update_credentials", estate.ada, json=changes)).status_code == 200
    seen = 0
    for line in READING:
        answer = await house.call("GET", estate.path(line), estate.ada)
        if answer.status_code == 200 and "json" in answer.headers["content-type"]:  # not the files of one's own
            foreign = [one for one in loaded(answer.json()) if one and not one.startswith("https://salle.test/")]
            assert not foreign, line.path
            seen += len(loaded(answer.json()))
            assert not [one for one in html_of(answer.json()) if LOADING.search(one)], line.path
    assert seen > 20


def html_of(value: Any, key: str = "") -> list[str]:
    """Return everything that apps show as HTML."""
    if isinstance(value, dict):
        return [one for name, inner in value.items() for one in html_of(inner, name)]
    if isinstance(value, list):
        return [one for inner in value for one in html_of(inner, key)]
    return [value] if key in {"content", "note", "value"} and isinstance(value, str) and "<p>" in value else []


async def test_pages_load_nothing_of_a_third_party(house: House, estate: Estate) -> None:
    await house.say(estate.ada, BAITS[:400])
    for path in ("/", "/local", "/@ada", "/tags/linge"):
        answer = await house.client.get(path, headers={"accept": "text/html"})
        assert answer.status_code == 200
        assert not re.findall(rf"""\b(?:src|srcset|poster|style)\s*=\s*["'][^"']*{EVIL}""", answer.text)
        assert "img-src 'self'" in answer.headers["content-security-policy"]
