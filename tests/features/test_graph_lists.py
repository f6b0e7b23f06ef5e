"""Lists of people, tags that are followed or shown: whose they are, how many there may be."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from salledepause.features import graph
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.page import Page
from tests.features.social_house import PAGE, Social, opened


@pytest.fixture
async def social(database: str) -> AsyncIterator[Social]:
    async with opened(database) as house:
        yield house


async def test_a_list_holds_only_people_one_follows(social: Social) -> None:
    one, two, three = await social.people("une", "deux", "trois")
    await social.do(graph.follow, one, two)
    mine = await social.do(graph.create_list, one, "  Réa  ")
    assert (mine.title, mine.replies_policy, mine.exclusive) == ("Réa", "list", False)
    await social.do(graph.add_members, one, mine.id, [two, two])
    await social.do(graph.add_members, one, mine.id, [two])
    for wanted in ([three], [two, three], [one], [404]):
        with pytest.raises(Missing):
            await social.do(graph.add_members, one, mine.id, wanted)
    assert (await social.read(graph.members, one, mine.id, PAGE)).items == [two]
    assert await social.read(graph.lists_with, one, two) == [mine]
    assert await social.read(graph.lists_with, two, two) == []
    changed = await social.do(graph.change_list, one, mine.id, graph.Change(exclusive=True, replies_policy="none"))
    assert changed == (mine.id, "Réa", "none", True)
    assert await social.read(graph.all_lists, one) == [changed]
    await social.do(graph.remove_members, one, mine.id, [two, three])
    assert (await social.read(graph.members, one, mine.id, PAGE)).items == []


async def test_nobody_touches_the_list_of_another(social: Social) -> None:
    one, two = await social.people("une", "deux")
    await social.do(graph.follow, two, one)
    mine = await social.do(graph.create_list, one, "Réa")
    for act, given in (
        (graph.one_list, ()),
        (graph.change_list, (graph.Change("Volée"),)),
        (graph.erase_list, ()),
        (graph.members, (PAGE,)),
        (graph.add_members, ([one],)),
        (graph.remove_members, ([one],)),
    ):
        with pytest.raises(Missing):
            await social.do(act, two, mine.id, *given)
    assert await social.read(graph.all_lists, one) == [mine]


async def test_limits_of_lists(social: Social) -> None:
    one = await social.person("une")
    for title in ("", "   ", "x" * 256):
        with pytest.raises(BadInput):
            await social.do(graph.create_list, one, title)
    with pytest.raises(BadInput):
        await social.do(graph.create_list, one, "Réa", "everybody")
    mine = await social.do(graph.create_list, one, "x" * 255)
    with pytest.raises(BadInput):
        await social.do(graph.add_members, one, mine.id, list(range(501)))
    await social.sql("INSERT INTO accounts (id, handle, family) SELECT i, 'p' || i, 'autre' FROM generate_series(1, 501) AS i")
    await social.sql("INSERT INTO follows (account_id, target_id) SELECT %s, i FROM generate_series(1, 501) AS i", one)
    await social.do(graph.add_members, one, mine.id, list(range(1, 501)))
    with pytest.raises(BadInput):
        await social.do(graph.add_members, one, mine.id, [501])
    assert len((await social.read(graph.members, one, mine.id, Page(600))).items) == 500
    await social.sql("INSERT INTO lists (account_id, title) SELECT %s, 'l' FROM generate_series(1, 99)", one)
    with pytest.raises(BadInput):
        await social.do(graph.create_list, one, "De trop")


async def test_tags_are_followed_by_key(social: Social) -> None:
    one, two = await social.people("une", "deux")
    assert await social.do(graph.follow_tag, one, "Réanimation") == "reanimation"
    await social.do(graph.follow_tag, one, "#reanimation")
    await social.do(graph.follow_tag, one, "nuit")
    assert (await social.read(graph.followed_tags, one, PAGE)).items == ["nuit", "reanimation"]
    assert await social.read(graph.followed_among, one, ["nuit", "jour"]) == {"nuit"}
    assert await social.read(graph.followed_among, None, ["nuit"]) == set()
    post = await social.say(two, "On en parle #REANIMATION")
    assert await social.sql("SELECT FROM home WHERE reader_id = %s AND post_id = %s", one, post)
    await social.do(graph.unfollow_tag, one, "REANIMATION")
    assert (await social.read(graph.followed_tags, one, PAGE)).items == ["nuit"]
    for name in ("", "a b", "é-à", "123", "#", "x" * 300, "a/b"):
        with pytest.raises(Missing):
            await social.do(graph.follow_tag, one, name)
    await social.sql("INSERT INTO followed_tags (account_id, tag) SELECT %s, 't' || i FROM generate_series(1, 499) AS i", one)
    with pytest.raises(BadInput):
        await social.do(graph.follow_tag, one, "detrop")
    assert not await social.sql("SELECT FROM followed_tags WHERE tag = 'detrop'")


async def test_at_most_ten_tags_on_a_profile(social: Social) -> None:
    one, two = await social.people("une", "deux")
    made = await social.do(graph.feature_tag, one, "Gériatrie")
    assert (made.tag, made.name) == ("geriatrie", "Gériatrie")
    assert await social.do(graph.feature_tag, one, "geriatrie") == made
    for number in range(9):
        await social.do(graph.feature_tag, one, f"tag{number}x")
    with pytest.raises(BadInput):
        await social.do(graph.feature_tag, one, "detrop")
    with pytest.raises(BadInput):
        await social.do(graph.feature_tag, one, "pas un tag")
    assert len(await social.read(graph.featured_tags, one)) == 10
    with pytest.raises(Missing):
        await social.do(graph.unfeature, two, made.id)
    await social.do(graph.unfeature, one, made.id)
    assert made not in await social.read(graph.featured_tags, one)
