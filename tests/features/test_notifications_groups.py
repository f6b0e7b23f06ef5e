"""Notifications in groups and pages: what stands together, what is unread, whose they are."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from salledepause.features import graph, notifications, posts
from salledepause.features.notifications import Wanted
from salledepause.kernel import clock
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Page
from tests.features.social_house import PAGE, Social, opened


@pytest.fixture
async def social(database: str) -> AsyncIterator[Social]:
    async with opened(database) as house:
        yield house


async def crowd_of(social: Social, size: int) -> tuple[int, list[int], list[int]]:
    """An author, two of their posts, a crowd that favours both in turn and follows."""
    author, *crowd = await social.people("autrice", *(f"p{number}" for number in range(size)))
    both = [await social.say(author, "un"), await social.say(author, "deux")]
    for who in crowd:
        for post in both:
            await social.do(posts.favourite, who, post)
    return author, crowd, both


async def test_favourites_of_one_post_stand_together(social: Social) -> None:
    author, crowd, (first, second) = await crowd_of(social, 10)
    shown = (await social.read(notifications.groups, author, PAGE)).items
    assert [(one.newest.seen and one.newest.seen.post.id, one.size) for one in shown] == [(second, 10), (first, 10)]
    assert shown[0].account_ids == crowd[::-1][:8]
    assert shown[0].key.startswith(f"favourite-{second}-")
    assert shown[0].newest.told.from_id == crowd[-1]
    whole = await social.read(notifications.one_group, author, shown[1].key)
    assert (whole.size, whole.account_ids) == (10, crowd[::-1][:8])
    people = await social.read(notifications.group_accounts, author, shown[1].key, Page(6))
    assert people.items == crowd[::-1][:6]
    rest = await social.read(notifications.group_accounts, author, shown[1].key, Page(6, max_id=people.last))
    assert rest.items == crowd[::-1][6:]
    alone = (await social.read(notifications.groups, author, PAGE, Wanted(grouped=("follow",)))).items
    assert len(alone) == 20
    assert alone[0].key == f"ungrouped-{alone[0].newest.told.id}"
    assert (await social.read(notifications.one_group, author, alone[0].key)).size == 1
    await social.do(graph.block, author, crowd[-1])
    assert (await social.read(notifications.one_group, author, shown[0].key)).size == 9


async def test_groups_are_paged_both_ways(social: Social) -> None:
    author, crowd, (first, second) = await crowd_of(social, 3)
    named = [await social.say(crowd[0], f"@autrice {number}") for number in range(3)]
    page = await social.read(notifications.groups, author, Page(2))
    assert [one.newest.seen.post.id for one in page.items] == named[:0:-1]
    page = await social.read(notifications.groups, author, Page(2, max_id=page.last))
    assert [one.newest.seen.post.id for one in page.items] == [named[0], second]
    page = await social.read(notifications.groups, author, Page(2, max_id=page.last))
    assert [(one.newest.seen.post.id, one.size) for one in page.items] == [(first, 3), (second, 2)]
    upwards = await social.read(notifications.groups, author, Page(3, min_id=1))
    assert [one.newest.seen.post.id for one in upwards.items] == [named[0], second, first]
    assert [one.size for one in upwards.items] == [1, 3, 3]


async def test_a_group_is_a_half_day(social: Social) -> None:
    author, one, two, three = await social.people("autrice", "a", "b", "c")
    for who in (one, two, three):
        await social.do(graph.follow, who, author)
    keys = await social.sql("SELECT DISTINCT group_key FROM notifications WHERE account_id = %s", author)
    bucket = int(clock.now().timestamp()) // (12 * 3600)
    assert {key for (key,) in keys} <= {f"follow-{bucket}", f"follow-{bucket - 1}"}


async def test_more_than_a_chunk_of_one_group_does_not_hide_the_next(social: Social) -> None:
    author, older, first = await social.people("autrice", "ancienne", "premiere")
    post = await social.say(older, "@autrice avant la foule")
    mine = await social.say(author, "bonjour")
    await social.do(posts.favourite, first, mine)
    key = (await social.sql("SELECT group_key FROM notifications WHERE kind = 'favourite'"))[0][0]
    await social.sql("INSERT INTO accounts (id, handle, family) SELECT i, 'f' || i, 'autre' FROM generate_series(1, 450) AS i")
    await social.sql(
        """INSERT INTO notifications (account_id, kind, from_id, post_id, group_key)
        SELECT %s, 'favourite', i, %s, %s FROM generate_series(1, 450) AS i""",
        author,
        mine,
        key,
    )
    shown = (await social.read(notifications.groups, author, Page(2))).items
    assert [(one.newest.seen.post.id, one.size) for one in shown] == [(mine, 451), (post, 1)]


async def test_unread_ones_are_those_after_the_marker(social: Social) -> None:
    author, crowd, _ = await crowd_of(social, 3)
    assert await social.read(notifications.unread, author, 100) == 6
    assert await social.read(notifications.unread, author, 4) == 4
    assert await social.read(notifications.unread_groups, author, 100) == 2
    latest = (await social.read(notifications.notifications, author, Page(1))).items[0].told.id
    await social.sql("INSERT INTO markers (account_id, timeline, last_read_id) VALUES (%s, 'notifications', %s)", author, latest)
    assert await social.read(notifications.unread, author, 100) == 0
    await social.do(graph.follow, crowd[0], author)
    assert await social.read(notifications.unread, author, 100, Wanted(kinds=("follow",))) == 1
    assert await social.read(notifications.unread_groups, author, 100, Wanted(unwanted=("follow",))) == 0


async def test_nobody_touches_the_notifications_of_another(social: Social) -> None:
    author, crowd, _ = await crowd_of(social, 2)
    shown = (await social.read(notifications.groups, author, PAGE)).items
    one, key = shown[0].newest.told.id, shown[0].key
    for act, given in (
        (notifications.one, one),
        (notifications.dismiss, one),
        (notifications.one_group, key),
        (notifications.one_group, f"ungrouped-{one}"),
        (notifications.one_group, "ungrouped-rien"),
    ):
        with pytest.raises(Missing):
            await social.do(act, crowd[0], given)
    await social.do(notifications.dismiss_group, crowd[0], key)
    await social.do(notifications.dismiss_group, crowd[0], f"ungrouped-{one}")
    await social.do(notifications.clear, crowd[0])
    assert len(await social.told(author)) == 4
    await social.do(notifications.dismiss, author, one)
    with pytest.raises(Missing):
        await social.do(notifications.dismiss, author, one)
    assert len(await social.told(author)) == 3
    await social.do(notifications.dismiss_group, author, shown[1].key)
    assert len(await social.told(author)) == 1
