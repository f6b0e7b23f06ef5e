"""Reading posts beyond lists: what versions say, who made a gesture, what a post said before, what it is found by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from salledepause.features.posts import edits_store, gate, media, polls, store
from salledepause.features.posts.finding import index_of
from salledepause.features.posts.media_model import Media
from salledepause.features.posts.model import (
    Gesture,
    Post,
)
from salledepause.features.posts.store import Bare
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Listed, Page, listed


class Version(msgspec.Struct, frozen=True):
    """What a post said at a time."""

    text: str
    warning: str
    sensitive: bool
    options: tuple[str, ...] | None
    media: tuple[Media, ...]
    created_at: datetime


async def load(tx: Tx, ids: Sequence[int]) -> dict[int, Post]:
    """Return what posts say, by id. It asks no gate: ids come from `visible` or `listing`."""
    found = await store.load(tx, ids) if ids else {}
    with_media = [one for one, post in found.items() if post.has_media]
    if not with_media:
        return found
    theirs = await media.of(tx, with_media)
    return found | {one: msgspec.structs.replace(found[one], media=theirs.get(one, ())) for one in with_media}


async def index(tx: Tx, ids: Sequence[int]) -> None:
    """Write anew what posts are found by, as they are now."""
    for one, post in (await load(tx, ids)).items():
        await store.index(tx, one, index_of(post, await polls.options(tx, one) or ()))


async def gesturers(tx: Tx, post_id: int, kind: Gesture, page: Page, viewer: int | None) -> Listed[int]:
    """Return who favoured or boosted a post (account ids, newest first), readers unnamed; raises Missing."""
    subject = await gate.subject(tx, post_id, viewer)
    rows = await store.gesturers(tx, subject, kind, (page.where("g.id"), page.order("g.id"), page.params))
    return listed([account_id for _, account_id in rows], [cursor for cursor, _ in rows], page)


async def history(tx: Tx, post_id: int, viewer: int | None) -> list[Version]:
    """Return every version of a post, oldest first, the present one last; raises Missing."""
    subject = await gate.subject(tx, post_id, viewer)
    post = await whole(tx, subject)
    options = await polls.options(tx, subject)
    earlier = [
        Version(row[0], row[1], row[2], tuple(row[3]) if row[3] else None, msgspec.convert(row[4], tuple[Media, ...]), row[5])
        for row in await edits_store.edits(tx, subject)
    ]
    shown = {one.id: one for one in await media.load(tx, list({one.id for version in earlier for one in version.media}))}
    earlier = [
        msgspec.structs.replace(version, media=tuple(one.standing_as(shown.get(one.id, one)) for one in version.media))
        for version in earlier
    ]
    present = Version(post.text, post.warning, post.sensitive, options, post.media, post.edited_at or post.created_at)
    return [*earlier, present]


async def source_of(tx: Tx, author_id: int, post_id: int) -> Post:
    """Return one's own post as typed; raises Missing for anybody else's."""
    seen = await gate.one_visible(tx, post_id, author_id)
    if seen.post.account_id != author_id or seen.original:
        raise Missing
    return await whole(tx, post_id)


async def typed(tx: Tx, post_id: int, viewer: int | None) -> Post:
    """Return a post as typed, to whom may read it; raises Missing."""
    return await whole(tx, await gate.subject(tx, post_id, viewer))


async def own(tx: Tx, author_id: int, post_id: int) -> Bare:
    """Return one's own post; raises Missing for anybody else's."""
    post = await store.bare(tx, post_id)
    if post is None or post.account_id != author_id or post.boost_of_id is not None:
        raise Missing
    return post


async def whole(tx: Tx, post_id: int) -> Post:
    """Return what a post says; raises Missing when it was erased a moment ago."""
    found = (await load(tx, [post_id])).get(post_id)
    if found is None:
        raise Missing
    return found
