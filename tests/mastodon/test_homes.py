"""What comes into a home is chosen when it is written: a row too many is hidden by the gate, and found by whoever counts rows."""

from __future__ import annotations

from typing import Any

from salledepause.features import timelines
from tests.support.house import House, Person


async def homes(house: House, post: Any, *readers: Person) -> list[str]:
    """Return the handles of those in whose homes a post is."""
    async with house.site.db.reading() as tx:
        found = await timelines.home_readers(tx, int(post["id"]), [one.id for one in readers])
    return [one.handle for one in readers if one.id in found]


async def follow(house: House, who: Person, whom: Person, **wish: Any) -> None:
    await house.post(f"/api/v1/accounts/{whom.id}/follow", who, **wish)


async def three(house: House) -> tuple[Person, Person, Person]:
    """Return somebody who writes, and two who follow."""
    ana, bob, eve = await house.person("ana"), await house.person("bob"), await house.person("eve")
    for one in (bob, eve):
        await follow(house, one, ana)
    return ana, bob, eve


async def test_a_direct_post_comes_to_the_followers_whom_it_names_alone(house: House) -> None:
    ana, bob, eve = await three(house)
    post = await house.say(ana, "@bob entre nous", visibility="direct")
    assert await homes(house, post, ana, bob, eve) == ["ana", "bob"]


async def test_other_posts_come_to_all_followers(house: House) -> None:
    ana, bob, eve = await three(house)
    for audience in ("public", "unlisted", "private"):
        post = await house.say(ana, "bonsoir", visibility=audience)
        assert await homes(house, post, ana, bob, eve) == ["ana", "bob", "eve"]


async def test_who_begins_to_follow_gets_the_past_but_for_direct_posts_and_answers_to_others(house: House) -> None:
    ana, bob, eve = await house.person("ana"), await house.person("bob"), await house.person("eve")
    question = await house.say(bob, "une question")
    said = await house.say(ana, "bonsoir")
    whispered = await house.say(ana, "@eve entre nous", visibility="direct")
    answer = await house.say(ana, "@bob une réponse", in_reply_to_id=question["id"])
    await follow(house, eve, ana)
    assert [await homes(house, one, eve) for one in (said, whispered, answer)] == [["eve"], [], []]


async def test_boosts_come_to_who_wants_them(house: House) -> None:
    ana, bob, eve = await three(house)
    await follow(house, eve, ana, reblogs=False)
    post = await house.say(await house.person("dora"), "à partager")
    boost = await house.post(f"/api/v1/statuses/{post['id']}/reblog", ana)
    assert await homes(house, boost, bob, eve) == ["bob"]


async def test_answers_come_to_who_knows_both(house: House) -> None:
    ana, bob, eve = await three(house)
    dora = await house.person("dora")
    await follow(house, bob, dora)
    question = await house.say(dora, "une question")
    answer = await house.say(ana, "une réponse", in_reply_to_id=question["id"])
    assert await homes(house, answer, bob, eve) == ["bob"]


async def test_languages_come_to_who_reads_them(house: House) -> None:
    ana, bob, eve = await three(house)
    await follow(house, eve, ana, languages=["fr"])
    post = await house.say(ana, "good evening", language="en")
    assert await homes(house, post, bob, eve) == ["bob"]


async def test_a_followed_tag_brings_public_posts_alone(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    await house.post("/api/v1/tags/nuit/follow", bob)
    for audience, expected in (("public", ["bob"]), ("unlisted", []), ("private", []), ("direct", [])):
        post = await house.say(ana, "une #nuit", visibility=audience)
        assert await homes(house, post, bob) == expected, audience
