"""What boards do when others act: who was shown a rumour is remembered, told, forgotten; what is rewritten is to check again."""

from __future__ import annotations

from salledepause.features.noticeboard import store
from salledepause.features.noticeboard.model import SOURCED, By, ItemDenied, ItemsMet, State
from salledepause.features.posts import PostEdited
from salledepause.kernel.db import Tx
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site


async def remember(tx: Tx, event: ItemsMet) -> None:
    """Remember who was shown what; of what was denied while they read, they hear at once."""
    for post_id in await store.note_met(tx, event.post_ids, event.account_ids):
        await emit(tx, ItemDenied(post_id))


async def forget(tx: Tx, event: ItemDenied) -> None:
    """Forget who was shown an item, once they are told that it is denied."""
    await store.forget(tx, event.post_id)


async def edited(tx: Tx, event: PostEdited) -> None:
    """Have what was confirmed or denied, and now says something else, be checked again."""
    if await store.hold(tx, event.post_id) in SOURCED:
        await store.change(tx, event.post_id, State.CHECKING, "")
        await store.note_step(tx, event.post_id, State.CHECKING, By.AUTHOR, "")


async def sweep(site: Site) -> None:
    """Forget who was shown rumours a month ago."""
    async with site.db.transaction() as tx:
        await store.sweep(tx)
