"""What one said in the rooms that one is in, in an archive: a file of its own, which no server takes for an outbox.

What ends is in no archive. Of others it says nothing, neither their words nor that they are there; and it does not come back:
nobody speaks in a room by a file.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from salledepause.features import noticeboard, posts, rooms
from salledepause.features.accounts import Account
from salledepause.features.archives import activities
from salledepause.features.archives.tables_out import pages
from salledepause.features.noticeboard import Item, Step
from salledepause.features.posts import Post, Seen, Source
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Listed, Page
from salledepause.kernel.site import Site

ROOMS = "rooms.json"
SAID = Source(
    "posts p",
    where="p.account_id = %(viewer)s AND p.room_id = ANY(%(rooms)s) AND p.expires_at IS NULL AND p.boost_of_id IS NULL",
    tastes=False,
)


async def places(site: Site, me: Account) -> list[dict[str, Any]]:
    """Return the rooms that somebody is in, by name."""
    async with site.db.reading() as tx:
        found = await rooms.mine(tx, me.id)
    return [{"id": str(one.id), "handle": one.handle, "name": one.name, "purpose": one.purpose} for one in found]


async def said_in(site: Site, me: Account, room_ids: list[int]) -> AsyncIterator[tuple[Post, dict[str, Any]]]:
    """Yield what somebody said in rooms, and as the file holds it, the oldest first, a page at a time; not what ends."""

    async def listing(tx: Tx, page: Page) -> Listed[Seen]:
        return await posts.listing(tx, SAID, page, me.id, rooms=room_ids)

    async for tx, found in pages(site, listing):
        loaded = await posts.load(tx, [one.post.id for one in found])
        items = await noticeboard.of(tx, list(loaded.values()))
        steps = await noticeboard.histories(tx, list(items))
        for post in (loaded[one.post.id] for one in found if one.post.id in loaded):
            item = items.get(post.id)
            yield post, _words(site, post) | ({"notice": _notice(item, steps[post.id])} if item else {})


def _notice(item: Item, steps: list[Step]) -> dict[str, Any]:
    """Return what became of an info that was pinned to the board of its room: by whom is said as a part, never as a name."""
    told = [{"state": one.state, "at": clock.iso(one.at), "by": one.by, "source": one.source} for one in steps]
    return {"state": item.state, "source": item.source, "pinned": item.pinned, "steps": told}


def _words(site: Site, post: Post) -> dict[str, Any]:
    return {
        "url": site.post_url(post.handle, post.id),
        "room": str(post.room_id),
        "kind": post.kind,
        "published": clock.iso(post.created_at),
        "edited": clock.iso(post.edited_at) if post.edited_at else None,
        "warning": post.warning,
        "text": post.text,
        "media": [
            {"file": activities.stored(one.original), "description": one.description} for one in post.media if one.original
        ],
    }
