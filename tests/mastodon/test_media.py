"""Media: cleaned before anybody sees them, attached by their owner only, gone with their post."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from salledepause.features import posts
from salledepause.kernel import media as decoder
from salledepause.kernel.config import Settings
from salledepause.kernel.jobs import PROMPT_ATTEMPTS
from tests.kernel.media_samples import RAW, drawing, film, marked_files, png_header, saved
from tests.mastodon.pictures import age, age_rows, png, sends, sent, served, stored
from tests.support.house import House
from tests.support.recorder import Recorder

SMALL = ("jpeg-exif", "jpeg-thumbnail", "jpeg-icc", "png-text", "png-exif", "webp", "heic", "avif")


async def test_a_small_picture_is_ready_at_once(house: House) -> None:
    ide = await house.person("ide")
    one = await sent(house, ide, png((50, 70)), description="Un couloir", focus="0.5,-0.25")
    assert (one["type"], one["description"], one["preview_remote_url"]) == ("image", "Un couloir", None)
    assert one["meta"]["original"]["size"] == "50x70"
    assert one["meta"]["focus"] == {"x": 0.5, "y": -0.25}
    assert one["blurhash"]
    for url in (one["url"], one["preview_url"]):
        answer = await served(house, url)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "content-disposition" not in answer.headers
        assert Image.open(io.BytesIO(answer.content)).size == (50, 70)
    assert await house.get(f"/api/v1/media/{one['id']}", ide) == one


@pytest.mark.parametrize("name", SMALL)
async def test_nothing_of_the_place_or_the_camera_is_kept(house: House, tmp_path: Path, name: str) -> None:
    ide = await house.person("ide")
    data = marked_files(tmp_path)[name]
    assert RAW in data or name in {"png-text", "jpeg-icc"}
    one = await sent(house, ide, data)
    for url in (one["url"], one["preview_url"]):
        content = (await served(house, url)).content
        assert RAW not in content
        assert not Image.open(io.BytesIO(content)).getexif()
    assert all(RAW not in path.read_bytes() for path in stored(house))
    assert len(stored(house)) == 2


async def test_a_film_is_decoded_by_the_worker(house: House, tmp_path: Path) -> None:
    ide = await house.person("ide")
    data = film(tmp_path / "film")
    answer = await sends(house, ide, data, description="Un pas", thumbnail=png())
    assert answer.status_code == 202
    waiting = answer.json()
    assert (waiting["type"], waiting["url"], waiting["description"]) == ("video", None, "Un pas")
    path = f"/api/v1/media/{waiting['id']}"
    pending = await house.call("GET", path, ide)
    assert (pending.status_code, pending.json()["url"]) == (206, None)
    early = await house.call("POST", "/api/v1/statuses", ide, json={"status": "x", "media_ids": [waiting["id"]]})
    assert early.status_code == 422
    assert early.json() == {"error": "Cannot attach files that have not finished processing. Try again in a moment!"}
    (source,) = house.site.blobs.folder.glob("incoming/*")
    assert source.read_bytes() == data
    assert (await served(house, f"/media/incoming/{source.name}")).status_code == 404
    await house.site.jobs.run(wait=False)
    one = await house.get(path, ide)
    assert one["url"].endswith(".mp4")
    assert one["preview_url"].endswith(".png")
    assert one["meta"]["small"]["size"] == "50x50"
    assert (one["meta"]["original"]["size"], int(one["meta"]["original"]["duration"])) == ("160x120", 1)
    assert not source.exists()
    assert all(RAW not in path.read_bytes() for path in stored(house))
    whole = await served(house, one["url"])
    part = await served(house, one["url"], range="bytes=4-11")
    assert (part.status_code, part.content, part.headers["content-type"]) == (206, whole.content[4:12], "video/mp4")
    said = await house.say(ide, "", media_ids=[one["id"]])
    assert said["media_attachments"] == [one]


async def test_a_film_whose_decoding_fails_again_and_again_is_told_at_once(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: Any) -> decoder.Decoded:
        raise ZeroDivisionError

    ide = await house.person("ide")
    path = f"/api/v1/media/{(await sends(house, ide, film(tmp_path / 'film'))).json()['id']}"
    with monkeypatch.context() as broken:
        broken.setattr(decoder, "decode", breaks)
        await house.site.jobs.run(wait=False)
        assert (await house.call("GET", path, ide)).status_code == 206, "it will be tried again"
        async with house.site.db.transaction() as tx:
            await tx.run("UPDATE procrastinate_jobs SET attempts = %s, scheduled_at = NULL", [PROMPT_ATTEMPTS])
        await house.site.jobs.run(wait=False)
    for _ in range(2):
        answer = await house.call("GET", path, ide)
        assert answer.status_code == 422
        assert answer.json()["error"].startswith("This file could not be processed")
        await posts.media.give_up(house.site, int(path.rpartition("/")[2]))
    assert stored(house) == []
    said = await house.call("POST", "/api/v1/statuses", ide, json={"status": "x", "media_ids": [path.rpartition("/")[2]]})
    assert said.status_code == 422
    assert (await house.call("DELETE", path, ide)).status_code == 200


async def test_what_was_decoded_is_not_given_up(house: House, tmp_path: Path) -> None:
    ide = await house.person("ide")
    one = (await sends(house, ide, film(tmp_path / "film"))).json()["id"]
    await house.site.jobs.run(wait=False)
    await posts.media.give_up(house.site, int(one))
    assert (await house.get(f"/api/v1/media/{one}", ide))["url"].endswith(".mp4")


async def test_webm_becomes_mp4(house: House, tmp_path: Path) -> None:
    ide = await house.person("ide")
    answer = await sends(house, ide, film(tmp_path / "film", kind="webm", size=(560, 320), rate=30, pictures=45), thumbnail=png())
    assert answer.status_code == 202
    await house.site.jobs.run(wait=False)
    one = await house.get(f"/api/v1/media/{answer.json()['id']}", ide)
    assert (one["type"], one["url"][-4:], one["preview_url"][-4:]) == ("video", ".mp4", ".png")
    original = one["meta"]["original"]
    assert (original["size"], original["frame_rate"], round(original["duration"], 1)) == ("560x320", "30/1", 1.5)
    assert (await served(house, one["url"])).content[4:8] == b"ftyp"


async def test_the_first_way_in_waits_whatever_the_file(house: House, tmp_path: Path) -> None:
    ide = await house.person("ide")
    answer = await sends(house, ide, film(tmp_path / "film"), version=1)
    assert answer.status_code == 200
    assert answer.json()["url"].endswith(".mp4")
    assert list(house.site.blobs.folder.glob("incoming/*")) == []


async def test_parts_without_a_type_are_sniffed(house: House) -> None:
    ide = await house.person("ide")
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="..\\/e\xcc\x81.svg"\r\n\r\n' + png() + b"\r\n--x--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await house.call("POST", "/api/v2/media", ide, content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["url"].endswith(".png")


HOSTILE = {
    "bomb": png_header(60_000, 60_000) + b"\0" * 64,
    "text": b"Bonjour, ceci n'est pas une image." * 10,
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "activity": b'{"@context":"https://www.w3.org/ns/activitystreams","type":"Note"}',
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"0" * 100,
    "script": b"push graphic-context\nimage over 0,0 0,0 'label:@/etc/passwd'\n",
    "cut": png()[:60],
    "empty": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("version", [1, 2])
async def test_what_is_no_picture_is_refused_and_leaves_nothing(house: House, name: str, version: int) -> None:
    ide = await house.person("ide")
    answer = await sends(house, ide, HOSTILE[name], version=version)
    assert answer.status_code == 422, answer.text
    assert not set(answer.json()["error"]) & set("éà{")  # in English, and filled in
    assert stored(house) == []
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM media") == 0


async def test_a_film_that_cannot_be_read_fails_once_and_for_all(house: House, tmp_path: Path) -> None:
    ide = await house.person("ide")
    broken = film(tmp_path / "film")[:64] + b"\0" * 4000
    answer = await sends(house, ide, broken)
    assert answer.status_code == 202
    await house.site.jobs.run(wait=False)
    path = f"/api/v1/media/{answer.json()['id']}"
    assert (await house.call("GET", path, ide)).status_code == 422
    refused = await house.call("POST", "/api/v1/statuses", ide, json={"status": "x", "media_ids": [answer.json()["id"]]})
    assert refused.status_code == 422
    assert stored(house) == []
    assert (await house.call("DELETE", path, ide)).status_code == 200


async def test_a_request_without_a_file_is_refused(house: House) -> None:
    ide = await house.person("ide")
    empty: list[dict[str, Any]] = [
        {"data": {"file": "not a file"}},
        {"json": {"file": {"path": "/etc/passwd", "size": 1}}},
        {"data": {}},
    ]
    for given in empty:
        answer = await house.call("POST", "/api/v2/media", ide, **given)
        assert answer.status_code == 422, answer.text
    for wrong in ({"focus": "2,0"}, {"focus": "là"}, {"description": "é" * 1501}, {"thumbnail": b"<svg/>"}):
        assert (await sends(house, ide, png(), **wrong)).status_code == 422, wrong
    assert (await sends(house, None, png())).status_code == 401


@pytest.fixture
async def narrow_house(settings: Settings, recorder: Recorder) -> AsyncIterator[House]:
    """Give a house that takes files of 64 KiB at most."""
    async with House.opened(msgspec.structs.replace(settings, media_bytes=64 * 1024), recorder) as opened:
        yield opened


async def test_heavy_files_are_refused(narrow_house: House, tmp_path: Path) -> None:
    ide = await narrow_house.person("ide")
    heavy = png() + b"\0" * 70_000
    assert (await sends(narrow_house, ide, heavy)).status_code == 422
    assert (await sends(narrow_house, ide, film(tmp_path / "film") + b"\0" * 70_000)).status_code == 422
    assert (await sends(narrow_house, ide, png() + b"\0" * 2_000_000)).status_code == 413
    assert stored(narrow_house) == []


async def test_media_of_others_do_not_exist(house: House) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    one = await sent(house, ide)
    for method in ("GET", "PUT", "DELETE"):
        answer = await house.call(method, f"/api/v1/media/{one['id']}", other)
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"}), method
        assert (await house.call(method, f"/api/v1/media/{one['id']}")).status_code == 401
    stolen = await house.call("POST", "/api/v1/statuses", other, json={"status": "x", "media_ids": [one["id"]]})
    assert stolen.status_code == 422
    assert stolen.json()["error"] == f"Media {one['id']} not found or already attached to another post"
    await house.say(ide, "à moi", media_ids=[one["id"]])


async def test_words_and_thumbnail_change_until_it_is_posted(house: House) -> None:
    ide = await house.person("ide")
    one = await sent(house, ide, saved(drawing((90, 60)), "JPEG"))
    path = f"/api/v1/media/{one['id']}"
    named = await house.call("PUT", path, ide, data={"description": "  Un lit  ", "focus": "-1,1"})
    assert (named.json()["description"], named.json()["meta"]["focus"]) == ("Un lit", {"x": -1.0, "y": 1.0})
    same = await house.call("PUT", path, ide, json={})
    assert same.json() == named.json()
    covered = (await house.call("PUT", path, ide, files={"thumbnail": ("t", png(), "text/html")})).json()
    assert (covered["meta"]["small"]["size"], covered["url"]) == ("50x50", one["url"])
    assert (await served(house, one["preview_url"])).status_code == 404
    assert (await served(house, covered["preview_url"])).status_code == 200
    assert (await house.call("PUT", path, ide, json={"description": "é" * 1501})).status_code == 422
    assert (await house.call("PUT", path, ide, json={"description": "👩‍⚕️" * 1500})).status_code == 200
    assert (await house.call("PUT", path, ide, json={"description": ""})).json()["description"] is None
    await house.say(ide, "", media_ids=[one["id"]])
    assert (await house.call("PUT", path, ide, json={"description": "trop tard"})).status_code == 404


async def test_the_order_given_is_the_order_shown(house: House) -> None:
    ide = await house.person("ide")
    made = [(await sent(house, ide))["id"] for _ in range(4)]
    wanted = [made[2], made[0], made[3], made[1]]
    said = await house.say(ide, "quatre", media_ids=wanted)
    assert [one["id"] for one in said["media_attachments"]] == wanted
    seen = await house.get(f"/api/v1/statuses/{said['id']}")
    assert [one["id"] for one in seen["media_attachments"]] == wanted
    for wrong in ([*made, "5"], [made[0]], ["9" * 30], [made[0], made[0]]):
        answer = await house.call("POST", "/api/v1/statuses", ide, json={"status": "x", "media_ids": wrong})
        assert answer.status_code == 422, wrong


async def test_one_medium_goes_to_one_post_only(house: House) -> None:
    ide = await house.person("ide")
    one = await sent(house, ide)
    body = {"status": "à qui ?", "media_ids": [one["id"]]}
    answers = await asyncio.gather(*(house.call("POST", "/api/v1/statuses", ide, json=body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [422] * 5


async def test_a_loose_medium_is_erased_and_an_attached_one_is_not(house: House) -> None:
    ide = await house.person("ide")
    loose, kept = await sent(house, ide), await sent(house, ide)
    said = await house.say(ide, "", media_ids=[kept["id"]])
    assert (await house.call("DELETE", f"/api/v1/media/{loose['id']}", ide)).json() == {}
    refused = await house.call("DELETE", f"/api/v1/media/{kept['id']}", ide)
    assert refused.status_code == 422
    assert refused.json()["error"] == "Media attachment is currently used by a post and cannot be deleted"
    assert (await served(house, loose["url"])).status_code == 404
    assert (await served(house, kept["url"])).status_code == 200
    await house.call("DELETE", f"/api/v1/statuses/{said['id']}", ide, params={"delete_media": "1"})
    assert (await served(house, kept["url"])).status_code == 404
    assert stored(house) == []


async def test_an_edit_changes_media_and_the_history_keeps_them(house: House) -> None:
    ide = await house.person("ide")
    made = [(await sent(house, ide, description=f"n° {number}"))["id"] for number in range(3)]
    said = await house.say(ide, "avant", media_ids=made[:2])
    path = f"/api/v1/statuses/{said['id']}"
    words = [{"id": made[2], "description": "changée", "focus": "0,1"}]
    body = {"status": "après", "media_ids": [made[2], made[0]], "media_attributes": words}
    changed = (await house.call("PUT", path, ide, json=body)).json()
    assert [one["id"] for one in changed["media_attachments"]] == [made[2], made[0]]
    assert changed["media_attachments"][0]["description"] == "changée"
    before, after = await house.get(f"{path}/history", ide)
    assert [one["id"] for one in before["media_attachments"]] == made[:2]
    assert after["media_attachments"] == changed["media_attachments"]
    age(house)
    await age_rows(house)
    await posts.media.purge(house.site)
    await posts.media.sweep_blobs(house.site)
    for one in (*before["media_attachments"], *after["media_attachments"]):
        assert (await served(house, one["url"])).status_code == 200
    again = await house.call("PUT", path, ide, json={"status": "encore", "media_ids": []})
    assert again.json()["media_attachments"] == []
    other = await house.person("autre")
    foreign = await sent(house, other)
    assert (await house.call("PUT", path, ide, json={"media_ids": [foreign["id"]]})).status_code == 422
    await house.call("DELETE", path, ide)
    assert len(stored(house)) == 2


async def test_a_post_may_ask_and_show(house: House) -> None:
    ide = await house.person("ide")
    one, two = await sent(house, ide), await sent(house, ide)
    poll = {"options": ["oui", "non"], "expires_in": 3600}
    both = await house.say(ide, "laquelle ?", media_ids=[one["id"]], poll=poll)
    assert ([each["id"] for each in both["media_attachments"]], len(both["poll"]["options"])) == ([one["id"]], 2)
    asked = await house.say(ide, "x", poll=poll)
    changed = await house.call("PUT", f"/api/v1/statuses/{asked['id']}", ide, json={"media_ids": [two["id"]]})
    assert ([each["id"] for each in changed.json()["media_attachments"]], len(changed.json()["poll"]["options"])) == (
        [two["id"]],
        2,
    )


async def test_what_an_erased_post_showed_waits_a_day_for_another(house: House) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    one = await sent(house, ide)
    said = await house.say(ide, "à refaire", media_ids=[one["id"]])
    gone = (await house.call("DELETE", f"/api/v1/statuses/{said['id']}", ide)).json()
    [freed] = gone["media_attachments"]
    assert (gone["text"], freed["id"], freed["url"] != one["url"]) == ("à refaire", one["id"], True)
    for dead in (one["url"], one["preview_url"]):
        assert (await house.call("GET", dead)).status_code == 404
    stolen = await house.call("POST", "/api/v1/statuses", other, json={"status": "x", "media_ids": [one["id"]]})
    assert stolen.status_code == 422
    await posts.media.purge(house.site)
    again = await house.say(ide, "refait", media_ids=[one["id"]])
    assert again["media_attachments"][0]["url"] == freed["url"]
    assert (await house.call("GET", freed["url"])).status_code == 200


async def test_what_waits_too_long_or_is_not_wanted_again_goes(house: House) -> None:
    ide = await house.person("ide")
    late, unwanted = await sent(house, ide), await sent(house, ide)
    await house.call("DELETE", f"/api/v1/statuses/{(await house.say(ide, 'x', media_ids=[late['id']]))['id']}", ide)
    last = await house.say(ide, "y", media_ids=[unwanted["id"]])
    await house.call("DELETE", f"/api/v1/statuses/{last['id']}", ide, params={"delete_media": "true"})
    assert (await house.call("GET", f"/api/v1/media/{unwanted['id']}", ide)).status_code == 404
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE media SET freed_at = now() - interval '25 hours', id = id - (90000000::bigint << 16)")
    await posts.media.purge(house.site)
    assert stored(house) == []


async def test_addresses_lead_to_blobs_only(house: House) -> None:
    (house.site.blobs.folder / "aa").mkdir(parents=True)
    (house.site.blobs.folder / "aa" / "secret").write_text("s")
    (house.site.settings.data / "secret").write_text("s")
    for path in ("/media/aa/secret", "/media/%2e%2e/secret", "/media/..%2fsecret", "/media/aa/..%2f..%2fsecret", "/media/aa"):
        answer = await house.client.get(path)
        assert answer.status_code == 404, path
        assert answer.content != b"s"
    assert (await house.client.post("/media/aa/secret")).status_code in {404, 405}


async def test_portraits_are_drawn_for_those_who_chose_none(house: House) -> None:
    ide = await house.person("ide")
    for name in ("avatar.png", "header.png"):
        first = await house.client.get(f"/portraits/{ide.id}/{name}")
        assert (first.status_code, first.headers["content-type"]) == (200, "image/png")
        assert first.content == (await house.client.get(f"/portraits/{ide.id}/{name}")).content
        assert first.content.startswith(b"\x89PNG")
    for path in (f"/portraits/{ide.id}/other.png", "/portraits/x/avatar.png", f"/portraits/{10**30}/avatar.png"):
        assert (await house.client.get(path)).status_code == 404


async def test_a_token_without_the_right_sends_nothing(house: House) -> None:
    ide = await house.person("ide")
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE tokens SET scopes = '{read}'")
    answer = await sends(house, ide, png())
    assert answer.status_code == 403
