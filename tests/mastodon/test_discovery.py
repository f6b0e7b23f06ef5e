"""The directory, suggestions and trends: only who agrees to be found, never a reader."""

from __future__ import annotations

from typing import Literal

from salledepause.features import accounts
from salledepause.features.accounts import ProfileChange
from tests.support.house import House, Person


def handles(found: list[dict[str, str]]) -> list[str]:
    return [one["acct"] for one in found]


async def follow(house: House, who: Person, *others: Person) -> None:
    for one in others:
        await house.post(f"/api/v1/accounts/{one.id}/follow", who)


async def test_the_directory_shows_who_agrees(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    await house.person("shy", discoverable=False)
    await house.person("lector", mode="reader")
    await house.person("gone", state="suspended")
    await house.person("late", state="pending")
    await house.person("quiet", silenced=True)
    await house.say(ana, "Bonjour")
    assert handles(await house.get("/api/v1/directory")) == ["ana", "bob"]
    assert handles(await house.get("/api/v1/directory", order="new")) == ["bob", "ana"]
    assert handles(await house.get("/api/v1/directory", limit=1, offset=1, local="true")) == ["bob"]
    await house.post(f"/api/v1/accounts/{bob.id}/block", ana)
    assert handles(await house.get("/api/v1/directory", ana)) == ["ana"]


async def turn(house: House, who: Person, mode: Literal["reader", "contributor"]) -> None:
    async with house.site.db.transaction() as tx:
        await accounts.update_profile(tx, who.id, ProfileChange(mode=mode))


async def closed_to_robots(house: House, who: Person) -> bool:
    page = await house.client.get(f"/@{who.handle}", headers={"accept": "text/html"})
    return '<meta name="robots" content="noindex">' in page.text


async def test_who_turns_reader_is_found_by_the_exact_handle_only_until_they_turn_back(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    lea = await house.person("lea_nuit", name="Léa Veille", indexable=True)
    await follow(house, ana, bob)
    await follow(house, bob, lea)

    async def met() -> list[list[str]]:
        return [
            handles(await house.get("/api/v1/directory", ana)),
            handles(await house.get("/api/v1/suggestions", ana)),
            handles(await house.get("/api/v1/accounts/search", ana, q="lea")),
            handles((await house.get("/api/v2/search", ana, q="@lea_n"))["accounts"]),
            handles((await house.get("/api/v2/search", ana, q="veille"))["accounts"]),
        ]

    everywhere = await met()
    assert all("lea_nuit" in found for found in everywhere)
    await turn(house, lea, "reader")
    assert not any("lea_nuit" in found for found in await met())
    assert handles(await house.get("/api/v1/accounts/search", ana, q="lea_nuit")) == ["lea_nuit"]
    shown = await house.get(f"/api/v1/accounts/{lea.id}")
    assert (shown["discoverable"], shown["noindex"]) == (False, True)
    assert (await house.get("/api/v1/accounts/verify_credentials", lea))["source"]["discoverable"] is True
    assert await closed_to_robots(house, lea)
    await turn(house, lea, "contributor")
    assert await met() == everywhere
    assert not await closed_to_robots(house, lea)


async def test_suggestions_are_friends_of_friends_first(house: House) -> None:
    ana, bob, eve, kim, leo = [await house.person(name) for name in ("ana", "bob", "eve", "kim", "leo")]
    await follow(house, ana, bob)
    await follow(house, bob, eve, ana)
    await follow(house, kim, leo)
    await follow(house, eve, leo)
    found = await house.get("/api/v2/suggestions", ana)
    assert [(one["account"]["acct"], one["sources"]) for one in found] == [
        ("eve", ["friends_of_friends"]),
        ("leo", ["most_followed"]),
    ]
    assert handles(await house.get("/api/v1/suggestions", ana)) == ["eve", "leo"]
    assert (await house.call("DELETE", f"/api/v1/suggestions/{eve.id}", ana)).json() == {}
    assert handles(await house.get("/api/v1/suggestions", ana)) == ["leo"]


async def test_friends_who_hide_whom_they_follow_suggest_nobody(house: House) -> None:
    ana, eve = await house.person("ana"), await house.person("eve")
    bob = await house.person("bob", hide_collections=True)
    await follow(house, ana, bob)
    await follow(house, bob, eve)
    assert [one["sources"] for one in await house.get("/api/v2/suggestions", ana)] == [["most_followed"]]


async def test_nobodys_words_are_ranked(house: House) -> None:
    for path in ("statuses", "links"):
        assert await house.get(f"/api/v1/trends/{path}") == []
