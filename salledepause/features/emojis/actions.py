"""Add and remove emojis, as the hosts do; read them all."""

from __future__ import annotations

import tempfile
from pathlib import Path

from salledepause.features.emojis import store
from salledepause.features.emojis.model import EmojisChanged, Prepared, category_of, code_of
from salledepause.kernel import media
from salledepause.kernel.blobs import Blobs
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.site import Emoji, Site

PICTURE_BYTES = 256 * 1024
MOST = 2000
SIDE = 128
"""Longest side of an emoji once stored, in pixels."""


async def prepare(blobs: Blobs, source: Path) -> Prepared:
    """Decode a file and store it clean, outside any transaction; return its keys. Raises BadInput: it is no small picture."""
    _check_weight(source)
    with tempfile.TemporaryDirectory(prefix="salledepause-") as folder:
        try:
            made = await media.decode_loop(source, Path(folder), max_side=SIDE)
        except media.Undecodable as refusal:
            raise BadInput(refusal.message, **refusal.values) from refusal
        picture = blobs.put(made.original.path, made.original.content_type)
        moves = made.original.content_type == "image/webp"
        return Prepared(picture, blobs.put(made.small.path, made.small.content_type) if moves else picture)


def _check_weight(source: Path) -> None:
    if source.stat().st_size > PICTURE_BYTES:
        raise BadInput("Cette image est trop lourde : {kibibytes} Kio au plus.", kibibytes=PICTURE_BYTES // 1024)


async def add(tx: Tx, code: str, made: Prepared, category: str | None = None) -> None:
    """Give a prepared picture its code. Raises BadInput for a code that cannot be or is taken."""
    code, category = code_of(code), category_of(category)
    if await store.number(tx) >= MOST:
        raise BadInput("Au plus {most} émojis : retirez-en un d'abord.", most=MOST)
    if not await store.insert(tx, code, made, category):
        raise BadInput("Ce code est déjà celui d'un émoji : retirez-le d'abord.")
    tx.touches_everything()
    await emit(tx, EmojisChanged())


async def remove(tx: Tx, code: str) -> Prepared:
    """Take an emoji back; return the keys of blobs to drop after the commit. Raises BadInput, Missing."""
    gone = await store.delete(tx, code_of(code))
    if gone is None:
        raise Missing
    tx.touches_everything()
    await emit(tx, EmojisChanged())
    return gone


async def sort(tx: Tx, code: str, category: str | None) -> None:
    """Put an emoji under another heading, or none. Raises BadInput, Missing."""
    if not await store.sort(tx, code_of(code), category_of(category)):
        raise Missing
    await emit(tx, EmojisChanged())


async def rest(tx: Tx, code: str, *, resting: bool = True) -> None:
    """Have an emoji shown nowhere, though it is kept, or let it out again; twice equals once. Raises BadInput, Missing."""
    if not await store.rest(tx, code_of(code), resting=resting):
        raise Missing
    tx.touches_everything()
    await emit(tx, EmojisChanged())


async def catalogue(tx: Tx, *, resting: bool = False) -> list[Emoji]:
    """Return every emoji of the house in use (or those that rest), by category, then by code."""
    return await store.all_of_them(tx, resting=resting)


async def refresh(site: Site) -> None:
    """Have a process know the emojis as they are now."""
    async with site.db.reading() as tx:
        found = await catalogue(tx)
    site.emojis.clear()
    site.emojis.update((one.code, one) for one in found)
