"""Media held from view: their files lie under private names, so that no address leads to them, in any process, at once.

`hold` takes them out of view, `restore` gives them back under fresh keys, `refuse` erases their files for good, `withdraw` says
that this was wrong. What their posts
show changes with it: versions are raised, open streams hear it. The old keys are dropped after the commit, and by a job of the
same transaction, should the process end in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import structlog

from salledepause.features.posts import holding_store, media_store, store
from salledepause.features.posts.holding_store import Kept
from salledepause.kernel import media as decoder
from salledepause.kernel.blobs import SUFFIXES
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import Event, emit
from salledepause.kernel.likeness import bits_of
from salledepause.kernel.media_formats import HEAD, sniff
from salledepause.kernel.site import Site

log = structlog.get_logger(__name__)

TAKE_AWAY = "posts.take_away"
FORMATS = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "moving-webp": "image/webp", "mp4": "video/mp4"}


class PostShownAnew(Event, frozen=True):
    """What a post shows changed, though its author changed nothing: a medium was taken out of view, or given back."""

    post_id: int


class Told(NamedTuple):
    """A medium that was taken out of view, or given back: whose it is, and on which post, if any."""

    id: int
    account_id: int
    post_id: int | None


async def hold(tx: Tx, site: Site, media_ids: Sequence[int]) -> list[Told]:
    """Take media out of view; return those that were in view until now."""
    done = []
    for one in await holding_store.lock(tx, media_ids, "ready"):
        names = [await asyncio.to_thread(site.blobs.aside, key) if key else None for key in (one.original, one.small)]
        await holding_store.hold(tx, one.id, *names)
        await let_go(tx, site, [key for key in (one.original, one.small) if key])
        done.append(await _told(tx, one))
    return done


async def restore(tx: Tx, site: Site, media_id: int) -> Told | None:
    """Give a medium back, under fresh keys; `None` when it is not held."""
    for one in await holding_store.lock(tx, [media_id], "held"):
        keys = [await asyncio.to_thread(_back, site, name) if name else None for name in (one.source, one.held_small)]
        await holding_store.restore(tx, one.id, *keys)
        await let_go(tx, site, [name for name in (one.source, one.held_small) if name])
        return await _told(tx, one)
    return None


async def refuse(tx: Tx, site: Site, media_id: int) -> Told | None:
    """Erase the files of a held medium for good; its place in the post stays, and says so. `None` when it is not held."""
    for one in await holding_store.lock(tx, [media_id], "held"):
        await holding_store.refuse(tx, one.id)
        await let_go(tx, site, [name for name in (one.source, one.held_small) if name])
        return await _told(tx, one)
    return None


async def withdraw(tx: Tx, media_id: int) -> None:
    """Say of a medium that was refused that it is lost: it had its place here, and its files are gone."""
    for one in await holding_store.lock(tx, [media_id], "refused"):
        await holding_store.lose(tx, one.id)
        await _told(tx, one)


def _back(site: Site, name: str) -> str | None:
    path = site.blobs.held(name)
    if path is None:
        return None
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD))
    return site.blobs.back(name, SUFFIXES[FORMATS[kind or "jpeg"]])


async def let_go(tx: Tx, site: Site, names: Sequence[str]) -> None:
    """Erase files once nothing names them: after the commit, and by a job should that not come to pass."""
    tx.afterwards.extend(lambda name=name: site.blobs.drop(name) for name in names)  # type: ignore[misc]
    await site.jobs.defer(tx, TAKE_AWAY, {"names": list(names)})


async def _told(tx: Tx, one: Kept) -> Told:
    if one.post_id is not None:
        await store.touch(tx, one.post_id)
        await emit(tx, PostShownAnew(one.post_id))
    return Told(one.id, one.account_id, one.post_id)


async def take_away(site: Site, names: list[str]) -> None:
    """Erase files that no row names; done twice, it equals once."""
    async with site.db.reading() as tx:
        unnamed = await media_store.unnamed(tx, names)
    for name in unnamed:
        await asyncio.to_thread(site.blobs.drop, name)


async def still(tx: Tx, site: Site, media_id: int, *, whole: bool = False) -> Path | None:
    """Return where a held medium lies, or the still that stands for it, `None` when it is not held. It asks no gate."""
    for one in await holding_store.lock(tx, [media_id], "held", waits=False):
        name = one.source if whole else one.held_small or one.source
        return site.blobs.held(name) if name else None
    return None


async def reported(tx: Tx, post_ids: Sequence[int]) -> list[int]:
    """Return the media in view of posts."""
    found = await media_store.of(tx, post_ids)
    return [one.id for media in found.values() for one in media if one.state == "ready"]


async def likenesses(site: Site, path: Path) -> tuple[str, ...]:
    """Return what a picture looks like, whole and cut, outside any transaction; nothing of it is kept. Raises BadInput."""
    async with site.booths:
        with TemporaryDirectory(prefix="salledepause-") as folder:
            try:
                return await decoder.likenesses(path, Path(folder))
            except decoder.Undecodable as refusal:
                raise BadInput(refusal.message, **refusal.values) from refusal


async def number(tx: Tx) -> int:
    """Return how many media there are in view."""
    return await holding_store.number(tx)


async def batch(tx: Tx, after: int, most: int) -> list[int]:
    """Return the next media in view, by id."""
    return await holding_store.batch(tx, after, most)


async def learn(site: Site, media_ids: Sequence[int]) -> None:
    """Look at those of the media that nobody looked at yet, and write what they look like."""
    async with site.db.reading() as tx:
        unlike = await holding_store.unlike(tx, media_ids)
    for media_id, key in unlike:
        path = site.blobs.path(key)
        try:
            found = await likenesses(site, path) if path else ()
        except BadInput:
            log.warning("likeness.unreadable")
            found = ()
        async with site.db.transaction() as tx:
            await holding_store.learn(tx, media_id, bits_of("".join(found[:1])))
