"""One's own profile as Mastodon 4.6 asks for it: what was typed, the pictures that were sent."""

from __future__ import annotations

from tests.mastodon.test_accounts import picture
from tests.support.house import House

PROFILE = "/api/v1/profile"


async def test_a_profile_is_read_as_it_was_typed(house: House) -> None:
    ana = await house.person("ana")
    await house.call(
        "PATCH",
        PROFILE,
        ana,
        json={"display_name": "Ana", "note": "De nuit <3 #bloc", "fields_attributes": [{"name": "Lieu", "value": "le Sud"}]},
    )
    found = await house.get(PROFILE, ana)
    assert (found["id"], found["display_name"], found["note"]) == (str(ana.id), "Ana", "De nuit <3 #bloc")
    assert found["fields"] == [{"name": "Lieu", "value": "le Sud", "verified_at": None}]
    assert (found["avatar"], found["avatar_static"], found["header"], found["header_static"]) == (None,) * 4
    assert (found["show_media"], found["show_media_replies"], found["show_featured"]) == (True, True, True)


async def test_only_what_is_given_changes_and_others_see_it(house: House) -> None:
    ana, other = await house.person("ana"), await house.person("autre")
    await house.call("PATCH", PROFILE, ana, json={"note": "De nuit", "locked": True})
    changed = await house.call("PATCH", PROFILE, ana, data={"show_media": "false", "show_featured": "0"})
    told = changed.json()
    assert (told["note"], told["locked"], told["show_media"]) == ("De nuit", True, False)
    assert (told["show_media_replies"], told["show_featured"]) == (True, False)
    seen = await house.get(f"/api/v1/accounts/{ana.id}", other)
    assert (seen["show_media"], seen["show_media_replies"], seen["show_featured"]) == (False, True, False)


async def test_pictures_come_and_go(house: House) -> None:
    ana = await house.person("ana")
    answer = await house.call("PATCH", PROFILE, ana, files={"avatar": ("a.png", picture())}, data={"avatar_description": "moi"})
    assert answer.json()["avatar"].startswith(house.site.url("/media/"))
    assert answer.json()["avatar_description"] == "moi"
    gone = await house.call("DELETE", PROFILE + "/avatar", ana)
    assert gone.status_code == 200
    assert (await house.get(PROFILE, ana))["avatar"] is None


async def test_what_cannot_be_changes_nothing(house: House) -> None:
    ana = await house.person("ana")
    for body in ({"show_media": "peut-être"}, {"note": "x" * 501}, {"fields_attributes": "x"}):
        refused = await house.call("PATCH", PROFILE, ana, json={"display_name": "Autre"} | body)
        assert refused.status_code == 422, body
    assert (await house.get(PROFILE, ana))["display_name"] == ""
    assert (await house.call("GET", PROFILE)).status_code == 401
