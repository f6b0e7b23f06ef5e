"""What makes the house installable: its manifest, its signs, its worker, and the one page that it may keep."""

from __future__ import annotations

import io
import json
import re

import pytest
from PIL import Image, ImageChops, ImageStat

from salledepause.kernel import emblem
from salledepause.surfaces.web import assets, installing
from tests.web.visitor import Page, Visitor


async def test_the_manifest_names_the_house(visitor: Visitor) -> None:
    answer = await visitor.client.get("/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    said = answer.json()
    assert (said["name"], said["display"], said["scope"], said["lang"]) == ("Salle de pause", "standalone", "/", "fr")
    assert said["shortcuts"] == [{"name": "Écrire", "url": "/ecrire"}]
    english = await visitor.client.get("/manifest.webmanifest", headers={"accept-language": "en"})
    assert english.json()["shortcuts"][0]["name"] == "Write"
    assert any(one["sizes"] == "any" for one in said["icons"])


@pytest.mark.parametrize("name", installing.SIZES)
async def test_a_sign_is_a_picture_of_its_size(visitor: Visitor, name: str) -> None:
    answer = await visitor.client.get(f"/{name}.png")
    assert answer.headers["content-type"] == "image/png"
    size, cut = installing.SIZES[name]
    picture = Image.open(io.BytesIO(answer.content)).convert("RGBA")
    assert picture.size == (size, size)
    alpha = picture.getpixel((0, 0))
    assert isinstance(alpha, tuple)
    assert alpha[3] == (255 if cut else 0)


def test_a_sign_that_is_cut_keeps_all_of_the_mug() -> None:
    picture = Image.open(io.BytesIO(emblem.png(200, cut=True))).convert("RGB")
    ground = Image.new("RGB", picture.size, emblem.NIGHT)
    left, top, right, bottom = (
        ImageChops.difference(picture, ground).point(lambda level: 255 if level > 8 else 0).getbbox() or (0,) * 4
    )
    assert min(left, top, 200 - right, 200 - bottom) > 20
    assert ImageStat.Stat(picture).stddev[0] > 20


async def test_the_worker_keeps_what_is_shared_and_nothing_else(nurse: Visitor, visitor: Visitor) -> None:
    mine, theirs = [await one.client.get("/sw.js") for one in (nurse, visitor)]
    assert mine.text == theirs.text
    assert mine.headers["content-type"].startswith("text/javascript")
    assert "no-cache" in mine.headers["cache-control"]
    assert "connect-src 'self'" in mine.headers["content-security-policy"]
    found = re.match(r"const KEPT = (\[.*?\]), NAME = \"salle-[0-9a-f]{12}\";\n", mine.text)
    assert found
    kept = json.loads(found[1])
    assert [path for path in kept if not path.startswith("/static/")] == ["/hors-ligne", "/favicon.svg"]
    assert assets.address("js/offline.js") in kept
    for path in kept:
        assert (await visitor.client.get(path)).status_code == 200, path


async def test_the_page_without_network_is_the_same_for_everybody(nurse: Visitor, visitor: Visitor) -> None:
    mine = (await nurse.client.get("/hors-ligne")).text
    theirs = (await visitor.client.get("/hors-ligne")).text
    assert mine == theirs
    assert "nuit" not in Page(await nurse.client.get("/hors-ligne")).text.lower().replace("minuit", "")
    assert 'data-theme="' not in mine


async def test_pages_name_whose_device_it_is_to_members_only(nurse: Visitor, visitor: Visitor) -> None:
    assert len((await nurse.get("/local")).all("meta", name="account")) == 1
    assert not (await visitor.get("/local")).all("meta", name="account")
    assert (await visitor.get("/local")).all("link", rel="manifest")
