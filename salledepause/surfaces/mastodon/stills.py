"""What stands for a medium of a status, changed by its edit: a file of a form, or an address that holds one (RFC 2397) in JSON.

`media_attributes[][thumbnail]` of https://docs.joinmastodon.org/methods/statuses/#edit.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from salledepause.features import posts
from salledepause.features.posts import Still
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.bodies import Upload
from salledepause.surfaces.edge import Call, Rule

LARGEST = 4 * 1024 * 1024
"""Bytes of an edit that brings them."""
DEAR = Rule(budget="media")
"""Decoding them is counted as sending media is."""
WRONG = "Attendu un fichier d'image ou de vidéo."


async def drawn(call: Call, post_id: int, given: Mapping[int, Any]) -> dict[int, Still]:
    """Return stored pictures for media of one's own status, outside any transaction. Raises Missing, BadInput, TooMany."""
    wanted = {media_id: one for media_id, one in given.items() if one not in (None, "")}
    if not wanted:
        return {}
    async with call.site.db.reading() as tx:
        await posts.source_of(tx, call.me, post_id)
        for media_id in wanted:
            await posts.media.own(tx, call.me, media_id)
    call.manner.limit(call, DEAR)
    with TemporaryDirectory(prefix="salledepause-") as folder:
        paths = {media_id: await asyncio.to_thread(_file, one, Path(folder) / str(media_id)) for media_id, one in wanted.items()}
        return {media_id: await posts.media.still(call.site, call.me, path) for media_id, path in paths.items()}


def _file(given: object, place: Path) -> Path:
    """Return where a picture that was sent lies, at `place` when it came within the text; raises BadInput."""
    if isinstance(given, Upload):
        return given.path
    head, _, data = given.partition(",") if isinstance(given, str) else ("", "", "")
    if not head.startswith("data:") or not head.endswith(";base64"):
        raise BadInput(WRONG)
    try:
        place.write_bytes(b64decode(data, validate=True))
    except (Error, ValueError) as error:
        raise BadInput(WRONG) from error
    return place
