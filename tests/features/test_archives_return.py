"""What goes out comes back the same: a house written out, account by account, into an empty one."""

from __future__ import annotations

import asyncio
import re
import secrets
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from salledepause.features import accounts, graph, posts
from salledepause.features.accounts import Family, ProfileChange
from salledepause.features.archives import FILES, Outcome, What
from salledepause.features.posts import Audience, Kind, PollDraft, Post, QuotePolicy
from salledepause.kernel import embedded
from salledepause.kernel.config import Settings
from salledepause.kernel.errors import Conflict, Forbidden, Missing
from salledepause.kernel.migrate import migrate
from tests.features.archives_house import Importing, importing, refusals, sums
from tests.kernel.media_samples import drawing, saved

PNG = saved(drawing(), "PNG")
PEOPLE = ("amie", "voisin", "plume")
HOUR = re.compile(rb"T[0-9:.]+Z?")
"""Of an instant: what lasts a while ends a little later where it is brought."""


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[Importing]:
    async with importing(settings) as opened:
        yield opened


@pytest.fixture
async def empty(settings: Settings, postgres: str, tmp_path: Path) -> AsyncIterator[Importing]:
    """Give an installation of the same name where nobody ever came."""
    name = f"salledepause_{secrets.token_hex(6)}"
    url = embedded.create_database(postgres, name)
    migrate(url)
    async with importing(msgspec.structs.replace(settings, database_url=url, data=tmp_path / "empty")) as opened:
        yield opened
    embedded.drop_database(postgres, name)


async def picture(house: Importing, me: int, tmp_path: Path) -> int:
    file = tmp_path / "x.png"
    file.write_bytes(PNG)
    sent = posts.media.Sent(file, "Le couloir « vide », la nuit.", (0.5, -0.5))
    made = await posts.media.receive(house.site, me, sent, wait=True)
    return made.id


async def filled(house: Importing, tmp_path: Path) -> dict[str, int]:
    """Fill a house with three people and one of each thing."""
    ids = {name: await house.person(name) for name in PEOPLE}
    plume, amie, voisin = ids["plume"], ids["amie"], ids["voisin"]
    profile = ProfileChange(
        name="Plume",
        note="De nuit.\n\n\nDeux  espaces.",
        fields=[("Ville", "Lyon"), ("Site", "https://plume.example")],
        locked=True,
    )
    await house.do(accounts.update_profile, plume, profile)
    await house.do(accounts.update_profile, plume, ProfileChange(family=Family.MEDICAL, shows_family=False, indexable=False))
    key = await accounts.prepare_picture(house.site, plume, "avatar", _file(tmp_path))
    await house.do(accounts.update_profile, plume, ProfileChange(avatar=key, avatar_description="Une plume"))
    theirs = await house.say(amie, "Qui peut relayer ?", kind=Kind.DOUBT)
    await house.say(plume, "Moi, <b>demain</b> & après.\n\n\nBises  @amie #Relève", parent_id=theirs, kind=Kind.EXPERIENCE)
    first = await house.say(plume, "Coup de gueule", kind=Kind.RANT, warning="Fatigue", audience=Audience.UNLISTED, language="en")
    await house.say(plume, "Suite", parent_id=first, audience=Audience.FOLLOWERS, shows_family=False)
    await house.say(plume, "@amie entre nous", audience=Audience.DIRECT)
    await house.say(plume, "Photo", media_ids=(await picture(house, plume, tmp_path),), sensitive=True)
    edited = await house.say(plume, "Avent")
    await house.do(posts.edit, plume, edited, posts.Change(text="Avant"))
    await house.do(posts.pin, plume, edited)
    asked = await house.say(plume, "Sondage", poll=PollDraft(("Oui", "Non", "😀"), timedelta(days=1), multiple=True))
    poll = await house.poll(asked, plume)
    await house.do(posts.polls.vote, amie, poll.id, [0, 2])
    cited = await house.say(voisin, "Citez-moi", quote_policy=QuotePolicy.PUBLIC)
    await house.say(plume, "Bien dit", quoted_id=cited, quote_policy=QuotePolicy.FOLLOWERS, closed=True)
    await house.do(posts.boost, plume, theirs)
    await house.do(posts.boost, plume, first, Audience.UNLISTED)
    for gesture in (posts.favourite, posts.bookmark):
        for post_id in (first, theirs):
            await house.do(gesture, plume, post_id)
    await _tie(house, plume, amie, voisin)
    return ids


async def _tie(house: Importing, plume: int, amie: int, voisin: int) -> None:
    """Follow, list, mute and block."""
    await house.do(graph.follow, plume, amie, graph.Follow(boosts=False, notify=True, languages=("fr", "en")))
    await house.do(graph.follow, plume, voisin)
    night = await house.do(graph.create_list, plume, "=Nuit, « 2 »", "none", exclusive=True)
    await house.do(graph.add_members, plume, night.id, [amie, voisin])
    await house.do(graph.create_list, plume, "Vide")
    await house.do(graph.mute, plume, amie, notifications=False, seconds=5000)
    await house.do(graph.mute, plume, voisin)
    await house.do(graph.block_domain, plume, "loin.example")
    await house.do(graph.block, amie, voisin)


def _file(tmp_path: Path) -> Path:
    file = tmp_path / "avatar.png"
    file.write_bytes(PNG)
    return file


def words(post: Post) -> dict[str, Any]:
    """Return what a post is, without what is of one house: ids and the gestures of others."""
    kept = (
        "kind",
        "audience",
        "text",
        "warning",
        "sensitive",
        "language",
        "family",
        "created_at",
        "edited_at",
        "tags",
        "quote_policy",
        "closed",
    )
    media = [(one.kind, one.description, one.width, one.height, one.focus_x, one.focus_y) for one in post.media]
    own = {name: getattr(post, name) for name in kept}
    return own | {"mentions": [one.handle for one in post.mentions], "media": media}


async def whole(house: Importing, handle: str) -> dict[str, Any]:
    """Return everything that somebody has, without ids."""
    me = await house.who(handle)
    said = await house.said(me.id)
    every: dict[int | None, str] = {row[0]: row[1] for row in await house.sql("SELECT id, text FROM posts")}
    seen = await house.seen(me.id)
    polls = [await house.poll(one.id, me.id) for one in said if one.has_poll]
    liked, kept = await house.gestures(me.id)
    profile = ("name", "note", "fields", "locked", "family", "shows_family", "indexable", "discoverable", "avatar_description")
    return {
        "profile": {name: getattr(me, name) for name in profile} | {"avatar": bool(me.avatar), "posts": me.posts_count},
        "said": [words(one) | {"parent": every.get(one.parent_id)} for one in said],
        "boosts": [(every[one.original.id], one.gestures & posts.Gesture.BOOST) for one in seen if one.original],
        "pins": [every[one.post.id] for one in seen if one.gestures & posts.Gesture.PIN and not one.original],
        "quotes": await house.quotes(me.id),
        "polls": [(one.options, one.tallies, one.voters_count, one.multiple) for one in polls],
        "liked": [every[one] for one in liked],
        "kept": [every[one] for one in kept],
    }


async def tables(house: Importing, handle: str, folder: Path) -> dict[What, bytes]:
    await asyncio.to_thread(folder.mkdir)
    return {what: await house.export_table(handle, what, folder / what) for what in What}


async def test_a_house_written_out_comes_back_the_same(house: Importing, empty: Importing, tmp_path: Path) -> None:
    await filled(house, tmp_path)
    for name in PEOPLE:
        steps = await house.export(name, tmp_path / f"{name}.zip")
        assert not refusals(steps)
    for _ in range(2):  # what points at people and posts that come later finds them the second time
        for name in PEOPLE:
            assert not refusals(await empty.bring(tmp_path / f"{name}.zip"))
    for name in PEOPLE:
        assert await whole(empty, name) == await whole(house, name)
    for name in ("plume", "amie"):
        before, after = [await tables(one, name, tmp_path / f"{name}{n}") for n, one in enumerate((house, empty))]
        bookmarks = What.BOOKMARKS
        assert before.pop(bookmarks).count(b"\n") == after.pop(bookmarks).count(b"\n")
        assert len({HOUR.sub(b"", each.pop(What.MUTES)) for each in (before, after)}) == 1, "until the same day"
        assert before == after
    assert (await tables(house, "plume", tmp_path / "t"))[What.LISTS].startswith(b'"=Nuit, \xc2\xab 2 \xc2\xbb",')


async def test_its_own_archive_changes_nothing(house: Importing, tmp_path: Path) -> None:
    await filled(house, tmp_path)
    before = await whole(house, "plume")
    await house.export("plume", tmp_path / "a.zip")
    steps = await house.bring(tmp_path / "a.zip", "plume")
    assert sums(steps) == {Outcome.KNOWN: len(before["said"]) + len(before["boosts"])}
    assert await whole(house, "plume") == before


async def test_an_archive_is_what_mastodon_s_is(house: Importing, tmp_path: Path) -> None:
    ids = await filled(house, tmp_path)
    path = tmp_path / "a.zip"
    await house.export("plume", path)
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as archive:
        assert not archive.testzip()
        names = set(archive.namelist())
        outbox = msgspec.json.decode(archive.read("outbox.json"))
        actor = msgspec.json.decode(archive.read("actor.json"))
        likes = msgspec.json.decode(archive.read("likes.json"))
        picture = next(one for one in outbox["orderedItems"] if one["type"] == "Create" and one["object"]["attachment"])
        assert archive.read(picture["object"]["attachment"][0]["url"])
    assert names >= {"actor.json", "outbox.json", "likes.json", "bookmarks.json", actor["icon"]["url"], *FILES.values()}
    assert outbox["totalItems"] == len(outbox["orderedItems"]) == (await house.who("plume")).posts_count
    assert (outbox["type"], actor["preferredUsername"]) == ("OrderedCollection", "plume")
    answer = outbox["orderedItems"][0]
    assert answer["object"]["inReplyTo"].startswith("https://salle.test/@amie/")
    assert '<a href="https://salle.test/@amie" class="u-url mention">' in answer["object"]["content"]
    assert likes["orderedItems"][1] == answer["object"]["inReplyTo"]
    assert ids


async def test_nothing_is_written_over_and_nothing_is_left_half_written(house: Importing, tmp_path: Path) -> None:
    await house.person("plume")
    path = tmp_path / "out" / "a.zip"
    path.parent.mkdir()
    path.write_bytes(b"precious")
    with pytest.raises(Conflict):
        await house.export("plume", path)
    with pytest.raises(Conflict):
        await house.export_table("plume", What.FOLLOWS, path)
    with pytest.raises(Missing):
        await house.export("personne", tmp_path / "out" / "b.zip")
    await house.person("loin", state="suspended")
    with pytest.raises(Forbidden):
        await house.export("loin", tmp_path / "out" / "b.zip")
    assert [(one.name, one.read_bytes()) for one in path.parent.iterdir()] == [("a.zip", b"precious")]


async def test_a_file_that_is_gone_is_told_and_the_words_go_out(house: Importing, tmp_path: Path) -> None:
    me = await house.person("plume")
    await house.say(me, "Photo", media_ids=(await picture(house, me, tmp_path),))
    (said,) = await house.said(me)
    house.site.blobs.drop(said.media[0].original or "")
    steps = await house.export("plume", tmp_path / "a.zip")
    assert [(file, place) for file, place, _ in refusals(steps)] == [("outbox.json", 1)]
    assert sums(steps)[Outcome.DONE] == 1
