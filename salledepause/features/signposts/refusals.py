"""What somebody says of a signpost and a message: « pas celui-là », or an answer by its reply; learned for them and the house.

Refused, it is proposed for that message no more; refused three times, to that person only when they look. What the house learns
is in `lessons`: beside the gesture stand the words of the table that told, where the message was said to who makes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress

from salledepause.features import posts
from salledepause.features.posts import Post
from salledepause.features.signposts import store
from salledepause.features.signposts.actions import known, proposed
from salledepause.features.signposts.matching import Read, told_by
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing

TIRING = 3
"""Messages for which somebody refuses a signpost, after which it is proposed to them by itself no more."""


async def refuse(tx: Tx, me: int, post_id: int, key: str) -> bool:
    """Say that a message is not for a signpost; twice equals once. Return whether it is proposed to one no more at all.

    Raises Missing for a message that one may not read, or a signpost that is not there.
    """
    await store.refuse(tx, me, post_id, key, await _words(tx, me, post_id, key))
    return len((await _refused(tx, me))[key]) >= TIRING


async def unrefuse(tx: Tx, me: int, post_id: int) -> None:
    """Take back what one said of a message; nothing when one said nothing."""
    await store.unrefuse(tx, me, post_id)


async def confirm(tx: Tx, me: int, post_id: int, key: str) -> None:
    """Say that a message is for a signpost, as one does by its reply; twice equals once. Raises as `refuse`.

    What one refused of it before is taken back.
    """
    await store.confirm(tx, me, post_id, key, await _words(tx, me, post_id, key))


async def answered(tx: Tx, me: int, post_id: int, key: str) -> None:
    """Confirm a signpost by an answer that left with its reply; nothing where it, or the message, is gone meanwhile."""
    with suppress(Missing):
        await confirm(tx, me, post_id, key)


async def _words(tx: Tx, me: int, post_id: int, key: str) -> list[str]:
    """Return the words by which a signpost is known in a message, none where it was not said to somebody. Raises Missing."""
    await posts.one_visible(tx, post_id, me)
    post = (await posts.load(tx, [post_id])).get(post_id)
    there = await known(tx)
    if post is None or key not in {each.key for each in there}:
        raise Missing
    return told_by(there, key, post.text) if said_to(post, me) else []


def said_to(post: Post, me: int) -> bool:
    """Tell whether a message of somebody else answers or names somebody."""
    return post.account_id != me and (post.parent_account_id == me or any(one.id == me for one in post.mentions))


async def proposed_to(tx: Tx, me: int, said: Sequence[tuple[int | None, str]]) -> list[Read]:
    """Return what messages, (id or nothing, text), seem to be for, but what somebody said they are not."""
    read = await proposed(tx, [text for _, text in said])
    gone = await _refused(tx, me) if any(found.near for found in read) else {}
    return [_sifted(found, post_id, gone) for (post_id, _), found in zip(said, read, strict=True)]


def _sifted(found: Read, post_id: int | None, gone: dict[str, set[int]]) -> Read:
    here = {key for key, ids in gone.items() if post_id in ids}
    tired = {key for key, ids in gone.items() if len(ids) >= TIRING}
    kept = found.proposed if not here and found.proposed and found.proposed.key not in tired else None
    near = tuple(each for each in found.near if each.key not in here)
    return Read(kept, near, found.because if near else ())


async def _refused(tx: Tx, me: int) -> dict[str, set[int]]:
    """Return the messages for which somebody refused each signpost."""
    found: dict[str, set[int]] = defaultdict(set)
    for post_id, key in await store.refused(tx, me):
        found[key].add(post_id)
    return found
