"""What hosts change in the house itself: its emojis, its jobs that failed; each act is noted."""

from __future__ import annotations

from salledepause.features import emojis
from salledepause.features.emojis import Prepared
from salledepause.features.moderation import hosts, journal
from salledepause.features.moderation.journal import Act
from salledepause.kernel import jobs
from salledepause.kernel.db import Tx


async def add_emoji(tx: Tx, host_id: int, code: str, made: Prepared, category: str) -> None:
    """Give a prepared picture its code. Raises Forbidden, BadInput."""
    await hosts.keeper(tx, host_id)
    await emojis.add(tx, code, made, category)
    await journal.note(tx, Act(host_id=host_id, act="add_emoji", subject=code))


async def sort_emoji(tx: Tx, host_id: int, code: str, category: str) -> None:
    """Put an emoji under another heading, or none. Raises Forbidden, BadInput, Missing."""
    await hosts.keeper(tx, host_id)
    await emojis.sort(tx, code, category)
    await journal.note(tx, Act(host_id=host_id, act="sort_emoji", subject=code))


async def rest_emoji(tx: Tx, host_id: int, code: str, *, resting: bool) -> None:
    """Have an emoji shown nowhere for a while, or let it out again. Raises Forbidden, BadInput, Missing."""
    await hosts.keeper(tx, host_id)
    await emojis.rest(tx, code, resting=resting)
    await journal.note(tx, Act(host_id=host_id, act="rest_emoji" if resting else "wake_emoji", subject=code))


async def remove_emoji(tx: Tx, host_id: int, code: str) -> Prepared:
    """Take an emoji back; return the keys of blobs to drop after the commit. Raises Forbidden, BadInput, Missing."""
    await hosts.keeper(tx, host_id)
    gone = await emojis.remove(tx, code)
    await journal.note(tx, Act(host_id=host_id, act="remove_emoji", subject=code))
    return gone


async def retry_jobs(tx: Tx, host_id: int, name: str) -> int:
    """Have the jobs of a name that failed tried again; return how many there were. Raises Forbidden."""
    await hosts.keeper(tx, host_id)
    number = await jobs.retry_failed(tx, name)
    if number:
        await journal.note(tx, Act(host_id=host_id, act="retry_jobs", subject=name))
    return number
