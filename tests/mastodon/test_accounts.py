"""Accounts through the API: made, shown, changed, found (https://docs.joinmastodon.org/methods/accounts/)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from salledepause.features import accounts
from tests.support.house import PASSWORD, House, Person

EMAIL = "ginette.dupont@exemple.test"
SIGN_UP = {"username": "ginette", "password": PASSWORD, "email": EMAIL, "agreement": True, "locale": "en"}


async def app_token(house: House) -> str:
    app = await house.post("/api/v1/apps", client_name="Une app", redirect_uris="urn:ietf:wg:oauth:2.0:oob", scopes="read write")
    keys = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    return str((await house.post("/oauth/token", grant_type="client_credentials", scope="read write", **keys))["access_token"])


def picture(kind: str = "PNG", size: tuple[int, int] = (250, 97), **options: Any) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, (200, 40, 40)).save(written, kind, **options)
    return written.getvalue()


# Signing up.


async def test_an_app_signs_somebody_up(house: House) -> None:
    made = await house.post("/api/v1/accounts", await app_token(house), **SIGN_UP)
    assert (made["token_type"], made["scope"], type(made["created_at"])) == ("Bearer", "read write", int)
    assert len(made["salledepause"]["recovery_words"]) == 8
    me = await house.get("/api/v1/accounts/verify_credentials", made["access_token"])
    assert (me["username"], me["acct"], me["display_name"], me["note"]) == ("ginette", "ginette", "", "")
    assert (me["locked"], me["bot"], me["discoverable"], me["fields"]) == (False, False, True, [])
    assert me["source"]["privacy"] == "public"
    assert me["source"]["sensitive"] is False
    assert me["salledepause"] == {"family": "autre", "shows_family": True, "mode": "contributor"}
    assert me["created_at"].endswith("T00:00:00.000Z")


async def test_our_own_clients_say_more(house: House) -> None:
    body = SIGN_UP | {"family": "soignant-medical", "mode": "reader"}
    token = (await house.post("/api/v1/accounts", await app_token(house), **body))["access_token"]
    me = await house.get("/api/v1/accounts/verify_credentials", token)
    assert (me["salledepause"]["family"], me["salledepause"]["mode"]) == ("soignant-medical", "reader")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"username": "gin ette"}, "username", "ERR_INVALID"),
        ({"username": ""}, "username", "ERR_BLANK"),
        ({"username": "admin"}, "username", "ERR_RESERVED"),
        ({"password": "court"}, "password", "ERR_TOO_SHORT"),
        ({"password": "motdepasse123"}, "password", "ERR_INVALID"),
        ({"agreement": False}, "agreement", "ERR_ACCEPTED"),
    ],
)
async def test_what_is_wrong_is_detailed(house: House, change: dict[str, Any], field: str, code: str) -> None:
    answer = await house.call("POST", "/api/v1/accounts", await app_token(house), json=SIGN_UP | change)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert [one["error"] for one in answer.json()["details"][field]] == [code]
    async with house.site.db.reading() as tx:
        assert not await accounts.anybody(tx)


async def test_a_handle_is_taken_once(house: House) -> None:
    token = await app_token(house)
    await house.post("/api/v1/accounts", token, **SIGN_UP)
    answer = await house.call("POST", "/api/v1/accounts", token, json=SIGN_UP | {"username": "GINETTE"})
    assert answer.json()["details"]["username"][0]["error"] == "ERR_TAKEN"


async def test_signing_up_needs_an_app_that_may_write(house: House) -> None:
    assert (await house.call("POST", "/api/v1/accounts", json=SIGN_UP)).status_code == 401
    app = await house.post("/api/v1/apps", client_name="Une app", redirect_uris="urn:ietf:wg:oauth:2.0:oob", scopes="read")
    keys = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    token = (await house.post("/oauth/token", grant_type="client_credentials", **keys))["access_token"]
    assert (await house.call("POST", "/api/v1/accounts", token, json=SIGN_UP)).status_code == 403


async def test_no_email_is_kept_anywhere(house: House, tmp_path: Path) -> None:
    await house.post("/api/v1/accounts", await app_token(house), **SIGN_UP)
    async with house.site.db.reading() as tx:
        tables = await tx.values("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        dump = "\n".join([row for name in tables for row in await tx.values(f'SELECT t::text FROM "{name}" t')])
    assert "ginette" in dump
    assert EMAIL not in dump
    assert "exemple.test" not in dump
    assert PASSWORD not in dump


async def test_no_hash_ever_leaves(house: House) -> None:
    person = await house.person("ginette")
    for path in ("verify_credentials", "lookup?acct=ginette", f"{person.id}", "search?q=ginette"):
        answer = await house.call("GET", f"/api/v1/accounts/{path}", person)
        assert answer.status_code == 200, answer.text
        assert "argon2" not in answer.text
        assert "password" not in answer.text


# Changing one's profile.


async def patch(house: House, who: Person, **how: Any) -> Any:
    answer = await house.call("PATCH", "/api/v1/accounts/update_credentials", who, **how)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_only_what_is_given_changes(house: House) -> None:
    person = await house.person("ginette")
    await patch(house, person, data={"display_name": "Ginette D.", "note": "J'aime l'« été »"})
    me = await patch(house, person, data={"locked": "true", "source[privacy]": "private", "source[language]": "hr"})
    assert (me["display_name"], me["source"]["note"], me["locked"]) == ("Ginette D.", "J'aime l'« été »", True)
    assert (me["source"]["privacy"], me["source"]["language"], me["source"]["sensitive"]) == ("private", "hr", False)
    assert "J'aime" in me["note"] or "J&#x27;aime" in me["note"] or "J&#39;aime" in me["note"]
    me = await patch(house, person, json={"source": {"sensitive": True}, "locked": False, "bot": True, "discoverable": False})
    assert (me["locked"], me["bot"], me["discoverable"], me["source"]["sensitive"]) == (False, True, False, True)
    assert me == await house.get("/api/v1/accounts/verify_credentials", person)


async def test_a_name_may_be_emptied(house: House) -> None:
    person = await house.person("ginette")
    await patch(house, person, data={"display_name": "Ginette"})
    assert (await patch(house, person, data={"display_name": ""}))["display_name"] == ""


def fields(*keys: str) -> dict[str, str]:
    first, second = keys
    said = {f"[{first}][name]": "Service", f"[{first}][value]": "Réa", f"[{second}][name]": "Nuit"}
    return {f"fields_attributes{key}": value for key, value in said.items()}


@pytest.mark.parametrize(
    "how",
    [
        {"data": fields("0", "3")},
        {"data": fields("-7", "x")},
        {"json": {"fields_attributes": {"420": {"name": "Service", "value": "Réa"}, "69": {"name": "Nuit", "value": ""}}}},
        {"json": {"fields_attributes": [{"name": "Service", "value": "Réa"}, {"name": "Nuit"}]}},
        {"params": fields("0", "1")},
    ],
)
async def test_fields_come_in_many_shapes(house: House, how: dict[str, Any]) -> None:
    me = await patch(house, await house.person("ginette"), **how)
    assert [(one["name"], one["value"]) for one in me["source"]["fields"]] == [("Service", "Réa"), ("Nuit", "")]


@pytest.mark.parametrize(
    "body",
    [
        {"display_name": "a" * 31},
        {"note": "a" * 501},
        {"fields_attributes": [{"name": "a", "value": "b"}] * 5},
        {"fields_attributes": "a"},
        {"fields_attributes": ["a"]},
        {"source": {"privacy": "secret"}},
        {"source": {"language": "français"}},
        {"source": "a"},
        {"avatar": "a"},
        {"salledepause": {"family": "pape"}},
    ],
)
async def test_what_cannot_be_is_refused(house: House, body: dict[str, Any]) -> None:
    answer = await house.call("PATCH", "/api/v1/accounts/update_credentials", await house.person("ginette"), json=body)
    assert answer.status_code == 422, answer.text
    assert list(answer.json()) == ["error"]


async def test_sites_and_quotes_are_kept(house: House) -> None:
    person = await house.person("ginette")
    body = {"attribution_domains[]": ["exemple.test", "autre.test"], "source[quote_policy]": "followers"}
    await patch(house, person, data=body)
    async with house.site.db.reading() as tx:
        one = await accounts.one(tx, person.id)
    assert (one.attribution_domains, one.quote_policy) == (["exemple.test", "autre.test"], "followers")


async def test_our_own_clients_change_the_family(house: House) -> None:
    person = await house.person("ginette")
    me = await patch(house, person, json={"salledepause": {"family": "direction", "shows_family": False}})
    assert me["salledepause"] == {"family": "direction", "shows_family": False, "mode": "contributor"}
    assert (await house.get(f"/api/v1/accounts/{person.id}"))["salledepause"] == {"family": None}


async def test_pictures_are_cleaned_still_and_replaced(house: House) -> None:
    person = await house.person("ginette")
    before = await house.get("/api/v1/accounts/verify_credentials", person)
    frames = [Image.new("P", (60, 60), color) for color in (1, 2, 3)]
    animated = io.BytesIO()
    frames[0].save(animated, "GIF", save_all=True, append_images=frames[1:], duration=80)
    files = {"avatar": ("a", picture("JPEG", comment=b"secret")), "header": ("b", picture(size=(2000, 500)))}
    me = await patch(house, person, files=files)
    assert me["avatar"] != before["avatar"]
    assert me["header"] != before["header"]
    key = me["avatar"].partition("/media/")[2]
    stored = house.site.blobs.path(key)
    assert stored is not None
    with Image.open(stored) as image:
        assert image.size == (400, 400)
    assert b"secret" not in stored.read_bytes()
    with Image.open(house.site.blobs.path(me["header"].partition("/media/")[2]) or "") as image:
        assert max(image.size) == 1500
    still = await patch(house, person, files={"avatar": ("a.gif", animated.getvalue())})
    assert still["avatar"] != me["avatar"]
    assert not stored.exists()
    with Image.open(house.site.blobs.path(still["avatar"].partition("/media/")[2]) or "") as image:
        assert getattr(image, "n_frames", 1) == 1


async def test_what_is_no_picture_is_refused(house: House) -> None:
    person = await house.person("ginette")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    answer = await house.call("PATCH", "/api/v1/accounts/update_credentials", person, files={"avatar": ("a.png", svg)})
    assert answer.status_code == 422


async def test_pictures_are_taken_down(house: House) -> None:
    person = await house.person("ginette")
    before = await house.get("/api/v1/accounts/verify_credentials", person)
    await patch(house, person, files={"avatar": ("a", picture()), "header": ("b", picture())})
    for name in ("avatar", "header", "avatar"):
        answer = await house.call("DELETE", f"/api/v1/profile/{name}", person)
        assert answer.status_code == 200
        assert answer.json()[name] == before[name]
    assert not [path for path in house.site.blobs.folder.rglob("*") if path.is_file()]


async def test_preferences_follow_the_profile(house: House) -> None:
    person = await house.person("ginette")
    await patch(house, person, data={"source[privacy]": "unlisted", "source[sensitive]": "true", "source[language]": "en"})
    told = await house.get("/api/v1/preferences", person)
    assert told["posting:default:visibility"] == "unlisted"
    assert told["posting:default:sensitive"] is True
    assert told["posting:default:language"] == "en"
    assert told["reading:expand:media"] == "default"


# Finding people.


async def test_an_account_is_shown_to_anybody(house: House) -> None:
    person = await house.person("Ginette")
    shown = await house.get(f"/api/v1/accounts/{person.id}")
    assert (shown["id"], shown["acct"]) == (str(person.id), "Ginette")
    assert "source" not in shown
    assert shown == await house.get("/api/v1/accounts/lookup", acct="ginette@salle.test")
    for path in ("12", "abc", "lookup?acct=personne", "lookup?acct=ginette@ailleurs.test", "lookup", "99999999999999999999"):
        answer = await house.call("GET", f"/api/v1/accounts/{path}")
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"}), path


async def test_a_suspended_account_shows_its_name_only(house: House) -> None:
    person = await house.person("ginette", name="Ginette", note="secret")
    async with house.site.db.transaction() as tx:
        await accounts.suspend(tx, person.id)
    shown = await house.get(f"/api/v1/accounts/{person.id}")
    assert shown["suspended"] is True
    assert "secret" not in str(shown)


async def test_who_waits_is_seen_by_nobody(house: House) -> None:
    person = await house.person("attend", state="pending")
    assert (await house.call("GET", f"/api/v1/accounts/{person.id}")).status_code == 404
    assert (await house.call("GET", "/api/v1/accounts/lookup?acct=attend")).status_code == 404
    assert (await house.call("GET", f"/api/v1/accounts?id[]={person.id}")).json() == []


async def test_several_accounts_in_the_order_asked(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    answer = await house.call("GET", f"/api/v1/accounts?id[]={two.id}&id[]=12&id[]=abc&id[]={one.id}&id[]={two.id}")
    assert [account["acct"] for account in answer.json()] == ["deux", "une"]
    assert await house.get("/api/v1/accounts") == []


@pytest.mark.parametrize("typed", ["ginette", "@ginette", "ginette@salle.test", "@ginette@salle.test", "GINETTE", "gin"])
async def test_search_finds_a_handle_however_it_is_typed(house: House, typed: str) -> None:
    person = await house.person("ginette")
    found = await house.get("/api/v1/accounts/search", person, q=typed, resolve="true")
    assert [account["acct"] for account in found] == ["ginette"]


async def test_search_is_paged_and_for_people(house: House) -> None:
    person = await house.person("ginette")
    await house.person("ginette_2")
    found = await house.get("/api/v1/accounts/search", person, q="ginette", limit=1, offset=1)
    assert [account["acct"] for account in found] == ["ginette_2"]
    assert await house.get("/api/v1/accounts/search", person, q="ginette", following="true") == []
    assert await house.get("/api/v1/accounts/search", person, q="bananaman", resolve="true") == []
    assert (await house.call("GET", "/api/v1/accounts/search?q=ginette")).status_code == 401


async def test_what_mastodon_has_and_we_need_not(house: House) -> None:
    person = await house.person("ginette")
    assert await house.post("/api/v1/emails/confirmations", person) == {}
    assert await house.get(f"/api/v1/accounts/{person.id}/identity_proofs", person) == []
