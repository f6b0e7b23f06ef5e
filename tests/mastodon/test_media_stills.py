"""What stands for a medium, changed by the edit of its status: seen at once, the old picture gone, nobody else's touched."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from tests.kernel.media_samples import drawing, saved
from tests.mastodon.pictures import png, sent, served, stored
from tests.support.house import House


def address(data: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{b64encode(data).decode()}"


async def test_an_edit_changes_what_stands_for_a_medium(house: House) -> None:
    ide = await house.person("ide")
    one, other = await sent(house, ide, saved(drawing((90, 60)), "JPEG")), await sent(house, ide)
    said = await house.say(ide, "Voyez", media_ids=[one["id"], other["id"]])
    path = f"/api/v1/statuses/{said['id']}"
    change: dict[str, Any] = {"id": one["id"], "description": "Le couloir", "focus": "0.2,-0.1", "thumbnail": address(png())}
    edited = (await house.call("PUT", path, ide, json={"status": "Voyez", "media_attributes": [change]})).json()
    shown, untouched = edited["media_attachments"]
    assert (shown["url"], shown["description"], shown["meta"]["focus"]) == (one["url"], "Le couloir", {"x": 0.2, "y": -0.1})
    assert (shown["meta"]["small"]["size"], shown["preview_url"] != one["preview_url"]) == ("50x50", True)
    assert untouched == other
    assert (await served(house, one["preview_url"])).status_code == 404
    assert (await served(house, shown["preview_url"])).status_code == 200
    assert (await house.get(path))["media_attachments"] == [shown, other]
    first, last = await house.get(f"{path}/history", ide)
    assert first["media_attachments"][0]["description"] is None
    assert first["media_attachments"][0]["preview_url"] == last["media_attachments"][0]["preview_url"] == shown["preview_url"]
    form = {"status": "Voyez", "media_attributes[][id]": other["id"]}
    files = {"media_attributes[][thumbnail]": ("t.png", png((40, 40)), "image/png")}
    edited = (await house.call("PUT", path, ide, data=form, files=files)).json()
    assert [each["meta"]["small"]["size"] for each in edited["media_attachments"]] == ["50x50", "40x40"]
    assert len(stored(house)) == 4


WRONG: list[Any] = [
    "data:image/png;base64,%%%",
    "data:image/png,abc",
    "https://exemple.org/x.png",
    address(b"<svg onload=alert(1)>", "image/svg+xml"),
    12,
    {"path": "/etc/passwd", "size": 3},
    ["x"],
]


async def test_what_is_no_picture_or_not_ones_own_is_refused_and_nothing_changes(house: House) -> None:
    ide, eve = await house.person("ide"), await house.person("eve")
    one, theirs = await sent(house, ide), await sent(house, eve)
    said, mine = await house.say(ide, "Voyez", media_ids=[one["id"]]), await house.say(eve, "À moi", media_ids=[theirs["id"]])
    path, kept = f"/api/v1/statuses/{said['id']}", stored(house)
    for wrong in WRONG:
        body = {"status": "Autre", "media_attributes": [{"id": one["id"], "thumbnail": wrong}]}
        assert (await house.call("PUT", path, ide, json=body)).status_code == 422, wrong
    body = {"status": "Autre", "media_attributes": [{"id": one["id"], "thumbnail": address(png())}]}
    for there in (path, f"/api/v1/statuses/{mine['id']}"):
        assert (await house.call("PUT", there, eve, json=body)).status_code == 404
    heavy = {"status": "Autre", "media_attributes": [{"id": one["id"], "thumbnail": address(bytes(4 * 1024 * 1024))}]}
    assert (await house.call("PUT", path, ide, json=heavy)).status_code == 413
    assert await house.get(path, ide) == said
    assert stored(house) == kept
