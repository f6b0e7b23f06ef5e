"""What la ronde leaves, in an archive: how one's victories were congratulated, and what one gave under one's name.

It leaves and does not come back: nobody's word can be put in the mouth of somebody by a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from salledepause.features import accounts, posts, waves
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.site import Site

CLAPS = "claps.json"


async def keepsakes(tx: Tx, site: Site, me: int, post_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return how posts of one's own were congratulated, by post: what their pages show."""
    return {post_id: await _keepsake(tx, site, me, wave) for post_id, wave in (await waves.of(tx, post_ids)).items()}


async def _keepsake(tx: Tx, site: Site, me: int, wave: waves.Wave) -> dict[str, Any]:
    heard = await waves.heard(tx, wave.post_id, me)
    who = await accounts.load(tx, [one.account_id for one in heard if one.account_id])
    return {
        "opened_at": clock.iso(wave.opened_at),
        "count": wave.size,
        "families": list(wave.families),
        "words": [
            {
                "by": site.profile_url(who[one.account_id].handle) if one.account_id in who else None,
                "sign": one.sign,
                "word": one.word,
            }
            for one in heard
        ],
    }


async def claps(site: Site, me: int) -> bytes:
    """Return, as JSON, at what one clapped under one's name and still may read; nobody knows of the others."""
    async with site.db.reading() as tx:
        given = await waves.given_by(tx, me)
        seen = {one.post.id: one.post.account_id for one in await posts.visible(tx, list(given), me)}
        people = await accounts.load(tx, list(set(seen.values())))
    items = [
        {"object": site.post_url(people[seen[post_id]].handle, post_id), "sign": one.sign, "word": one.word}
        for post_id, one in given.items()
        if post_id in seen and seen[post_id] in people
    ]
    return msgspec.json.encode({"id": CLAPS, "type": "OrderedCollection", "orderedItems": items, "totalItems": len(items)})
