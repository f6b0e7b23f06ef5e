"""What waves do by themselves and when others act: they end, hide whom an author blocks, ask for a small victory each week."""

from __future__ import annotations

from datetime import timedelta

from salledepause.features import notifications
from salledepause.features.accounts import AccountErased
from salledepause.features.graph import Blocked, Unblocked
from salledepause.features.waves import store
from salledepause.features.waves.model import WaveMoved, question_day
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.events import emit
from salledepause.kernel.marks import Subject
from salledepause.kernel.site import Site

AT_ONCE = 100
"""People asked in one transaction."""


async def end(site: Site, post_id: int) -> None:
    """End a wave whose time is over: done twice, or by two processes, it ends once."""
    async with site.db.transaction() as tx:
        if await store.end(tx, post_id, clock.now()):
            await _moved(tx, [post_id])


async def sweep(site: Site) -> None:
    """End what a job left open, and forget what was given on other days."""
    async with site.db.transaction() as tx:
        await store.forget_days(tx, clock.today() - timedelta(days=1))
        late = await store.overdue(tx, clock.now())
    for post_id in late:
        await end(site, post_id)


async def barred(tx: Tx, event: Blocked | Unblocked) -> None:
    """Have whom an author blocks shown among those who clap no more, or again."""
    await _moved(tx, await store.of_account(tx, event.target_id, event.account_id))


async def forget_account(tx: Tx, event: AccountErased) -> None:
    """Have a departing account shown nowhere among those who clap; what it gave without its name is nobody's."""
    await _moved(tx, await store.of_account(tx, event.account_id))


async def _moved(tx: Tx, post_ids: list[int]) -> None:
    for post_id in post_ids:
        tx.touches(Subject.WAVE, post_id)
        await emit(tx, WaveMoved(post_id))


async def ask(site: Site) -> None:
    """Ask whoever wants it for a small victory, once a week, from Wednesday at 6 p.m. in Paris on, never in quiet hours."""
    now = clock.now()
    week = question_day(now)
    last = 0
    while week is not None:
        async with site.db.transaction() as tx:
            found = await store.to_ask(tx, week, last, AT_ONCE)
            for account_id in found:
                if not await notifications.hushed(tx, account_id) and await store.asked(tx, account_id, week, clock.today()):
                    await notifications.asked_for_victory(tx, account_id)
        if len(found) < AT_ONCE:
            return
        last = found[-1]
