"""Dedications: a picture and words for one person; a stranger's waits; nothing of the place or the camera goes with a picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernel.media_samples import MARKER, PLACE, RAW, marked_files
from tests.mastodon.pictures import png, sends, sent, served, stored
from tests.support.house import House
from tests.web.visitor import Page, Visitor

TWENTY = (
    *("jpeg-exif", "jpeg-turned", "jpeg-thumbnail", "jpeg-xmp", "jpeg-comment", "jpeg-iptc", "jpeg-trailer", "jpeg-broken-exif"),
    *("png-text", "png-exif", "png-icc", "png-alpha", "png-trailer", "apng"),
    *("webp", "webp-alpha", "gif", "heic", "heic-icc", "mpo"),
)
SECRETS = (RAW, MARKER.encode("utf-16-be"), MARKER.encode("utf-16-le"), PLACE.encode(), b"Exif\0", b"<x:xmpmeta", b"Photoshop")


def told(data: bytes) -> list[bytes]:
    """Return what of the place, the camera or its owner is in a file."""
    return [one for one in SECRETS if one in data]


def test_twenty_files_hold_something() -> None:
    assert len(set(TWENTY)) == 20


async def test_nothing_of_twenty_files_is_kept_or_served(house: House, nurse: Visitor, tmp_path: Path) -> None:
    files = marked_files(tmp_path)
    ide = await house.person("ide")
    addresses: list[str] = []
    for name in TWENTY:
        answer = await sends(house, ide, files[name], version=1)
        assert answer.status_code == 200, (name, answer.text)
        addresses += [answer.json()["url"], answer.json()["preview_url"]]
    for start in range(0, len(TWENTY), 4):
        await nurse.get("/ecrire?dedicace=ide")
        form = nurse.page.form("/ecrire").values
        several = [("files[]", (f"{name}.jpg", files[name], "image/jpeg")) for name in TWENTY[start : start + 4]]
        answer = await nurse.client.post("/ecrire/medias", data=form, files=several)
        assert answer.status_code == 200, answer.text
        shown = [one["src"] for one in Page(answer).all("img") if "/media/" in one.get("src", "")]
        assert len(set(shown)) == len(several), TWENTY[start : start + 4]
        addresses += shown
    for address in dict.fromkeys(addresses):
        content = (await served(house, address)).content
        assert content
        assert told(content) == [], address
    kept = stored(house)
    assert len(kept) >= 2 * len(TWENTY)
    assert [path for path in kept if told(path.read_bytes())] == []


async def test_a_dedication_goes_to_one_person_alone(house: House, nurse: Visitor, visitor: Visitor) -> None:
    ide = await house.person("ide", name="Ide")
    said = await house.say(ide, "Bonne garde à qui en est.")
    assert "/ecrire?dedicace=ide" in (await nurse.get("/@ide")).links
    about = await nurse.get(f"/gestes/{said['id']}")
    assert "/ecrire?dedicace=ide" in about.links
    page = await nurse.get("/ecrire?dedicace=ide")
    form = page.form("/ecrire")
    assert (form.values["text"], form.values["audience"]) == ("@ide ", "direct")
    picture = ("plateau.png", png(), "image/png")
    answer = await nurse.client.post("/ecrire/medias", data=form.values, files=[("files[]", picture)])
    nurse.page = Page(answer)
    (field,) = [name for name in nurse.page.form("/ecrire").values if name.endswith("[description]")]
    sent_id = await nurse.send("@ide Ton plateau technique, dédicacé.", **{field: "un plateau"})
    await visitor.get(f"/@nuit/{sent_id}", status=404)
    assert await house.get("/api/v1/notifications", ide) == []
    (asked,) = await house.get("/api/v1/notifications/requests", ide)
    assert asked["account"]["acct"] == "nuit"
    await house.post(f"/api/v1/notifications/requests/{asked['id']}/accept", ide)
    (one,) = await house.get("/api/v1/notifications", ide)
    assert one["status"]["visibility"] == "direct"
    assert len(one["status"]["media_attachments"]) == 1
    await nurse.get("/ecrire?dedicace=personne_ici", status=404)


@pytest.mark.parametrize("known", [False, True])
async def test_words_alone_arrive_and_so_does_a_friends_picture(house: House, known: bool) -> None:
    one, two = await house.person("une"), await house.person("deux")
    if known:
        await house.post(f"/api/v1/accounts/{two.id}/follow", one)
    await house.say(two, "@une Un mot.", visibility="direct")
    media = await sent(house, two, png((20, 20)))
    await house.say(two, "@une Une image.", visibility="direct", media_ids=[media["id"]])
    assert len(await house.get("/api/v1/notifications", one, types=["mention"])) == (2 if known else 1)
