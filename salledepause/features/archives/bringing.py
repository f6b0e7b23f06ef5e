"""Bringing an archive in: element by element, each once, in the order of time; what cannot be is told and hinders nothing else.

Done again after it stopped anywhere, it goes on: posts remember the addresses that they had, all the rest done twice equals once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from mmap import ACCESS_READ, mmap
from pathlib import Path

import msgspec

from salledepause.features import accounts
from salledepause.features.accounts import Family
from salledepause.features.archives import elements, people
from salledepause.features.archives.container import DAMAGED, SEVERED, Archive
from salledepause.features.archives.elements import Buffer, Element
from salledepause.features.archives.model import FILES, JSON_BYTES, TABLE_BYTES, Outcome, Step
from salledepause.features.archives.people import Actor, Guest
from salledepause.features.archives.reviving import Found, bring_gestures, bring_posts
from salledepause.features.archives.tables_in import bring_table
from salledepause.features.posts import Gesture
from salledepause.kernel.errors import BadInput, Refusal
from salledepause.kernel.site import Site

OUTBOX = "outbox.json"
GESTURES = {"likes.json": Gesture.FAVOURITE, "bookmarks.json": Gesture.BOOKMARK}
BATCH = 50
"""Elements of one transaction."""
MOST_FILES = 8
"""Media copied out of the archive at a time."""
ENDLESS = "Cet élément ne finit pas, ou est démesuré ; la lecture reprend au prochain qui se reconnaît."
NO_LIST = "Ce fichier n'a pas de liste d'éléments."


async def bring(site: Site, path: Path, to: str = "", family: Family = Family.OTHER) -> AsyncIterator[Step]:
    """Bring an archive of Mastodon's into the account `to`, or into its own; yield what becomes of each element.

    Raises BadInput for what is no archive, or nobody's; Conflict, Missing, Forbidden, Refused as `people.welcome`.
    """
    with await asyncio.to_thread(Archive, path) as archive:
        actor, refusal = await asyncio.to_thread(_actor, archive, to)
        async with site.db.transaction() as tx:
            guest = await people.welcome(tx, site, actor, to, family)
        if archive.severed:
            yield Step(path.name, 0, Outcome.REFUSED, BadInput(SEVERED))
        if refusal:
            yield Step(people.ACTOR, 0, Outcome.REFUSED, refusal)
        else:
            async for step in _profile(site, archive, guest):
                yield step
        async for step in _outbox(site, archive, guest):
            yield step
        for file, gesture in GESTURES.items():
            async for step in _gestures(site, archive, guest, (file, gesture)):
                yield step
        async for step in _tables(site, archive, guest):
            yield step
        for name in archive.damaged:
            yield Step(name, 0, Outcome.REFUSED, BadInput(DAMAGED))


def _actor(archive: Archive, to: str) -> tuple[Actor, BadInput | None]:
    """Return the owner of an archive; for a given account, when they are not told, whoever acts first in it. Raises BadInput."""
    try:
        return people.actor_of(archive), None
    except BadInput as refusal:
        if not to or OUTBOX not in archive:
            raise
        with _opened(archive, OUTBOX) as (data, listed):
            for one in listed:
                if one.end is not None and (acting := _glimpse(data[one.start : one.end]).actor):
                    return Actor(acting), refusal
        raise


async def _profile(site: Site, archive: Archive, guest: Guest) -> AsyncIterator[Step]:
    """Fill what the profile lacks."""
    async with site.db.reading() as tx:
        account = await accounts.one(tx, guest.account_id)
    try:
        async with site.db.transaction() as tx:
            await accounts.update_profile(tx, guest.account_id, people.words(account, guest))
        yield Step(people.ACTOR, 0, Outcome.DONE)
    except Refusal as refusal:
        yield Step(people.ACTOR, 0, Outcome.REFUSED, refusal)
    for name, told, has in (("avatar", guest.actor.icon, account.avatar), ("header", guest.actor.image, account.header)):
        shown = None if has else people.picture(archive, name, told)
        if shown is None:
            continue
        try:
            file = await asyncio.to_thread(archive.copy, shown[0], site.settings.media_bytes)
            await people.put_up(site, guest.account_id, name, file, shown[1])
            yield Step(shown[0], 0, Outcome.DONE)
        except BadInput as refusal:
            yield Step(shown[0], 0, Outcome.REFUSED, refusal)


async def _outbox(site: Site, archive: Archive, guest: Guest) -> AsyncIterator[Step]:
    """Bring posts and boosts in, the oldest first, so that an answer comes after what it answers."""
    if OUTBOX not in archive:
        yield Step(OUTBOX, 0, Outcome.ABSENT, BadInput("Ce fichier manque dans l'archive."))
        return
    try:
        with _opened(archive, OUTBOX) as (data, listed):
            found = []
            for one in listed:
                if one.end is None:
                    yield Step(OUTBOX, one.place, Outcome.REFUSED, BadInput(ENDLESS))
                else:
                    found.append((_glimpse(data[one.start : one.end]).published[:32], one.place, one.start, one.end))
            found.sort()
            for batch in _batched(data, found):
                async for step in bring_posts(site, archive, guest, batch):
                    yield step._replace(file=OUTBOX)
    except BadInput as refusal:
        yield Step(OUTBOX, 0, Outcome.REFUSED, refusal)


async def _gestures(site: Site, archive: Archive, guest: Guest, kind: tuple[str, Gesture]) -> AsyncIterator[Step]:
    """Bring favourites or bookmarks in, in the order of the file."""
    file, gesture = kind
    if file not in archive:
        return
    try:
        with _opened(archive, file) as (data, listed):
            found = []
            for one in listed:
                if one.end is None:
                    yield Step(file, one.place, Outcome.REFUSED, BadInput(ENDLESS))
                else:
                    found.append(("", one.place, one.start, one.end))
            for batch in _batched(data, found):
                async for step in bring_gestures(site, guest.account_id, gesture, batch):
                    yield step._replace(file=file)
    except BadInput as refusal:
        yield Step(file, 0, Outcome.REFUSED, refusal)


async def _tables(site: Site, archive: Archive, guest: Guest) -> AsyncIterator[Step]:
    """Bring in what Mastodon exports beside its archive, when somebody put it inside."""
    for what, file in FILES.items():
        if file not in archive:
            continue
        try:
            path = await asyncio.to_thread(archive.copy, file, TABLE_BYTES)
        except BadInput as refusal:
            yield Step(file, 0, Outcome.REFUSED, refusal)
            continue
        async for step in bring_table(site, guest.account_id, what, path):
            yield step._replace(file=file)


class _Glimpse(msgspec.Struct):
    published: str = ""
    actor: str = ""


def _glimpse(raw: bytes) -> _Glimpse:
    """Return when an activity says that it was, to sort by, and whose; whatever tells neither comes first and is refused."""
    with suppress(msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return msgspec.json.decode(raw, type=_Glimpse)
    return _Glimpse()


def _batched(data: Buffer, found: list[tuple[str, int, int, int]]) -> Iterator[list[Found]]:
    batch: list[Found] = []
    files = 0
    for number, (_, place, start, end) in enumerate(found, 1):
        one = Found(place, data[start:end], number / len(found))
        batch.append(one)
        files += one.raw.count(b"media_attachments/")
        if len(batch) >= BATCH or files >= MOST_FILES:
            yield batch
            batch, files = [], 0
    if batch:
        yield batch


@contextmanager
def _opened(archive: Archive, file: str) -> Iterator[tuple[Buffer, Iterator[Element]]]:
    """Lend the bytes of a list and its elements. Raises BadInput for what is damaged, too heavy, or no list."""
    with archive.copied(file, JSON_BYTES) as path, path.open("rb") as opened:
        if not path.stat().st_size:
            raise BadInput(NO_LIST)
        with mmap(opened.fileno(), 0, access=ACCESS_READ) as data:
            start = elements.begins(data)
            if start is None:
                raise BadInput(NO_LIST)
            yield data, elements.elements(data, start)
