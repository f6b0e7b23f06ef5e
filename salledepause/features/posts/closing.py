"""Who may answer: the author of a post may close it, to quotes too, and so all that stands below it to answers.

Whoever closed goes on by themselves; nobody else adds anything there until it is opened again. What was answered stays, and who
may quote it comes back as it was. An answer and a closing take the row of the conversation first: the second sees the first.
"""

from __future__ import annotations

from collections.abc import Iterable

from salledepause.features.posts import closing_store, readings, store
from salledepause.features.posts.store import Bare
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Forbidden, Missing

CLOSED = "Les réponses sont fermées ici, par choix de qui a écrit ce message ou un message plus haut."


async def settle(tx: Tx, author_id: int, post_id: int, *, closed: bool) -> None:
    """Close or open one's own post; twice equals once. Raises Missing."""
    post = await readings.own(tx, author_id, post_id)
    await closing_store.set_closed(tx, post.id, post.conversation_id, closed=closed)


async def close(tx: Tx, author_id: int, post_id: int) -> None:
    """Close one's own post, and all below. Raises Missing."""
    await settle(tx, author_id, post_id, closed=True)


async def reopen(tx: Tx, author_id: int, post_id: int) -> None:
    """Open one's own post again. Raises Missing."""
    await settle(tx, author_id, post_id, closed=False)


def check(parent: Bare, author_id: int) -> None:
    """Raise Forbidden where others closed the replies."""
    if shut(parent.closers, author_id):
        raise Forbidden(CLOSED)


async def refuse(tx: Tx, parent_id: int, author_id: int) -> None:
    """Raise what became of a post while it was being answered: Forbidden when it was closed, Missing when it is gone."""
    parent = await store.parent(tx, parent_id)
    if parent is not None:
        check(parent, author_id)
    raise Missing


def shut(closers: Iterable[int], viewer: int | None) -> bool:
    """Tell whether what `closers` closed is closed to somebody: to all but the one who closed alone."""
    return any(one != viewer for one in closers)
