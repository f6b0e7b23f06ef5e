"""Writing somebody's archive as Mastodon writes one: a page of posts at a time, whole or not at all."""

from __future__ import annotations

import asyncio
import os
import zipfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import IO, Any

import msgspec

from salledepause.features import accounts, graph, posts, timelines, verification, victories
from salledepause.features.accounts import Account
from salledepause.features.archives import activities
from salledepause.features.archives.activities import Around
from salledepause.features.archives.housed import GATHERED
from salledepause.features.archives.keepsakes import CLAPS, claps, keepsakes
from salledepause.features.archives.model import FILES, Outcome, Step, What
from salledepause.features.archives.places import ROOMS, places, said_in
from salledepause.features.archives.tables_out import addresses_of, pages, write_table
from salledepause.features.posts import Gesture, Post, Seen
from salledepause.features.timelines import Profile
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Forbidden
from salledepause.kernel.page import Listed, Page
from salledepause.kernel.site import Site

EXISTS = "Le fichier {file} existe déjà : donnez un autre nom, ou effacez-le."
LOST = "{name} : ce fichier n'est plus dans les médias de la maison."

COLLECTIONS = "collections.csv"


async def export(site: Site, handle: str, file: Path) -> AsyncIterator[Step]:
    """Write an account's archive (.zip) to a new file, readable by its owner alone; yield each thing as it is written.

    Raises Missing, Forbidden for a suspended account, Conflict when the file is there.
    """
    async with site.db.reading() as tx:
        me = await accounts.by_handle(tx, handle, site.settings.domain)
    if me.state != "active":
        raise Forbidden("Ce compte est suspendu ou en attente : rétablissez-le d'abord.")
    parts = [file.with_name(f"{file.name}.{name}") for name in ("part", "list")]
    if await asyncio.to_thread(file.exists):
        raise Conflict(EXISTS, file=file.name)
    try:
        with _new(parts[0]) as target, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            async for step in _fill(site, me, archive, parts[1]):
                yield step
        os.link(parts[0], file)
    except FileExistsError as error:
        raise Conflict(EXISTS, file=file.name) from error
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


async def export_table(site: Site, handle: str, what: What, file: Path) -> AsyncIterator[Step]:
    """Write one of an account's tables to a new file, readable by its owner alone. Raises Missing, Conflict."""
    async with site.db.reading() as tx:
        me = await accounts.by_handle(tx, handle, site.settings.domain)
    part = file.with_name(f"{file.name}.part")
    try:
        with _new(part) as target:
            async for number in write_table(site, me.id, what, target):
                yield Step(file.name, number, Outcome.DONE)
        os.link(part, file)
    except FileExistsError as error:
        raise Conflict(EXISTS, file=file.name) from error
    finally:
        part.unlink(missing_ok=True)


def _new(path: Path) -> IO[bytes]:
    """Open a new file that nobody else may read: it holds letters."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


async def _fill(site: Site, me: Account, archive: zipfile.ZipFile, aside: Path) -> AsyncIterator[Step]:
    for part in (_outbox(site, me, archive, aside), _rooms(site, me, archive)):
        async for step in part:
            yield step
    for name, listing in (("likes.json", timelines.favourites), ("bookmarks.json", timelines.bookmarks)):
        async for step in _addresses(site, me, archive, (name, listing)):
            yield step
    with archive.open(CLAPS, "w") as target:
        target.write(await claps(site, me.id))
    yield Step(CLAPS, 0, Outcome.DONE)
    for what in What:
        with archive.open(FILES[what], "w") as target:
            async for number in write_table(site, me.id, what, target):
                yield Step(FILES[what], number, Outcome.DONE)
    archive.writestr(COLLECTIONS, await _collections(site, me))
    yield Step(COLLECTIONS, 0, Outcome.DONE)
    pictures = {}
    for name, key in (("avatar", me.avatar), ("header", me.header)):
        path = site.blobs.path(key) if key else None
        if path:
            pictures[name] = f"{name}{path.suffix}"
            await asyncio.to_thread(archive.write, path, pictures[name], zipfile.ZIP_STORED)
    async for step in _beside(site, me, archive):
        yield step
    archive.writestr("actor.json", msgspec.json.encode(activities.person(site, me, pictures, await _proven(site, me))))
    yield Step("actor.json", 0, Outcome.DONE)


async def _proven(site: Site, me: Account) -> dict[str, Any]:
    """Return how somebody proved their family, and on which day; nothing for who does not show it."""
    if not me.shows_family:
        return {}
    async with site.db.reading() as tx:
        found = await verification.standing(tx, me.id)
    return {"verified": {"method": found.method, "on": found.on}} if found.verified else {}


async def _beside(site: Site, me: Account, archive: zipfile.ZipFile) -> AsyncIterator[Step]:
    """Write what is of this house alone, where there is any."""
    for name, gather in GATHERED.items():
        if kept := await gather(site, me):
            archive.writestr(name, msgspec.json.encode(kept))
            yield Step(name, 0, Outcome.DONE)


async def _collections(site: Site, me: Account) -> bytes:
    """Return whom one recommends and why, all one's collections in one table."""
    async with site.db.reading() as tx:
        own = await graph.collections_of(tx, me.id, me.id, graph.MOST_COLLECTIONS, 0)
        tables = [await graph.table_of(tx, one.id, me.id) for one in reversed(own)]
    return b"".join(table if not place else table.partition(b"\n")[2] for place, table in enumerate(tables))


async def _rooms(site: Site, me: Account, archive: zipfile.ZipFile) -> AsyncIterator[Step]:
    """Write what somebody said in the rooms that they are in, with its media; nothing for who is in none."""
    found, said = await places(site, me), []
    async for post, words in said_in(site, me, [int(one["id"]) for one in found]):
        said.append(words)
        for name in await asyncio.to_thread(_store, site, archive, post):
            yield Step(ROOMS, len(said), Outcome.REFUSED, BadInput(LOST, name=name))
        yield Step(ROOMS, len(said), Outcome.DONE)
    if found:
        archive.writestr(ROOMS, msgspec.json.encode({"id": ROOMS, "rooms": found, "said": said}))


async def _outbox(site: Site, me: Account, archive: zipfile.ZipFile, aside: Path) -> AsyncIterator[Step]:
    """Write posts to a file beside, so that their media can go into the archive meanwhile."""
    number = 0
    with _new(aside) as target:
        target.write(_opening("outbox.json"))
        async for seen, said, arounds in _said(site, me):
            for one in seen:
                post = said[one.post.id]
                make = activities.announce if one.original else activities.create
                target.write((b",\n" if number else b"\n") + msgspec.json.encode(make(site, post, arounds[post.id])))
                number += 1
                lost = [] if one.original else await asyncio.to_thread(_store, site, archive, post)
                for name in lost:
                    yield Step("outbox.json", number, Outcome.REFUSED, BadInput(LOST, name=name))
                yield Step("outbox.json", number, Outcome.DONE, part=min(1.0, number / max(1, me.posts_count)))
        target.write(_closing(number))
    await asyncio.to_thread(archive.write, aside, "outbox.json")


def _opening(name: str) -> bytes:
    head = {"@context": activities.CONTEXT, "id": name, "type": "OrderedCollection"}
    return msgspec.json.encode(head)[:-1] + b',"orderedItems":['


def _closing(number: int) -> bytes:
    return b'\n],"totalItems":%d}\n' % number


def _store(site: Site, archive: zipfile.ZipFile, post: Post) -> list[str]:
    """Put the media of a post into the archive; return the names of those whose file is gone."""
    lost = []
    for one in post.media:
        path = site.blobs.path(one.original) if one.original else None
        if path:
            archive.write(path, activities.stored(one.original or ""), zipfile.ZIP_STORED)
        else:
            lost.append(activities.stored(one.original or str(one.id)))
    return lost


async def _said(site: Site, me: Account) -> AsyncIterator[tuple[list[Seen], dict[int, Post], dict[int, Around]]]:
    """Yield what somebody posted, the oldest first, a page at a time: the rows, the words, and what hangs on each."""

    async def listing(tx: Tx, page: Page) -> Listed[Seen]:
        return await timelines.of_account(tx, me.id, me.id, page, Profile())

    async for tx, found in pages(site, listing):
        said = await posts.load(tx, [one.post.id for one in found])
        seen = [one for one in found if one.post.id in said]
        yield seen, said, await _around(tx, site, me, (seen, said))


async def _around(tx: Tx, site: Site, me: Account, page: tuple[Sequence[Seen], dict[int, Post]]) -> dict[int, Around]:
    seen, said = page
    polls = await posts.polls.of(tx, [one.post.id for one in seen if one.post.has_poll], me.id)
    cited = await posts.quotes.cited(tx, [one.post.id for one in seen if one.post.has_quote], me.id)
    others = {author for author, _ in cited.values()}
    others |= {post.parent_account_id for post in said.values() if post.parent_account_id}
    others |= {one.original.account_id for one in seen if one.original}
    people = await accounts.load(tx, sorted(others))
    thanks = await victories.of(tx, list(said))
    kept = await keepsakes(tx, site, me.id, list(said))
    found = {}
    for one in seen:
        post = said[one.post.id]
        who, what = (one.original.account_id, one.original.id) if one.original else (post.parent_account_id, post.parent_id)
        address = site.post_url(people[who].handle, what) if who in people and what else None
        author, quote = cited.get(post.id, (0, 0))
        quoting = site.post_url(people[author].handle, quote) if author in people else None
        pinned = bool(one.gestures & Gesture.PIN) and not one.original
        to = tuple(each.word for each in thanks.get(post.id, ()))
        found[post.id] = Around(polls.get(post.id), address, quoting, pinned, to, kept.get(post.id))
    return found


async def _addresses(site: Site, me: Account, archive: zipfile.ZipFile, of: tuple[str, Any]) -> AsyncIterator[Step]:
    """Write the addresses of a list of posts."""
    file, reading = of

    number = 0
    with archive.open(file, "w") as target:
        target.write(_opening(file))
        async for uris in addresses_of(site, lambda tx, page: reading(tx, me.id, page)):
            for uri in uris:
                target.write((b",\n" if number else b"\n") + msgspec.json.encode(uri))
                number += 1
                yield Step(file, number, Outcome.DONE)
        target.write(_closing(number))
