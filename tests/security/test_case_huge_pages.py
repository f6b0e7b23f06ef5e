"""Collections without end took all the memory: a page is bounded whatever is asked, and the next one always moves on."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import msgspec

from tests.security.estate import READING, Estate
from tests.support.house import House

MOST = 80
"""Entries of the longest page that Mastodon gives."""
CROWD = 130


CROWDING = """
WITH people AS (INSERT INTO accounts (handle, family) SELECT 'f' || n, 'autre' FROM generate_series(1, %(n)s) n RETURNING id),
follow AS (INSERT INTO follows (account_id, target_id) SELECT id, %(eve)s FROM people),
followed AS (INSERT INTO follows (account_id, target_id) SELECT %(eve)s, id FROM people),
asked AS (INSERT INTO follow_requests (account_id, target_id) SELECT id, %(ada)s FROM people),
blocked AS (INSERT INTO blocks (account_id, target_id) SELECT %(ben)s, id FROM people),
muted AS (INSERT INTO mutes (account_id, target_id) SELECT %(ben)s, id FROM people),
said AS (INSERT INTO posts (account_id, audience, conversation_id, text)
    SELECT %(eve)s, 'public', id, 'x' FROM people RETURNING id),
tagged AS (INSERT INTO post_tags (tag, name, post_id) SELECT 'linge', 'linge', id FROM said),
homes AS (INSERT INTO home (reader_id, post_id) SELECT %(ada)s, id FROM said),
kept AS (INSERT INTO gestures (account_id, post_id, kind) SELECT %(ada)s, said.id, kind FROM said, unnest(ARRAY[1, 4]) AS kind),
liked AS (INSERT INTO gestures (account_id, post_id, kind) SELECT id, %(post)s, 1 FROM people)
INSERT INTO notifications (account_id, kind, from_id, group_key) SELECT %(ada)s, 'follow', id, 'g' || id FROM people
"""


async def crowded(house: House, estate: Estate) -> None:
    """Let a hundred and thirty people, posts, favourites and notifications appear at once."""
    who = {"ada": estate.ada.id, "ben": estate.ben.id, "eve": estate.eve.id}
    async with house.site.db.transaction() as tx:
        await tx.run(CROWDING, who | {"n": CROWD, "post": int(estate.things["status"])})


def entries(body: Any) -> int:
    lists = [body] if isinstance(body, list) else list(body.values())
    return max([len(one) for one in lists if isinstance(one, list)], default=0)


async def test_no_page_is_longer_than_the_longest(house: House, estate: Estate) -> None:
    await crowded(house, estate)
    things = estate.things | {"account": str(estate.eve.id)}
    whole = re.compile(r"lists/\{id\}/accounts|/followed_tags|instance|emojis|company/hours|v1/(glossary|signposts)")
    full = 0
    for line in READING:
        path = msgspec.structs.replace(estate, things=things).path(line)
        for limit in ("99999999", str(2**63 - 1)):
            answer = await house.call("GET", path, estate.ada, params={"limit": limit, "q": "f"})
            if (
                answer.status_code == 200
                and answer.headers["content-type"].startswith("application/json")
                and not whole.search(line.path)
            ):
                assert entries(answer.json()) <= MOST, line.path
                full += entries(answer.json()) >= 20
    assert full >= 20, "there must be enough for pages to be full"


async def test_following_next_comes_to_an_end(house: House, estate: Estate) -> None:
    await crowded(house, estate)
    for path in (
        "/api/v1/timelines/public",
        "/api/v1/favourites",
        f"/api/v1/accounts/{estate.eve.id}/followers",
        "/api/v1/notifications",
    ):
        seen: set[str] = set()
        address: str | None = f"{path}?limit=40"
        while address:
            answer = await house.call("GET", address, estate.ada)
            ids = {one["id"] for one in answer.json()}
            assert not ids & seen, "a page that comes again"
            seen |= ids
            found = re.search(r'<https://salle\.test([^>]*)>; rel="next"', answer.headers.get("link", ""))
            address = found[1] if found else None
        assert len(seen) >= CROWD


async def test_an_address_in_a_link_header_is_encoded(house: House, estate: Estate) -> None:
    """A tag of the path comes back in the Link header: it must not end the line."""
    for tag in ("x%0d%0aSet-Cookie:%20a=b", "x%0aEvil:%201", "nuit%20%3E;rel=next", "%C3%A9t%C3%A9"):
        answer = await house.call("GET", f"/api/v1/timelines/tag/{tag}?any[]=linge", estate.ada)
        found = re.fullmatch(r'<https://salle\.test([!-;=?-~]+)\?any\[\]=linge&min_id=\d+>; rel="prev"', answer.headers["link"])
        assert found
        assert unquote(found[1]) == unquote(f"/api/v1/timelines/tag/{tag}")
