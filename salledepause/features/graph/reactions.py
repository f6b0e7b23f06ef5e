"""What the graph does when an account changes or leaves: who opens their door lets in who waited; nobody counts who left."""

from __future__ import annotations

from contextlib import suppress

from salledepause.features import accounts
from salledepause.features.accounts import AccountErased
from salledepause.features.graph import actions, store
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.site import Site


async def let_in(site: Site, account_id: int) -> None:
    """Accept who waits to follow an account that is no longer locked, one transaction each; a job after a profile change."""
    async with site.db.reading() as tx:
        waiting = await store.welcome(tx, account_id)
    for asker in waiting:
        with suppress(Missing):
            async with site.db.transaction() as tx:
                await actions.authorize(tx, account_id, asker)


async def leave(tx: Tx, event: AccountErased) -> None:
    """Take a departing account out of the totals of those it was tied to; its other rows go with it."""
    ties = await store.ties(tx, event.account_id)
    await store.untie(tx, event.account_id)
    for other, followers, following in ties:
        await accounts.count(tx, other, followers=-followers, following=-following)
