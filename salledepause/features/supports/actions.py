"""What one can do: support somebody with a word, say another, take it back."""

from __future__ import annotations

from salledepause.features import posts
from salledepause.features.supports import store
from salledepause.features.supports.model import Word
from salledepause.features.supports.readings import supported
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing


async def give(tx: Tx, me: int, post_id: int, word: Word) -> int:
    """Support what somebody said with a word, in the place of another; return the post's id. Raises Missing, BadInput."""
    post = await supported(tx, me, post_id)
    if post.account_id == me:
        raise BadInput("On soutient les autres : ce message est le vôtre.")
    await posts.favourite(tx, me, post.id)
    if not await store.write(tx, post.id, me, word):
        raise Missing
    return post.id


async def withdraw(tx: Tx, me: int, post_id: int) -> int:
    """Take one's word back; return the post's id. Twice equals once. Raises Missing, BadInput."""
    post = await supported(tx, me, post_id)
    await posts.unfavourite(tx, me, post.id)
    return post.id
