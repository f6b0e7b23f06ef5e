"""A batch of elements becomes posts, boosts and gestures here, in one transaction; each stands or falls alone.

Everything goes through the front door of posts: the same checks, the same rows, the same counters as what is written today.
Who would be told of it is decided by the composition (`main.hushed`): nobody is, of what was said long ago.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec

from salledepause.features import posts, victories
from salledepause.features.archives import addresses, notes, store
from salledepause.features.archives.container import Archive
from salledepause.features.archives.model import Attachment, Outcome, Question, Said, Shared, Step, uri_of
from salledepause.features.archives.notes import UNREADABLE
from salledepause.features.archives.people import Guest
from salledepause.features.posts import MOST_MEDIA, Draft, Gesture, PollDraft
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Missing, Refusal, Unavailable
from salledepause.kernel.site import Site

TRIES = 3
PAUSE = 0.2
"""Seconds before a batch is tried again that met another transaction: both waited, or the other erased what this one needs."""
ELSEWHERE = "Ce message n'est pas ici."
NOT_THEIRS = "Ce message est ici celui de quelqu'un d'autre."
NO_FILE = "{name} : ce fichier n'est pas dans l'archive."
BAD_FILE = "{name} : {why}"
MANY_FILES = "Au plus {most} images ou vidéos par message : les suivantes sont laissées."


class Found(NamedTuple):
    """An element: its place, its bytes, how much of the file is behind."""

    place: int
    raw: bytes
    part: float


class Revived(NamedTuple):
    """A post to bring in, with its files decoded and stored."""

    place: int
    said: Said
    files: list[dict[str, Any]]


async def bring_posts(site: Site, archive: Archive, guest: Guest, batch: Sequence[Found]) -> AsyncIterator[Step]:
    """Bring a batch of activities in; yield what becomes of each, and of each file that cannot be."""
    ready: list[tuple[int, Revived | Shared]] = []
    async for one, told in _read(guest, batch):
        if isinstance(told, BadInput):
            yield Step("", one.place, Outcome.REFUSED, told, one.part)
        elif isinstance(told, Said):
            files, refusals = await _files(site, archive, guest, told)
            for refusal in refusals:
                yield Step("", one.place, Outcome.REFUSED, refusal, one.part)
            ready.append((one.place, Revived(one.place, told, files)))
        else:
            ready.append((one.place, told))

    async def act(tx: Tx, one: Revived | Shared) -> tuple[Outcome, Refusal | None]:
        made = _revive(tx, site, guest, one) if isinstance(one, Revived) else _share(tx, site, guest.account_id, one)
        return await made

    async for step in each(site, guest.account_id, ready, act):
        yield step._replace(part=batch[-1].part)


async def _read(guest: Guest, batch: Sequence[Found]) -> AsyncIterator[tuple[Found, Said | Shared | BadInput]]:
    for one in batch:
        try:
            yield one, notes.read(one.raw, guest.owner, clock.now())
        except BadInput as refusal:
            yield one, refusal


async def bring_gestures(site: Site, me: int, gesture: Gesture, batch: Sequence[Found]) -> AsyncIterator[Step]:
    """Bring a batch of favourites or bookmarks in; yield what becomes of each."""

    async def act(tx: Tx, one: Found) -> tuple[Outcome, Refusal | None]:
        try:
            value = msgspec.json.decode(one.raw)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            raise BadInput(UNREADABLE) from error
        return await gesture_at(tx, site, me, (uri_of(value), gesture))

    async for step in each(site, me, [(one.place, one) for one in batch], act):
        yield step._replace(part=batch[-1].part)


async def gesture_at(tx: Tx, site: Site, me: int, made: tuple[str, Gesture]) -> tuple[Outcome, Refusal | None]:
    """Favour or bookmark the post that an address means."""
    uri, gesture = made
    seen = await addresses.meant(tx, site, me, uri)
    if seen is None:
        return Outcome.ABSENT, BadInput(ELSEWHERE)
    if seen.gestures & gesture:
        return Outcome.KNOWN, None
    await (posts.favourite if gesture is Gesture.FAVOURITE else posts.bookmark)(tx, me, seen.subject.id)
    return Outcome.DONE, None


Act = Callable[[Tx, Any], Awaitable[tuple[Outcome, Refusal | None]]]


async def each(site: Site, me: int, batch: Sequence[tuple[int, Any]], act: Act) -> AsyncIterator[Step]:
    """Do something with each (place, thing) of a batch, in one transaction; one that is refused leaves the others alone."""
    for again in range(TRIES):
        try:
            steps = await _each(site, me, batch, act)
            break
        except (Missing, Unavailable):
            if again == TRIES - 1:
                raise
            await asyncio.sleep(PAUSE)
    for step in steps:
        yield step


async def _each(site: Site, me: int, batch: Sequence[tuple[int, Any]], act: Act) -> list[Step]:
    steps = []
    async with site.db.transaction() as tx:
        await store.alone(tx, me)
        for place, one in batch:
            try:
                async with tx.attempt():
                    outcome, why = await act(tx, one)
            except Unavailable:
                raise
            except Missing as refusal:
                outcome, why = Outcome.ABSENT, refusal
            except Refusal as refusal:
                outcome, why = Outcome.REFUSED, refusal
            steps.append(Step("", place, outcome, why))
    return steps


async def _files(site: Site, archive: Archive, guest: Guest, said: Said) -> tuple[list[dict[str, Any]], list[BadInput]]:
    """Decode and store the files of a post that is not here yet; return them, and why some cannot be."""
    if not said.attachments:
        return [], []
    async with site.db.reading() as tx:
        if await _here(tx, site, guest.account_id, said.uri):
            return [], []
    refusals = [BadInput(MANY_FILES, most=MOST_MEDIA)] if len(said.attachments) > MOST_MEDIA else []
    made = await asyncio.gather(*(_file(site, guest.account_id, archive, one) for one in said.attachments[:MOST_MEDIA]))
    refusals += [one for one in made if isinstance(one, BadInput)]
    return [one for one in made if isinstance(one, dict)], refusals


async def _file(site: Site, account_id: int, archive: Archive, one: Attachment) -> dict[str, Any] | BadInput:
    if one.name not in archive:
        return BadInput(NO_FILE, name=one.name)
    try:
        path = await asyncio.to_thread(archive.copy, one.name, site.settings.media_bytes)
        try:
            return await posts.media.prepare(site, account_id, posts.media.Sent(path, one.description, one.focus))
        finally:
            path.unlink(missing_ok=True)
    except BadInput as refusal:
        return BadInput(BAD_FILE, name=one.name, why=str(refusal))


async def _revive(tx: Tx, site: Site, guest: Guest, one: Revived) -> tuple[Outcome, Refusal | None]:
    """Publish a post as of its day, unless it is here already."""
    me, said = guest.account_id, one.said
    here = await _here(tx, site, me, said.uri)
    if here == me:
        return Outcome.KNOWN, None
    if here is not None:
        raise Conflict(NOT_THEIRS)
    parent = await addresses.meant(tx, site, me, said.parent_uri) if said.parent_uri else None
    quoted = await addresses.meant(tx, site, me, said.quoted_uri) if said.quoted_uri else None
    about = (parent and parent.subject.id, quoted.subject.id if quoted and quoted.gestures & Gesture.QUOTE else None)
    media_ids = [await posts.media.keep(tx, me, file) for file in one.files]
    post_id = await posts.publish(tx, me, _draft(said, about, media_ids))
    await store.remember(tx, me, said.uri, post_id)
    if said.thanks:
        to = await victories.typed(tx, said.thanks, site.settings.domain)
        await victories.thank(tx, await posts.source_of(tx, me, post_id), [one.word for one in to], fresh=True)
    if said.pinned:
        await posts.pin(tx, me, post_id)
    return Outcome.DONE, None


async def _here(tx: Tx, site: Site, me: int, uri: str) -> int | None:
    """Return whose post here an address of the archive already is, `None` when it is nobody's yet."""
    if await store.imported(tx, me, uri):
        return me
    local = addresses.local(site, uri)
    return None if local is None else await store.author_of(tx, local)


def _draft(said: Said, about: tuple[int | None, int | None], media_ids: Sequence[int]) -> Draft:
    """Return what to publish; it is `about` what it answers and what it quotes."""
    parent_id, quoted_id = about
    return Draft(
        text=said.text,
        kind=said.kind,
        audience=said.audience,
        warning=said.warning,
        sensitive=said.sensitive,
        language=said.language,
        shows_family=said.shows_family,
        parent_id=parent_id,
        quoted_id=quoted_id,
        quote_policy=said.quote_policy,
        closed=said.closed,
        automated=said.automated,
        media_ids=tuple(media_ids),
        poll=_poll(said, said.question) if said.question else None,
        at=said.at,
        edited_at=said.edited_at,
    )


def _poll(said: Said, question: Question) -> PollDraft:
    """Return a poll that is over, with its results: who voted elsewhere cannot go on here."""
    lasted = (question.ends_at or clock.now()) - said.at
    return PollDraft(
        options=question.options,
        lasts=max(lasted, timedelta()),
        multiple=question.multiple,
        tallies=question.tallies,
        voters_count=question.voters_count,
    )


async def _share(tx: Tx, site: Site, me: int, one: Shared) -> tuple[Outcome, Refusal | None]:
    """Boost, as of its day, what was boosted, when that is here."""
    seen = await addresses.meant(tx, site, me, one.uri)
    if seen is None:
        return Outcome.ABSENT, BadInput(ELSEWHERE)
    if seen.gestures & Gesture.BOOST:
        return Outcome.KNOWN, None
    await posts.boost(tx, me, seen.subject.id, one.audience, one.at)
    return Outcome.DONE, None
