"""What hosts do with announcements: write, show, rewrite, withdraw; nobody (the command line) may too."""

from __future__ import annotations

from salledepause.features import moderation
from salledepause.features.announcements import store
from salledepause.features.announcements.model import Announced, Announcement, Draft, Withdrawn, checked
from salledepause.features.moderation import Act
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.events import emit


async def announce(tx: Tx, host_id: int | None, draft: Draft, *, published: bool = True) -> int:
    """Tell everybody something, at once unless it is kept as a draft; return its id. Raises Forbidden, BadInput."""
    await _check(tx, host_id)
    announcement_id = await store.insert(tx, checked(draft), published=published)
    await _note(tx, host_id, "announce" if published else "draft_announcement", announcement_id)
    if published:
        await emit(tx, Announced(announcement_id))
    return announcement_id


async def publish(tx: Tx, host_id: int | None, announcement_id: int) -> None:
    """Show a draft to everybody; twice equals once. Raises Forbidden, Missing."""
    await _check(tx, host_id)
    await _one(tx, announcement_id)
    if await store.publish(tx, announcement_id):
        await _note(tx, host_id, "announce", announcement_id)
        await emit(tx, Announced(announcement_id))


async def rewrite(tx: Tx, host_id: int | None, announcement_id: int, draft: Draft) -> None:
    """Have an announcement say something else. Raises Forbidden, Missing, BadInput."""
    await _check(tx, host_id)
    before = await _one(tx, announcement_id)
    await store.change(tx, announcement_id, checked(draft))
    await _note(tx, host_id, "rewrite_announcement", announcement_id)
    if before.published_at:
        await emit(tx, Announced(announcement_id))


async def withdraw(tx: Tx, host_id: int | None, announcement_id: int) -> None:
    """Erase an announcement. Raises Forbidden, Missing."""
    await _check(tx, host_id)
    if not await store.delete(tx, announcement_id):
        raise Missing
    await _note(tx, host_id, "withdraw_announcement", announcement_id)
    await emit(tx, Withdrawn(announcement_id))


async def drafts_too(tx: Tx, host_id: int | None) -> list[Announcement]:
    """Return all announcements, drafts and past ones included, in time order. Raises Forbidden."""
    await _check(tx, host_id)
    return await store.every(tx)


async def one(tx: Tx, host_id: int | None, announcement_id: int) -> Announcement:
    """Return an announcement, a draft or a past one too. Raises Forbidden, Missing."""
    await _check(tx, host_id)
    return await _one(tx, announcement_id)


async def _check(tx: Tx, host_id: int | None) -> None:
    if host_id is not None:
        await moderation.keeper(tx, host_id)


async def _one(tx: Tx, announcement_id: int) -> Announcement:
    found = await store.one(tx, announcement_id)
    if found is None:
        raise Missing
    return found


async def _note(tx: Tx, host_id: int | None, act: str, announcement_id: int) -> None:
    await moderation.note(tx, Act(host_id=host_id, act=act, subject=str(announcement_id)))
