"""« Stop »: said to the desks that answered by themselves in a conversation, and taken back by who said it; others' stays."""

from __future__ import annotations

from salledepause.features import posts
from salledepause.features.desks import stops_store
from salledepause.features.desks.stops_store import Stopped
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing


async def stop(tx: Tx, me: int, post_id: int) -> None:
    """Have the desks that answered by themselves around a post do so no more; whom they answered, nowhere any more.

    Raises Missing for a post that one may not read, or where no desk answered by itself, to oneself or in the open.
    """
    conversation_id = await _conversation(tx, me, post_id)
    if not await stops_store.known(tx, me, conversation_id):
        raise Missing
    await stops_store.stop(tx, me, conversation_id)


async def take_back(tx: Tx, me: int, post_id: int) -> None:
    """Undo one's own stop around a post, and nobody else's; twice equals once. Raises Missing for what one may not read."""
    await stops_store.take_back(tx, me, await _conversation(tx, me, post_id))


async def forgive(tx: Tx, me: int, desk_id: int) -> None:
    """Undo all that one told a desk to stop. Raises Missing where that is nothing."""
    if not await stops_store.forgive(tx, me, desk_id):
        raise Missing


async def stopped(tx: Tx, me: int) -> list[Stopped]:
    """Return the desks that one told to stop."""
    return await stops_store.of_account(tx, me)


async def stopped_in(tx: Tx, me: int, conversation_id: int) -> bool:
    """Tell whether one told a desk to stop in a conversation."""
    return await stops_store.by_them(tx, me, conversation_id)


async def _conversation(tx: Tx, me: int, post_id: int) -> int:
    await posts.one_visible(tx, post_id, me)
    said = (await posts.load(tx, [post_id])).get(post_id)
    if said is None:
        raise Missing
    return said.conversation_id
