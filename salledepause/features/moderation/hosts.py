"""Who may decide, and about whom: hosts and admins, about those who stand below them, never about themselves."""

from __future__ import annotations

from salledepause.features import accounts
from salledepause.features.accounts import Account
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Forbidden, Missing

RANKS = {"member": 0, "host": 1, "admin": 2}


async def keeper(tx: Tx, account_id: int) -> Account:
    """Return an account that keeps the house; raises Forbidden for any other, Missing."""
    found = await accounts.one(tx, account_id)
    if not found.keeps_house or found.state != "active":
        raise Forbidden
    return found


async def administrator(tx: Tx, account_id: int) -> Account:
    """Return an account that administrates the house; raises Forbidden for any other, Missing."""
    found = await keeper(tx, account_id)
    if found.role != "admin":
        raise Forbidden
    return found


def decides(host: Account, target: Account) -> bool:
    """Tell whether a host may decide about an account: one that stands below, hence never oneself."""
    return RANKS[host.role] > RANKS[target.role]


async def subject(tx: Tx, host_id: int | None, target_id: int) -> Account:
    """Return the account that somebody wants to decide about; nobody (the command line) may about everybody.

    Raises Forbidden for who may not, Missing.
    """
    if host_id is None:
        return await accounts.one(tx, target_id)
    host = await keeper(tx, host_id)
    found = (await accounts.load(tx, [target_id])).get(target_id)
    if found is None:
        raise Missing
    if not decides(host, found):
        raise Forbidden
    return found
