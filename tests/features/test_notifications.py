"""Who is told of what: once, never of what they may not see, never in the name of a reader, and not after it was undone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from salledepause.features import accounts, graph, notifications, posts
from salledepause.features.graph import Follow
from salledepause.features.moderation import Complaint
from salledepause.features.notifications import Notified, Wanted
from salledepause.features.posts import Audience, Change, PollDraft
from salledepause.kernel import clock
from salledepause.kernel.db import FLUSH
from salledepause.kernel.errors import Missing
from salledepause.kernel.events import emit
from tests.features.social_house import PAGE, Social, opened
from tests.support.trips import watched

STATE = """SELECT account_id, kind, from_id, post_id, report_id, dismissed FROM notifications
    WHERE NOT filtered ORDER BY 1, 2, 3, 4, 5"""


@pytest.fixture
async def social(database: str) -> AsyncIterator[Social]:
    async with opened(database) as house:
        yield house


async def end_poll(social: Social, post: int) -> None:
    await social.sql("UPDATE polls SET expires_at = now() - interval '1 minute' WHERE post_id = %s", post)
    await social.do(emit, posts.PollEnded(post))


POLL = PollDraft(("oui", "non"), timedelta(hours=1))


async def everything(social: Social) -> dict[str, int]:
    """Let everything happen that is told; return the cast."""
    cast = {name: await social.person(name) for name in ("autrice", "lecteur", "fan")}
    cast["hote"] = await social.person("hote", role="host")
    cast["close"] = await social.person("close", locked=True)
    author, fan = cast["autrice"], cast["fan"]
    await social.do(graph.follow, fan, author, Follow(notify=True))
    await social.do(graph.follow, fan, cast["close"])
    post = await social.say(author, "bonjour @lecteur", poll=POLL)
    await social.do(posts.favourite, fan, post)
    await social.do(posts.boost, fan, post)
    poll = (await social.sql("SELECT id FROM polls WHERE post_id = %s", post))[0][0]
    await social.do(posts.polls.vote, fan, poll, [0])
    await social.do(posts.edit, author, post, Change(text="bonjour @lecteur et @close"))
    await end_poll(social, post)
    await social.report(fan, Complaint(author, (post,)))
    await social.do(accounts.create, "nouvelle", "une longue nuit tranquille")
    return cast


async def test_everybody_concerned_is_told(social: Social) -> None:
    cast = await everything(social)
    author, fan = cast["autrice"], cast["fan"]
    kinds = {name: [(kind, who) for kind, who, _ in await social.told(cast[name])] for name in cast}
    newcomer = (await social.sql("SELECT id FROM accounts WHERE handle = 'nouvelle'"))[0][0]
    assert kinds == {
        "autrice": [("poll", author), ("reblog", fan), ("favourite", fan), ("follow", fan)],
        "lecteur": [("mention", author)],
        "fan": [("poll", author), ("update", author), ("status", author)],
        "hote": [("admin.sign_up", newcomer), ("admin.report", fan)],
        "close": [("mention", author), ("follow_request", fan)],
    }
    told = [event for event in social.events if isinstance(event, Notified)]
    rows = await social.sql("SELECT id, account_id FROM notifications")
    assert sorted((one.notification_id, one.account_id) for one in told) == sorted(rows)


async def test_every_reaction_may_run_twice(social: Social) -> None:
    await everything(social)
    before, told = await social.sql(STATE), len(await social.sql("SELECT id FROM notifications"))
    happened = list(social.events)
    social.events.clear()
    replayed = 0
    for event in happened:
        for reaction in social.reactions.get(type(event), ()):
            if reaction.__module__.startswith("salledepause.features.notifications"):
                await social.do(reaction, event)
                replayed += 1
    assert replayed >= 9
    assert await social.sql(STATE) == before
    assert len(before) == told
    assert not social.events


async def test_what_is_dismissed_is_not_told_again(social: Social) -> None:
    cast = await everything(social)
    for who in cast.values():
        await social.do(notifications.clear, who)
        assert await social.told(who) == []
    for event in [*social.events]:
        for reaction in social.reactions.get(type(event), ()):
            if reaction.__module__.startswith("salledepause.features.notifications"):
                await social.do(reaction, event)
    assert [await social.told(who) for who in cast.values()] == [[]] * len(cast)


async def test_what_is_undone_is_forgotten(social: Social) -> None:
    author, fan, close = await social.person("autrice"), await social.person("fan"), await social.person("close", locked=True)
    post = await social.say(author, "bonjour")
    await social.do(posts.favourite, fan, post)
    await social.do(posts.boost, fan, post)
    await social.do(graph.follow, fan, author)
    await social.do(graph.follow, fan, close)
    assert [kind for kind, _, _ in await social.told(author)] == ["follow", "reblog", "favourite"]
    assert [kind for kind, _, _ in await social.told(close)] == ["follow_request"]
    await social.do(posts.unfavourite, fan, post)
    await social.do(posts.unboost, fan, post)
    await social.do(graph.unfollow, fan, author)
    await social.do(graph.unfollow, fan, close)
    assert not await social.sql(STATE)


async def test_an_erased_post_takes_its_notifications_along(social: Social) -> None:
    author, fan = await social.people("autrice", "fan")
    post = await social.say(author, "bonjour @fan")
    await social.do(posts.favourite, fan, post)
    await social.do(posts.boost, fan, post)
    await social.do(posts.erase, author, post)
    assert not await social.sql(STATE)


async def test_an_answered_request_becomes_a_follow(social: Social) -> None:
    fan, close = await social.person("fan"), await social.person("close", locked=True)
    await social.do(graph.follow, fan, close)
    await social.do(graph.authorize, close, fan)
    assert await social.told(close) == [("follow", fan, None)]
    await social.do(graph.block, close, fan)
    assert not await social.sql(STATE)


async def test_nobody_is_told_of_their_own_doing(social: Social) -> None:
    host = await social.person("hote", role="admin")
    post = await social.say(host, "je me nomme @hote", poll=POLL)
    await social.do(posts.favourite, host, post)
    await social.do(posts.boost, host, post)
    await social.do(posts.edit, host, post, Change(text="encore @hote"))
    other = await social.person("autre")
    await social.report(host, Complaint(other))
    assert await social.told(host) == []
    await end_poll(social, post)
    assert await social.told(host) == [("poll", host, post)]


SILENCES: dict[str, Any] = {
    "blocked": lambda social, fan, author: social.do(graph.block, author, fan),
    "blocked by": lambda social, fan, author: social.do(graph.block, fan, author),
    "muted": lambda social, fan, author: social.do(graph.mute, author, fan),
    "suspended": lambda social, fan, _: social.change(fan, state="suspended"),
    "reader": lambda social, fan, _: social.change(fan, mode="reader"),
    "silenced": lambda social, fan, _: social.change(fan, silenced=True),
}


@pytest.mark.parametrize("case", SILENCES)
async def test_some_are_not_heard(social: Social, case: str) -> None:
    author, fan = await social.people("autrice", "fan")
    post = await social.say(author, "bonjour")
    await social.say(fan, "@autrice toi")
    await SILENCES[case](social, fan, author)
    before = await social.sql(STATE)
    columns = "(account_id, kind, audience, conversation_id, boost_of_id)"
    await social.sql(f"INSERT INTO posts {columns} VALUES (%s, 'info', 'public', 1, %s)", fan, post)
    boost = await social.sql("SELECT id FROM posts WHERE boost_of_id = %s", post)
    mine = (await social.sql("SELECT id FROM posts WHERE account_id = %s AND boost_of_id IS NULL", fan))[0][0]
    for event in (
        posts.Favourited(post, fan),
        posts.Boosted(boost[0][0], post, fan),
        posts.PostPublished(mine, fan),
        posts.PostEdited(mine, fan),
        graph.Followed(fan, author),
        graph.FollowRequested(fan, author),
    ):
        await social.do(emit, event)
    assert await social.sql(STATE) == before
    kept = {"reader": ["mention"], "silenced": ["mention"]}
    assert [kind for kind, _, _ in await social.told(author)] == kept.get(case, [])


async def test_those_who_follow_a_silenced_account_still_hear_it(social: Social) -> None:
    author, fan = await social.people("autrice", "fan")
    await social.do(graph.follow, author, fan)
    await social.change(fan, silenced=True)
    post = await social.say(fan, "@autrice toi")
    assert await social.told(author) == [("mention", fan, post)]


async def test_a_mute_that_spares_notifications_or_has_ended_silences_nothing(social: Social) -> None:
    author, one, two = await social.people("autrice", "une", "deux")
    await social.do(graph.mute, author, one, notifications=False)
    await social.do(graph.mute, author, two, seconds=60)
    await social.sql("UPDATE mutes SET expires_at = now() - interval '1 second' WHERE target_id = %s", two)
    first, second = await social.say(one, "@autrice"), await social.say(two, "@autrice")
    assert await social.told(author) == [("mention", two, second), ("mention", one, first)]


AUDIENCES = [(audience, answer) for audience in Audience if audience is not Audience.ROOM for answer in (False, True)]
"""Rooms have an oracle of their own (tests/mastodon/test_rooms_matrix.py)."""


@pytest.mark.parametrize(("audience", "answer"), AUDIENCES)
async def test_nobody_is_told_of_what_they_may_not_see(social: Social, audience: Audience, *, answer: bool) -> None:
    """An oracle: whoever holds a notification about a post may see that post, at every step."""
    names = ("autrice", "suivi", "nommee", "bloquee", "muette", "votant", "parti")
    cast = dict(zip(names, await social.people(*names), strict=True))
    author = cast["autrice"]
    for name in ("suivi", "bloquee", "votant", "parti"):
        await social.do(graph.follow, cast[name], author, Follow(notify=True))
    parent = await social.say(cast["suivi"], "une question") if answer else None
    await social.do(graph.block, author, cast["bloquee"])
    text = "@nommee @bloquee @muette bonjour"
    post = await social.say(author, text, audience=audience, poll=POLL, parent_id=parent)
    poll = (await social.sql("SELECT id FROM polls WHERE post_id = %s", post))[0][0]
    for name in ("suivi", "votant", "parti", "nommee"):
        if await social.read(posts.visible, [post], cast[name]):
            await social.do(posts.polls.vote, cast[name], poll, [0])
    await social.do(graph.unfollow, cast["parti"], author)
    await social.do(posts.edit, author, post, Change(text=text + " @parti @votant"))
    await end_poll(social, post)
    await social.do(graph.block, cast["muette"], author)
    for name, who in cast.items():
        sees = bool(await social.read(posts.visible, [post], who))
        told = [kind for kind, _, about in await social.told(who) if about == post]
        assert sees or not told, f"{name} is told of {told}"
    for (who,) in await social.sql("SELECT account_id FROM notifications WHERE post_id = %s AND kind = 'poll'", post):
        assert await social.read(posts.visible, [post], who)
    assert ("mention", author, post) in await social.told(cast["nommee"])
    assert ("poll", author, post) in await social.told(author)


async def test_rows_whose_post_became_invisible_are_left_out(social: Social) -> None:
    author, fan = await social.people("autrice", "fan")
    await social.do(graph.follow, fan, author, Follow(notify=True))
    post = await social.say(author, "entre nous", audience=Audience.FOLLOWERS)
    assert await social.told(fan) == [("status", author, post)]
    row = (await social.sql("SELECT id FROM notifications WHERE account_id = %s", fan))[0][0]
    await social.do(graph.unfollow, fan, author)
    assert await social.told(fan) == []
    assert await social.read(notifications.unread, fan, 100) == 0
    assert (await social.read(notifications.groups, fan, PAGE)).items == []
    assert await social.read(notifications.unread_groups, fan, 100) == 0
    for reading, key in ((notifications.one, row), (notifications.one_group, f"ungrouped-{row}")):
        with pytest.raises(Missing):
            await social.read(reading, fan, key)


async def test_a_private_boost_tells_nobody(social: Social) -> None:
    author, fan = await social.people("autrice", "fan")
    post = await social.say(author, "bonjour")
    await social.do(posts.boost, fan, post, Audience.FOLLOWERS)
    assert await social.told(author) == []


async def test_alerts_are_for_posts_of_ones_own_in_languages_one_reads(social: Social) -> None:
    author, fan, other = await social.people("autrice", "fan", "autre")
    await social.do(graph.follow, fan, author, Follow(notify=True, languages=("fr",)))
    theirs = await social.say(other, "bonjour")
    await social.do(posts.boost, author, theirs)
    await social.say(author, "une réponse", parent_id=theirs)
    await social.say(author, "hello", language="en")
    await social.say(author, "entre nous @autre", audience=Audience.DIRECT)
    first = await social.say(author, "bonjour")
    thread = await social.say(author, "suite", parent_id=first)
    named = await social.say(author, "et toi @fan ?")
    assert await social.told(fan) == [("mention", author, named), ("status", author, thread), ("status", author, first)]


async def test_an_edit_is_told_again_only_when_there_is_another(social: Social) -> None:
    author, fan = await social.people("autrice", "fan")
    post = await social.say(author, "bonjour @fan")
    await social.do(posts.boost, fan, post)
    await social.do(posts.edit, author, post, Change(text="bonsoir @fan"))
    first = await social.sql("SELECT id FROM notifications WHERE kind = 'update'")
    await social.do(emit, posts.PostEdited(post, author))
    assert await social.sql("SELECT id FROM notifications WHERE kind = 'update'") == first
    await social.do(notifications.clear, fan)
    await social.do(posts.edit, author, post, Change(text="bonne nuit @fan"))
    assert [kind for kind, _, _ in await social.told(fan)] == ["update"]
    assert (await social.sql("SELECT id FROM notifications WHERE kind = 'update'"))[0] > first[0]


async def test_hosts_hear_of_reports_whoever_files_them_but_not_of_themselves(social: Social) -> None:
    host, other = await social.person("hote", role="host"), await social.person("autre", role="admin")
    quiet = await social.person("discret", mode="reader")
    await social.do(graph.block, other, quiet)
    await social.report(quiet, Complaint(host, comment="aïe"))
    assert await social.told(other) == [("admin.report", quiet, None)]
    assert await social.told(host) == []
    await social.do(accounts.set_role, other, "member")
    assert await social.told(other) == []


async def test_a_post_that_concerns_nobody_is_not_looked_at(social: Social, monkeypatch: pytest.MonkeyPatch) -> None:
    author, named = await social.people("autrice", "nommee")
    quiet, pointed = await social.say(author, "bonjour"), await social.say(author, "@nommee bonjour")
    trips = watched(monkeypatch)
    await social.do(notifications.published, posts.PostPublished(quiet, author, heard=False))
    assert [asked.split()[0] for trip in trips for asked in trip if asked != FLUSH] == ["BEGIN", "COMMIT"]
    await social.do(notifications.published, posts.PostPublished(pointed, author))
    assert "INSERT" in [asked.split()[0] for trip in trips for asked in trip]
    assert await social.told(named) == [("mention", author, pointed)]


async def test_kinds_and_people_can_be_chosen(social: Social) -> None:
    author, one, two = await social.people("autrice", "une", "deux")
    post = await social.say(author, "bonjour")
    for who in (one, two):
        await social.do(posts.favourite, who, post)
        await social.do(graph.follow, who, author)

    async def chosen(wanted: Wanted) -> list[tuple[str, int]]:
        found = (await social.read(notifications.notifications, author, PAGE, wanted)).items
        return [(row.told.kind, row.told.from_id) for row in found]

    assert await chosen(Wanted(kinds=("follow",))) == [("follow", two), ("follow", one)]
    assert await chosen(Wanted(unwanted=("follow",))) == [("favourite", two), ("favourite", one)]
    assert await chosen(Wanted(kinds=("follow", "favourite"), from_id=one)) == [("follow", one), ("favourite", one)]
    assert await chosen(Wanted(kinds=("quote",))) == []


async def test_an_imported_post_is_told_of_at_its_own_hour(social: Social) -> None:
    author, fan = await social.people("autrice", "fan")
    then = clock.now() - timedelta(days=3)
    await social.say(author, "@fan il y a trois jours", at=then)
    await social.say(author, "@fan maintenant")
    found = (await social.read(notifications.notifications, fan, PAGE)).items
    assert abs(found[1].created_at - then) < timedelta(seconds=1)
    assert abs(found[0].created_at - clock.now()) < timedelta(minutes=1)
