"""What a favourite from an app comes to, where a room counts nothing: « je suis là », as long as it stands."""

from __future__ import annotations

from salledepause.features.posts import Favourited, Unfavourited
from salledepause.features.supports import store
from salledepause.kernel.db import Tx


async def favourited(tx: Tx, event: Favourited) -> None:
    """Let a favourite say that one is there."""
    await store.begin(tx, event.post_id, event.account_id)


async def unfavourited(tx: Tx, event: Unfavourited) -> None:
    """Take somebody's word back with their favourite, whichever it was."""
    await store.drop(tx, event.post_id, event.account_id)
