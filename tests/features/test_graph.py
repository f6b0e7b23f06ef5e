"""Who follows, asks, blocks, mutes and lists whom: rules, counters under load, what readers and hiders leave unsaid."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from salledepause.features import accounts, graph
from salledepause.features.graph import Follow, Followed, FollowRequested, RequestDecided, Unfollowed
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Forbidden, Missing
from salledepause.kernel.events import Event
from salledepause.kernel.page import Page
from salledepause.kernel.site import Site
from tests.features.social_house import PAGE, Social, opened


@pytest.fixture
async def social(database: str) -> AsyncIterator[Social]:
    async with opened(database) as house:
        yield house


async def counts(social: Social, who: int) -> tuple[int, int]:
    """(followers, following) as the account says."""
    found = (await social.read(accounts.load, [who]))[who]
    return found.followers_count, found.following_count


async def check_counters(social: Social) -> None:
    wrong = await social.sql(
        """SELECT id FROM accounts a WHERE followers_count <> (SELECT count(*) FROM follows WHERE target_id = a.id)
            OR following_count <> (SELECT count(*) FROM follows WHERE account_id = a.id)"""
    )
    assert not wrong


async def test_following_counts_and_tells(social: Social) -> None:
    one, two = await social.people("une", "deux")
    await social.do(graph.follow, one, two)
    assert (await counts(social, one), await counts(social, two)) == ((0, 1), (1, 0))
    assert social.events[0] == Followed(one, two)
    assert (await social.read(graph.followers, two, None, PAGE)).items == [one]
    assert (await social.read(graph.following, one, two, PAGE)).items == [two]
    tie = await social.tie(one, two)
    assert (tie.following, tie.boosts, tie.notify, tie.languages, tie.followed_by) == (True, True, False, None, False)
    assert (await social.tie(two, one)).followed_by
    await social.do(graph.unfollow, one, two)
    await social.do(graph.unfollow, one, two)
    assert (await counts(social, one), await counts(social, two)) == ((0, 0), (0, 0))
    assert [event for event in social.events if isinstance(event, Unfollowed)] == [Unfollowed(one, two)]


async def test_following_again_changes_only_what_is_given(social: Social) -> None:
    one, two = await social.people("une", "deux")
    await social.do(graph.follow, one, two, Follow(boosts=False, languages=("fr", "EN")))
    await social.do(graph.follow, one, two, Follow(notify=True))
    tie = await social.tie(one, two)
    assert (tie.boosts, tie.notify, tie.languages) == (False, True, ["en", "fr"])
    await social.do(graph.follow, one, two, Follow(boosts=True, languages=()))
    tie = await social.tie(one, two)
    assert (tie.boosts, tie.notify, tie.languages) == (True, True, None)
    assert await counts(social, two) == (1, 0)
    assert social.events.count(Followed(one, two)) == 1


@pytest.mark.parametrize("languages", [("français",), ("x",), ("fr",) * 51, ("fr'; DROP TABLE follows",)])
async def test_languages_are_codes_and_few(social: Social, languages: tuple[str, ...]) -> None:
    one, two = await social.people("une", "deux")
    with pytest.raises(BadInput):
        await social.do(graph.follow, one, two, Follow(languages=languages))


@pytest.mark.parametrize(("asker", "target"), [({}, {"locked": True}), ({"silenced": True}, {})])
async def test_a_locked_account_or_a_silenced_one_makes_a_request(
    social: Social, asker: dict[str, Any], target: dict[str, Any]
) -> None:
    one, two = await social.person("une", **asker), await social.person("deux", **target)
    await social.do(graph.follow, one, two, Follow(notify=True))
    await social.do(graph.follow, one, two, Follow(boosts=False))
    tie = await social.tie(one, two)
    assert (tie.following, tie.requested, tie.notify, tie.boosts) == (False, True, True, False)
    assert (await social.tie(two, one)).requested_by
    assert (await social.read(graph.requests, two, PAGE)).items == [one]
    assert await social.read(graph.request_count, two) == 1
    assert social.events.count(FollowRequested(one, two)) == 1
    await social.do(graph.authorize, two, one)
    tie = await social.tie(one, two)
    assert (tie.following, tie.requested, tie.notify, tie.boosts) == (True, False, True, False)
    assert RequestDecided(one, two) in social.events
    assert Followed(one, two) in social.events
    assert await counts(social, two) == (1, 0)
    with pytest.raises(Missing):
        await social.do(graph.authorize, two, one)


async def test_a_request_can_be_refused_or_taken_back(social: Social) -> None:
    one, two = await social.person("une"), await social.person("deux", locked=True)
    await social.do(graph.follow, one, two)
    await social.do(graph.reject, two, one)
    assert not (await social.tie(one, two)).requested
    with pytest.raises(Missing):
        await social.do(graph.reject, two, one)
    await social.do(graph.follow, one, two)
    await social.do(graph.unfollow, one, two)
    assert social.events.count(RequestDecided(one, two)) == 2
    assert await counts(social, two) == (0, 0)


async def test_unlocking_lets_a_waiting_person_follow_by_asking_again(social: Social) -> None:
    one, two = await social.person("une"), await social.person("deux", locked=True)
    await social.do(graph.follow, one, two)
    await social.change(two, locked=False)
    await social.do(graph.follow, one, two)
    tie = await social.tie(one, two)
    assert (tie.following, tie.requested) == (True, False)


async def test_nobody_follows_themselves_a_ghost_or_somebody_out_of_sight(social: Social) -> None:
    one = await social.person("une")
    with pytest.raises(Forbidden):
        await social.do(graph.follow, one, one)
    with pytest.raises(Missing):
        await social.do(graph.follow, one, 12345)
    for state in ("pending", "suspended"):
        with pytest.raises(Missing):
            await social.do(graph.follow, one, await social.person(state, state=state))
    with pytest.raises(Forbidden):
        await social.do(graph.follow, await social.person("attente", state="pending"), one)


async def test_a_block_ends_everything_both_ways(social: Social) -> None:
    one, two = await social.people("une", "deux")
    three = await social.person("trois", locked=True)
    for who, whom in ((one, two), (two, one), (one, three), (three, one)):
        await social.do(graph.follow, who, whom)
    mine = await social.do(graph.create_list, two, "Mes collègues")
    await social.do(graph.add_members, two, mine.id, [one])
    for other in (two, three):
        await social.do(graph.block, one, other)
        await social.do(graph.block, one, other)
        for who, whom in ((one, other), (other, one)):
            with pytest.raises(Forbidden):
                await social.do(graph.follow, who, whom)
    assert (await social.read(graph.members, two, mine.id, PAGE)).items == []
    assert await counts(social, one) == (0, 0)
    tie, back = await social.tie(one, two), await social.tie(two, one)
    assert (tie.blocking, tie.blocked_by, back.blocking, back.blocked_by) == (True, False, False, True)
    assert not any((tie.following, tie.followed_by, back.following, back.followed_by))
    assert {Unfollowed(one, two), Unfollowed(two, one), RequestDecided(one, three), Unfollowed(three, one)} <= set(social.events)
    assert (await social.read(graph.blocked, one, PAGE)).items == [three, two]
    await check_counters(social)
    await social.do(graph.unblock, one, two)
    await social.do(graph.follow, two, one)
    assert (await social.tie(two, one)).following


async def test_unfollowing_takes_posts_out_of_the_home_and_people_out_of_lists(social: Social) -> None:
    one, two = await social.people("une", "deux")
    await social.do(graph.follow, one, two)
    post = await social.say(two, "bonjour")
    mine = await social.do(graph.create_list, one, "Proches")
    await social.do(graph.add_members, one, mine.id, [two])
    assert await social.sql("SELECT FROM home WHERE reader_id = %s AND post_id = %s", one, post)
    await social.do(graph.remove_follower, two, one)
    assert not await social.sql("SELECT FROM home WHERE reader_id = %s AND post_id = %s", one, post)
    assert (await social.read(graph.members, one, mine.id, PAGE)).items == []


async def test_a_mute_may_end(social: Social) -> None:
    one, two, three = await social.people("une", "deux", "trois")
    await social.do(graph.mute, one, two, notifications=False, seconds=60)
    await social.do(graph.mute, one, three)
    tie = await social.tie(one, two)
    assert (tie.muting, tie.muting_notifications, tie.muting_expires_at is None) == (True, False, False)
    assert [quiet.account_id for quiet in (await social.read(graph.muted, one, PAGE)).items] == [three, two]
    await social.sql("UPDATE mutes SET expires_at = now() - interval '1 second' WHERE target_id = %s", two)
    tie = await social.tie(one, two)
    assert (tie.muting, tie.muting_notifications, tie.muting_expires_at) == (False, False, None)
    assert [quiet.account_id for quiet in (await social.read(graph.muted, one, PAGE)).items] == [three]
    hidden = await social.sql(f"SELECT unnest({graph.HIDDEN_FROM.replace('%(viewer)s', str(one))})")
    assert hidden == [(three,)]
    await social.do(graph.mute, one, two)
    assert (await social.tie(one, two)).muting_expires_at is None
    for seconds in (-1, 10**12):
        with pytest.raises(BadInput):
            await social.do(graph.mute, one, two, seconds=seconds)


async def test_a_reader_is_never_named(social: Social) -> None:
    one, two = await social.people("une", "deux")
    quiet = await social.person("discret", mode="reader")
    for who, whom in ((quiet, one), (one, quiet), (two, one)):
        await social.do(graph.follow, who, whom)
    assert Followed(quiet, one) in social.events
    assert (await social.read(graph.followers, one, None, PAGE)).items == [two]
    assert (await social.read(graph.followers, one, one, PAGE)).items == [two]
    assert (await social.read(graph.following, one, two, PAGE)).items == []
    assert (await social.read(graph.following, quiet, one, PAGE)).items == []
    assert not (await social.tie(one, quiet)).followed_by
    assert (await social.read(graph.following, one, one, PAGE)).items == [quiet]
    assert (await social.read(graph.following, quiet, quiet, PAGE)).items == [one]
    post = await social.say(one, "bonjour")
    assert await social.sql("SELECT FROM home WHERE reader_id = %s AND post_id = %s", quiet, post)
    assert await social.told(one) == [("follow", two, None)]


async def test_hidden_collections_are_empty_to_others(social: Social) -> None:
    one, two = await social.people("une", "deux")
    await social.do(graph.follow, one, two)
    await social.do(graph.follow, two, one)
    await social.change(one, hide_collections=True)
    for reading in (graph.followers, graph.following):
        assert (await social.read(reading, one, two, PAGE)).items == []
        assert (await social.read(reading, one, None, PAGE)).items == []
        assert (await social.read(reading, one, one, PAGE)).items == [two]
    await social.change(one, hide_collections=False, state="suspended")
    assert (await social.read(graph.followers, one, two, PAGE)).items == []
    assert (await social.read(graph.followers, two, None, PAGE)).items == []
    await social.change(one, state="pending")
    with pytest.raises(Missing):
        await social.read(graph.followers, one, two, PAGE)


async def test_lists_of_people_leave_out_who_is_blocked_or_blocks(social: Social) -> None:
    one, two, three, viewer = await social.people("une", "deux", "trois", "regard")
    for who in (two, three):
        await social.do(graph.follow, who, one)
    await social.do(graph.block, two, viewer)
    await social.do(graph.mute, viewer, three)
    assert (await social.read(graph.followers, one, viewer, PAGE)).items == []
    assert (await social.read(graph.followers, one, one, PAGE)).items == [three, two]
    await social.do(graph.block, one, viewer)
    await social.do(graph.unmute, viewer, three)
    assert (await social.read(graph.followers, one, viewer, PAGE)).items == []


async def test_relationships_take_one_query_and_keep_the_order(social: Social, monkeypatch: pytest.MonkeyPatch) -> None:
    one, *others = await social.people("une", "a", "b", "c", "d")
    gone = await social.person("parti", state="suspended")
    await social.do(graph.follow, one, others[2])
    asked = 0
    whole = Tx.all

    async def counted(*given: Any) -> Any:
        nonlocal asked
        asked += 1
        return await whole(*given)

    monkeypatch.setattr(Tx, "all", counted)
    wanted = [others[2], 404, others[0], gone, others[2], others[3]]
    found = await social.read(graph.relationships, one, wanted)
    assert [tie.id for tie in found] == [others[2], others[0], others[3]]
    assert [tie.following for tie in found] == [True, False, False]
    assert asked == 1


async def test_a_hundred_parallel_gestures_leave_exact_counters(social: Social) -> None:
    crowd = await social.people("a", "b", "c", "d")
    dice = random.Random(7)  # noqa: S311 - a reproducible run
    pairs = [dice.sample(crowd, 2) for _ in range(100)]
    acts = [social.do(graph.follow if number % 2 else graph.unfollow, *pair) for number, pair in enumerate(pairs)]
    await asyncio.gather(*acts)
    await check_counters(social)
    assert {value for who in crowd for value in await counts(social, who)} != {0}


async def test_the_same_follow_and_unfollow_a_hundred_times_at_once(social: Social) -> None:
    one, two = await social.people("une", "deux")
    acts = [graph.follow, graph.unfollow, graph.remove_follower]
    order = [(acts[number % 3], (two, one) if number % 3 == 2 else (one, two)) for number in range(100)]
    await asyncio.gather(*(social.do(act, *pair) for act, pair in order))
    await check_counters(social)
    changes = [type(event) for event in social.events if isinstance(event, Followed | Unfollowed)]
    assert changes.count(Followed) - changes.count(Unfollowed) == (await counts(social, one))[1]


GESTURES: list[Callable[..., Awaitable[None]]] = [
    graph.follow,
    graph.follow,
    graph.unfollow,
    graph.remove_follower,
    graph.block,
    graph.unblock,
    graph.authorize,
    graph.reject,
]


async def random_gesture(social: Social, dice: random.Random, crowd: list[int]) -> None:
    act = dice.choice(GESTURES)
    try:
        await social.do(act, *dice.sample(crowd, 2))
    except (Missing, Forbidden):
        return


@pytest.mark.parametrize("seed", range(3))
async def test_any_run_of_gestures_keeps_the_graph_whole(social: Social, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a reproducible run
    crowd = [await social.person(name, locked=name == "c", silenced=name == "d") for name in "abcd"]
    for _ in range(15):
        await asyncio.gather(*(random_gesture(social, dice, crowd) for _ in range(8)))
    await check_counters(social)
    assert not await social.sql(
        """SELECT FROM blocks b JOIN follows f ON (f.account_id, f.target_id) IN (
            (b.account_id, b.target_id), (b.target_id, b.account_id))"""
    )
    assert not await social.sql("SELECT FROM follows JOIN follow_requests USING (account_id, target_id)")
    assert not await social.sql(
        """SELECT FROM notifications n WHERE kind = 'follow' AND NOT EXISTS (
            SELECT FROM follows f WHERE f.account_id = n.from_id AND f.target_id = n.account_id)"""
    )


async def test_an_account_that_leaves_is_no_longer_counted(social: Social) -> None:
    one, two, three = await social.people("une", "deux", "trois")
    for who, whom in ((one, two), (two, one), (three, one), (two, three)):
        await social.do(graph.follow, who, whom)
    await social.do(accounts.erase, one)
    await check_counters(social)
    assert (await counts(social, two), await counts(social, three)) == ((0, 1), (1, 0))


async def test_leaving_twice_equals_once(social: Social) -> None:
    one, two, three = await social.people("une", "deux", "trois")
    await social.do(graph.follow, one, two)
    await social.do(graph.follow, three, two)
    for _ in range(2):
        await social.do(graph.leave, accounts.AccountErased(one))
        assert await counts(social, two) == (1, 0)


async def test_who_unlocks_their_account_lets_in_who_waited(social: Social) -> None:
    two, one = await social.person("deux", locked=True), await social.person("une")
    loud, gone = await social.person("muselee", silenced=True), await social.person("partie")
    for who in (one, loud, gone):
        await social.do(graph.follow, who, two)
    await social.change(gone, state="suspended")
    site = cast("Site", SimpleNamespace(db=social.db))
    await graph.let_in(site, two)
    assert (await social.read(graph.followers, two, None, PAGE)).items == []
    await social.change(two, locked=False)
    for _ in range(2):
        await graph.let_in(site, two)
    assert (await social.read(graph.followers, two, None, PAGE)).items == [one]
    assert (await social.read(graph.requests, two, PAGE)).items == [loud]
    await check_counters(social)


async def test_people_are_paged_by_when_they_came(social: Social) -> None:
    one, *crowd = await social.people("une", *(f"p{number}" for number in range(7)))
    for who in crowd:
        await social.do(graph.follow, who, one)
    found: list[int] = []
    page = Page(3)
    while True:
        part = await social.read(graph.followers, one, None, page)
        found += part.items
        if not part.full:
            break
        page = Page(3, max_id=part.last)
    assert found == crowd[::-1]
    newest = await social.read(graph.followers, one, None, Page(2, min_id=page.max_id))
    assert len(newest.items) == 2


def test_events_say_only_ids() -> None:
    kinds: list[type[Event]] = [Followed, Unfollowed, FollowRequested, RequestDecided, graph.Blocked, graph.Muted]
    assert all(set(kind.__struct_fields__) == {"account_id", "target_id"} for kind in kinds)
