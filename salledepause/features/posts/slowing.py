"""Threads that are slowed for a while: everybody but the one whom many answer leaves time between two answers there."""

from __future__ import annotations

from datetime import datetime, timedelta

from salledepause.features.accounts import Account
from salledepause.features.posts.store import Bare
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import TooMany
from salledepause.kernel.marks import Subject

PACE = timedelta(minutes=10)
"""Between two answers of one person in a thread that is slowed."""
SLOW = (
    "Beaucoup de monde répond ici en même temps. Pour laisser souffler, chacun attend dix minutes entre deux réponses."
    " Gardez la vôtre : elle pourra partir bientôt."
)


async def slow(tx: Tx, post_id: int, spared_id: int, until: datetime) -> int | None:
    """Slow the thread of a post for all but one; return its first post when it was not slowed before, `None` else."""
    await tx.send("DELETE FROM slowed WHERE until < %s", [clock.now()])
    row = await tx.row(
        """INSERT INTO slowed AS s (conversation_id, spared_id, until)
        SELECT conversation_id, %(spared)s, %(until)s FROM posts WHERE id = %(post)s
        ON CONFLICT (conversation_id) DO UPDATE SET until = greatest(s.until, excluded.until), spared_id = excluded.spared_id
        RETURNING conversation_id, xmax = 0, (SELECT parent_id FROM posts WHERE id = %(post)s)""",
        {"post": post_id, "spared": spared_id, "until": until},
    )
    if row is None:
        return None
    tx.touches(Subject.THREAD, row[0])
    return int(row[2]) if row[1] else None


async def check(tx: Tx, parent: Bare, author: Account) -> None:
    """Raise TooMany for who answers again too soon in a thread that is slowed; hosts, and the one who is answered, may."""
    if parent.spared_id is None or author.id == parent.spared_id or author.keeps_house:
        return
    last = await _last_said(tx, author.id, parent.conversation_id)
    if last and clock.now() - last < PACE:
        left = PACE - (clock.now() - last)
        raise TooMany(SLOW, retry_after=int(left.total_seconds()) + 1)


async def _last_said(tx: Tx, account_id: int, conversation_id: int) -> datetime | None:
    """Return when somebody last spoke in a thread; whoever asks it for them next waits until this transaction ends."""
    await tx.send("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"{conversation_id}", account_id])
    query = "SELECT max(created_at) FROM posts WHERE conversation_id = %s AND account_id = %s"
    found: datetime | None = await tx.value(query, [conversation_id, account_id])
    return found


async def forget(tx: Tx) -> None:
    """Forget threads that are slowed no more."""
    await tx.send("DELETE FROM slowed WHERE until < %s", [clock.now()])
