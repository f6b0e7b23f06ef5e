"""The demonstration: a sound script, loaded once and whole by the real command, and a community that is alive in every list."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import httpx
import psycopg
import pytest

from bench.process import free_port
from salledepause.demo import Post, company, doors, people, places, scenes, script, shield, sign_ins
from salledepause.features import accounts
from salledepause.features.accounts import Family
from salledepause.features.posts import MOST_CHARACTERS, OPEN, TO_A_DOUBT, Audience, Kind
from salledepause.kernel import embedded
from salledepause.kernel.clock import PARIS
from salledepause.kernel.config import Settings
from salledepause.kernel.text import length, scan
from salledepause.main import site_of
from tests.support.recorder import Recorder
from tests.support.server import Server

CAST = {person.handle: person for person in people()}
SAID = scenes()
HEARD = [one for found in script.decoded("rooms", places.Places) for place in found.room for one in place.said]
KEYED = {post.key: post for post in SAID if post.key}
TODAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
START = 120


def readers_of(post: Post) -> set[str]:
    """Return who may read a post, among the cast."""
    if post.audience in OPEN:
        return set(CAST)
    named = {name.partition("@")[0].lower() for name in scan(post.text).mentions}
    followers = {person.handle for person in CAST.values() if post.by in person.follows}
    return {post.by} | named | (followers if post.audience is Audience.FOLLOWERS else set())


def test_the_cast_is_of_every_family_and_knows_whom_it_follows() -> None:
    assert len(CAST) == len(people()) >= 80
    assert {person.family for person in CAST.values()} == set(Family)
    assert [person for person in CAST.values() if person.mode == "reader"]
    assert not [(who, whom) for who, person in CAST.items() for whom in person.follows if whom not in CAST or whom == who]
    assert {handle for handle, _ in sign_ins()} <= set(CAST)


def test_there_is_enough_to_read_of_every_kind_by_day_and_by_night() -> None:
    assert len(SAID) >= 1500
    kinds = Counter(post.kind for post in SAID)
    assert set(kinds) == set(Kind)
    assert min(kinds.values()) >= 20
    instants = [post.instant(TODAY).astimezone(PARIS) for post in SAID]
    assert {(TODAY.astimezone(PARIS).date() - one.date()).days for one in instants} == set(range(1, 31))
    hours = Counter(one.hour for one in instants)
    assert set(hours) == set(range(24))
    assert sum(hours[hour] for hour in (21, 22, 23, 0, 1, 2, 3, 4, 5)) > len(SAID) / 4


def test_nobody_says_the_same_thing_twice_nor_too_much() -> None:
    texts = Counter(post.text.strip() for post in SAID)
    assert not [text for text, times in texts.items() if times > 1 and len(text) > 20]
    assert not [post.text for post in SAID if length(post.text + post.warning) > MOST_CHARACTERS]


def test_only_contributors_of_the_cast_speak_boost_and_vote() -> None:
    speak = {handle for handle, person in CAST.items() if person.mode == "contributor"}
    assert not [post for post in SAID if post.by not in speak]
    assert not [post for post in SAID if not set(post.boosted) <= speak]
    assert not [post for post in SAID if post.poll and not set(post.poll.votes) <= speak]


def test_gestures_are_made_by_those_who_may_read() -> None:
    assert not [(post.by, post.text[:40], left) for post in SAID if (left := set(post.liked) - readers_of(post))]
    assert not [post.text for post in SAID if post.boosted and post.audience not in OPEN]


def test_claps_are_of_contributors_at_victories_of_others() -> None:
    congratulated = [post for post in SAID if post.claps]
    assert len(congratulated) >= 4
    assert sum(post.running for post in congratulated) == 1
    for post in congratulated:
        assert (post.kind, bool(post.key)) == (Kind.VICTORY, True)
        by = [one.by for one in post.claps]
        assert len(set(by)) == len(by)
        assert post.by not in by
        assert {CAST[one].mode for one in by} == {"contributor"}


def test_answers_follow_what_they_answer_and_stay_among_the_same_people() -> None:
    assert len(KEYED) == len([post for post in SAID if post.key])
    for post in SAID:
        if not post.to:
            continue
        parent = KEYED[post.to]
        assert parent.instant(TODAY) < post.instant(TODAY), post.text
        assert post.by in readers_of(parent), post.text
        if parent.audience not in OPEN:
            assert post.audience is parent.audience, post.text
        if parent.kind is Kind.DOUBT:
            assert post.kind in TO_A_DOUBT, post.text


def test_direct_messages_are_for_somebody() -> None:
    assert not [post.text for post in SAID if post.audience is Audience.DIRECT and len(readers_of(post)) < 2]


def test_the_remark_on_the_director_s_flat_is_made_again_and_again_never_in_the_same_words() -> None:
    mark, post = r"^# remarque-logement\n", r"^\[\[post\]\]"
    marked = re.compile(rf"{mark}{post}\n(.*?)(?={post}|{mark}|\Z)", re.MULTILINE | re.DOTALL)
    folder = files("salledepause.demo") / "community"
    found = [block for file in folder.iterdir() for block in marked.findall(file.read_text("utf-8"))]
    texts = {re.search(r'^text = """\n(.*?)\n"""', block, re.MULTILINE | re.DOTALL)[1] for block in found}  # type: ignore[index]
    assert texts <= {post.text.strip() for post in SAID}
    assert len(texts) == len(found) >= 40
    speakers = {post.by for post in SAID if post.text.strip() in texts}
    assert len(speakers) >= 30
    assert "dir_de_garde" not in speakers


@pytest.fixture(scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """Give the demonstration as the command serves it, killed once in the middle of its loading."""
    data = tmp_path_factory.mktemp("demo")
    server = Server(data, free_port(), {}, words=("demo",), patience=3 * START)
    server.launch()
    await loading_of(server)
    server.process.kill()
    await asyncio.to_thread(server.process.wait)
    await server.start()
    yield server
    await server.stop()


async def loading_of(server: Server) -> None:
    """Wait until the loading has begun: one transaction that lasts."""
    last = time.monotonic() + START
    query = """SELECT count(*) FROM pg_stat_activity
        WHERE now() - xact_start > interval '1 second' AND backend_type = 'client backend'"""
    while time.monotonic() < last:
        if embedded.running(server.data):
            with psycopg.connect(embedded.start(server.data)) as connection:
                row = connection.execute(query).fetchone()
                if row and row[0]:
                    return
        await asyncio.sleep(0.1)
    raise AssertionError("the loading never began")


COUNTED = {
    "posts": "SELECT count(*) FROM posts WHERE boost_of_id IS NULL",
    "people": "SELECT count(*) FROM accounts",
    "follows": "SELECT count(*) FROM follows",
    "boosts": "SELECT count(*) FROM posts WHERE boost_of_id IS NOT NULL",
    "likes": "SELECT count(*) FROM gestures WHERE kind = 1",
    "votes": "SELECT count(*) FROM poll_votes",
}
MISCOUNTED = {
    "posts of accounts": """SELECT a.handle FROM accounts a WHERE a.posts_count <> (
        SELECT count(*) FROM posts p WHERE p.account_id = a.id AND p.room_id IS NULL AND NOT p.held)""",
    "followers": "SELECT handle FROM accounts a WHERE followers_count <> (SELECT count(*) FROM follows WHERE target_id = a.id)",
    "following": "SELECT handle FROM accounts a WHERE following_count <> (SELECT count(*) FROM follows WHERE account_id = a.id)",
    "likes": "SELECT id FROM posts p WHERE favourites_count <> (SELECT count(*) FROM gestures WHERE post_id = p.id AND kind = 1)",
    "boosts": """SELECT id FROM posts p WHERE boosts_count <> (SELECT count(*) FROM posts b WHERE b.boost_of_id = p.id)
        OR boosts_count <> (SELECT count(*) FROM gestures WHERE post_id = p.id AND kind = 2)""",
    "answers": """SELECT id FROM posts p WHERE replies_count <> (
        SELECT count(*) FROM posts r WHERE r.parent_id = p.id AND r.audience <> 'direct')""",
    "homes": """SELECT p.id FROM posts p JOIN follows f ON f.target_id = p.account_id AND p.audience NOT IN ('direct', 'room')
        AND p.parent_id IS NULL WHERE NOT EXISTS (SELECT FROM home WHERE reader_id = f.account_id AND post_id = p.id)""",
}


def counts(server: Server) -> dict[str, int]:
    with psycopg.connect(server.database_url) as connection:
        return {name: row[0] for name, query in COUNTED.items() if (row := connection.execute(query).fetchone())}


async def test_it_is_loaded_whole_and_counted_right(demo: Server) -> None:
    assert counts(demo) == {
        "posts": len(SAID) + len(HEARD) + len(company.all_said()) + len(doors.all_said()) + len(shield.all_said()),
        "people": len(CAST),
        "follows": sum(len(set(person.follows)) for person in CAST.values()),
        "boosts": sum(len(set(post.boosted)) for post in SAID),
        "likes": sum(len(set(post.liked)) for post in SAID) + sum(len(one.support) for one in HEARD),
        "votes": sum(len(post.poll.votes) for post in SAID if post.poll),
    }
    with psycopg.connect(demo.database_url) as connection:
        assert {name: rows for name, query in MISCOUNTED.items() if (rows := connection.execute(query).fetchall())} == {}


async def test_the_command_says_where_and_how_to_enter(demo: Server) -> None:
    told = demo.log.read_text()
    assert f"La salle est ouverte : {demo.url}\n" in told
    site = site_of(Settings(data=demo.data, database_url=demo.database_url))
    async with site.db:
        for handle, password in sign_ins():
            assert f"{handle} / {password}\n" in told
            assert await accounts.sign_in(site, handle, password)


@pytest.fixture(scope="module")
async def nurse(demo: Server) -> str:
    """Give a token of ide_de_nuit."""
    return await demo.admin("token", "ide_de_nuit", "--scopes", "read")


class Asking:
    """Requests as somebody, each answer held against the published description."""

    def __init__(self, client: httpx.AsyncClient, recorder: Recorder) -> None:
        self.client = client
        self.recorder = recorder

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        self.recorder.record("GET", path, answer.status_code, answer.content, answer.headers["content-type"])
        return answer.json()


@pytest.fixture
async def asking(demo: Server, nurse: str, recorder: Recorder) -> AsyncIterator[Asking]:
    async with demo.client(headers={"authorization": f"Bearer {nurse}"}) as client:
        yield Asking(client, recorder)


async def test_the_nurse_s_lists_are_alive(asking: Asking) -> None:
    me = await asking.get("/api/v1/accounts/verify_credentials")
    assert (me["username"], me["followers_count"] > 10, me["statuses_count"] > 20) == ("ide_de_nuit", True, True)
    home = await asking.get("/api/v1/timelines/home", limit=40)
    older = await asking.get("/api/v1/timelines/home", limit=40, max_id=home[-1]["id"])
    assert len(home) == len(older) == 40
    assert len({status["account"]["acct"] for status in home}) >= 8
    assert [status for status in home + older if status["reblog"]]
    age = datetime.now(UTC) - datetime.fromisoformat(home[0]["created_at"])
    assert timedelta() < age < timedelta(days=2)
    for kind in ("favourite", "reblog", "mention", "follow"):
        assert len(await asking.get("/api/v1/notifications", **{"types[]": kind})) >= 2, kind
    assert len(await asking.get(f"/api/v1/accounts/{me['id']}/statuses", limit=20)) == 20
    readers = sum(person.mode == "reader" and "ide_de_nuit" in person.follows for person in people())
    named = await asking.get(f"/api/v1/accounts/{me['id']}/followers", limit=80)
    assert len(named) + readers == me["followers_count"], "readers are counted and never named"
    assert len(await asking.get(f"/api/v1/accounts/{me['id']}/following", limit=80)) == me["following_count"]


async def test_what_everybody_reads_is_alive(asking: Asking) -> None:
    public = await asking.get("/api/v1/timelines/public", limit=40)
    assert len(public) == 40
    assert not [status for status in public if status["visibility"] != "public" or status["reblog"]]
    found = await asking.get("/api/v2/search", q="draps", type="statuses")
    assert len(found["statuses"]) >= 5
    found = await asking.get("/api/v2/search", q="lingere", type="accounts")
    assert [account for account in found["accounts"] if account["acct"] == "lingere_du_sous_sol"]
    told = [one.instant(datetime.now(UTC)) for one in SAID if one.kind is Kind.VICTORY and one.audience is Audience.PUBLIC]
    latest = f"{max(told).astimezone(PARIS):%Y-%m}"  # on the first days of a month, there may be none of it yet
    victories = await asking.get("/api/salledepause/v1/victories", month=latest, limit=40)
    assert {one["salledepause"]["kind"] for one in victories} == {"victory"}
    (kept,) = [post for post in SAID if post.key == "petites-victoires-prenom"]
    found = await asking.get("/api/v2/search", q="sabots blancs tant mieux", type="statuses")
    wave = await asking.get(f"/api/salledepause/v1/statuses/{found['statuses'][0]['id']}/wave")
    assert (wave["state"], wave["count"]) == ("ended", len(kept.claps))
    assert (await asking.get("/api/v2/instance"))["usage"]["users"]["active_month"] > 0


async def test_a_deep_thread_is_read_whole(asking: Asking) -> None:
    depth: dict[str, int] = {}
    for post in sorted(SAID, key=lambda one: one.instant(TODAY)):
        if post.key:
            depth[post.key] = depth.get(post.to, 0) + 1 if post.to else 1
    deepest = max(depth, key=lambda key: depth[key])
    assert depth[deepest] >= 8
    text = KEYED[deepest].text.strip().split("\n")[0]
    account = await asking.get("/api/v1/accounts/lookup", acct=KEYED[deepest].by)
    last = next(one for one in await pages(asking, account["id"]) if one["content"].startswith(f"<p>{text[:12]}"))
    around = await asking.get(f"/api/v1/statuses/{last['id']}/context")
    assert len(around["ancestors"]) == depth[deepest] - 1


async def pages(asking: Asking, account_id: str) -> list[Any]:
    found: list[Any] = []
    path = f"/api/v1/accounts/{account_id}/statuses"
    after: dict[str, str] = {}
    while page := await asking.get(path, limit=40, exclude_reblogs=True, **after):
        found += page
        after = {"max_id": page[-1]["id"]}
    return found


@pytest.mark.parametrize("path", ["/", "/local", "/@ide_de_nuit", "/@lectrice_du_soir", "/charte"])
async def test_pages_of_visitors_are_served(demo: Server, path: str) -> None:
    async with demo.client() as client:
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


async def test_twice_does_not_load_twice(demo: Server) -> None:
    before = counts(demo)
    await demo.stop()
    await demo.start()
    assert counts(demo) == before
