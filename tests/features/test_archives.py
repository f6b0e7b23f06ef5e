"""What comes from elsewhere: posts of their day, once, to whom they were said, told to nobody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from salledepause.features import graph, posts
from salledepause.features.archives import Outcome
from salledepause.features.posts import Audience, QuotePolicy
from salledepause.kernel import ids
from salledepause.kernel.config import Settings
from salledepause.kernel.errors import Conflict, Forbidden, Missing
from salledepause.kernel.jobs import Jobs
from salledepause.main import hushed, wiring
from tests.features.archives_house import Importing, importing, refusals, sums
from tests.kernel.media_samples import drawing, saved
from tests.support.mastodon_archive import ACTOR, FOLLOWERS, HOST, PUBLIC, actor, announce, members, note, tarred, zipped

PNG = saved(drawing(), "PNG")
PICTURE = "media_attachments/files/109/1/original/x.png"


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[Importing]:
    async with importing(settings) as opened:
        yield opened


def document(name: str = PICTURE, **more: Any) -> dict[str, Any]:
    return {"type": "Document", "mediaType": "image/png", "url": name, "name": "Une garde", "focalPoint": [0.5, -0.25]} | more


@pytest.mark.parametrize("write", [zipped, tarred])
async def test_posts_come_once_as_of_their_day(house: Importing, tmp_path: Path, write: Any) -> None:
    items = [note(number, f"<p>Garde {number}<br />calme</p><p>Fin</p>") for number in range(1, 121)]
    path = write(tmp_path / "archive", members(items))
    steps = await house.bring(path)
    assert sums(steps) == {Outcome.DONE: 120}
    plume = await house.who("plume")
    said = await house.said(plume.id)
    assert [one.text for one in said] == [f"Garde {number}\ncalme\n\nFin" for number in range(1, 121)]
    assert all(ids.made_at(one.id) == one.created_at for one in said)
    assert said[0].created_at == datetime(2021, 5, 1, 1, tzinfo=UTC)
    assert (plume.name, plume.note, plume.posts_count) == ("Plume", "De nuit.", 120)
    assert plume.created_at == datetime(2019, 3, 4, tzinfo=UTC)
    assert sums(await house.bring(path)) == {Outcome.KNOWN: 120}
    assert len(await house.said(plume.id)) == 120


async def test_audiences_warnings_threads_tags_media_and_edits_are_as_they_were(house: Importing, tmp_path: Path) -> None:
    first = f"{ACTOR}/statuses/1"
    items = [
        note(4, "<p>Réponse</p>", inReplyTo=f"{ACTOR}/statuses/3"),
        note(
            1, '<p>Bien <a href="https://ancien.example/tags/Nuit" class="mention hashtag" rel="tag">#<span>Nuit</span></a></p>'
        ),
        note(2, to=[FOLLOWERS], cc=[PUBLIC], summary="Fatigue", sensitive=True),
        note(3, to=[FOLLOWERS], cc=[], inReplyTo=first, attachment=[document()], updated="2021-05-02T09:00:00Z"),
        note(5, to=[f"{HOST}/users/amie"], cc=[], contentMap={"de": "x"}),
    ]
    await house.bring(zipped(tmp_path / "a.zip", members(items) | {PICTURE: PNG}))
    plume = await house.who("plume")
    one, two, three, four, five = await house.said(plume.id)
    assert [post.audience for post in (one, two, three, five)] == [one for one in Audience if one is not Audience.ROOM]
    assert (two.warning, two.sensitive, five.language) == ("Fatigue", True, "de")
    assert one.tags == (("nuit", "Nuit"),)
    assert (three.parent_id, four.parent_id, four.conversation_id) == (one.id, three.id, one.id)
    assert three.edited_at == datetime(2021, 5, 2, 9, tzinfo=UTC)
    (picture,) = three.media
    assert (picture.description, picture.focus_x, picture.focus_y, picture.state) == ("Une garde", 0.5, -0.25, "ready")
    assert picture.original
    assert house.site.blobs.path(picture.original)
    stranger = await house.person("autre")
    assert [row.post.id for row in await house.seen(plume.id, stranger)] == [one.id, two.id, four.id]


async def test_a_poll_comes_closed_with_its_results(house: Importing, tmp_path: Path) -> None:
    options = [{"type": "Note", "name": name, "replies": {"totalItems": number}} for name, number in (("Oui", 3), ("Non", 5))]
    over = note(1, type="Question", oneOf=options, endTime="2021-05-03T00:00:00Z", votersCount=8)
    running = note(2, type="Question", anyOf=options, endTime="2999-01-01T00:00:00Z", votersCount=6)
    wrong = note(3, type="Question", oneOf=options[:1], endTime="2021-05-03T00:00:00Z")
    steps = await house.bring(zipped(tmp_path / "a.zip", members([over, running, wrong])))
    plume = await house.who("plume")
    first, second = [await house.poll(post.id, plume.id) for post in await house.said(plume.id)]
    assert (first.options, first.tallies, first.voters_count, first.multiple) == (("Oui", "Non"), (3, 5), 8, False)
    assert first.expires_at == datetime(2021, 5, 3, tzinfo=UTC)
    assert (second.tallies, second.multiple, second.expired) == ((3, 5), True, True)
    assert [place for _, place, _ in refusals(steps)] == [3]


async def test_boosts_favourites_and_bookmarks_of_what_is_here_come_and_others_are_told_by_place(
    house: Importing, tmp_path: Path
) -> None:
    other = await house.person("autre")
    theirs = await house.say(other, "Tenez bon")
    letter = await house.say(other, "Entre nous", audience=Audience.DIRECT)
    url = house.site.post_url("autre", theirs)
    away = f"{HOST}/@loin/1"
    hidden = house.site.post_url("autre", letter)
    items = [note(1), announce(2, f"{ACTOR}/statuses/1"), announce(3, url), announce(4, away)]
    path = zipped(tmp_path / "a.zip", members(items, [away, url, hidden, f"{ACTOR}/statuses/1"], [url, url, "rien"]))
    for again in (False, True):
        steps = await house.bring(path)
        done = Outcome.KNOWN if again else Outcome.DONE
        assert sums(steps) == {done: 3, Outcome.ABSENT: 1}
        assert sums(steps, "likes.json") == {done: 2, Outcome.ABSENT: 2}
        assert sums(steps, "bookmarks.json")[Outcome.REFUSED] == 1
        assert [step.place for step in steps if step.file == "likes.json" and step.outcome is Outcome.ABSENT] == [1, 3]
    plume = await house.who("plume")
    (own,) = await house.said(plume.id)
    assert [row.original.id for row in await house.seen(plume.id) if row.original] == [own.id, theirs]
    assert await house.gestures(plume.id) == ([theirs, own.id], [theirs])
    assert (await house.sql("SELECT favourites_count, boosts_count FROM posts WHERE id = %s", theirs)) == [(1, 1)]


async def test_nobody_is_told_of_what_was_said_long_ago(house: Importing, tmp_path: Path) -> None:
    fan, plume = await house.person("fan"), await house.person("plume")
    await house.do(graph.follow, fan, plume, graph.Follow(notify=True))
    before = await house.sql("SELECT count(*) FROM home")
    theirs = await house.say(fan, "Bonjour")
    url = house.site.post_url("fan", theirs)
    named = note(1, '<p><a href="https://salle.test/@fan" class="u-url mention">@<span>fan</span></a> merci</p>')
    steps = await house.bring(zipped(tmp_path / "a.zip", members([named, announce(2, url)], [url])), "plume")
    assert sums(steps) == {Outcome.DONE: 2}
    assert await house.sql("SELECT kind FROM notifications WHERE account_id = %s AND kind <> 'follow'", fan) == []
    assert await house.sql("SELECT count(*) FROM home") == before
    (said,) = await house.said(plume)
    assert [one.handle for one in said.mentions] == ["fan"]


async def test_a_name_of_elsewhere_never_names_somebody_of_here(house: Importing, tmp_path: Path) -> None:
    bob = await house.person("bob")
    linked = '<p><a href="https://ancien.example/@bob" class="u-url mention">@<span>bob</span></a>, secret</p>'
    items = [
        note(1, linked, to=[f"{HOST}/users/bob"], cc=[], tag=[{"type": "Mention", "href": f"{HOST}/users/bob", "name": "@bob"}]),
        note(2, "<p>@bob secret</p>", to=[FOLLOWERS], cc=[]),
        note(3, linked.replace("ancien.example", "loin.example"), tag=[{"type": "Mention", "name": "@bob@court.example"}]),
        note(4, "<p>x</p>", source={"content": "@bob", "mediaType": "text/plain"}),
    ]
    await house.bring(zipped(tmp_path / "a.zip", members(items)))
    plume = await house.who("plume")
    said = await house.said(plume.id)
    assert [one.text for one in said] == [
        "@bob@ancien.example, secret",
        "@bob@ancien.example secret",
        "@bob@court.example, secret",
        "x",
    ]
    assert not any(one.mentions for one in said)
    assert [row.post.id for row in await house.seen(plume.id, bob)] == [said[2].id, said[3].id]


async def test_only_its_owner_s_elements_come_in(house: Importing, tmp_path: Path) -> None:
    other = await house.person("autre")
    theirs = await house.say(other, "À moi")
    forged = note(2)
    forged["actor"] = f"{HOST}/users/autre"
    items = [
        note(1, attributedTo=f"{HOST}/users/autre"),
        forged,
        note(3, id="https://ailleurs.example/users/plume/statuses/3"),
        note(4, published="2999-01-01T00:00:00Z"),
        note(5, published="1970-01-01T00:00:00Z"),
        note(6, published=5),
        note(7, id="javascript:alert(1)"),
        note(8, id=f"{ACTOR}/statuses/" + "x" * 3000),
        note(9, type="Tombstone"),
        {"type": "Like", "actor": ACTOR, "object": "https://x.example/1"},
        note(11, "<p>" + "x" * 6000 + "</p>"),
        note(12, sensitive="peut-être"),
        17,
        note(14),
    ]
    steps = await house.bring(zipped(tmp_path / "a.zip", members(items)))
    assert sums(steps) == {Outcome.REFUSED: 13, Outcome.DONE: 1}
    assert sorted(place for _, place, _ in refusals(steps)) == list(range(1, 14))
    assert len(await house.said((await house.who("plume")).id)) == 1
    here = note(1, id=house.site.post_url("autre", theirs), attributedTo="https://salle.test/@plume")
    here["actor"] = "https://salle.test/@plume"
    ours = members([here]) | {"actor.json": json.dumps(actor(id="https://salle.test/@plume")).encode()}
    assert sums(await house.bring(zipped(tmp_path / "b.zip", ours), "plume")) == {Outcome.REFUSED: 1}


async def test_an_archive_goes_into_its_own_account_or_the_one_that_is_named(house: Importing, tmp_path: Path) -> None:
    await house.person("plume")
    path = zipped(tmp_path / "a.zip", members([note(1)]))
    with pytest.raises(Conflict, match="--to plume"):
        await house.bring(path)
    assert sums(await house.bring(path, "plume")) == {Outcome.DONE: 1}
    assert sums(await house.bring(path)) == {Outcome.KNOWN: 1}
    with pytest.raises(Missing):
        await house.bring(path, "personne")
    await house.person("lecteur", mode="reader")
    with pytest.raises(Forbidden):
        await house.bring(path, "lecteur")


async def test_what_a_person_chose_here_stays(house: Importing, tmp_path: Path) -> None:
    await house.person("plume", name="Moi")
    files = members([]) | {"avatar.png": PNG}
    await house.bring(zipped(tmp_path / "a.zip", files), "plume")
    plume = await house.who("plume")
    assert (plume.name, plume.note) == ("Moi", "De nuit.")
    assert plume.avatar
    await house.bring(zipped(tmp_path / "b.zip", files), "plume")
    assert (await house.who("plume")).avatar == plume.avatar


async def test_an_erased_post_leaves_nothing_and_comes_back_when_asked_again(house: Importing, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", members([note(1)]))
    await house.bring(path)
    plume = await house.who("plume")
    (said,) = await house.said(plume.id)
    await house.do(posts.erase, plume.id, said.id)
    assert await house.sql("SELECT * FROM post_origins") == []
    assert sums(await house.bring(path)) == {Outcome.DONE: 1}


async def test_two_imports_at_once_bring_each_post_once(house: Importing, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", members([note(number) for number in range(1, 200)]))
    await house.person("plume")
    both = await asyncio.gather(house.bring(path, "plume"), house.bring(path, "plume"))
    assert sum(sums(steps).get(Outcome.DONE, 0) for steps in both) == 199
    assert (await house.who("plume")).posts_count == 199


def test_what_was_said_long_ago_has_no_reactions_of_any_kind() -> None:
    wired = hushed(wiring(Jobs("postgresql://127.0.0.1:1/nowhere"), "salle.test"))
    past = {posts.PostPublished, posts.Favourited, posts.Boosted, posts.Quoted}
    assert not past & {*wired.now, *wired.later, *wired.aloud}
    assert graph.Followed in wired.now


async def test_what_cannot_be_a_language_costs_no_post(house: Importing, tmp_path: Path) -> None:
    odd = {"fr\x00": "x", "langue inconnue": "x"}
    assert sums(await house.bring(zipped(tmp_path / "a.zip", members([note(1, contentMap=odd)])))) == {Outcome.DONE: 1}


async def test_quotes_come_when_what_they_quote_is_here_and_open(house: Importing, tmp_path: Path) -> None:
    other = await house.person("autre")
    shown, closed = [
        await house.say(other, word, quote_policy=QuotePolicy(policy)) for word, policy in (("x", "public"), ("y", "nobody"))
    ]
    policy = {"canQuote": {"automaticApproval": [FOLLOWERS]}}
    items = [
        note(1, quote=house.site.post_url("autre", shown), interactionPolicy=policy),
        note(2, quote=house.site.post_url("autre", closed), interactionPolicy={"canQuote": []}),
        note(3, quote={"type": "Tombstone"}, interactionPolicy={"canQuote": {"automaticApproval": [ACTOR]}}),
    ]
    assert sums(await house.bring(zipped(tmp_path / "a.zip", members(items)))) == {Outcome.DONE: 3}
    plume = await house.who("plume")
    assert await house.quotes(plume.id) == [("Message 1", "x")]
    assert [one.quote_policy for one in await house.said(plume.id)] == ["followers", plume.quote_policy, "nobody"]
    assert await house.sql("SELECT kind FROM notifications WHERE account_id = %s", other) == []
