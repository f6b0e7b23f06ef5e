"""The visibility oracle: for every audience, viewer and endpoint, who may read is what the table says."""

from __future__ import annotations

from typing import Any

import pytest

from salledepause.features import accounts
from tests.support.house import House, Person

AUDIENCES = ("public", "unlisted", "private", "direct")
VIEWERS = ("visitor", "stranger", "follower", "mentioned", "author", "blocked", "blocked_follower")

READERS = {
    "public": {"visitor", "stranger", "follower", "mentioned", "author"},
    "unlisted": {"visitor", "stranger", "follower", "mentioned", "author"},
    "private": {"follower", "mentioned", "author"},
    "direct": {"mentioned", "author"},
}
"""The oracle: who may read. Whoever the author blocks reads nothing."""
LISTED = {"public": READERS["public"], "unlisted": set(), "private": set(), "direct": set()}
"""Who meets a post in the public rooms (public and tag timelines, search of others)."""
HOMES = {
    "public": {"follower", "author"},
    "unlisted": {"follower", "author"},
    "private": {"follower", "author"},
    "direct": {"author"},
}
"""Who finds a post in their home: followers who may read it (the mentioned one does not follow here), and its author."""


class Scene:
    """A cast of seven viewers around one author, one post of each audience, each answered by the author."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.cast: dict[str, Person | None] = {"visitor": None}
        self.posts: dict[str, Any] = {}
        self.root: Any = None

    async def set(self) -> Scene:
        for name in VIEWERS[1:]:
            self.cast[name] = await self.house.person(name)
        author = self.person("author")
        for name in ("follower", "blocked_follower"):
            for whom in (author, self.person("stranger")):
                await self.house.post(f"/api/v1/accounts/{whom.id}/follow", self.cast[name])
        self.root = await self.house.say(self.person("stranger"), "Une question ouverte")
        for audience in AUDIENCES:
            text = f"@mentioned mot_{audience} #linge_{audience}"
            poll = {"options": ["oui", "non"], "expires_in": 3600}
            self.posts[audience] = await self.house.say(
                author, text, visibility=audience, in_reply_to_id=self.root["id"], poll=poll
            )
        for name in ("blocked", "blocked_follower"):
            await self.house.post(f"/api/v1/accounts/{self.person(name).id}/block", author)
        return self

    def person(self, name: str) -> Person:
        found = self.cast[name]
        assert found is not None
        return found


@pytest.fixture
async def scene(house: House) -> Scene:
    return await Scene(house).set()


async def status_of(scene: Scene, method: str, path: str, viewer: str, **given: Any) -> int:
    return (await scene.house.call(method, path, scene.cast[viewer], **given)).status_code


async def ids_of(scene: Scene, path: str, viewer: str, **params: Any) -> set[str]:
    answer = await scene.house.call("GET", path, scene.cast[viewer], params=params)
    assert answer.status_code in {200, 401, 404}, answer.text
    found: Any = answer.json() if answer.status_code == 200 else []
    if isinstance(found, dict):
        found = found.get("statuses", []) + found.get("ancestors", []) + found.get("descendants", [])
    return {one["id"] for one in found} | {one["reblog"]["id"] for one in found if one.get("reblog")}


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("audience", AUDIENCES)
async def test_reading_one(scene: Scene, audience: str, viewer: str) -> None:
    post = scene.posts[audience]["id"]
    may = viewer in READERS[audience]
    for path in ("", "/context", "/history", "/favourited_by", "/reblogged_by"):
        assert await status_of(scene, "GET", f"/api/v1/statuses/{post}{path}", viewer) == (200 if may else 404), path
    poll = scene.posts[audience]["poll"]["id"]
    assert await status_of(scene, "GET", f"/api/v1/polls/{poll}", viewer) == (200 if may else 404)
    assert (post in await ids_of(scene, "/api/v1/statuses", viewer, **{"id[]": post})) == may
    around = await ids_of(scene, f"/api/v1/statuses/{scene.root['id']}/context", viewer)
    assert (post in around) == may


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("audience", AUDIENCES)
async def test_meeting_it_in_lists(scene: Scene, audience: str, viewer: str) -> None:
    post = scene.posts[audience]["id"]
    may, author = viewer in READERS[audience], scene.person("author").id
    on_profile = may and not (audience == "direct" and viewer != "author")
    assert (post in await ids_of(scene, f"/api/v1/accounts/{author}/statuses", viewer)) == on_profile
    assert (post in await ids_of(scene, "/api/v1/timelines/public", viewer)) == (viewer in LISTED[audience])
    assert (post in await ids_of(scene, f"/api/v1/timelines/tag/linge_{audience}", viewer)) == (viewer in LISTED[audience])
    assert (post in await ids_of(scene, "/api/v1/timelines/home", viewer)) == (viewer in HOMES[audience])


@pytest.mark.parametrize("viewer", VIEWERS[1:])
@pytest.mark.parametrize("audience", AUDIENCES)
async def test_gestures_confirm_nothing(scene: Scene, audience: str, viewer: str) -> None:
    post = f"/api/v1/statuses/{scene.posts[audience]['id']}"
    may = viewer in READERS[audience]
    for gesture in ("favourite", "unfavourite", "bookmark", "unbookmark", "unreblog"):
        assert await status_of(scene, "POST", f"{post}/{gesture}", viewer) == (200 if may else 404), gesture
    boost = await status_of(scene, "POST", f"{post}/reblog", viewer)
    shareable = audience in {"public", "unlisted"} or (audience == "private" and viewer == "author")
    assert boost == (404 if not may else 200 if shareable else 403)
    assert await status_of(scene, "GET", f"{post}/source", viewer) == (200 if may else 404)
    own = viewer == "author"
    for method, path in (("POST", f"{post}/unpin"), ("PUT", post)):
        assert await status_of(scene, method, path, viewer, json={"status": "autre"} if method == "PUT" else None) == (
            200 if own else 404
        ), path
    answer = await status_of(
        scene, "POST", "/api/v1/statuses", viewer, json={"status": "oui", "in_reply_to_id": scene.posts[audience]["id"]}
    )
    assert answer == (200 if may else 404)
    report = {"account_id": str(scene.person("author").id), "status_ids": [scene.posts[audience]["id"]]}
    assert await status_of(scene, "POST", "/api/v1/reports", viewer, json=report) == (200 if may else 404)


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_only_the_named_are_told(scene: Scene, audience: str) -> None:
    post = scene.posts[audience]["id"]
    for viewer in VIEWERS[1:]:
        told = await scene.house.get("/api/v1/notifications", scene.cast[viewer])
        named = {one["status"]["id"] for one in told if one["type"] == "mention"}
        assert (post in named) == (viewer == "mentioned"), viewer


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_nobody_reads_the_suspended(scene: Scene, audience: str) -> None:
    async with scene.house.site.db.transaction() as tx:
        await accounts.suspend(tx, scene.person("author").id)
    post = scene.posts[audience]["id"]
    for viewer in VIEWERS:
        expected = 403 if viewer == "author" else 404
        for _ in range(50):
            if await status_of(scene, "GET", f"/api/v1/statuses/{post}", viewer) == expected:
                break
        assert await status_of(scene, "GET", f"/api/v1/statuses/{post}", viewer) == expected, viewer
        if viewer != "author":
            assert post not in await ids_of(scene, "/api/v1/timelines/home", viewer)
            assert post not in await ids_of(scene, "/api/v1/timelines/public", viewer)


@pytest.mark.parametrize("audience", ["public", "unlisted"])
async def test_a_boost_opens_nothing_to_whom_the_author_blocks(scene: Scene, audience: str) -> None:
    stranger = scene.person("stranger")
    await scene.house.post(f"/api/v1/accounts/{stranger.id}/follow", scene.cast["blocked"])
    boost = await scene.house.post(f"/api/v1/statuses/{scene.posts[audience]['id']}/reblog", stranger)
    assert await status_of(scene, "GET", f"/api/v1/statuses/{boost['id']}", "blocked") == 404
    assert await ids_of(scene, "/api/v1/timelines/home", "blocked") & {boost["id"], scene.posts[audience]["id"]} == set()
    assert await status_of(scene, "GET", f"/api/v1/statuses/{boost['id']}", "visitor") == 200


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_erased_is_gone_everywhere(scene: Scene, audience: str) -> None:
    post = scene.posts[audience]["id"]
    answer = await scene.house.call("DELETE", f"/api/v1/statuses/{post}", scene.person("author"))
    assert answer.status_code == 200
    assert answer.json()["text"].startswith("@mentioned")
    for viewer in VIEWERS:
        assert await status_of(scene, "GET", f"/api/v1/statuses/{post}", viewer) == 404
        for path in ("/api/v1/timelines/home", "/api/v1/timelines/public", f"/api/v1/timelines/tag/linge_{audience}"):
            assert post not in await ids_of(scene, path, viewer)
