"""What one reader meets in no list, though it is theirs to read: it waits behind their shield. Its author sees nothing."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject

COVERED = "ARRAY(SELECT post_id FROM covers WHERE account_id = %(viewer)s)"
"""What is covered for the viewer; like `graph.HIDDEN_FROM`, for what is asked of posts above the gate."""


async def cover(tx: Tx, post_id: int, account_ids: Sequence[int]) -> None:
    """Keep a post out of the lists of some; twice equals once."""
    tx.touches(Subject.PERSON, *account_ids)
    tx.touches(Subject.NOTIFIED, *account_ids)
    query = "INSERT INTO covers (account_id, post_id) SELECT unnest(%s::bigint[]), %s ON CONFLICT DO NOTHING"
    await tx.send(query, [list(account_ids), post_id])


async def uncover(tx: Tx, post_id: int, account_id: int) -> bool:
    """Show a post in the lists of somebody again; return whether it was covered."""
    tx.touches(Subject.PERSON, account_id)
    tx.touches(Subject.NOTIFIED, account_id)
    return await tx.run("DELETE FROM covers WHERE post_id = %s AND account_id = %s", [post_id, account_id]) > 0
