"""Read the signposts as they are now; write and take them out, as administrators do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from salledepause.features import moderation
from salledepause.features.moderation import Act
from salledepause.features.signposts import store
from salledepause.features.signposts.lessons import lighter
from salledepause.features.signposts.matching import Read, read
from salledepause.features.signposts.model import MOST_SIGNPOSTS, Signpost, Wanted, checked, defaults
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing


async def known(tx: Tx) -> list[Signpost]:
    """Return all signposts, those of the house in its order, then what was added."""
    tx.passing = True  # they change about never and belong to nobody: no mark stands for them
    made = dict(defaults())
    for post, gone in await store.rows(tx):
        if gone:
            made.pop(post.key, None)
        else:
            made[post.key] = post
    return list(made.values())


async def one(tx: Tx, key: str) -> Signpost:
    """Return a signpost; raises Missing."""
    met = next((each for each in await known(tx) if each.key == key), None)
    if met is None:
        raise Missing
    return met


async def proposed(tx: Tx, texts: Sequence[str]) -> list[Read]:
    """Return what each text seems to be for, by what the house learned since."""
    there = await known(tx) if texts else []
    found = await asyncio.to_thread(lambda: [read(there, text) for text in texts])
    keys = {each.key for one in found if one.proposed for each in one.near}
    less = await lighter(tx, keys) if keys else None
    return await asyncio.to_thread(lambda: [read(there, text, less) for text in texts]) if less else found


async def write(tx: Tx, admin_id: int, wanted: Wanted) -> Signpost:
    """Write a signpost, in the place of the one of that name. Raises Forbidden, BadInput."""
    await moderation.administrator(tx, admin_id)
    post = checked(wanted)
    there = {each.key for each in await known(tx)}
    if post.key not in there and len(there) >= MOST_SIGNPOSTS:
        raise BadInput("Au plus {most} guichets.", most=MOST_SIGNPOSTS)
    await store.write(tx, post)
    await moderation.note(tx, Act(host_id=admin_id, act="write_signpost", subject=post.name))
    return post


async def drop(tx: Tx, admin_id: int, key: str) -> None:
    """Take a signpost out. Raises Forbidden, Missing."""
    await moderation.administrator(tx, admin_id)
    post = await one(tx, key)
    if key in defaults():
        await store.write(tx, post, gone=True)
    else:
        await store.erase(tx, key)
    await moderation.note(tx, Act(host_id=admin_id, act="drop_signpost", subject=post.name))


async def forget(tx: Tx, admin_id: int, key: str) -> None:
    """Have the words of a signpost count as the table has them; what each refused stays theirs. Raises Forbidden, Missing."""
    await moderation.administrator(tx, admin_id)
    post = await one(tx, key)
    if await store.forget_words(tx, key):
        await moderation.note(tx, Act(host_id=admin_id, act="reset_signpost", subject=post.name))
