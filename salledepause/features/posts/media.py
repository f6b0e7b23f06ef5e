"""Media: what is sent is decoded before it is named anywhere, waits loose for its post, and leaves no file behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import structlog

from salledepause.features import red_line
from salledepause.features.posts import media_room, media_store
from salledepause.features.posts.media_model import Media, MediaWords, Still
from salledepause.features.posts.model import (
    MOST_MEDIA,
    Change,
)
from salledepause.kernel import clock
from salledepause.kernel import media as decoder
from salledepause.kernel.blobs import Blobs
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.likeness import bits_of
from salledepause.kernel.media_formats import CLOCKED, FILMS, HEAD, sniff
from salledepause.kernel.site import Site
from salledepause.kernel.text import clean, fits

log = structlog.get_logger(__name__)

MOST_CHARACTERS = 1500
"""Graphemes of a description."""
QUICK = 2 * 1024 * 1024
"""Bytes of a still picture that is decoded while its sender waits."""
LOOSE_FOR = timedelta(hours=24)
"""How long a medium waits for its post, and an unnamed file for its row."""
DECODE = "posts.decode_media"
SWEPT_AT_ONCE = 10_000

UNREADABLE = "Ce fichier n'est pas une image ni une vidéo lisible."
FAILED = (
    "Ce fichier n'a pas pu être préparé : il est illisible, trop lourd à traiter, ou refusé d'après la charte, et vous en êtes "
    "alors prévenu·e. Sinon, envoyez-le sous un autre format."
)
NOT_READY = "Ces fichiers ne sont pas encore prêts. Réessayez dans un instant."
NOT_YOURS = "Fichier introuvable, ou déjà joint à un autre message : {ids}."


class Sent(msgspec.Struct, frozen=True):
    """A file that somebody sends to attach later: where it lies until the request ends, its words, what stands for it."""

    path: Path
    description: str = ""
    focus: tuple[float, float] | None = None
    thumbnail: Path | None = None


async def of(tx: Tx, post_ids: Sequence[int]) -> dict[int, tuple[Media, ...]]:
    """Return what posts show, by post, each in its order. It asks no gate: ids come from `visible` or `listing`."""
    return await media_store.of(tx, post_ids) if post_ids else {}


async def load(tx: Tx, media_ids: Sequence[int]) -> list[Media]:
    """Return media in the order of `media_ids`; those that are gone are left out."""
    found = await media_store.load(tx, media_ids) if media_ids else {}
    return [found[one] for one in media_ids if one in found]


async def own(tx: Tx, account_id: int, media_id: int) -> Media:
    """Return one's own medium; raises Missing for anybody else's, BadInput when it could not be decoded."""
    found = await media_store.own(tx, account_id, media_id)
    if found is None:
        raise Missing
    if found.state == "failed":
        raise BadInput(FAILED)
    return found


async def describe(tx: Tx, account_id: int, words: Sequence[MediaWords]) -> None:
    """Change the words of one's own media that are about to be attached, in the same transaction; raises BadInput."""
    for one in words:
        if await media_store.change(tx, account_id, one.id, _named(one.description, one.focus, one.decorative)) is None:
            raise BadInput(NOT_YOURS, ids=str(one.id))


async def attach(tx: Tx, account_id: int, post_id: int, media_ids: Sequence[int]) -> None:
    """Give a post its media, in this order: one's own, loose, decoded; raises BadInput."""
    await _take(tx, account_id, media_ids)
    await media_store.place(tx, post_id, media_ids)


async def reserve(tx: Tx, account_id: int, scheduled_id: int, media_ids: Sequence[int]) -> None:
    """Keep media for a scheduled post, under the same conditions as `attach`; raises BadInput."""
    if media_ids:
        await _take(tx, account_id, media_ids)
        await media_store.reserve(tx, scheduled_id, media_ids)


async def reattach(tx: Tx, author_id: int, post_id: int, change: Change) -> None:
    """Change the media of an edited post, their order, words and stills; raises BadInput. The history keeps those taken out."""
    if change.media_ids is not None:
        if len(change.media_ids) > MOST_MEDIA:
            raise BadInput("Au plus {most} images ou vidéos par message.", most=MOST_MEDIA)
        await _take(tx, author_id, change.media_ids, post_id)
        await media_store.place(tx, post_id, change.media_ids)
    words = [msgspec.structs.replace(one, description=described(one.description)) for one in change.media_words[:MOST_MEDIA]]
    await media_store.describe(tx, post_id, words)


async def set_aside(tx: Tx, author_id: int, post_id: int, media_ids: Sequence[int], shown: Collection[int]) -> None:
    """Keep out of sight what an edit that waits adds to what a post has `shown`, as `attach` takes it; raises BadInput."""
    if len(media_ids) > MOST_MEDIA:
        raise BadInput("Au plus {most} images ou vidéos par message.", most=MOST_MEDIA)
    if media_ids:
        await _take(tx, author_id, media_ids, post_id)
        await media_store.set_aside(tx, post_id, [one for one in media_ids if one not in shown])


async def loosen(tx: Tx, post_id: int, media_ids: Sequence[int]) -> None:
    """Free what waited with an edit of a post that waits no more: it is loose again, and erased within a day."""
    if media_ids:
        await media_store.loosen(tx, post_id, media_ids)


async def _take(tx: Tx, account_id: int, media_ids: Sequence[int], post_id: int = 0) -> None:
    """Hold media that are about to be attached; raises BadInput."""
    states = await media_store.lock(tx, account_id, media_ids, post_id)
    unknown = [one for one in media_ids if states.get(one, "failed") == "failed"]
    if unknown or len(set(media_ids)) < len(media_ids):
        raise BadInput(NOT_YOURS, ids=", ".join(map(str, unknown or media_ids)))
    if "processing" in states.values():
        raise BadInput(NOT_READY)


def described(text: str | None) -> str | None:
    """Return clean words about a medium, `None` staying as it is; raises BadInput."""
    if text is None:
        return None
    words = clean(text)
    if not fits(words, MOST_CHARACTERS):
        raise BadInput("Description trop longue : {most} caractères au plus.", most=MOST_CHARACTERS)
    return words


async def keys(tx: Tx, post_ids: Sequence[int]) -> list[str]:
    """Return the keys of all blobs of posts about to be erased, to drop after the commit."""
    return await media_store.keys(tx, post_ids)


async def set_free(tx: Tx, site: Site, post_id: int) -> list[Media]:
    """Take off a post, about to be erased, what it shows; return it as it waits for another: a day, where only its author looks.

    The old addresses lead nowhere after the commit. It asks no gate: the caller has checked whose post it is.
    """
    freed = []
    for one in (await media_store.of(tx, [post_id])).get(post_id, ()):
        original, small = [await asyncio.to_thread(site.blobs.again, key) if key else None for key in (one.original, one.small)]
        freed.append(await media_store.free(tx, one.id, original, small))
        old = {one.original, one.small} - {original, small}
        tx.afterwards.append(lambda old=old: _drop(site.blobs, old))  # type: ignore[misc]
    return freed


async def receive(site: Site, account_id: int, sent: Sent, *, wait: bool = False) -> Media:
    """Take a file in, outside any transaction; return its row, `ready` when the file is a small picture or one must `wait`.

    Anything else is kept as received, out of reach, until the worker has decoded it. Raises BadInput.
    Source: https://docs.joinmastodon.org/methods/media/#v2
    """
    kind, size = await asyncio.to_thread(_looked_at, sent.path)
    _check_weight(size, _bounds(site), kind)
    async with site.db.reading() as tx:
        await media_room.check(tx, site, account_id, files=1, size=size)
    values = _named(sent.description, sent.focus) | {"account_id": account_id}
    if sent.thumbnail:
        values |= await _thumbnail(site, account_id, sent.thumbnail)
    if wait or (kind == "image" and size <= QUICK):
        made = await _made(site, account_id, sent.path, poster=not sent.thumbnail)
        return await _kept(site, {**made, **values})
    source = await asyncio.to_thread(site.blobs.hold, sent.path)
    return await _kept(site, values | {"kind": kind, "source": source})


async def prepare(site: Site, account_id: int, sent: Sent) -> dict[str, Any]:
    """Decode and store a file, outside any transaction, for imports; return what `keep` writes. Raises BadInput.

    Files that are never kept are swept within a day.
    """
    kind, size = await asyncio.to_thread(_looked_at, sent.path)
    _check_weight(size, _bounds(site), kind)
    named = _named(sent.description, sent.focus)
    return {**await _made(site, account_id, sent.path), **named}


async def keep(tx: Tx, account_id: int, prepared: Mapping[str, Any]) -> int:
    """Write a medium that was prepared; return its id, to be attached in the same transaction."""
    return (await media_store.insert(tx, {**prepared, "account_id": account_id})).id


async def _kept(site: Site, values: dict[str, Any]) -> Media:
    """Write a medium whose files are stored, and give it to the worker when it is still to decode. Raises BadInput.

    Files that came together each found room when they came; whoever finds none left takes its files away.
    """
    try:
        async with site.db.transaction() as tx:
            media = await media_store.insert(tx, values)
            await media_room.check(tx, site, values["account_id"])
            if media.state == "processing":
                await site.jobs.defer(tx, DECODE, {"media_id": media.id})
            return media
    except BadInput:
        _drop(site.blobs, [values.get(name) for name in ("original", "small", "source")])
        raise


def _looked_at(path: Path) -> tuple[str, int]:
    """Return what a file may become, by its first bytes, and its weight; raises BadInput."""
    with path.open("rb") as file:
        name = sniff(file.read(HEAD))
    if name is None:
        raise BadInput(UNREADABLE)
    return "video" if name in FILMS else "gifv" if name in CLOCKED else "image", path.stat().st_size


def _bounds(site: Site) -> decoder.Limits:
    """Return the decoder's bounds, no wider than what the host accepts."""
    most = site.settings.media_bytes
    return decoder.Limits(film_bytes=most, image_bytes=min(most, decoder.DEFAULT_LIMITS.image_bytes))


def _check_weight(size: int, bounds: decoder.Limits, kind: str) -> None:
    most = bounds.film_bytes if kind == "video" else bounds.image_bytes
    if size > most:
        mebibytes = most // decoder.MEBIBYTE
        raise BadInput("Ce fichier est trop lourd : {mebibytes} Mio au plus. Réduisez-le, puis recommencez.", mebibytes=mebibytes)


def _named(description: str | None, focus: tuple[float, float] | None, decorative: bool | None = None) -> dict[str, Any]:
    """Return the columns of the words of a medium; what is `None` is left out."""
    words: dict[str, Any] = {} if description is None else {"description": described(description)}
    words |= {} if decorative is None else {"decorative": decorative}
    return words | ({} if focus is None else {"focus_x": focus[0], "focus_y": focus[1]})


async def still(site: Site, account_id: int, path: Path) -> Still:
    """Store the still that somebody chose for a medium, outside any transaction, for the edit of its post. Raises BadInput.

    Files that no edit names are swept within a day.
    """
    return Still(**await _thumbnail(site, account_id, path))


async def _thumbnail(site: Site, account_id: int, path: Path) -> dict[str, Any]:
    """Store the still that its sender chose for a medium; return its columns. Raises BadInput."""
    kind, _ = await asyncio.to_thread(_looked_at, path)
    if kind == "video":
        raise BadInput("L'aperçu d'un fichier est une image fixe.")
    made = await _made(site, account_id, path, original=False)
    return {name: made[name] for name in ("small", "small_width", "small_height", "blurhash")}


async def _made(site: Site, account_id: int, source: Path, *, original: bool = True, poster: bool = True) -> dict[str, Any]:
    """Decode a file and store what it becomes; return its columns. Raises BadInput."""
    return await made(
        site, account_id, lambda folder: decoder.decode(source, folder, _bounds(site)), original=original, poster=poster
    )


async def made(
    site: Site,
    account_id: int,
    decoding: Callable[[Path], Awaitable[decoder.Decoded]],
    *,
    original: bool = True,
    poster: bool = True,
) -> dict[str, Any]:
    """Store what comes of a decoding of somebody's file, in a folder lent to it; return its columns. Raises BadInput."""
    async with site.booths:
        with TemporaryDirectory(prefix="salledepause-") as folder:
            try:
                decoded = await decoding(Path(folder))
            except decoder.Undecodable as refusal:
                log.info("media.refused", notes=getattr(refusal, "__notes__", []))
                raise BadInput(refusal.message, **refusal.values) from refusal
            await red_line.admit(site, account_id, decoded.likenesses)
            return await asyncio.to_thread(_stored, site.blobs, decoded, original, poster)


def _stored(blobs: Blobs, decoded: decoder.Decoded, original: bool, poster: bool) -> dict[str, Any]:
    values: dict[str, Any] = {
        "state": "ready",
        "kind": decoded.kind,
        "blurhash": decoded.blurhash,
        "duration": decoded.duration,
        "frame_rate": decoded.frame_rate,
        "likeness": bits_of("".join(decoded.likenesses)),
    }
    wanted = {"": decoded.original} if original else {}
    wanted |= {"small_": decoded.small} if poster else {}
    for prefix, one in wanted.items():
        values[prefix.removesuffix("_") or "original"] = blobs.put(one.path, one.content_type)
        values |= {f"{prefix}width": one.width, f"{prefix}height": one.height}
    return values


async def decode(site: Site, media_id: int) -> None:
    """Decode what waits, then erase what was received; done twice, it equals once."""
    async with site.db.reading() as tx:
        waiting = await media_store.waiting(tx, media_id)
    if waiting is None:
        return
    source, has_poster, account_id = waiting
    path = site.blobs.held(source)
    try:
        values = await _made(site, account_id, path, poster=not has_poster) if path else {"state": "failed"}
    except BadInput:
        values = {"state": "failed"}
    await _settle(site, media_id, source, values)


async def give_up(site: Site, media_id: int) -> None:
    """Say of a file whose decoding failed again and again that it never will be decoded; done twice, it equals once."""
    async with site.db.reading() as tx:
        waiting = await media_store.waiting(tx, media_id)
    if waiting is not None:
        await _settle(site, media_id, waiting[0], {"state": "failed"})


async def _settle(site: Site, media_id: int, source: str, values: dict[str, Any]) -> None:
    """Write what a file became, then erase what was received; what came too late is erased too."""
    async with site.db.transaction() as tx:
        settled = await media_store.settle(tx, media_id, values)
    if not settled:
        _drop(site.blobs, [values.get("original"), values.get("small")])
    site.blobs.release(source)


async def rename(site: Site, account_id: int, words: MediaWords, thumbnail: Path | None = None) -> Media:
    """Change the words or the thumbnail of one's own medium before it is posted, outside any transaction; return it.

    Raises Missing, BadInput.
    """
    async with site.db.reading() as tx:
        before = await own(tx, account_id, words.id)
    values = _named(words.description, words.focus)
    if thumbnail:
        values |= await _thumbnail(site, account_id, thumbnail)
    async with site.db.transaction() as tx:
        media = await media_store.change(tx, account_id, words.id, values)
    if media is None:
        raise Missing
    if before.small != media.small:
        _drop(site.blobs, [before.small])
    return media


async def discard(tx: Tx, site: Site, account_id: int, media_id: int) -> None:
    """Erase one's own medium; raises Missing, or BadInput when a post or a scheduled post holds it."""
    gone = await media_store.drop(tx, account_id, media_id)
    if gone is None:
        await own(tx, account_id, media_id)
        raise BadInput("Ce fichier est joint à un message : il ne s'efface qu'avec lui.")
    tx.afterwards.append(lambda: _drop(site.blobs, gone))


def _drop(blobs: Blobs, names: Iterable[str | None]) -> None:
    """Erase stored and waiting files."""
    for name in filter(None, names):
        blobs.drop(name)


async def purge(site: Site) -> None:
    """Erase media that found no post within a day, and their files."""
    async with site.db.transaction() as tx:
        gone = await media_store.drop_loose(tx, clock.now() - LOOSE_FOR)
    await asyncio.to_thread(_drop, site.blobs, [name for row in gone for name in row])


async def sweep_blobs(site: Site) -> None:
    """Erase files older than a day that no row names: of departed accounts, of requests that were cut off."""
    old = await asyncio.to_thread(list, site.blobs.older(LOOSE_FOR.total_seconds()))
    for start in range(0, len(old), SWEPT_AT_ONCE):
        async with site.db.reading() as tx:
            unnamed = await media_store.unnamed(tx, old[start : start + SWEPT_AT_ONCE])
        await asyncio.to_thread(_drop, site.blobs, unnamed)
