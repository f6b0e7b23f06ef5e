"""A part of one's own picture covered for good: pixels, stills, addresses, posts; hostile asks change nothing."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta
from typing import Any

import httpx
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat

from salledepause.kernel import clock, media_blur
from tests.kernel.media_samples import saved
from tests.mastodon.pictures import sends, sent, served, stored
from tests.support.house import House, Person

ZONE = {"x": 0.25, "y": 0.25, "width": 0.5, "height": 0.25}


def busy(size: tuple[int, int] = (400, 240), mode: str = "RGB") -> Image.Image:
    """A picture of which no two neighbours are alike, and which no two parts resemble."""
    across, down = Image.linear_gradient("L").resize(size), Image.linear_gradient("L").rotate(90).resize(size)
    checks = Image.new("L", size)
    checks.putdata([255 * ((place // 3 + place // size[0] // 3) % 2) for place in range(size[0] * size[1])])
    return Image.merge("RGB", (across, down, checks)).convert(mode)


async def blur(house: House, who: Person | None, media_id: str, zones: Any) -> httpx.Response:
    return await house.call("POST", f"/api/salledepause/v1/media/{media_id}/blur", who, json={"zones": zones})


async def shown(house: House, url: str) -> Image.Image:
    answer = await served(house, url)
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


async def likeness(house: House, media_id: str) -> Any:
    async with house.site.db.reading() as tx:
        return await tx.value("SELECT likeness::text FROM media WHERE id = %s", [int(media_id)])


def span(picture: Image.Image) -> int:
    """The widest span of levels that one colour takes in a picture."""
    return max(high - low for low, high in ImageStat.Stat(picture).extrema)


def colours_of(picture: Image.Image) -> int:
    return len(picture.getcolors(1 << 20) or [])


async def test_what_is_covered_is_gone_and_the_rest_is_untouched(house: House) -> None:
    ide = await house.person("ide")
    before = await sent(house, ide, saved(busy(), "PNG"), thumbnail=saved(busy(), "PNG"), description="Le couloir")
    whole, kept, looked = await shown(house, before["url"]), len(stored(house)), await likeness(house, before["id"])
    answer = await blur(house, ide, before["id"], [ZONE, {"x": 0, "y": 0.9, "width": 0.1, "height": 0.1}])
    assert answer.status_code == 200, answer.text
    after = answer.json()
    same = [(one["id"], one["description"], one["meta"]["original"]) for one in (before, after)]
    assert same[0] == same[1]
    assert after["blurhash"] != before["blurhash"]
    now = await shown(house, after["url"])
    inside, corner = (100, 60, 300, 120), (0, 216, 40, 240)
    assert colours_of(now.crop(inside)) == 2, "two blocks, of one colour each"
    assert {level % 32 for level in now.crop(inside).tobytes()} <= {0, 31}
    assert colours_of(now.crop(corner)) == 2
    for box in (inside, corner):
        whole.paste("black", box)
        now.paste("black", box)
    assert ImageChops.difference(whole, now).getbbox() is None, "outside, every pixel is what it was"
    small = await shown(house, after["preview_url"])
    scale = small.width / 400
    assert colours_of(small.crop(tuple(round(side * scale) for side in (110, 70, 190, 110)))) == 1  # type: ignore[arg-type]
    assert [(await served(house, before[name])).status_code for name in ("url", "preview_url")] == [404, 404]
    assert len(stored(house)) == kept, "the files of before are gone"
    assert await likeness(house, before["id"]) not in (looked, None)


async def test_a_photo_and_a_see_through_drawing(house: House) -> None:
    ide = await house.person("ide")
    photo = await sent(house, ide, saved(busy(), "JPEG"))
    whole = await shown(house, photo["url"])
    now = await shown(house, (await blur(house, ide, photo["id"], [ZONE])).json()["url"])
    below = (0, 140, 400, 240)
    assert span(ImageChops.difference(whole.crop(below), now.crop(below))) < 80
    assert span(now.crop((110, 70, 190, 110))) < 24 < span(whole.crop((110, 70, 190, 110)))
    hole = Image.new("RGBA", (100, 100), (9, 9, 9, 0))
    hole.paste((200, 0, 0, 255), (0, 0, 50, 50))
    drawn = await sent(house, ide, saved(hole, "PNG"))
    answer = (await blur(house, ide, drawn["id"], [{"x": 0, "y": 0, "width": 1, "height": 0.5}])).json()
    clear = Image.open(io.BytesIO((await served(house, answer["url"])).content))
    assert (clear.mode, clear.getpixel((70, 20))) == ("RGBA", (255, 255, 255, 255))
    assert clear.getpixel((70, 80))[3] == 0  # type: ignore[index]


async def test_a_published_picture_is_blurred_with_its_message(house: House) -> None:
    ide, eve = await house.person("ide"), await house.person("eve")
    one, other = await sent(house, ide, saved(busy(), "PNG")), await sent(house, ide)
    said = await house.say(ide, "Voyez", media_ids=[one["id"], other["id"]])
    path = f"/api/v1/statuses/{said['id']}"
    assert (await house.get(path))["media_attachments"][0]["url"] == one["url"]
    assert (await blur(house, eve, one["id"], [ZONE])).status_code == 404
    assert (await blur(house, None, one["id"], [ZONE])).status_code == 401
    after = (await blur(house, ide, one["id"], [ZONE])).json()
    read = await house.get(path)
    assert read["media_attachments"] == [after, other]
    assert read["edited_at"]
    assert (read["content"], read["visibility"]) == (said["content"], said["visibility"])
    again = (await blur(house, ide, one["id"], [{**ZONE, "y": 0.5}])).json()
    assert (await house.get(path))["media_attachments"][0]["url"] == again["url"]
    for version in await house.get(f"{path}/history", ide):
        assert version["media_attachments"][0]["url"] == again["url"]
        assert version["media_attachments"][0]["blurhash"] == again["blurhash"]
    for gone in (one, after):
        assert (await served(house, gone["url"])).status_code == 404
    assert (await served(house, other["url"])).status_code == 200
    planned = await sent(house, ide, saved(busy(), "PNG"))
    later = clock.iso(clock.now() + timedelta(days=1))
    waits = await house.post("/api/v1/statuses", ide, status="Demain", media_ids=[planned["id"]], scheduled_at=later)
    kept = (await blur(house, ide, planned["id"], [ZONE])).json()
    scheduled = await house.get(f"/api/v1/scheduled_statuses/{waits['id']}", ide)
    assert scheduled["media_attachments"][0]["url"] == kept["url"]


WRONG: list[Any] = [
    [],
    [ZONE] * 21,
    [{**ZONE, "x": -0.1}],
    [{**ZONE, "x": 0.6}],
    [{**ZONE, "y": 0.8}],
    [{**ZONE, "width": 0.001}],
    [{**ZONE, "height": 0}],
    [{**ZONE, "height": 1e300}],
    [{**ZONE, "x": "nan"}],
    [{**ZONE, "x": None}],
    [{"x": 0.1}],
    ["tout"],
    "tout",
    {"x": 0},
    12,
]


async def test_hostile_asks_change_nothing(house: House) -> None:
    ide = await house.person("ide")
    one = await sent(house, ide, saved(busy((64, 64)), "PNG"))
    loop = io.BytesIO()
    frames = [busy((40, 40)), Image.new("RGB", (40, 40), "red")]
    frames[0].save(loop, "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)
    moving = (await sends(house, ide, loop.getvalue(), version=1)).json()
    assert moving["type"] == "gifv"
    kept = sorted((path, path.read_bytes()) for path in stored(house))
    for wrong in WRONG:
        assert (await blur(house, ide, one["id"], wrong)).status_code == 422, wrong
    refused = await blur(house, ide, moving["id"], [ZONE])
    assert (refused.status_code, "still picture" in refused.json()["error"]) == (422, True)
    assert (await blur(house, ide, "12", [ZONE])).status_code == 404
    assert sorted((path, path.read_bytes()) for path in stored(house)) == kept


async def test_two_at_once_never_bring_back_what_one_covered(house: House) -> None:
    ide = await house.person("ide")
    one = await sent(house, ide, saved(busy(), "PNG"))
    zones = [ZONE, {**ZONE, "y": 0.6}]
    answers = await asyncio.gather(*(blur(house, ide, one["id"], [zone]) for zone in zones))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses in ([200, 200], [200, 409]), [answer.text for answer in answers]
    now = await shown(house, (await house.get(f"/api/v1/media/{one['id']}", ide))["url"])
    for zone, answer in zip(zones, answers, strict=True):
        if answer.status_code == 200:
            assert colours_of(now.crop((100, round(zone["y"] * 240), 300, round(zone["y"] * 240) + 60))) == 2
    assert len(stored(house)) == 2


@pytest.mark.parametrize("size", [(120, 70), (260, 110)])
def test_a_number_cannot_be_read_back_by_trying_all(size: tuple[int, int]) -> None:
    looks = set()
    for number in range(100, 1000, 9):
        badge = Image.new("RGB", size, "white")
        ImageDraw.Draw(badge).text((10, 5), str(number), fill="black", font=ImageFont.load_default(60))
        media_blur.blur(badge, [(0, 0, 1, 1)])
        looks.add(badge.tobytes())
    assert len(looks) <= 4
