"""Notes to oneself, recommendations and familiar followers of the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.house import House, Person


async def names(house: House, path: str, who: Person | None = None, **given: Any) -> list[str]:
    return [one["acct"] for one in await house.get(path, who, **given)]


async def follow(house: House, who: Person, *others: Person) -> None:
    for other in others:
        await house.post(f"/api/v1/accounts/{other.id}/follow", who)


async def test_a_note_is_shown_to_its_author_alone(house: House) -> None:
    one, two, three = [await house.person(name) for name in ("une", "deux", "trois")]
    path = f"/api/v1/accounts/{two.id}/note"
    assert (await house.post(path, one, comment="  Croisée en réa  "))["note"] == "Croisée en réa"
    assert (await house.post(path, one, comment="Croisée au SAMU"))["note"] == "Croisée au SAMU"
    for who, told in ((one, "Croisée au SAMU"), (three, "")):
        assert (await house.get("/api/v1/accounts/relationships", who, id=two.id))[0]["note"] == told
    assert (await house.call("POST", path, one)).json()["note"] == ""
    own = await house.post(f"/api/v1/accounts/{one.id}/note", one, comment="moi-même")
    assert own["note"] == "moi-même"


async def test_a_note_is_bounded_and_about_somebody(house: House) -> None:
    one, two, waiting = await house.person("une"), await house.person("deux"), await house.person("attente", state="pending")
    path = f"/api/v1/accounts/{two.id}/note"
    assert (await house.post(path, one, comment="x" * 2000))["note"] == "x" * 2000
    assert (await house.call("POST", path, one, json={"comment": "x" * 2001})).status_code == 422
    assert (await house.get("/api/v1/accounts/relationships", one, id=two.id))[0]["note"] == "x" * 2000
    for ghost in ("404", "x", waiting.id):
        assert (await house.call("POST", f"/api/v1/accounts/{ghost}/note", one, json={"comment": "x"})).status_code == 404


@pytest.mark.parametrize(("verb", "back"), [("endorse", "unendorse"), ("pin", "unpin")])
async def test_endorsements(house: House, verb: str, back: str) -> None:
    one, two, three = [await house.person(name) for name in ("une", "deux", "trois")]
    await follow(house, one, two, three)
    for other in (two, three, two):
        assert (await house.post(f"/api/v1/accounts/{other.id}/{verb}", one))["endorsed"] is True
    shown = f"/api/v1/accounts/{one.id}/endorsements"
    assert await names(house, shown) == await names(house, "/api/v1/endorsements", one) == ["trois", "deux"]
    assert await names(house, "/api/v1/endorsements", two) == []
    assert (await house.get("/api/v1/accounts/relationships", one, id=two.id))[0]["endorsed"] is True
    assert (await house.post(f"/api/v1/accounts/{two.id}/{back}", one))["endorsed"] is False
    assert (await house.post(f"/api/v1/accounts/{two.id}/{back}", one))["endorsed"] is False
    assert await names(house, shown, two) == ["trois"]
    await house.post(f"/api/v1/accounts/{three.id}/unfollow", one)
    assert await names(house, shown) == []


async def test_endorsements_are_of_people_one_follows_and_paged(house: House) -> None:
    one, stranger = await house.person("une"), await house.person("inconnue")
    path = f"/api/v1/accounts/{stranger.id}/endorse"
    assert (await house.call("POST", path, one)).status_code == 422
    assert (await house.call("POST", f"/api/v1/accounts/{one.id}/endorse", one)).status_code == 403
    for ghost in ("404", "x"):
        assert (await house.call("POST", f"/api/v1/accounts/{ghost}/endorse", one)).status_code == 404
        assert (await house.call("GET", f"/api/v1/accounts/{ghost}/endorsements")).status_code == 404
    for number in range(3):
        other = await house.person(f"p{number}")
        await follow(house, one, other)
        await house.post(f"/api/v1/accounts/{other.id}/endorse", one)
    answer = await house.call("GET", f"/api/v1/accounts/{one.id}/endorsements?limit=2", one)
    assert [account["acct"] for account in answer.json()] == ["p2", "p1"]
    following = answer.headers["link"].partition(">")[0].removeprefix("<https://salle.test")
    assert [account["acct"] for account in (await house.call("GET", following, one)).json()] == ["p0"]


async def test_endorsements_name_no_reader_and_nobody_hidden(house: House) -> None:
    one, quiet, foe, two = [await house.person(name) for name in ("une", "discrete", "fachee", "deux")]
    await follow(house, one, quiet, foe, two)
    for other in (quiet, foe, two):
        await house.post(f"/api/v1/accounts/{other.id}/endorse", one)
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET mode = 'reader' WHERE id = %s", [quiet.id])
    shown = f"/api/v1/accounts/{one.id}/endorsements"
    await house.post(f"/api/v1/accounts/{foe.id}/block", two)
    assert await names(house, shown, two) == ["deux"]
    assert await names(house, shown) == ["deux", "fachee"]
    assert await names(house, shown, one) == ["deux", "fachee", "discrete"]
    await house.post(f"/api/v1/accounts/{two.id}/block", one)
    assert await names(house, shown, two) == []


async def test_familiar_followers(house: House) -> None:
    one, friend, shy, quiet, stranger, star = [
        await house.person(name) for name in ("une", "amie", "timide", "discrete", "inconnue", "star")
    ]
    await follow(house, one, friend, shy, quiet)
    for who in (friend, shy, quiet, stranger):
        await follow(house, who, star)
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET hide_collections = true WHERE id = %s", [shy.id])
        await tx.run("UPDATE accounts SET mode = 'reader' WHERE id = %s", [quiet.id])
    path = "/api/v1/accounts/familiar_followers"
    found = await house.get(path, one, **{"id[]": [star.id, friend.id, 404, star.id]})
    assert [(row["id"], [each["acct"] for each in row["accounts"]]) for row in found] == [
        (str(star.id), ["amie"]), (str(friend.id), []),
    ]  # fmt: skip
    assert await house.get(path, one) == []
    await house.post(f"/api/v1/accounts/{friend.id}/mute", one)
    assert (await house.get(path, one, id=star.id))[0]["accounts"] == []


@pytest.mark.parametrize("way", ["reader", "hidden", "blocking"])
async def test_nobody_is_familiar_where_followers_may_not_be_read(house: House, way: str) -> None:
    one, friend, star = [await house.person(name) for name in ("une", "amie", "star")]
    await follow(house, one, friend)
    await follow(house, friend, star)
    path = "/api/v1/accounts/familiar_followers"
    assert [each["acct"] for each in (await house.get(path, one, id=star.id))[0]["accounts"]] == ["amie"]
    changes = {"reader": "mode = 'reader'", "hidden": "hide_collections = true"}
    if way == "blocking":
        await house.post(f"/api/v1/accounts/{one.id}/block", star)
    else:
        async with house.site.db.transaction() as tx:
            await tx.run(f"UPDATE accounts SET {changes[way]} WHERE id = %s", [star.id])
    assert await house.get(path, one, id=star.id) == [{"id": str(star.id), "accounts": []}]
