"""CVE-2025-30741: who only asked to follow a locked account already read what it says to its followers."""

from __future__ import annotations

from typing import Any

from tests.support.house import House, Person

LISTS = ("/api/v1/timelines/home", "/api/v1/accounts/{id}/statuses", "/api/v1/favourites", "/api/v1/bookmarks")


async def reads(house: House, who: Person, author: Person, post: Any) -> set[str]:
    """Return where somebody meets a post."""
    single = f"/api/v1/statuses/{post['id']}"
    open_ones = {path for path in (single, f"{single}/context") if (await house.call("GET", path, who)).status_code == 200}
    paths = [path.format(id=author.id) for path in LISTS]
    return open_ones | {path for path in paths if post["id"] in {one["id"] for one in await house.get(path, who)}}


async def test_who_asked_reads_nothing_until_they_are_let_in(house: House) -> None:
    author, asker = await house.person("ada", locked=True), await house.person("eve")
    post = await house.say(author, "Entre nous", visibility="private")
    tie = await house.post(f"/api/v1/accounts/{author.id}/follow", asker)
    assert (tie["following"], tie["requested"]) == (False, True)
    later = await house.say(author, "Encore entre nous", visibility="private")
    for one in (post, later):
        assert await reads(house, asker, author, one) == set()
    assert (await house.post(f"/api/v1/follow_requests/{asker.id}/reject", author))["requested_by"] is False
    assert await reads(house, asker, author, post) == set()
    await house.post(f"/api/v1/accounts/{author.id}/follow", asker)
    await house.post(f"/api/v1/follow_requests/{asker.id}/authorize", author)
    assert len(await reads(house, asker, author, post)) >= 3
    await house.post(f"/api/v1/accounts/{asker.id}/remove_from_followers", author)
    assert await reads(house, asker, author, post) == set()
