"""What doors do by themselves: they end, at their time, once, whichever process or job comes first."""

from __future__ import annotations

from salledepause.features.doors import store
from salledepause.features.doors.actions import finish
from salledepause.kernel import clock
from salledepause.kernel.site import Site


async def end(site: Site, room_id: int) -> None:
    """End a door whose time is over; what a host ended already is left as it is."""
    async with site.db.transaction() as tx:
        now = clock.now()
        if room_id in await store.overdue(tx, now):
            await finish(tx, room_id, now)


async def sweep(site: Site) -> None:
    """End the doors whose time is over and that no job ended."""
    async with site.db.reading() as tx:
        late = await store.overdue(tx, clock.now())
    for room_id in late:
        await end(site, room_id)
