"""How much may wait for a post: without a bound, one account could fill the disk with files that nobody will ever see."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from salledepause.features.posts import media_store
from salledepause.kernel.blobs import Blobs
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput
from salledepause.kernel.media import MEBIBYTE
from salledepause.kernel.site import Site

MOST_LOOSE = 50
"""Files of one account that wait for a post at the same time."""
LARGEST_ONES = 5
"""All together they weigh no more than this many of the largest file that the host accepts (`media_bytes`)."""


async def check(tx: Tx, site: Site, account_id: int, *, files: int = 0, size: int = 0) -> None:
    """Raise BadInput when what waits for an account's posts, with so many files and bytes more, is too much."""
    names = await media_store.loose(tx, account_id)
    most = LARGEST_ONES * site.settings.media_bytes
    weight = await asyncio.to_thread(_weight, site.blobs, [name for row in names for name in row if name])
    if len(names) + files > MOST_LOOSE or weight + size > most:
        told = (
            "Trop de fichiers attendent un message : {most} au plus, et {mebibytes} Mio en tout. "
            "Publiez-les ou effacez-en ; ceux qui restent s'effacent d'eux-mêmes en un jour."
        )
        raise BadInput(told, most=MOST_LOOSE, mebibytes=most // MEBIBYTE)


def _weight(blobs: Blobs, names: Iterable[str]) -> int:
    """Return the bytes of stored and waiting files; what is gone weighs nothing."""
    total = 0
    for path in filter(None, (blobs.path(name) or blobs.held(name) for name in names)):
        with suppress(FileNotFoundError):
            total += path.stat().st_size
    return total
