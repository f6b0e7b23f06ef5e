"""A whole account asleep: nobody reads it, no token opens it, and its person may wake it, as it was, for twelve months.

No address is kept to write to, so that nobody can be warned: the last day is said when it falls asleep and at each sign-in.
"""

from __future__ import annotations

from datetime import date

from salledepause.features.accounts import credentials, keys, standing, store
from salledepause.features.accounts.model import Account, ProfileChanged, Restored, last_day
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Conflict, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site

SLEEPS = "Ce compte dort. S'il est à vous, entrez pour le réveiller."


def shown(account: Account) -> Account:
    """Return an account whose page is open; raises Missing for any other, in words where it sleeps."""
    if account.state == "asleep":
        raise Missing(SLEEPS)
    if account.state != "active":
        raise Missing
    return account


async def fall_asleep(tx: Tx, account_id: int) -> date:
    """Put an account to sleep and close its sessions; return the last day to wake it. Twice equals once.

    Its tokens are refused as long as it sleeps. Raises Missing, Conflict for an account that is not active.
    """
    account = await store.locked(tx, account_id)
    if account.state == "asleep" and (until := await store.asleep_until(tx, account_id)):
        return until
    if account.state != "active":
        raise Conflict("Ce compte n'est pas ouvert.")
    until = last_day(clock.today())
    await store.change(tx, account_id, {"state": "asleep", "asleep_until": until})
    await keys.drop_sessions(tx, account_id)
    await keys.drop_grants(tx, account_id)
    await credentials.revoked(tx, account_id)
    await emit(tx, ProfileChanged(account_id))
    return until


async def asleep_until(tx: Tx, account_id: int) -> date | None:
    """Return the last day on which an account may be woken; `None` when it does not sleep."""
    return await store.asleep_until(tx, account_id)


async def wake(tx: Tx, account_id: int) -> None:
    """Open an account that slept, with all that it had. Twice equals once. Raises Missing, Conflict when hosts keep it shut."""
    account = await store.locked(tx, account_id)
    if account.state == "active":
        return
    if account.state != "asleep" or account.disabled:
        raise Conflict("Ce compte n'est pas ouvert.")
    await store.change(tx, account_id, {"state": "active", "asleep_until": None})
    await emit(tx, ProfileChanged(account_id))
    await emit(tx, Restored(account_id))


async def let_go(site: Site) -> None:
    """Erase who slept past their last day; who the hosts keep shut could not wake, and waits for them."""
    async with site.db.reading() as tx:
        due = await store.overslept(tx, clock.today())
    for account_id in due:
        async with site.db.transaction() as tx:
            await store.alone(tx)
            late = await store.overslept(tx, clock.today(), account_id)
            gone = await standing.erase(tx, account_id) if late else []
        for key in gone:
            site.blobs.drop(key)
