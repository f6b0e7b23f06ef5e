"""Pictures of a profile: still, cleaned, of one size, stored before any profile names them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from salledepause.features import red_line
from salledepause.kernel import media
from salledepause.kernel.errors import BadInput
from salledepause.kernel.site import Site

AVATAR_SIDE, HEADER_SIDE = 400, 1500
PICTURED = {"avatar": AVATAR_SIDE, "header": None}
"""Pictures of a profile, and the side of those that are square."""


async def prepare_picture(site: Site, account_id: int, name: str, file: Path) -> str:
    """Decode and store a picture of somebody's profile (`avatar` or `header`); return its key. Raises BadInput."""
    async with site.booths:
        with TemporaryDirectory(prefix="salledepause-") as folder:
            try:
                decoded = await media.decode(file, Path(folder), max_side=HEADER_SIDE, square=PICTURED[name])
            except media.Undecodable as refusal:
                raise BadInput(refusal.message, **refusal.values) from refusal
            await red_line.admit(site, account_id, decoded.likenesses)
            still = decoded.original if decoded.kind == "image" else decoded.small
            return await asyncio.to_thread(site.blobs.put, still.path, still.content_type)
