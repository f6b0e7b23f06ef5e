"""Finding the post that an address means: one of this house, or one that came here from where it had that address."""

from __future__ import annotations

import re

from salledepause.features import posts
from salledepause.features.archives import store
from salledepause.features.posts import Seen
from salledepause.kernel import ids
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.site import Site

_PATH = re.compile(r"/(?:@[A-Za-z0-9_]+|users/[A-Za-z0-9_]+/statuses)/([0-9]{1,19})")


def local(site: Site, uri: str) -> int | None:
    """Return the id that an address of this house names, whether there is such a post or not."""
    found = _PATH.fullmatch(uri.removeprefix(site.settings.origin)) if uri.startswith(site.settings.origin) else None
    try:
        return ids.parse(found[1]) if found else None
    except Missing:
        return None


async def meant(tx: Tx, site: Site, me: int, uri: str) -> Seen | None:
    """Return the post that an address means, if `me` may see it: one of this house first, then one that came from there."""
    for post_id in (local(site, uri), await store.claimed(tx, me, uri)):
        found = await posts.visible(tx, [post_id], me) if post_id is not None else []
        if found:
            return found[0]
    return None
