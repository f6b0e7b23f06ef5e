"""Emojis of the house: added from pictures, shown wherever a text uses them, taken back; each process hears of it."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from salledepause.features import emojis, posts
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from tests.support.house import House, Person

PATH = "/api/v1/custom_emojis"


def still(size: tuple[int, int] = (300, 150), kind: str = "PNG", mode: str = "RGBA") -> bytes:
    """Return a picture with a hole, if its kind can have one."""
    written = io.BytesIO()
    picture = Image.new("RGBA", size, "teal")
    picture.paste((0, 0, 0, 0), (0, 0, size[0] // 2, size[1]))
    picture.convert(mode).save(written, kind)
    return written.getvalue()


def moving(kind: str = "GIF") -> bytes:
    """Return three pictures that follow each other."""
    written = io.BytesIO()
    first, *others = [Image.new("RGBA", (200, 100), colour) for colour in ("red", "lime", "blue")]
    first.save(written, kind, save_all=True, append_images=others, duration=[100, 200, 300], loop=0)
    return written.getvalue()


async def prepared(house: House, folder: Path, data: bytes) -> emojis.Prepared:
    path = folder / "source"
    path.write_bytes(data)
    return await emojis.prepare(house.site.blobs, path)


async def added(house: House, folder: Path, code: str, data: bytes = b"", category: str | None = None) -> emojis.Prepared:
    """Add an emoji and wait until the process knows it."""
    made = await prepared(house, folder, data or still())
    async with house.site.db.transaction() as tx:
        await emojis.add(tx, code, made, category)
    await known(house, code.strip(":"), there=True)
    return made


async def known(house: House, code: str, *, there: bool) -> None:
    async with asyncio.timeout(10):
        while (code in house.site.emojis) is not there:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
async def test_a_still_becomes_one_png(house: House, tmp_path: Path, kind: str) -> None:
    made = await prepared(house, tmp_path, still(kind=kind))
    assert made.picture == made.still
    path = house.site.blobs.path(made.picture)
    assert path is not None
    with Image.open(path) as shown:
        assert (shown.format, shown.size) == ("PNG", (128, 64))
        assert shown.convert("RGBA").getpixel((2, 2)) == (0, 0, 0, 0), "what was clear stays clear"


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
async def test_what_moves_goes_on_moving_beside_a_still(house: House, tmp_path: Path, kind: str) -> None:
    made = await prepared(house, tmp_path, moving(kind))
    picture, first = house.site.blobs.path(made.picture), house.site.blobs.path(made.still)
    assert picture is not None
    assert first is not None
    with Image.open(picture) as shown:
        assert (shown.format, shown.size, getattr(shown, "n_frames", 1)) == ("WEBP", (128, 64), 3)
        assert shown.info["loop"] == 0
    with Image.open(first) as shown:
        assert (shown.format, shown.size, getattr(shown, "n_frames", 1)) == ("PNG", (128, 64), 1)
        red, green, blue = shown.convert("RGB").resize((1, 1)).tobytes()
        assert (red > 240, green < 10, blue < 10) == (True, True, True), "the first picture"


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg onload='x'/>", still() + b"x" * emojis.PICTURE_BYTES, moving()[:200]])
async def test_what_is_no_small_picture_is_refused_and_leaves_nothing(house: House, tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadInput):
        await prepared(house, tmp_path, data)
    assert not [path for path in house.site.blobs.folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("code", ["", "a", "é", "a b", "a-b", "x" * 61, "a:b", "a\n", "<b>"])
async def test_what_is_no_code_is_refused(house: House, tmp_path: Path, code: str) -> None:
    made = await prepared(house, tmp_path, still())
    async with house.site.db.transaction() as tx:
        with pytest.raises(BadInput):
            await emojis.add(tx, code, made)
        with pytest.raises(BadInput):
            await emojis.add(tx, "cafe", made, "x" * 61)
    assert await house.get(PATH) == []


async def test_a_code_names_one_picture(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await added(house, tmp_path, ":cafe:")
    async with house.site.db.transaction() as tx:
        with pytest.raises(BadInput):
            await emojis.add(tx, "cafe", made)
        monkeypatch.setattr("salledepause.features.emojis.actions.MOST", 1)
        with pytest.raises(BadInput):
            await emojis.add(tx, "the", made)
        with pytest.raises(Missing):
            await emojis.remove(tx, "jamais")
    assert [one["shortcode"] for one in await house.get(PATH)] == ["cafe"]


async def test_the_list_gives_whole_addresses_that_answer(house: House, tmp_path: Path) -> None:
    made = await added(house, tmp_path, "feu", moving(), " Temps  froid ")
    await added(house, tmp_path, "cafe")
    cafe, feu = await house.get(PATH)
    assert (cafe["shortcode"], cafe["category"], cafe["visible_in_picker"]) == ("cafe", None, True)
    assert (feu["shortcode"], feu["category"]) == ("feu", "Temps froid")
    assert feu["url"] == f"https://salle.test/media/{made.picture}" != feu["static_url"]
    for one in (feu["url"], feu["static_url"], cafe["url"], cafe["static_url"]):
        answer = await house.call("GET", one)
        assert (answer.status_code, answer.headers["content-type"].partition("/")[0]) == (200, "image")


def codes(entity: Any) -> list[str]:
    return [one["shortcode"] for one in entity["emojis"]]


async def profiled(house: House, person: Person) -> Any:
    given = {"display_name": "Une :cafe:", "note": ":the: et :inconnu:", "fields_attributes": [{"name": "a :feu:", "value": "b"}]}
    answer = await house.call("PATCH", "/api/v1/accounts/update_credentials", person, json=given)
    return answer.json()


async def test_texts_name_the_emojis_they_use(house: House, tmp_path: Path) -> None:
    for code in ("cafe", "the", "feu"):
        await added(house, tmp_path, code)
    one = await house.person("une")
    assert codes(await profiled(house, one)) == ["cafe", "the", "feu"]
    poll = {"options": ["du :the:", "non"], "expires_in": 3600}
    said = await house.say(one, "Un :cafe: :cafe: et x:feu:y", spoiler_text=":feu:", poll=poll)
    assert (codes(said), codes(said["poll"]), codes(said["account"])) == (["feu", "cafe"], ["the"], ["cafe", "the", "feu"])
    assert ":cafe:" in said["content"], "apps put the picture in"
    (version,) = await house.get(f"/api/v1/statuses/{said['id']}/history")
    assert codes(version) == ["feu", "cafe"]
    assert codes(await house.get(f"/api/v1/polls/{said['poll']['id']}")) == ["the"]


async def test_what_was_prepared_before_is_shown_anew(house: House, tmp_path: Path) -> None:
    one = await house.person("une")
    said = await house.say(one, "Un :cafe:")
    path = f"/api/v1/statuses/{said['id']}"
    assert codes(await house.get(path)) == []
    await added(house, tmp_path, "cafe")
    assert codes(await house.get(path)) == ["cafe"]
    async with house.site.db.transaction() as tx:
        await emojis.remove(tx, "cafe")
    await known(house, "cafe", there=False)
    assert codes(await house.get(path)) == []
    assert await house.get(PATH) == []


async def test_of_two_changes_at_a_time_the_later_stays(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [await prepared(house, tmp_path, still()) for _ in range(2)]
    begun, go, catalogue = asyncio.Event(), asyncio.Event(), emojis.catalogue
    known: list[set[str]] = []

    async def slowly(tx: Tx) -> list[Any]:
        """Note what is known before, read, and be held before what was read is kept, the first time."""
        known.append(set(house.site.emojis))
        found = await catalogue(tx)
        if not begun.is_set():
            begun.set()
            await go.wait()
        return found

    monkeypatch.setattr("salledepause.features.emojis.actions.catalogue", slowly)
    async with asyncio.timeout(10):
        for code, picture in zip(("lune", "aube"), made, strict=True):
            async with house.site.db.transaction() as tx:
                await emojis.add(tx, code, picture, None)
            await begun.wait()
        await house.heard()
        go.set()
        while len(known) < 2 or set(house.site.emojis) == known[-1]:
            await asyncio.sleep(0.01)
    assert known == [set(), {"lune"}]
    assert set(house.site.emojis) == {"lune", "aube"}


async def test_the_sweeper_of_files_spares_emojis(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = await added(house, tmp_path, "feu", moving())
    lost = await prepared(house, tmp_path, still())
    later = clock.now().timestamp() + 10 * 86_400
    monkeypatch.setattr("salledepause.kernel.blobs.time.time", lambda: later)
    await posts.media.sweep_blobs(house.site)
    assert all(house.site.blobs.path(key) for key in kept)
    assert house.site.blobs.path(lost.picture) is None


async def test_a_suspended_account_shows_no_emoji(house: House, tmp_path: Path) -> None:
    await added(house, tmp_path, "cafe")
    one = await house.person("une", name=":cafe:", state="suspended")
    assert codes(await house.get(f"/api/v1/accounts/{one.id}")) == []
