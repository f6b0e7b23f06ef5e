"""A post that its author closes: to the answers and quotes of others, with all that stands below, until it opens again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from salledepause.features import posts
from salledepause.features.posts import Draft
from salledepause.kernel import clock
from salledepause.kernel.errors import Forbidden
from tests.support.house import House, Person

STATUSES = "/api/v1/statuses"
CLOSED = {"closed": True}
SAID = {"fr": "Les réponses sont fermées ici", "en": "Replies are closed here"}


async def answering(house: House, who: Person, post: Any, language: str = "fr", **more: Any) -> int:
    """Return what answering a post comes to."""
    body = {"status": "Une réponse", "in_reply_to_id": post["id"]} | more
    answer = await house.call("POST", STATUSES, who, json=body, headers={"accept-language": language})
    if answer.status_code == 403:
        assert answer.json()["error"].startswith(SAID[language])
    return answer.status_code


async def close(house: House, who: Person, post: Any, *, closed: bool = True) -> Any:
    """Close a post, or open it; return it."""
    path = f"{STATUSES}/{post['id']}/interaction_policy"
    answer = await house.call("PUT", path, who, json={"salledepause": {"closed": closed}})
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("kind", ["opinion", "rant", "doubt", "info"])
async def test_a_closed_post_is_answered_by_its_author_alone(house: House, kind: str) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    post = await house.say(ana, "Je pose ça là", salledepause=CLOSED | {"kind": kind})
    assert post["salledepause"]["closed"] is True
    assert await answering(house, bob, post) == 403
    assert await answering(house, bob, post, "en") == 403
    assert await answering(house, bob, post, scheduled_at="2099-01-01T00:00:00Z") == 403
    assert await answering(house, bob, post, visibility="direct") == 403
    more = await house.say(ana, "Et la suite", in_reply_to_id=post["id"])
    assert "closed" not in more["salledepause"]
    assert await answering(house, bob, more) == 403
    around = await house.get(f"{STATUSES}/{post['id']}/context", bob)
    assert [one["id"] for one in around["descendants"]] == [more["id"]]
    assert (await house.get(f"{STATUSES}/{post['id']}"))["replies_count"] == 1
    assert await answering(house, bob, await house.say(ana, "Autre chose")) == 200
    shared = await house.post(f"{STATUSES}/{post['id']}/reblog", bob)
    assert shared["reblog"]["salledepause"]["closed"] is True
    assert await answering(house, bob, shared) == 403


async def test_what_stands_below_is_closed_whoever_wrote_it_and_whatever_is_erased_between(house: House) -> None:
    ana, bob, eve = [await house.person(name) for name in ("ana", "bob", "eve")]
    root = await house.say(eve, "Le fil")
    post = await house.say(ana, "Un avis", in_reply_to_id=root["id"])
    between = await house.say(bob, "Non", in_reply_to_id=post["id"])
    below = await house.say(eve, "Si", in_reply_to_id=between["id"])
    path = f"{STATUSES}/{post['id']}/interaction_policy"
    assert "closed" not in (await house.get(f"{STATUSES}/{post['id']}", bob))["salledepause"]
    assert (await house.call("PUT", path, bob, json={"salledepause": CLOSED})).status_code == 404
    assert (await close(house, ana, post))["edited_at"] is None
    assert (await house.get(f"{STATUSES}/{post['id']}", bob))["salledepause"]["closed"] is True
    assert await answering(house, bob, root) == 200
    assert [await answering(house, who, below) for who in (bob, eve, ana)] == [403, 403, 200]
    assert (await house.call("DELETE", f"{STATUSES}/{between['id']}", bob)).status_code == 200
    assert [await answering(house, who, below) for who in (bob, eve, ana)] == [403, 403, 200]
    await close(house, eve, below)
    assert [await answering(house, who, below) for who in (eve, ana)] == [403, 403]
    edited = await house.call("PUT", f"{STATUSES}/{post['id']}", ana, json={"salledepause": {"closed": False}})
    assert "closed" not in edited.json()["salledepause"]
    assert [await answering(house, who, below) for who in (bob, eve, ana)] == [403, 200, 403]
    for wrong in ({"closed": "peut-être"}, {"closed": 7}, "closed"):
        assert (await house.call("PUT", path, ana, json={"salledepause": wrong})).status_code == 422
        assert (await house.call("POST", STATUSES, ana, json={"status": "x", "salledepause": wrong})).status_code == 422
    assert (await house.call("PUT", path, ana, json={"salledepause": {}})).status_code == 422


async def test_nobody_quotes_a_closed_post_and_who_might_may_again_once_it_is_open(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    post = await house.say(ana, "Citez-moi", quote_approval_policy="public")
    quote = {"status": "Je cite", "quoted_status_id": post["id"]}
    before = await house.say(bob, "Je cite déjà", quoted_status_id=post["id"])
    assert (await close(house, ana, post))["quote_approval"]["automatic"] == []
    seen = await house.get(f"{STATUSES}/{post['id']}", bob)
    assert seen["quote_approval"] == {"automatic": [], "manual": [], "current_user": "denied"}
    assert (await house.call("POST", STATUSES, bob, json=quote)).status_code == 403
    assert (await house.call("POST", STATUSES, ana, json=quote)).status_code == 200
    assert (await house.get(f"{STATUSES}/{before['id']}", bob))["quote"]["state"] == "accepted"
    assert (await close(house, ana, post, closed=False))["quote_approval"]["automatic"] == ["public"]
    assert (await house.call("POST", STATUSES, bob, json=quote)).status_code == 200


async def test_a_planned_answer_is_given_up_when_the_post_closes_before_its_hour(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    post = await house.say(ana, "Bonsoir")
    later = {"in_reply_to_id": post["id"], "scheduled_at": "2099-01-01T00:00:00Z"}
    made = await house.post(STATUSES, bob, status="Demain", salledepause=CLOSED, **later)
    assert made["params"]["salledepause"]["closed"] is True
    await close(house, ana, post)
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE scheduled_posts SET at = now()")
    await posts.scheduled.publish(house.site, int(made["id"]))
    assert await house.get("/api/v1/scheduled_statuses", bob) == []
    assert await house.get(f"/api/v1/accounts/{bob.id}/statuses", bob) == []


async def test_what_comes_from_elsewhere_with_its_date_is_taken_in(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    post = await house.say(ana, "Bonsoir", salledepause=CLOSED)
    async with house.site.db.transaction() as tx:
        await posts.publish(tx, bob.id, Draft(text="Dit avant", parent_id=int(post["id"]), at=clock.now()))
    assert (await house.get(f"{STATUSES}/{post['id']}"))["replies_count"] == 1


async def waiting(house: House, task: asyncio.Task[Any]) -> None:
    """Return once a task waits for a row that somebody else holds."""
    query = """SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND cardinality(pg_blocking_pids(pid)) > 0"""
    while True:
        async with house.site.db.transaction() as tx:
            if await tx.value(query):
                return
        assert not task.done(), "nobody was waited for"
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("audience", [None, posts.Audience.DIRECT])
async def test_of_an_answer_and_a_closing_at_once_one_is_first(house: House, deep: bool, audience: posts.Audience | None) -> None:
    """Whoever closes waits for the answer on its way; an answer that meets a closing on its way is refused once it is done."""
    ana, bob = await house.person("ana"), await house.person("bob")
    root, top = await thread(house, ana, deep=deep)
    draft = Draft(text="@ana Une réponse", parent_id=top, audience=audience)
    async with asyncio.timeout(30):
        async with house.site.db.transaction() as tx:
            answer = await posts.publish(tx, bob.id, draft)
            await tx.settle()
            closing = asyncio.create_task(alone(house, posts.closing.close, ana.id, root))
            await waiting(house, closing)
        await closing
        async with house.site.db.transaction() as tx:
            assert (await posts.one_visible(tx, answer, bob.id)).post.id == answer
            assert (await posts.context(tx, root, bob.id)).closers == (ana.id,)
        root, top = await thread(house, ana, deep=deep)
        async with house.site.db.transaction() as tx:
            await posts.closing.close(tx, ana.id, root)
            await tx.settle()
            draft = Draft(text="@ana Trop tard", parent_id=top, audience=audience)
            late = asyncio.create_task(alone(house, posts.publish, bob.id, draft))
            await waiting(house, late)
        with pytest.raises(Forbidden):
            await late
    async with house.site.db.transaction() as tx:
        assert not (await posts.context(tx, top, bob.id)).descendants


async def thread(house: House, who: Person, *, deep: bool) -> tuple[int, int]:
    """Return the root of a thread, and the post to answer: the same, or one that stands below."""
    root = top = await house.say(who, "Le haut")
    for text in ("Le milieu", "Le bas") if deep else ():
        top = await house.say(who, text, in_reply_to_id=top["id"])
    return int(root["id"]), int(top["id"])


async def alone(house: House, act: Any, *about: Any) -> None:
    """Do something in a transaction of its own."""
    async with house.site.db.transaction() as tx:
        await act(tx, *about)
