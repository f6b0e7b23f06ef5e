"""Gestures made in the names of many, as imports make them: the same rows and totals as one by one, in few statements."""

from __future__ import annotations

from datetime import timedelta

import pytest

from salledepause.features import graph, posts
from salledepause.features.posts import Audience, Draft, Kind
from salledepause.kernel import clock
from tests.support.house import House, Person


@pytest.fixture
async def three(house: House) -> tuple[Person, Person, Person]:
    return await house.person("une"), await house.person("deux"), await house.person("trois")


async def said(house: House, who: Person) -> int:
    async with house.site.db.transaction() as tx:
        return await posts.publish(tx, who.id, Draft(text="Bonsoir.", kind=Kind.INFO, audience=Audience.PUBLIC))


async def test_many_are_followed_at_once_but_those_who_must_be_asked(house: House, three: tuple[Person, ...]) -> None:
    me, other, blocker = three
    locked = await house.person("verrou", locked=True)
    gone = await house.person("partie", state="suspended")
    async with house.site.db.transaction() as tx:
        await graph.block(tx, blocker.id, me.id)
        for _ in range(2):
            await graph.follow_many(tx, me.id, [me.id, other.id, blocker.id, locked.id, gone.id])
    seen = await house.get(f"/api/v1/accounts/{me.id}/following", me)
    assert [one["id"] for one in seen] == [str(other.id)]
    assert (await house.get("/api/v1/accounts/verify_credentials", me))["following_count"] == 1
    assert (await house.get("/api/v1/accounts/verify_credentials", other))["followers_count"] == 1
    assert [one["type"] for one in await house.get("/api/v1/notifications", other)] == ["follow"]


async def test_a_silenced_account_follows_nobody_at_once(house: House, three: tuple[Person, ...]) -> None:
    _, other, _ = three
    silenced = await house.person("sourdine", silenced=True)
    async with house.site.db.transaction() as tx:
        await graph.follow_many(tx, silenced.id, [other.id])
    assert await house.get(f"/api/v1/accounts/{silenced.id}/following", silenced) == []


async def test_favourites_in_names_are_counted_once_and_told_if_wished(house: House, three: tuple[Person, ...]) -> None:
    author, *fans = three
    post_id = await said(house, author)
    async with house.site.db.transaction() as tx:
        await posts.favour_in_names(tx, post_id, [fans[0].id])
        await posts.favour_in_names(tx, post_id, [fan.id for fan in fans], told=True)
    status = await house.get(f"/api/v1/statuses/{post_id}", fans[1])
    assert (status["favourites_count"], status["favourited"]) == (2, True)
    assert [one["account"]["username"] for one in await house.get("/api/v1/notifications", author)] == ["trois"]


async def test_boosts_in_names_reach_homes_and_totals_a_minute_apart(house: House, three: tuple[Person, ...]) -> None:
    author, *fans = three
    reader = await house.person("lectrice")
    async with house.site.db.transaction() as tx:
        await graph.follow_many(tx, reader.id, [fan.id for fan in fans])
    post_id, at = await said(house, author), clock.now() - timedelta(hours=1)
    for told in (False, True):
        async with house.site.db.transaction() as tx:
            await posts.boost_in_names(tx, post_id, [fan.id for fan in fans], at, told=told)
    status = await house.get(f"/api/v1/statuses/{post_id}", fans[0])
    assert (status["reblogs_count"], status["reblogged"]) == (2, True)
    home = await house.get("/api/v1/timelines/home", reader)
    assert [one["account"]["username"] for one in home] == ["trois", "deux"]
    assert [one["created_at"][:19] for one in home] == [clock.iso(at + timedelta(minutes=after))[:19] for after in (1, 0)]
    assert (await house.get("/api/v1/accounts/verify_credentials", fans[0]))["statuses_count"] == 1
    assert await house.get("/api/v1/notifications", author) == []
