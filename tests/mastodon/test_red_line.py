"""The red line of pictures: held at once wherever they showed, told to their author, decided by hosts, known again by looks."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any

import httpx
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from salledepause.features import accounts, moderation, posts, red_line
from salledepause.kernel import likeness
from salledepause.kernel.config import Settings
from salledepause.kernel.portrait import header_png
from salledepause.surfaces import house as texts
from tests.mastodon.pictures import held_picture, sends, sent, served, stored
from tests.support.house import House, Person
from tests.support.recorder import Recorder
from tests.support.streams import events
from tests.support.wires import PATIENCE

OURS, ADMIN, LIST = (
    "/api/salledepause/v1/images",
    "/api/salledepause/v1/admin/images",
    "/api/salledepause/v1/admin/refused_images",
)


def fresco(seed: int = 0) -> Image.Image:
    """Draw a picture with enough in it to be known again."""
    picture = Image.new("RGB", (480, 360), (230, 200 - 20 * seed, 140))
    pen = ImageDraw.Draw(picture)
    for place in range(9):
        x, y = (place * 97 + seed * 61) % 430, (place * 71 + seed * 37) % 310
        colour = ((place * 53 + seed * 91) % 256, (place * 101) % 256, (place * 29 + seed * 17) % 256)
        (pen.ellipse if place % 2 else pen.rectangle)([x, y, x + 60 + place * 11, y + 40 + seed * 5 + place * 7], fill=colour)
    return picture


def data(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def cut(picture: Image.Image, part: float) -> Image.Image:
    wide, high = picture.size
    return picture.crop((int(wide * part), int(high * part), int(wide * (1 - part)), int(high * (1 - part))))


CHANGED: dict[str, Callable[[Image.Image], bytes]] = {
    "encoded again": lambda picture: data(picture, "JPEG", quality=30),
    "smaller": lambda picture: data(picture.resize((160, 120))),
    "stretched": lambda picture: data(picture.resize((560, 360))),
    "cut": lambda picture: data(cut(picture, 0.05)),
    "mirrored": lambda picture: data(ImageOps.mirror(picture)),
    "mirrored and cut": lambda picture: data(ImageOps.mirror(cut(picture, 0.04))),
    "turned": lambda picture: data(picture.rotate(90, expand=True)),
    "without colour": lambda picture: data(ImageOps.grayscale(picture)),
    "pale": lambda picture: data(ImageEnhance.Contrast(picture).enhance(0.6)),
}


async def keys(house: House, person: Person) -> Person:
    async with house.site.db.transaction() as tx:
        token = await accounts.give_token(tx, person.id, ["read", "write", "admin:read", "admin:write"])
    return Person(person.id, person.handle, token)


async def test_a_reported_picture_leaves_every_view_at_once_in_every_process(
    settings: Settings, recorder: Recorder, house: House
) -> None:
    ada, ben, eve = [await house.person(name) for name in ("ada", "ben", "eve")]
    media = await sent(house, ada, data(fresco()), description="une fresque")
    said = await house.say(ada, "La fresque", media_ids=[media["id"]])
    boost = await house.post(f"/api/v1/statuses/{said['id']}/reblog", eve)
    places = [
        f"/api/v1/statuses/{said['id']}",
        f"/api/v1/statuses/{boost['id']}",
        "/api/v1/timelines/public",
        f"/api/v1/accounts/{ada.id}/statuses",
        f"/api/v1/statuses/{said['id']}/context",
    ]
    addresses = [media["url"], media["preview_url"]]
    async with House.opened(settings, recorder) as elsewhere, events(elsewhere, "public", ben) as stream:
        houses = (house, elsewhere)
        for one in houses:
            assert [(await served(one, url)).status_code for url in addresses] == [200, 200]
            for path in places:
                await one.get(path)
        about = {"account_id": str(ada.id), "status_ids": [said["id"]], "rule_ids": ["5"]}
        await house.post("/api/v1/reports", ben, **about)
        assert [(await served(one, url)).status_code for one in houses for url in addresses] == [404] * 4
        heard = await stream.next()
        (shown,) = json.loads(heard.payload)["media_attachments"]
        assert (heard.event, shown["type"], shown["url"], shown["preview_url"]) == ("status.update", "unknown", None, None)
        assert (shown["blurhash"], shown["salledepause"]) == (None, {"held": "held"})
        async with asyncio.timeout(PATIENCE):
            while any([media["url"] in json.dumps(await one.get(path)) for one in houses for path in places]):
                await asyncio.sleep(0.02)
        page = await house.client.get(f"/@ada/{said['id']}", headers={"accept": "text/html"})
        assert "le temps qu'un hôte décide" in page.text.replace("’", "'")
        assert "/media/" not in page.text.replace("/media/attachments", "")
    assert not [one for one in stored(house) if one.parent.name != "incoming"]


async def test_its_author_is_told_contests_and_gets_it_back(house: House) -> None:
    ada, ben = await house.person("ada"), await house.person("ben")
    host = await keys(house, await house.person("hote", role="host"))
    media_id = await held_picture(house, ada, ben, data(fresco()))
    (told,) = [one for one in await house.get("/api/v1/notifications", ada) if one["type"] == "moderation_warning"]
    warning = told["moderation_warning"]
    assert warning["action"] == "mark_statuses_as_sensitive"
    for word in ("signalée", "automatique", "règle : la 5", f"/images/{media_id}", "extrajudiciaire", "un juge"):
        assert word in warning["text"].replace("Règle", "règle")
    assert "ben" not in warning["text"]
    why = await house.get(f"{OURS}/{media_id}", ada)
    assert (why["rule"], why["facts"], why["automated"], why["verdict"]) == ("5", "report", True, None)
    for who in (ben, host):
        assert (await house.call("GET", f"{OURS}/{media_id}", who)).status_code == 404
    assert (await house.call("GET", ADMIN, ada)).status_code == 403
    assert (await house.call("POST", f"{OURS}/{media_id}/contest", ada, json={"words": " "})).status_code == 422
    await house.post(f"{OURS}/{media_id}/contest", ada, words="C'est la façade, rien d'autre.")
    (case,) = await house.get(ADMIN, host)
    contested = case["statement"]["contest"]
    assert (case["media_id"], contested, case["said"]) == (str(media_id), "C'est la façade, rien d'autre.", "Encore.")
    assert "ben" not in json.dumps(case)
    assert await house.post(f"{ADMIN}/{media_id}/restore", host, reason="C'est bien la façade.") == []
    (shown,) = (await house.get(f"/api/v1/statuses/{case['status_id']}"))["media_attachments"]
    assert (await served(house, shown["url"])).status_code == (await served(house, shown["preview_url"])).status_code == 200
    assert (await house.call("POST", f"{ADMIN}/{media_id}/refuse", host, json={})).status_code == 409
    assert "C'est bien la façade." in json.dumps(await house.get("/api/v1/notifications", ada), ensure_ascii=False)
    again = {"account_id": str(ada.id), "status_ids": [case["status_id"]], "rule_ids": ["5"]}
    await house.post("/api/v1/reports", ben, **again)
    assert (await served(house, shown["url"])).status_code == 200, "what a host gave back is held by no report"


async def test_only_a_report_for_this_rule_holds_and_not_that_of_who_cries_wolf(house: House) -> None:
    ada, ben = await house.person("ada"), await house.person("ben")
    host = await keys(house, await house.person("hote", role="host"))
    media = await sent(house, ada, data(fresco()))
    said = await house.say(ada, "La fresque", media_ids=[media["id"]])
    for rules in ([], ["2"]):
        await house.post("/api/v1/reports", ben, account_id=str(ada.id), status_ids=[said["id"]], rule_ids=rules)
    assert (await served(house, media["url"])).status_code == 200
    for _ in range(moderation.images.MOST_UNDONE):
        held = await held_picture(house, ada, ben, data(fresco(3)))
        await house.post(f"{ADMIN}/{held}/restore", host)
    await house.post("/api/v1/reports", ben, account_id=str(ada.id), status_ids=[said["id"]], rule_ids=["5"])
    assert (await served(house, media["url"])).status_code == 200


async def test_a_refused_picture_is_known_again_and_others_are_not(house: House) -> None:
    ada, ben = await house.person("ada"), await house.person("ben")
    host = await keys(house, await house.person("hote", role="host"))
    held = await held_picture(house, ada, ben, data(fresco()))
    await house.post(f"{ADMIN}/{held}/refuse", host, reason="Non.", again=True)
    await house.site.jobs.run(wait=False)
    assert stored(house) == []
    before = stored(house)
    for name, change in CHANGED.items():
        for who in (ada, ben):
            answer = await sends(house, who, change(fresco()))
            assert answer.status_code == 422, name
            assert "rule 5 of the charter" in answer.json()["error"]
    avatar = {"avatar": ("a.png", data(fresco().crop((60, 0, 420, 360))), "image/png")}
    await house.call("PATCH", "/api/v1/accounts/update_credentials", ada, files=avatar)
    assert stored(house) == before or len(stored(house)) == 1
    for seed in range(1, 5):
        assert (await sends(house, ada, data(fresco(seed)))).status_code == 200, seed
    for name in ("un", "deux", "trois"):
        assert (await sends(house, ada, header_png(name))).status_code == 200, name
    (one,) = await house.get(LIST, host)
    assert (one["rule"], one["done"]) == ("5", True)
    assert (await house.call("DELETE", f"{LIST}/{one['id']}", host)).json() == []
    assert (await sends(house, ada, data(fresco()))).status_code == 200


async def test_what_is_here_already_is_found_when_a_picture_is_listed(house: House) -> None:
    ada = await house.person("ada")
    host = await keys(house, await house.person("hote", role="host"))
    shown = await sent(house, ada, data(ImageOps.mirror(fresco()), "JPEG"))
    said = await house.say(ada, "La fresque", media_ids=[shown["id"]])
    loose, other = await sent(house, ada, data(cut(fresco(), 0.03))), await sent(house, ada, data(fresco(2)))
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE media SET likeness = NULL WHERE id = %s", [int(shown["id"])])
    await added(house, host, data(fresco()))
    (waiting,) = await house.get(LIST, host)
    assert (waiting["looked"], waiting["to_look"], waiting["done"]) == (0, 3, False)
    await house.site.jobs.run(wait=False)
    await moderation.images.sweep(house.site, int(waiting["id"]))
    assert [(await served(house, one["url"])).status_code for one in (shown, loose, other)] == [404, 404, 200]
    assert {(one["media_id"], one["statement"]["facts"]) for one in await house.get(ADMIN, host)} == {
        (one["id"], "likeness") for one in (shown, loose)
    }
    warnings = [one for one in await house.get("/api/v1/notifications", ada) if one["type"] == "moderation_warning"]
    assert len(warnings) == 2
    assert "ressemble" in warnings[0]["moderation_warning"]["text"]
    (found,) = await house.get(LIST, host)
    assert (found["looked"], found["done"]) == (3, True)
    await house.post(f"{ADMIN}/{shown['id']}/restore", host)
    await moderation.images.sweep(house.site, int(waiting["id"]))
    assert (await house.get(f"/api/v1/statuses/{said['id']}"))["media_attachments"][0]["url"]


async def added(house: House, host: Person, picture: bytes, **more: str) -> httpx.Response:
    files = {"file": ("x.png", picture, "image/png")}
    answer = await house.call("POST", LIST, host, files=files, data=more)
    assert answer.status_code == 200, answer.text
    return answer


async def test_what_cannot_be_listed_is_told(house: House) -> None:
    ada = await house.person("ada")
    host = await keys(house, await house.person("hote", role="host"))
    even = data(Image.new("RGB", (200, 200), "teal"))
    for given in ({}, {"files": {"file": ("x.png", even)}}, {"files": {"file": ("x.png", b"rien")}}):
        assert (await house.call("POST", LIST, host, **given)).status_code == 422
    wrong = {"files": {"file": ("x.png", data(fresco()))}, "data": {"rule": "99"}}
    assert (await house.call("POST", LIST, host, **wrong)).status_code == 422
    assert (await house.call("POST", LIST, ada, files={"file": ("x.png", data(fresco()))})).status_code == 403
    assert (await sends(house, ada, even)).status_code == 200, "what is even looks like nothing"
    assert await house.get(LIST, host) == []


async def test_an_erased_post_takes_its_held_picture_along_and_edits_keep_it(house: House) -> None:
    ada, ben = await house.person("ada"), await house.person("ben")
    media_id = await held_picture(house, ada, ben)
    (post,) = await house.get(f"/api/v1/accounts/{ada.id}/statuses", ada)
    edited = await house.call("PUT", f"/api/v1/statuses/{post['id']}", ada, json={"status": "Oui", "media_ids": [str(media_id)]})
    assert edited.json()["media_attachments"][0]["type"] == "unknown"
    history = await house.get(f"/api/v1/statuses/{post['id']}/history", ada)
    assert {one["media_attachments"][0]["url"] for one in history} == {None}
    await house.site.jobs.run(wait=False)
    assert len(stored(house)) == 2
    await house.call("DELETE", f"/api/v1/statuses/{post['id']}?delete_media=true", ada)
    assert stored(house) == []


def test_the_rule_of_pictures_is_that_of_the_charter_and_likenesses_turn() -> None:
    rule = texts.RULES[red_line.IMAGE_RULE - 1]
    assert "image" in rule.text
    assert "humour" in rule.hint
    greys = [(x * 7 + y * y * 3 + (x * y) % 31 * 5) % 256 for y in range(32) for x in range(32)]
    mirrored = [greys[y * 32 + 31 - x] for y in range(32) for x in range(32)]
    turned = [greys[x * 32 + 31 - y] for y in range(32) for x in range(32)]
    ways = {f"{int(bits, 2):064x}" for bits in likeness.turned(likeness.likeness(greys))}
    assert len(ways) == 8
    assert {likeness.likeness(one) for one in (greys, mirrored, turned, greys[::-1])} <= ways
    assert likeness.likeness([90] * 1024) == ""
    assert posts.MOST_MEDIA
