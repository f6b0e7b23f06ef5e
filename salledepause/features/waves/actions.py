"""What one can do beside clapping: take a word away, want the weekly question or not."""

from __future__ import annotations

from salledepause.features import accounts, moderation, notifications, posts
from salledepause.features.moderation import Act
from salledepause.features.waves import store
from salledepause.features.waves.model import WaveMoved
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Forbidden, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.marks import Subject


async def unsay(tx: Tx, me: int, clap_id: int) -> int:
    """Take the word of a clap away: one's own under one's name, or at one's victory, or as a host who may read it; return it.

    Raises Missing for any other.
    """
    at = await store.clapped_at(tx, clap_id)
    seen = await posts.visible(tx, [at], me) if at else []
    host = bool(seen) and (await accounts.one(tx, me)).keeps_house
    post_id = await store.unsay(tx, clap_id, me, host=host)
    if post_id is None:
        raise Missing
    if host:
        await moderation.note(tx, Act(host_id=me, act="unsay_clap", subject=str(post_id)))
    tx.touches(Subject.WAVE, post_id)
    await emit(tx, WaveMoved(post_id))
    return post_id


async def want_question(tx: Tx, me: int, *, wanted: bool) -> None:
    """Have oneself asked for a small victory each week, or no more. Raises Forbidden for readers, who could not answer."""
    if not wanted:
        await store.want_no_more(tx, me)
        await notifications.asked_no_more(tx, me)
        return
    if (await accounts.one(tx, me)).reads_only:
        raise Forbidden("Les lectrices et lecteurs ne reçoivent pas ce rendez-vous.")
    await store.want(tx, me, clock.today())


async def wants_question(tx: Tx, me: int) -> bool:
    """Tell whether one wants the weekly question."""
    return await store.wants(tx, me)
