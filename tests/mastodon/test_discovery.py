"""The directory, suggestions and trends: only who agrees to be found, never a reader."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from salledepause.features import accounts, posts
from salledepause.features.accounts import ProfileChange
from salledepause.features.posts import Draft
from salledepause.kernel import clock
from tests.mastodon.admin import armed, keeper
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


LIVELY = "/api/v1/trends/statuses"


async def moved(house: House, author: Person, crowd: list[Person], text: str, **body: Any) -> str:
    """Return a post that each of a crowd favoured and boosted."""
    said = await house.say(author, text, **body)
    for who in crowd:
        await house.post(f"/api/v1/statuses/{said['id']}/favourite", who)
        if body.get("visibility", "public") in {"public", "unlisted"}:
            await house.post(f"/api/v1/statuses/{said['id']}/reblog", who)
    return str(said["id"])


async def lively(house: House, who: Person | None = None, **given: Any) -> list[str]:
    return [one["id"] for one in await house.get(LIVELY, who, **given)]


async def test_posts_that_three_people_liked_are_lively(house: House) -> None:
    ana, bob, eve, kim, leo = [await house.person(name) for name in ("ana", "bob", "eve", "kim", "leo")]
    await moved(house, ana, [bob, eve], "deux personnes")
    await moved(house, ana, [ana, bob, eve], "et soi-même ne compte pas")
    three = await moved(house, ana, [bob, eve, kim], "trois")
    four = await moved(house, bob, [ana, eve, kim, leo], "quatre")
    later = await moved(house, eve, [ana, bob, kim], "trois aussi, plus tard")
    assert await lively(house) == await lively(house, leo) == [four, later, three]
    assert await lively(house, limit=1, offset=1) == [later]
    asked = await house.call("GET", f"{LIVELY}?limit=1&offset=1")
    assert asked.headers["link"] == (
        f'<https://salle.test{LIVELY}?limit=1&offset=2>; rel="next", <https://salle.test{LIVELY}?limit=1&offset=0>; rel="prev"'
    )
    assert "link" not in (await house.call("GET", LIVELY)).headers
    assert "link" not in (await house.call("GET", "/api/v1/trends/tags")).headers
    await house.post(f"/api/v1/accounts/{bob.id}/mute", leo)
    await house.post(f"/api/v1/accounts/{leo.id}/block", eve)
    assert await lively(house, leo) == [three]
    assert (await house.get(LIVELY, kim, limit=1))[0]["favourited"] is True
    await house.post(f"/api/v1/statuses/{four}/unfavourite", ana)
    assert await lively(house) == [four, later, three], "her boost still counts"


async def test_what_is_not_public_of_all_or_shows_no_score_is_never_lively(house: House) -> None:
    ana, bob, eve, kim = [await house.person(name) for name in ("ana", "bob", "eve", "kim")]
    for who in (bob, eve, kim):
        await follow(house, who, ana)
    crowd = [bob, eve, kim]
    await moved(house, ana, crowd, "entre nous", visibility="private")
    await moved(house, ana, crowd, "discret", visibility="unlisted")
    await moved(house, ana, crowd, "un doute", salledepause={"kind": "doubt"})
    await moved(house, await house.person("shy", discoverable=False), crowd, "sans bruit")
    await moved(house, await house.person("quiet", silenced=True), crowd, "limité")
    gone = await house.person("gone")
    await moved(house, gone, crowd, "parti")
    async with house.site.db.transaction() as tx:
        old = await posts.publish(tx, ana.id, Draft(text="vieux", at=clock.now() - timedelta(days=8)))
    for who in crowd:
        await house.post(f"/api/v1/statuses/{old}/favourite", who)
    seen = await moved(house, ana, crowd, "vu")
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET state = 'suspended' WHERE id = %s", [gone.id])
    assert await lively(house, bob) == [seen]
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET state = 'suspended' WHERE id = %s", [kim.id])
    assert await lively(house, bob) == [], "two people are left"


async def test_no_link_is_looked_at(house: House) -> None:
    assert await house.get("/api/v1/trends/links") == []


async def test_nothing_is_translated(house: House) -> None:
    ana, eve = await house.person("ana"), await house.person("eve")
    said = await house.say(ana, "Bonjour", visibility="private")
    for who in (ana, eve):
        answer = await house.call("POST", f"/api/v1/statuses/{said['id']}/translate", who, json={"lang": "en"})
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})


async def test_hosts_see_what_everybody_sees(house: House) -> None:
    crowd = [await house.person(name) for name in ("bob", "eve", "kim")]
    host = await keeper(house, "hote")
    said = await moved(house, host, crowd, "Vive le #linge")
    for who in crowd:
        await house.say(who, "Du #linge")
    (tag,) = await house.get("/api/v1/admin/trends/tags", host)
    assert (tag["name"], tag["trendable"], tag["usable"], tag["requires_review"]) == ("linge", True, True, False)
    assert [one["id"] for one in await house.get("/api/v1/admin/trends/statuses", host)] == [said]
    assert await house.get("/api/v1/admin/trends/links", host) == []
    other = await armed(house, crowd[0])
    for what in ("tags", "statuses", "links"):
        assert (await house.call("GET", f"/api/v1/admin/trends/{what}", other)).status_code == 403
