"""What the worker does each minute: reads what was said in rooms, once, then sees what each room's barometer comes to."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from salledepause.features import accounts, language, posts, rooms
from salledepause.features.barometer import store
from salledepause.features.barometer.model import (
    BRAKE,
    FEWEST,
    WINDOW,
    Gauge,
    Reddened,
    State,
    gauged,
    measured,
    rounded,
    settled,
    signs_of,
    zone_of,
)
from salledepause.features.barometer.store import Kept
from salledepause.features.language import Mention
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site

AT_ONCE = 64
"""Posts that are read together."""
KEPT = timedelta(days=1)
"""How long what was read of a post is kept."""
LONGEST = 5_000


async def gauge(site: Site) -> None:
    """Read what was said in rooms for the last hour, and settle each room's barometer; twice equals once."""
    while await _read_some(site):
        pass
    async with site.db.transaction() as tx:
        await store.forget(tx, clock.now() - KEPT)
        stirred = await store.stirred(tx, clock.now() - WINDOW)
    for room_id in stirred:
        async with site.db.transaction() as tx:
            await _settle(tx, room_id, clock.now())


async def _read_some(site: Site) -> bool:
    """Read some posts that were not; return whether there were as many as are read together."""
    async with site.db.reading() as tx:
        found = await store.unread(tx, clock.now() - WINDOW, AT_ONCE)
        said = await posts.load(tx, [one.post_id for one in found])
    if not found:
        return False
    texts = [f"{said[one.post_id].warning}\n{said[one.post_id].text}".strip() if one.post_id in said else "" for one in found]
    async with site.readers:
        zones = await asyncio.to_thread(zones_of, texts)
    async with site.db.transaction() as tx:
        await store.note(tx, zip(found, zones, strict=True))
    return len(found) == AT_ONCE


def zones_of(texts: list[str]) -> list[str]:
    """Return how sharp texts are as others read them, whatever two people are to each other; swearing at nobody is calm."""
    engine = language.full()
    verdicts = language.mentions([Mention(text[:LONGEST]) for text in texts], engine)
    found = []
    for text, verdict in zip(texts, verdicts, strict=True):
        limit = language.limit(text, engine)
        ground = "" if limit.ground == "secret" else limit.ground
        found.append(zone_of(ground, hostile=verdict.hostile, softer=bool(limit.softer) and verdict.kind in language.HOSTILE))
    return found


async def _settle(tx: Tx, room_id: int, now: datetime) -> None:
    """Settle the barometer of a room, held against whoever lifts it meanwhile."""
    kept = await store.hold(tx, room_id, now)
    found = (await rooms.met(tx, None, [room_id])).get(room_id)
    if found is None or kept.off:
        return
    if not gauged(found.room):
        await _move(tx, room_id, kept, (State.CALM, Gauge(0, 0, share_met=False, reasons=()), now))
        return
    since = max(now - WINDOW, kept.begun or now - WINDOW)
    said = await store.spoken(tx, room_id, since, now - accounts.SETTLED)
    signs = [*signs_of(said), *await store.reported(tx, room_id, since, now - accounts.SETTLED)]
    come_to = measured(signs, said, now)
    await _move(tx, room_id, kept, (settled(kept.state, kept.since, come_to, now), come_to, now))


async def _move(tx: Tx, room_id: int, kept: Kept, to: tuple[State, Gauge, datetime]) -> None:
    state, come_to, now = to
    told = (kept.people, kept.reasons) == (rounded(come_to.people), come_to.reasons)
    if state is kept.state and (state is State.CALM or told or come_to.people < FEWEST):
        return
    await store.settle(tx, room_id, state, now if state is not kept.state else kept.since, come_to)
    if state is kept.state:
        return
    await rooms.brake(tx, room_id, int(BRAKE.total_seconds()) if state is State.RED else 0)
    if state is State.RED:
        await emit(tx, Reddened(room_id, tuple(await store.keepers(tx, room_id))))
