"""Posts for followers that the whole house could read: whoever does not follow finds them in no place, page or list at all."""

from __future__ import annotations

import pytest

from tests.security.estate import READING, Estate, filled, name_of, probe, thing_of
from tests.support.house import House

SECRET, TAG = "mirabelle", "fruits"
"""A word and a tag of nothing but Ada's private post."""


@pytest.fixture
async def secret(house: House, estate: Estate) -> str:
    """Ada says the word to her followers, in every part of a post."""
    poll = {"options": [SECRET, "non"], "expires_in": 3600}
    body = {"spoiler_text": SECRET, "visibility": "private", "poll": poll, "in_reply_to_id": estate.things["status"]}
    said = await house.say(estate.ada, f"{SECRET} #{TAG}", **body)
    await house.post(f"/api/v1/statuses/{said['id']}/pin", estate.ada)
    await house.post(f"/api/v1/statuses/{said['id']}/favourite", estate.ben)
    return str(said["id"])


async def test_no_address_of_the_api_gives_it_to_a_stranger(house: House, estate: Estate, secret: str) -> None:
    things = estate.things | {"account": str(estate.ada.id), "status": secret, "tag": TAG}
    words = {"pinned": "true", "tagged": TAG, "acct": "ada", "any[]": TAG, "id[]": secret}
    readers = set()
    for line in READING:
        path = filled(line, things[thing_of(line)]) if "{" in line.path else line.path
        for query in (
            {"q": "mirab"},
            words | {"q": TAG},
            {"q": SECRET[:5], "type": "statuses"},
            {"q": f"#{TAG}", "type": "statuses"},
        ):
            for who in (estate.ben, estate.eve, None):
                if SECRET in (await probe(house, "GET", path, who, params=query)).text:
                    readers.add((name_of(line), who.handle if who else "visitor"))
    assert {who for _, who in readers} == {"ben"}, readers
    assert len(readers) >= 6, "its readers must find it, else this proves nothing"


async def test_no_page_shows_it_to_a_visitor(house: House, estate: Estate, secret: str) -> None:
    for path in (
        "/",
        "/local",
        f"/tags/{TAG}",
        "/@ada",
        "/@ada?voir=reponses",
        f"/@ada/{secret}",
        f"/@ada/{estate.things['status']}",
    ):
        answer = await house.client.get(path, headers={"accept": "text/html"})
        assert SECRET not in answer.text, path
    assert (await house.client.get(f"/@ada/{secret}", headers={"accept": "text/html"})).status_code == 404
