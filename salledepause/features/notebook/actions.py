"""What one can do with one's notebook: mark what one learned, note something about it, take it out."""

from __future__ import annotations

from datetime import datetime

from salledepause.features import accounts, posts
from salledepause.features.notebook import readings, store
from salledepause.features.notebook.model import MOST_ENTRIES, Entry, Past, noted
from salledepause.kernel import clock, ids
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing


async def learn(tx: Tx, me: int, post_id: int, note: str | None = None) -> Entry:
    """Mark a post (of a boost: the boosted one) as learned, with a note if one is given; return the entry.

    Twice equals once, and `None` leaves the note as it is. The note about a post that is gone can still be changed. Raises
    Missing for what one may not read and did not mark, BadInput for a note that is too long, a full notebook, and what ends.
    """
    kept = None if note is None else noted(note)
    marked = await readings.marked(tx, me, [post_id])
    subject = post_id if marked else await _mark(tx, me, post_id)
    if kept is not None:
        await store.write(tx, me, subject, kept)
    return await readings.entry(tx, me, subject)


async def restore(tx: Tx, me: int, post_id: int, past: Past) -> bool:
    """Put back what was learned before, on its day, with its note; return whether that added anything.

    Nothing is replaced: a note that is there stays. Raises as `learn` does.
    """
    note = noted(past.note)
    held = (await readings.marked(tx, me, [post_id])).get(post_id)
    if held and (held.note or not note):
        return False
    subject = held.post_id if held else await _mark(tx, me, post_id, past.learned_at)
    if note:
        await store.write(tx, me, subject, note, past.edited_at)
    return True


async def _mark(tx: Tx, me: int, post_id: int, at: datetime | None = None) -> int:
    """Mark a post that one may read as learned, now or at an instant since it was said."""
    if (await posts.typed(tx, post_id, me)).expires_at:
        raise BadInput("Ici, tout s'efface : rien ne s'en garde dans un carnet.")
    subject = (await posts.one_visible(tx, post_id, me)).subject
    if await store.number(tx, me) >= MOST_ENTRIES and not await readings.marked(tx, me, [subject.id]):
        raise BadInput("Votre carnet est plein : {most} notes au plus. Emportez-le, puis retirez-en.", most=MOST_ENTRIES)
    day = max(ids.made_at(subject.id), min(at, clock.now())) if at else None
    handle = (await accounts.one(tx, subject.account_id)).handle
    await store.insert(tx, (await ids.fresh(tx, day))[0], me, subject.id, handle)
    return subject.id


async def forget(tx: Tx, me: int, post_id: int) -> None:
    """Take a post out of one's notebook, with its note, for good. Raises Missing."""
    if not await store.remove(tx, me, post_id):
        raise Missing
