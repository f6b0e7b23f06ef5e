"""Search: people by handle, tags by their beginning, posts by French words; nothing that one may not see."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salledepause.features import timelines
from salledepause.features.accounts import Family
from salledepause.features.timelines.search import begins
from tests.support.house import House, Person

SEARCH = "/api/v2/search"
NOTHING: dict[str, Any] = {"accounts": [], "statuses": [], "hashtags": []}


def handles(found: dict[str, Any]) -> list[str]:
    return [one["acct"] for one in found["accounts"]]


def names(found: dict[str, Any]) -> list[str]:
    return [one["name"] for one in found["hashtags"]]


def said(found: dict[str, Any]) -> list[str]:
    return [one["id"] for one in found["statuses"]]


@pytest.mark.parametrize(
    "q", ["0a1b2c3d4e", "@0a1b2c3d4e", "0a1b2c3d4e@salle.test", "@0A1B2C3D4E@Salle.test", "0A1B2C3D4E", "  0a1b2c3d4e "]
)
async def test_a_handle_finds_exactly_its_bearer(house: House, q: str) -> None:
    await house.person("0a1b2c3d4e")
    ana = await house.person("ffffffffff")
    await house.say(ana, "Du bruit #0a1b9")
    assert handles(await house.get(SEARCH, ana, q=q, type="accounts", resolve="true")) == ["0a1b2c3d4e"]
    found = await house.get(SEARCH, ana, q=q)
    assert found | {"accounts": []} == NOTHING
    assert handles(found) == ["0a1b2c3d4e"]


@pytest.mark.parametrize("q", ["bananaman", "doesnotexistperson", "does_not_exist", "ana@ailleurs.example", "@@", "a@b@c"])
async def test_nobody_is_nobody(house: House, q: str) -> None:
    ana = await house.person("ana")
    assert await house.get(SEARCH, ana, q=q, type="accounts", resolve="true") == NOTHING


async def test_people_one_blocks_or_mutes_are_still_found(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    for gesture in ("mute", "block"):
        await house.post(f"/api/v1/accounts/{bob.id}/{gesture}", ana)
        assert handles(await house.get(SEARCH, ana, q="bob", type="accounts")) == ["bob"]


async def test_only_people_one_follows(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("marie_bob")
    await house.person("marie_eve")
    await house.post(f"/api/v1/accounts/{bob.id}/follow", ana)
    assert set(handles(await house.get(SEARCH, ana, q="marie", type="accounts"))) == {"marie_bob", "marie_eve"}
    assert handles(await house.get(SEARCH, ana, q="marie", type="accounts", following="true")) == ["marie_bob"]


async def test_people_one_follows_come_first_and_need_not_be_discoverable(house: House) -> None:
    ana = await house.person("ana")
    known, friend = await house.person("zoe_marie"), await house.person("friend", discoverable=False, name="Marie-Hélène Dûpont")
    await house.person("marie_star", followers_count=99)
    await house.person("marie_anne", mode="reader")
    for q in ("marie", "MARIE"):
        assert handles(await house.get(SEARCH, ana, q=q, type="accounts")) == ["marie_star"]
    for who in (known, friend):
        await house.post(f"/api/v1/accounts/{who.id}/follow", ana)
    assert handles(await house.get(SEARCH, ana, q="marie", type="accounts")) == ["friend", "marie_star"]
    assert [one["acct"] for one in await house.get("/api/v1/accounts/search", ana, q="zo", following="true")] == ["zoe_marie"]
    for q in ("dupont marie", "hel dup", "marie-helene", "d", "@friend"):
        assert handles(await house.get(SEARCH, ana, q=q, type="accounts", following="true")) == ["friend"], q
    assert handles(await house.get(SEARCH, ana, q="marie", type="accounts", limit=1, offset=1)) == ["marie_star"]


async def test_a_tag_finds_tags_alone_the_shortest_first(house: House) -> None:
    ana = await house.person("hashtag")
    await house.say(ana, "hashtag #hashtag_z #hashtag_x #hashtag_y #hashtag_long")
    await house.say(ana, "encore #hashtagx")
    found = await house.get(SEARCH, ana, q="#hashtag_")
    assert names(found) == ["hashtag_x", "hashtag_y", "hashtag_z", "hashtag_long"]
    assert (found["accounts"], found["statuses"]) == ([], [])
    assert {"url", "history", "id", "following"} <= set(found["hashtags"][0])
    assert names(await house.get(SEARCH, None, q="#HASHTAG_LO")) == ["hashtag_long"]
    assert names(await house.get(SEARCH, ana, q="#hashtag_", limit=1, offset=1)) == ["hashtag_y"]
    assert await house.get(SEARCH, ana, q="#hashtag_x", type="accounts") == NOTHING


async def test_accents_and_case_do_not_matter_in_tags(house: House) -> None:
    ana = await house.person("ana")
    await house.say(ana, "Vive la #Santé")
    for q in ("#sante", "#SANTÉ", "sant"):
        assert names(await house.get(SEARCH, ana, q=q, type="hashtags")) == ["Santé"]


async def test_tags_are_found_only_where_used_in_public_by_somebody_one_may_see(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    for visibility in ("unlisted", "private", "direct"):
        await house.say(bob, f"#cachette_{visibility}", visibility=visibility)
    assert await house.get(SEARCH, ana, q="#cachette") == NOTHING
    await house.say(bob, "#cachette_publique")
    assert names(await house.get(SEARCH, ana, q="#cachette")) == ["cachette_publique"]
    await house.post(f"/api/v1/accounts/{ana.id}/block", bob)
    assert await house.get(SEARCH, ana, q="#cachette") == NOTHING


async def test_posts_are_found_by_french_words(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    post = await house.say(bob, "Les infirmières ont veillé toute la nuit à l'hôpital.")
    await house.say(bob, "Rien à voir")
    for q in ("infirmière", "infirmieres", "hopital", "nuits", "veiller nuit", '"toute la nuit"'):
        assert said(await house.get(SEARCH, ana, q=q)) == [post["id"]], q
    for q in ("infirmier -nuit", "le", "infirm", '"nuit toute"'):
        assert said(await house.get(SEARCH, ana, q=q)) == [], q
    assert said(await house.get(SEARCH, None, q="infirmière")) == [], "visitors do not search in posts"


async def test_posts_are_found_only_where_their_author_agrees_and_one_may_see(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    quiet = await house.person("quiet", indexable=False)
    for visibility in ("unlisted", "private"):
        await house.say(bob, "ornithorynque", visibility=visibility)
    told = await house.say(bob, "@ana ornithorynque", visibility="direct")
    hidden = await house.say(quiet, "ornithorynque")
    mine = await house.say(ana, "ornithorynque", visibility="private")
    assert said(await house.get(SEARCH, ana, q="ornithorynque")) == [mine["id"], told["id"]]
    assert said(await house.get(SEARCH, quiet, q="ornithorynque")) == [hidden["id"]]
    shown = await house.say(bob, "ornithorynque")
    assert said(await house.get(SEARCH, ana, q="ornithorynque")) == [shown["id"], mine["id"], told["id"]]
    for gesture in ("mute", "block"):
        await house.post(f"/api/v1/accounts/{bob.id}/{gesture}", ana)
        assert said(await house.get(SEARCH, ana, q="ornithorynque")) == [mine["id"]]


async def test_posts_of_one_author_and_pages(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    first, second, third = [await house.say(bob, f"ornithorynque {number}") for number in range(3)]
    await house.say(ana, "ornithorynque")
    asked = {"q": "ornithorynque", "type": "statuses", "account_id": str(bob.id)}
    assert said(await house.get(SEARCH, ana, **asked)) == [third["id"], second["id"], first["id"]]
    assert said(await house.get(SEARCH, ana, **asked, limit=1, offset=1)) == [second["id"]]
    assert said(await house.get(SEARCH, ana, **asked, max_id=second["id"])) == [first["id"]]
    assert said(await house.get(SEARCH, ana, **asked, min_id=second["id"])) == [third["id"]]


async def test_posts_that_bear_a_tag(house: House) -> None:
    ana = await house.person("ana")
    post = await house.say(ana, "Le #café")
    await house.say(ana, "Le café")
    assert said(await house.get(SEARCH, ana, q="#cafe", type="statuses")) == [post["id"]]


async def test_addresses_of_the_house_lead_to_what_they_name(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    post = await house.say(bob, "Ici")
    secret = await house.say(bob, "Pas ici", visibility="private")
    assert said(await house.get(SEARCH, ana, q=post["url"], resolve="true")) == [post["id"]]
    assert handles(await house.get(SEARCH, ana, q="https://salle.test/@bob", resolve="true")) == ["bob"]
    for q in (
        secret["url"],
        "https://salle.test/@nobody",
        "https://ailleurs.example/@bob",
        "https://salle.test/about",
        "https://[",
    ):
        assert await house.get(SEARCH, ana, q=q, resolve="true") == NOTHING, q


async def test_one_kind_at_a_time(house: House) -> None:
    ana = await house.person("nuitcalme", family=Family.MEDICAL)
    await house.say(ana, "La nuitcalme #nuitcalme")
    whole = await house.get(SEARCH, ana, q="nuitcalme")
    assert all(len(whole[kind]) == 1 for kind in NOTHING)
    for kind in NOTHING:
        found = await house.get(SEARCH, ana, q="nuitcalme", type=kind)
        assert [other for other in NOTHING if found[other]] == [kind]


async def test_visitors_neither_resolve_nor_skip(house: House) -> None:
    await house.person("ana")
    assert handles(await house.get(SEARCH, None, q="ana", resolve="false", offset="0")) == ["ana"]
    for more in ({"resolve": "true"}, {"offset": "20"}):
        assert (await house.call("GET", SEARCH, params={"q": "ana"} | more)).status_code == 401


BAD: list[tuple[dict[str, str], int]] = [
    ({}, 400),
    ({"q": "  "}, 400),
    ({"q": "a", "type": "rooms"}, 422),
    ({"q": "a", "limit": "x"}, 422),
    ({"q": "a", "account_id": "x"}, 404),
]


@pytest.mark.parametrize(("asked", "status"), BAD)
async def test_what_cannot_be_asked_is_refused(house: House, asked: dict[str, str], status: int) -> None:
    ana = await house.person("ana")
    assert (await house.call("GET", SEARCH, ana, params=asked)).status_code == status


async def _search(house: House, who: Person, q: str) -> int:
    return (await house.call("GET", SEARCH, who, params={"q": q})).status_code


async def test_odd_queries_find_nothing_and_break_nothing(house: House) -> None:
    ana = await house.person("ana")
    for q in (
        "'",
        '"',
        "\\",
        "%",
        "_",
        "#%",
        "#\\",
        "#",
        "@",
        "a" * 5000,
        "& | ! ( )",
        ":*",
        "\u202e",
        "😀",
        "#😀",
        "( OR",
        "-",
        "--",
    ):
        assert await _search(house, ana, q) == 200, q


@given(st.text(max_size=30))
def test_a_beginning_means_itself(key: str) -> None:
    pattern = begins(key)
    assert pattern.endswith("%")
    assert pattern[:-1].replace(r"\%", "%").replace(r"\_", "_").replace(r"\\", "\\") == key or "\\" in key


async def test_lively_tags_need_three_people(house: House) -> None:
    everybody = [await house.person(f"p{number}") for number in range(3)]
    for who in everybody:
        await house.say(who, "#relève du soir")
    for _ in range(5):
        await house.say(everybody[0], "#solo")
    assert names({"hashtags": await house.get("/api/v1/trends/tags")}) == ["relève"]
    async with house.site.db.reading() as tx:
        assert await timelines.lively_tags(tx, 5, 1) == []
