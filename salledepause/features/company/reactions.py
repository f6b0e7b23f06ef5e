"""What company does when others act or time passes: an answer ends the wait, silence pages a host, then the next one."""

from __future__ import annotations

from salledepause.features.company import actions, store
from salledepause.features.company.model import KEPT, NEXT_AFTER, hour_of
from salledepause.features.posts import PostPublished
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.site import Site


async def published(tx: Tx, event: PostPublished) -> None:
    """Note that an answer ends a wait, if it does; twice equals once."""
    if event.answers:
        await store.answered(tx, event.post_id)


async def page(site: Site, post_id: int, turn: int) -> None:
    """Page a host about a call that nobody answered, the `turn`-th, and see to the next one. Done twice, it pages once.

    From the second on, who said to be answering is waited for. Who is on shift by now is told too, with the first page even who
    was told before, unless somebody is answering. Once every host was paged, nobody is left to page.
    """
    async with site.db.transaction() as tx:
        call, now = await store.held(tx, post_id), clock.now()
        if call is None or call.answered_at or call.paged >= turn:
            return
        if turn > 1 and call.claimed_until and call.claimant(now):
            await actions.page_at(tx, post_id, turn, call.claimed_until)
            return
        told = await store.told(tx, post_id) if turn > 1 or call.claimant(now) else set()
        relief = [one for one in await store.volunteers(tx, call.account_id, hour_of(now)) if one not in told]
        await actions.ring(tx, post_id, relief, now)
        host_id = await store.next_host(tx, call)
        if host_id is None:
            return
        await store.paged(tx, call, turn)
        await actions.ring(tx, post_id, [host_id], now, paged=True)
        await actions.page_at(tx, post_id, turn + 1, now + NEXT_AFTER)


async def sweep(site: Site) -> None:
    """Forget calls answered, and hours passed, more than thirty days ago."""
    async with site.db.transaction() as tx:
        await store.sweep(tx, clock.now() - KEPT)
