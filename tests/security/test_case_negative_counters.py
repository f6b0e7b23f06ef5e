"""Counters that concurrent requests decremented twice (Mastodon 3.5.3): after any storm each counter is a count of rows."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

from salledepause.features import accounts
from salledepause.kernel.errors import Unavailable
from tests.security.estate import Estate, broken
from tests.support.house import House, Person

COUNTERS = """
SELECT 'followers', followers_count, (SELECT count(*) FROM follows WHERE target_id = a.id) FROM accounts a
UNION ALL SELECT 'following', following_count, (SELECT count(*) FROM follows WHERE account_id = a.id) FROM accounts a
UNION ALL SELECT 'posts', posts_count, (
    SELECT count(*) FROM posts WHERE account_id = a.id AND room_id IS NULL AND NOT held) FROM accounts a
UNION ALL SELECT 'favourites', favourites_count, (SELECT count(*) FROM gestures WHERE post_id = p.id AND kind = 1) FROM posts p
UNION ALL SELECT 'boosts', boosts_count, (SELECT count(*) FROM posts WHERE boost_of_id = p.id) FROM posts p
UNION ALL SELECT 'boosts', boosts_count, (SELECT count(*) FROM gestures WHERE post_id = p.id AND kind = 2) FROM posts p
UNION ALL SELECT 'replies', replies_count, (SELECT count(*) FROM posts WHERE parent_id = p.id AND audience <> 'direct')
    FROM posts p
"""


async def check(house: House) -> None:
    async with house.site.db.reading() as tx:
        wrong = [row for row in await tx.rows(COUNTERS) if row[1] != row[2]]
    assert not wrong


async def test_counters_are_counts_after_a_storm(house: House, estate: Estate) -> None:
    dice = random.Random(4)  # noqa: S311 - a storm that can be had again
    post, person = f"/api/v1/statuses/{estate.things['status']}", f"/api/v1/accounts/{estate.eve.id}"
    gestures = [f"{post}/{one}" for one in ("favourite", "unfavourite", "reblog", "unreblog")]
    gestures += [f"{person}/{one}" for one in ("follow", "unfollow", "block", "unblock")]
    said = [(await house.say(estate.ben, "x", in_reply_to_id=estate.things["status"]))["id"] for _ in range(6)]

    async def act(number: int) -> str:
        who = dice.choice((estate.ben, estate.ben, estate.ada))
        if number % 10 == 0:
            return broken(await house.call("DELETE", f"/api/v1/statuses/{dice.choice(said)}", estate.ben))
        if number % 10 == 1:
            body = {"status": "y", "in_reply_to_id": estate.things["status"]}
            return broken(await house.call("POST", "/api/v1/statuses", who, json=body))
        return broken(await house.call("POST", dice.choice(gestures), who))

    for _ in range(3):
        assert not [one for one in await asyncio.gather(*map(act, range(60))) if one]
        await check(house)


GESTURES = ("favourite", "unfavourite", "reblog", "unreblog", "bookmark", "pin")


async def test_what_is_erased_meanwhile_is_missing(house: House, estate: Estate) -> None:
    """Whoever acts on a post while it goes is told that it is gone, or was in time: never that something broke."""
    for _ in range(6):
        said = await house.say(estate.ada, "un instant", poll={"options": ["a", "b"], "expires_in": 3600})
        await house.post(f"/api/v1/statuses/{said['id']}/reblog", estate.eve)
        post, poll = f"/api/v1/statuses/{said['id']}", f"/api/v1/polls/{said['poll']['id']}"
        calls = [house.call("POST", f"{post}/{one}", who) for one in GESTURES for who in (estate.ada, estate.ben, estate.eve)]
        calls += [house.call("POST", f"{poll}/votes", who, json={"choices": [0]}) for who in (estate.ben, estate.eve)]
        calls += [house.call("POST", "/api/v1/statuses", estate.ben, json={"status": "x", "in_reply_to_id": said["id"]})]
        calls += [
            house.call("POST", f"/api/v2/filters/{estate.things['filter']}/statuses", estate.ada, json={"status_id": said["id"]})
        ]
        calls += [house.call("PUT", post, estate.ada, json={"status": "@ben @eve encore"}) for _ in range(2)]
        calls[8:8] = [house.call("DELETE", post, estate.ada) for _ in range(3)]
        answers = await asyncio.gather(*calls)
        assert not [broken(one) for one in answers if broken(one)]
        assert any(one.request.method == "DELETE" and one.status_code == 200 for one in answers)
        assert (await house.call("GET", post, estate.ada)).status_code == 404
        await check(house)


async def test_leaving_amid_gestures_leaves_exact_counters(house: House, estate: Estate) -> None:
    post = f"/api/v1/statuses/{estate.things['status']}"
    for number in range(2):
        guest = await house.person(f"guest{number}")
        for gesture in ("favourite", "reblog"):
            await house.post(f"{post}/{gesture}", guest)
        calls = [house.call("POST", f"{post}/{one}", guest) for one in ("unfavourite", "unreblog", "favourite", "reblog")]
        answers, _ = await asyncio.gather(asyncio.gather(*calls), leave(house, guest))
        assert {one.status_code for one in answers} <= {200, 401, 404, 503}
        await check(house)


async def leave(house: House, person: Person) -> None:
    """Erase an account, again when it and its last gestures waited for each other."""
    with suppress(Unavailable):
        async with house.site.db.transaction() as tx:
            await accounts.erase(tx, person.id)
        return
    await leave(house, person)
