"""« Pas celui-là »: a signpost is proposed for that message no more; refused three times, to that person only when they look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from salledepause.features import posts
from salledepause.features.signposts.actions import one, proposed
from salledepause.features.signposts.matching import Read
from salledepause.kernel.db import Tx

TIRING = 3
"""Messages for which somebody refuses a signpost, after which it is proposed to them by itself no more."""


async def refuse(tx: Tx, me: int, post_id: int, key: str) -> bool:
    """Say that a message is not for a signpost; twice equals once. Return whether it is proposed to one no more at all.

    Raises Missing for a message that one may not read, or a signpost that is not there.
    """
    await posts.one_visible(tx, post_id, me)
    refused = (await one(tx, key)).key
    query = """INSERT INTO signpost_refusals (account_id, post_id, key) VALUES (%s, %s, %s)
        ON CONFLICT (account_id, post_id) DO UPDATE SET key = excluded.key"""
    await tx.run(query, [me, post_id, refused])
    return len((await _refused(tx, me))[refused]) >= TIRING


async def unrefuse(tx: Tx, me: int, post_id: int) -> None:
    """Take back what one said of a message; nothing when one said nothing."""
    await tx.run("DELETE FROM signpost_refusals WHERE account_id = %s AND post_id = %s", [me, post_id])


async def proposed_to(tx: Tx, me: int, said: Sequence[tuple[int | None, str]]) -> list[Read]:
    """Return what messages, (id or nothing, text), seem to be for, but what somebody said they are not."""
    read = await proposed(tx, [text for _, text in said])
    gone = await _refused(tx, me) if any(found.proposed for found in read) else {}
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
    for post_id, key in await tx.rows("SELECT post_id, key FROM signpost_refusals WHERE account_id = %s", [me]):
        found[key].add(post_id)
    return found
