"""What people do with announcements: put them away, react with an emoji."""

from __future__ import annotations

from collections.abc import Collection

from salledepause.features.announcements import readings, store
from salledepause.features.announcements.model import MOST_REACTIONS, Reacted, reaction_of
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.events import emit


async def dismiss(tx: Tx, me: int, announcement_id: int) -> None:
    """Put an announcement away; twice equals once. Raises Missing."""
    await readings.one_shown(tx, me, announcement_id)
    await store.read(tx, me, announcement_id)


async def react(tx: Tx, me: int, announcement_id: int, name: str, codes: Collection[str] = ()) -> None:
    """React with an emoji, or with one of the house's `codes`; twice equals once. Raises Missing, BadInput."""
    await readings.one_shown(tx, me, announcement_id)
    new = await store.react(tx, me, announcement_id, reaction_of(name, codes), MOST_REACTIONS)
    if new is None:
        raise BadInput("Au plus {most} émojis différents sous une annonce.", most=MOST_REACTIONS)
    if new:
        await emit(tx, Reacted(announcement_id, name))


async def unreact(tx: Tx, me: int, announcement_id: int, name: str) -> None:
    """Take a reaction back. Raises Missing, also when there was none."""
    await readings.one_shown(tx, me, announcement_id)
    if not await store.unreact(tx, me, announcement_id, name):
        raise Missing
    await emit(tx, Reacted(announcement_id, name))
