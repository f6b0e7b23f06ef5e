"""Answers and erasures that cross, in transactions that are open together: no answer hangs in the air, nobody blocks anybody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from salledepause.features import accounts, graph, posts
from salledepause.features.posts import Audience, Draft
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from tests.support.house import House, Person

AUDIENCES = [Audience.PUBLIC, Audience.DIRECT]
PATIENCE = 0.3
"""Seconds after which what has not come waits for somebody."""


async def people(house: House) -> tuple[Person, Person]:
    return await house.person("ana"), await house.person("bob")


async def said(house: House, who: Person, text: str, parent: int | None = None) -> int:
    async with house.site.db.transaction() as tx:
        return await posts.publish(tx, who.id, Draft(text=text, parent_id=parent))


async def value(house: House, query: str, *given: Any) -> Any:
    async with house.site.db.reading() as tx:
        return await tx.value(query, list(given))


async def erase(house: House, who: Person, post_id: int) -> None:
    async with house.site.db.transaction() as tx:
        await posts.erase(tx, who.id, post_id)


async def waits(task: asyncio.Task[Any]) -> bool:
    done, _ = await asyncio.wait([task], timeout=PATIENCE)
    return not done


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_who_erases_waits_for_an_answer_that_is_being_written(house: House, audience: Audience) -> None:
    ana, bob = await people(house)
    root = await said(house, ana, "Racine")
    parent = await said(house, ana, "Question", root)
    async with house.site.db.transaction() as tx:
        answer = await posts.publish(tx, bob.id, Draft(text="@ana réponse", audience=audience, parent_id=parent))
        erasing = asyncio.create_task(erase(house, ana, parent))
        assert await waits(erasing)
    await erasing
    assert await value(house, "SELECT parent_id FROM tombstones WHERE id = %s", parent) == root
    assert await value(house, "SELECT parent_account_id FROM posts WHERE id = %s", answer) is None
    context = await house.get(f"/api/v1/statuses/{answer}/context", bob)
    assert [one["id"] for one in context["ancestors"]] == [str(root)]


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_an_answer_to_what_is_being_erased_waits_and_is_refused(house: House, audience: Audience) -> None:
    ana, bob = await people(house)
    parent = await said(house, ana, "Question")

    async def answer() -> None:
        async with house.site.db.transaction() as tx:
            await posts.publish(tx, bob.id, Draft(text="@ana réponse", audience=audience, parent_id=parent))

    async with house.site.db.transaction() as tx:
        await posts.erase(tx, ana.id, parent)
        answering = asyncio.create_task(answer())
        assert await waits(answering)
    with pytest.raises(Missing):
        await answering
    assert await value(house, "SELECT count(*) FROM posts") == 0
    assert await value(house, "SELECT count(*) FROM tombstones") == 0
    assert await value(house, "SELECT posts_count FROM accounts WHERE id = %s", bob.id) == 0


async def test_an_answer_whose_parent_stays_is_written_once_the_erasure_is_given_up(house: House) -> None:
    ana, bob = await people(house)
    parent = await said(house, ana, "Question")
    answering = None
    with pytest.raises(ZeroDivisionError):
        async with house.site.db.transaction() as tx:
            await posts.erase(tx, ana.id, parent)
            answering = asyncio.create_task(said(house, bob, "Réponse", parent))
            assert await waits(answering)
            raise ZeroDivisionError
    assert answering
    answer = await answering
    assert await value(house, "SELECT parent_id FROM posts WHERE id = %s", answer) == parent


async def test_answers_to_one_post_do_not_wait_for_each_other_to_end_in_a_deadlock(house: House) -> None:
    ana, bob = await people(house)
    parent = await said(house, ana, "Question")
    drafts = [Draft(text="@ana réponse", audience=AUDIENCES[number % 2], parent_id=parent) for number in range(20)]

    async def answer(draft: Draft) -> None:
        async with house.site.db.transaction() as tx:
            await posts.publish(tx, bob.id, draft)

    await asyncio.gather(*map(answer, drafts))
    assert await value(house, "SELECT replies_count FROM posts WHERE id = %s", parent) == 10


async def test_a_question_and_its_answers_erased_together_never_block_each_other(house: House) -> None:
    ana, bob = await people(house)
    for _ in range(10):
        parent = await said(house, ana, "Question")
        answers = [await said(house, bob, "Réponse", parent) for _ in range(3)]
        await asyncio.gather(erase(house, ana, parent), *(erase(house, bob, one) for one in answers))
    assert await value(house, "SELECT count(*) FROM posts") == 0
    async with house.site.db.reading() as tx:
        assert (await accounts.one(tx, bob.id)).posts_count == 0


async def test_who_erases_a_post_and_the_hosts_who_erase_its_author_do_not_block_each_other(house: House) -> None:
    ana, bob = await people(house)
    post = await said(house, ana, "Au revoir")
    await house.call("POST", f"/api/v1/statuses/{post}/reblog", bob)
    for leaving in (bob, ana):
        async with house.site.db.transaction() as tx:
            await tx.value("SELECT id FROM accounts WHERE id = %s FOR UPDATE", [leaving.id])
            erasing = asyncio.create_task(erase(house, ana, post))
            assert await waits(erasing), "for the account, holding nothing yet"
            await accounts.erase(tx, leaving.id)
        await erasing
        post = await said(house, ana, "Encore") if leaving is bob else post
    assert await value(house, "SELECT count(*) FROM posts") == 0
    assert await value(house, "SELECT count(*) FROM accounts") == 0


async def test_a_message_that_names_who_is_leaving_goes_out_without_the_name(house: House) -> None:
    ana, bob = await people(house)
    async with house.site.db.transaction() as tx:
        await accounts.erase(tx, bob.id)
        await tx.settle()
        saying = asyncio.create_task(said(house, ana, "Tu dors, @bob ?"))
        assert await waits(saying)
    assert await value(house, "SELECT text FROM posts WHERE id = %s", await saying) == "Tu dors, @bob ?"
    assert await value(house, "SELECT count(*) FROM mentions") == 0


Gesture = Callable[[Tx, int, int], Awaitable[None]]


async def follow_many(tx: Tx, me: int, target_id: int) -> None:
    await graph.follow_many(tx, me, [target_id])


@pytest.mark.parametrize("gesture", [graph.follow, graph.unfollow, graph.remove_follower, graph.block, follow_many])
@pytest.mark.parametrize("later_leaves", [True, False])
async def test_ties_and_the_hosts_who_erase_one_of_two_do_not_block_each_other(
    house: House, gesture: Gesture, later_leaves: bool
) -> None:
    pair = await people(house)
    staying, leaving = pair if later_leaves else pair[::-1]
    for one, other in (pair, pair[::-1]):
        await house.post(f"/api/v1/accounts/{other.id}/follow", one)

    async def act() -> None:
        async with house.site.db.transaction() as tx:
            await gesture(tx, staying.id, leaving.id)

    async with house.site.db.transaction() as tx:
        await tx.value("SELECT id FROM accounts WHERE id = %s FOR UPDATE", [leaving.id])
        acting = asyncio.create_task(act())
        assert await waits(acting), "for the account, holding nothing that its erasure needs"
        await accounts.erase(tx, leaving.id)
    with suppress(Missing):
        await acting
    async with house.site.db.reading() as tx:
        left = await accounts.one(tx, staying.id)
        assert (left.followers_count, left.following_count) == (0, 0)


async def test_whose_totals_an_erasure_changes_are_held_in_one_order(house: House) -> None:
    low, high = await people(house)
    leaving = await house.person("carol")
    post = await said(house, leaving, "Au revoir")
    await house.call("POST", f"/api/v1/statuses/{post}/reblog", high)
    await house.post(f"/api/v1/accounts/{leaving.id}/follow", low)

    async def leave() -> None:
        async with house.site.db.transaction() as tx:
            await accounts.erase(tx, leaving.id)

    async with house.site.db.transaction() as tx:
        await accounts.hold(tx, [low.id])
        await tx.settle()
        erasing = asyncio.create_task(leave())
        assert await waits(erasing)
        await graph.follow(tx, low.id, high.id)
    await erasing
    async with house.site.db.reading() as tx:
        assert (await accounts.one(tx, low.id)).following_count == 1
        assert (await accounts.one(tx, high.id)).posts_count == 0
