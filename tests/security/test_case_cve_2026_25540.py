"""CVE-2026-25540: what was prepared for one was served to another. Prepared bytes hold nothing of whoever came first."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.security.estate import Estate
from tests.support.house import House, Person

OWN = {"favourited", "reblogged", "bookmarked", "muted", "pinned", "filtered"}


async def test_gestures_of_one_are_not_shown_to_another(house: House, estate: Estate) -> None:
    post = f"/api/v1/statuses/{estate.things['status']}"
    for gesture in ("favourite", "bookmark", "reblog"):
        await house.post(f"{post}/{gesture}", estate.eve)
    poll = f"/api/v1/polls/{estate.things['poll']}/votes"
    await house.post(poll, estate.eve, choices=[0])

    async def look(who: Person | None) -> Any:
        return await house.get(post, who)

    seen = await asyncio.gather(*(look(who) for who in (estate.eve, estate.ben, None, estate.eve, None, estate.ben) * 5))
    for number, status in enumerate(seen):
        if number % 6 in {0, 3}:
            assert all(status[one] for one in ("favourited", "bookmarked", "reblogged"))
            assert status["poll"]["own_votes"] == [0]
        elif number % 6 in {1, 5}:
            assert not any(status[one] for one in ("bookmarked", "reblogged"))
            assert status["poll"]["own_votes"] == []
        else:
            assert not OWN & set(status)
            assert "own_votes" not in status["poll"]


async def test_no_cache_is_told_to_keep_what_somebody_reads(house: House, estate: Estate) -> None:
    for path in (
        "/api/v1/timelines/home",
        "/api/v1/notifications",
        "/api/v1/conversations",
        "/api/v1/accounts/verify_credentials",
    ):
        kept = (await house.call("GET", path, estate.ada)).headers.get("cache-control", "")
        assert "public" not in kept
        assert "max-age" not in kept
