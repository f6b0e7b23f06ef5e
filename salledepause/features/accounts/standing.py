"""An account's standing in the house: its role, whether it is let in, heard, suspended, erased. Moderation decides; this does.

States: pending -> active (approve) or erased (reject); active <-> suspended; active <-> asleep, by its person (`sleep`);
asleep <-> suspended. Each gesture done twice equals once.
"""

from __future__ import annotations

from datetime import timedelta

from salledepause.features.accounts import credentials, keys, store
from salledepause.features.accounts.model import (
    AccessRevoked,
    Account,
    AccountErased,
    ProfileChanged,
    Restored,
    Suspended,
    Veiled,
    last_day,
)
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict
from salledepause.kernel.events import emit

SETTLED = timedelta(days=7)
COUNTS = "a.state = 'active' AND NOT a.silenced AND NOT a.bot AND a.created_at <= %(known)s"
"""Whether account `a` counts where several must agree: neither limited nor automated, nor made since `known`, `SETTLED` ago."""
ROLES = ("member", "host", "admin")


async def set_role(tx: Tx, account_id: int, role: str) -> None:
    """Make somebody a member, a host or an admin. Raises BadInput, Missing."""
    if role not in ROLES:
        raise BadInput("Rôle inconnu : member, host ou admin.")
    await _set(tx, account_id, "role", role)


async def suspend(tx: Tx, account_id: int) -> None:
    """Hide an account from everybody and refuse its tokens; close its sessions. Raises Missing."""
    if await _set(tx, account_id, "state", "suspended"):
        await keys.drop_sessions(tx, account_id)
        await keys.drop_grants(tx, account_id)
        await emit(tx, Suspended(account_id))


async def restore(tx: Tx, account_id: int) -> None:
    """Undo a suspension; who slept sleeps on, with the whole time to wake, for nobody could meanwhile. Raises Missing."""
    if (await store.locked(tx, account_id)).state != "suspended":
        return
    if await store.asleep_until(tx, account_id):
        await store.change(tx, account_id, {"state": "asleep", "asleep_until": last_day(clock.today())})
    elif await _set(tx, account_id, "state", "active"):
        await emit(tx, Restored(account_id))


async def silence(tx: Tx, account_id: int) -> None:
    """Keep an account out of what everybody reads; who follows it still does. Raises Missing."""
    await _set(tx, account_id, "silenced", value=True)


async def unsilence(tx: Tx, account_id: int) -> None:
    """Undo a silence. Raises Missing."""
    await _set(tx, account_id, "silenced", value=False)


async def disable(tx: Tx, account_id: int) -> None:
    """Let nobody into an account, by session or token; what it said stays readable. Raises Missing."""
    if await _set(tx, account_id, "disabled", value=True):
        await keys.drop_sessions(tx, account_id)
        await keys.drop_grants(tx, account_id)
        await emit(tx, AccessRevoked(account_id, None))


async def enable(tx: Tx, account_id: int) -> None:
    """Open an account to its person again; the tokens it had are good again. Raises Missing.

    Who sleeps has the whole time to wake, for nobody could meanwhile.
    """
    if await _set(tx, account_id, "disabled", value=False):
        if await store.asleep_until(tx, account_id):
            await store.change(tx, account_id, {"asleep_until": last_day(clock.today())})
        await emit(tx, Restored(account_id))


async def veil(tx: Tx, account_id: int) -> None:
    """Show the pictures of an account veiled, whatever it says of them. Raises Missing."""
    if await _set(tx, account_id, "sensitized", value=True):
        await emit(tx, Veiled(account_id))


async def unveil(tx: Tx, account_id: int) -> None:
    """Undo a veil: pictures are as the account says. Raises Missing."""
    if await _set(tx, account_id, "sensitized", value=False):
        await emit(tx, Veiled(account_id))


async def approve(tx: Tx, account_id: int) -> None:
    """Let in somebody who waits; the reason given is forgotten. Raises Missing, Conflict when nobody waits there."""
    _waiting(await store.locked(tx, account_id))
    await store.change(tx, account_id, {"state": "active", "application": ""})
    await emit(tx, Restored(account_id))


async def reject(tx: Tx, account_id: int) -> list[str]:
    """Turn away somebody who waits: the account is erased. Raises Missing, Conflict when nobody waits there."""
    _waiting(await store.locked(tx, account_id))
    return await erase(tx, account_id)


async def erase(tx: Tx, account_id: int) -> list[str]:
    """Erase an account and all that hangs on it; return the keys of blobs to drop after the commit. Raises Missing."""
    await store.alone(tx)
    account = await store.locked(tx, account_id)
    await emit(tx, AccountErased(account_id))
    await credentials.close_everything(tx, account_id)
    await store.delete(tx, account_id)
    return [key for key in (account.avatar, account.header) if key]


def _waiting(account: Account) -> None:
    if account.state != "pending":
        raise Conflict("Ce compte n'attend plus de décision.")


async def _set(tx: Tx, account_id: int, column: str, value: str | bool) -> bool:
    """Set one column of a standing; tell whether that changed anything."""
    if getattr(await store.locked(tx, account_id), column) == value:
        return False
    await store.change(tx, account_id, {column: value})
    await emit(tx, ProfileChanged(account_id))
    return True
