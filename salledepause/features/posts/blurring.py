"""A face, a badge, a bed's number covered in one's own picture, published or not: what was there is erased for good.

The blurred picture gets keys of its own and the old files are dropped, so that no address leads to what was covered. Each medium
has its own files (random keys, never those of another), so nothing that another post shows goes with them.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from salledepause.features.posts import actions, holding, media, media_store, readings, store, withholding
from salledepause.features.posts.media_model import Media
from salledepause.features.posts.model import Change
from salledepause.kernel import media as decoder
from salledepause.kernel.blobs import Blobs
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Refusal
from salledepause.kernel.site import Site

MOST_ZONES = 20
LEAST_SHARE = 0.01
"""Of the width, and of the height, that a zone covers."""
SLIP = 1e-6
"""By how much shares may go past the side, since they are rounded."""
CHANGED = "Cette image vient de changer. Ouvrez-la à nouveau pour la flouter."
DRAWN = ("original", "small", "width", "height", "small_width", "small_height", "blurhash", "likeness")


class Zone(msgspec.Struct, frozen=True):
    """A rectangle of a picture: its left and top sides, its width and height, in shares of the picture's (0 to 1)."""

    x: float
    y: float
    width: float
    height: float


def check(zones: Sequence[Zone]) -> None:
    """Raise BadInput for none, for too many, for one that is too small or leaves the picture."""
    if not zones:
        raise BadInput("Tracez au moins une zone à flouter.")
    if len(zones) > MOST_ZONES:
        raise BadInput("Au plus {most} zones à la fois.", most=MOST_ZONES)
    for one in zones:
        if not (_inside(one.x, one.width) and _inside(one.y, one.height)):
            raise BadInput("Une zone sort de l'image : la gauche et la largeur, le haut et la hauteur font 100 % au plus.")
        if min(one.width, one.height) < LEAST_SHARE:
            raise BadInput("Une zone est trop petite : 1 % de la largeur et de la hauteur au moins.")


def _inside(start: float, length: float) -> bool:
    """Tell whether a stretch stays within 0 and 1; what is no number does not."""
    return 0 <= start <= 1 and 0 <= length <= 1 and start + length <= 1 + SLIP


async def blurrable(tx: Tx, account_id: int, media_id: int) -> Media:
    """Return one's own still picture that is in view; raises Missing for anybody else's, BadInput for what cannot be blurred."""
    found = await media.own(tx, account_id, media_id)
    if found.state == "processing":
        raise BadInput("Cette image n'est pas encore prête. Réessayez dans un instant.")
    if found.state != "ready" or found.original is None:
        raise BadInput("Cette image est retirée de la vue : elle ne se floute pas.")
    if await withholding.waits_with(tx, found):
        raise BadInput("Cette image attend un regard avec votre modification : reprenez la modification, puis floutez l'image.")
    if found.kind != "image":
        raise BadInput("Seule une image fixe se floute ici. Floutez cette vidéo avant de l'envoyer, ou choisissez-en une image.")
    return found


async def blur(site: Site, account_id: int, media_id: int, zones: Sequence[Zone]) -> Media:
    """Cover zones of one's own picture for good, outside any transaction; return it. That of a message is edited with it.

    Raises Missing, BadInput, Conflict when it changed in between, and what `edit` raises.
    """
    async with site.db.reading() as tx:
        before = await blurrable(tx, account_id, media_id)
    check(zones)
    path = site.blobs.path(before.original or "")
    if path is None:
        raise Conflict(CHANGED)
    shares = [(one.x, one.y, one.width, one.height) for one in zones]
    try:
        made = await media.made(site, account_id, lambda folder: decoder.blur(path, folder, shares))
    except FileNotFoundError as error:  # blurred or erased by another request a moment ago
        raise Conflict(CHANGED) from error
    values = {name: made[name] for name in DRAWN}
    try:
        async with site.db.transaction() as tx:
            return await _put(tx, site, before, values)
    except Refusal:
        _forget(site.blobs, [values["original"], values["small"]])
        raise


async def _put(tx: Tx, site: Site, before: Media, values: dict[str, object]) -> Media:
    """Put the blurred files in the place of the others, erased after the commit; its message says that it was edited."""
    if before.post_id is not None:
        await readings.own(tx, before.account_id, before.post_id)
        await store.touch(tx, before.post_id)
    after = await media_store.redraw(tx, before, values)
    if after is None:
        raise Conflict(CHANGED)
    if before.post_id is not None:
        await actions.edit(tx, before.account_id, before.post_id, Change())
    await holding.let_go(tx, site, [key for key in (before.original, before.small) if key])
    return after


def _forget(blobs: Blobs, keys: Sequence[str]) -> None:
    for key in keys:
        blobs.drop(key)
