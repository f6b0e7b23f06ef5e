"""What desks do when others act or time passes: what is said to their members comes in, « stop » is heeded, dates pass."""

from __future__ import annotations

from datetime import timedelta

from salledepause.features.desks import remarks_store, stops_store, store
from salledepause.features.desks.model import KEPT, Waiting
from salledepause.features.posts import PostPublished
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site


async def published(tx: Tx, event: PostPublished) -> None:
    """Take in what is said to who gives theirs to a desk; heed who tells it to stop. Twice equals once, and nothing waits."""
    if event.room_id is None and (event.heard or event.answers):
        await remarks_store.take_in(tx, event.post_id)
    if event.room_id is None and event.answers:
        await stops_store.heed(tx, event.post_id)


async def lapse(site: Site) -> None:
    """Tell owners of cards that are past their date, once."""
    async with site.db.transaction() as tx:
        found = await store.lapsed(tx, clock.today())
        if found:
            await emit(tx, Waiting(tuple(sorted({owner_id for _, owner_id in found}))))


async def sweep(site: Site) -> None:
    """Forget what was answered more than thirty days ago, yesterday's rings, and desks that nobody owns any more."""
    now = clock.now()
    async with site.db.transaction() as tx:
        await store.forget_abandoned(tx)
        await remarks_store.sweep(tx, now - KEPT, now - timedelta(days=1))
