"""What one can read of a board, and who is owed a denial: noted by what shows posts, told to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from salledepause.features import accounts, posts, rooms
from salledepause.features.noticeboard import store
from salledepause.features.noticeboard.model import NEXT, By, Item, ItemsMet, State, Step
from salledepause.features.posts import Kind, Post, Seen, Source
from salledepause.features.rooms import In
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Listed, Page


class View(NamedTuple):
    """An item as one person meets it; `item` is `None` for a post that may become one."""

    item: Item | None
    steps: tuple[Step, ...]
    may: bool
    """Whether they may decide about it."""

    @property
    def next(self) -> tuple[State, ...]:
        """What they may say of it."""
        return NEXT[self.item.state] if self.item and self.may else ()


async def of(tx: Tx, shown: Sequence[Post]) -> dict[int, Item]:
    """Return what is known of those of some posts that are items, by id: those of rooms are asked about, and no others."""
    wanted = [post.id for post in shown if post.room_id is not None]
    return await store.of(tx, wanted) if wanted else {}


async def histories(tx: Tx, post_ids: Sequence[int]) -> dict[int, list[Step]]:
    """Return what became of items, by post, the newest first. It asks no gate: ids come from `posts`."""
    return await store.steps(tx, post_ids) if post_ids else {}


async def owe(tx: Tx, post_ids: Sequence[int], viewers: Sequence[int]) -> None:
    """Have it remembered that posts are shown to people, where nothing is decided of them; written before the answer goes."""
    if post_ids and viewers and (met := await store.untold(tx, post_ids, viewers)):
        tx.owed.append(ItemsMet(tuple(post_id for post_id, _ in met), tuple(viewer for _, viewer in met)))


async def board(tx: Tx, viewer: int | None, room_id: int, page: Page) -> Listed[Seen]:
    """Return a page of what is pinned to the board of a room, the newest first; raises Missing for who may not read there."""
    room = await rooms.readable(tx, viewer, room_id)
    tx.passing |= room.rules.expires_hours is not None
    source = Source("notices n JOIN posts p ON p.id = n.post_id", "p.id", "n.room_id = %(room)s AND n.pinned")
    return await posts.listing(tx, source, page, viewer, room=room.id)


async def one(tx: Tx, viewer: int | None, post_id: int) -> View:
    """Return what is known of an item, or that somebody may make one of a post; raises Missing for anything else."""
    await posts.one_visible(tx, post_id, viewer)
    post = (await posts.load(tx, [post_id])).get(post_id)
    if post is None or post.room_id is None:
        raise Missing
    item = (await store.of(tx, [post_id])).get(post_id)
    may = viewer is not None and await as_what(tx, viewer, post) is not None
    if item is None and not (may and post.kind is Kind.INFO and not post.expires_at):
        raise Missing
    if item and viewer:
        await owe(tx, [post_id], [viewer])
    return View(item, tuple((await histories(tx, [post_id])).get(post_id, ())), may)


async def as_what(tx: Tx, me: int, post: Post) -> By | None:
    """Return as what somebody may decide about a post of a room that they may read; nobody may in reader mode."""
    if post.room_id is None:
        return None
    seen, account = await rooms.one(tx, me, post.room_id), await accounts.one(tx, me)
    if not seen.reads or account.reads_only:
        return None
    if post.account_id == me:
        return By.AUTHOR
    if seen.who.standing is In.KEEPER:
        return By.KEEPER
    return By.HOST if account.keeps_house else None
