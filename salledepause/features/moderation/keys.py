"""Who gets in and with which keys, as hosts settle it: invitations, roles, sessions closed; each act is noted."""

from __future__ import annotations

from salledepause.features import accounts
from salledepause.features.accounts import Invitation
from salledepause.features.moderation import hosts, journal
from salledepause.features.moderation.journal import Act
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput


async def invite(tx: Tx, host_id: int, uses: int, days: int) -> str:
    """Return the code of a new invitation, shown this once. Raises Forbidden, BadInput."""
    await hosts.keeper(tx, host_id)
    code = await accounts.create_invitation(tx, host_id, uses, days)
    await journal.note(tx, Act(host_id=host_id, act="invite"))
    return code


async def invitations(tx: Tx, host_id: int) -> list[Invitation]:
    """Return the invitations that still open the house. Raises Forbidden."""
    await hosts.keeper(tx, host_id)
    return await accounts.invitations(tx)


async def revoke_invitation(tx: Tx, host_id: int, invitation_id: int) -> None:
    """Have an invitation open nothing any more. Raises Forbidden, Missing."""
    await hosts.keeper(tx, host_id)
    await accounts.revoke_invitation(tx, invitation_id)
    await journal.note(tx, Act(host_id=host_id, act="revoke_invitation"))


async def waiting(tx: Tx, host_id: int) -> int:
    """Return how many people wait to be let in. Raises Forbidden."""
    await hosts.keeper(tx, host_id)
    return await accounts.waiting(tx)


async def promote(tx: Tx, host_id: int, target_id: int, role: str) -> None:
    """Make somebody a member, a host or an admin; only an admin may. Raises Forbidden, Missing, BadInput."""
    target = await hosts.subject(tx, host_id, target_id)
    await hosts.administrator(tx, host_id)
    if target.state != "active":
        raise BadInput("Seul un compte actif change de rôle.")
    if target.role != role:
        await accounts.set_role(tx, target_id, role)
        await journal.note(tx, Act(host_id=host_id, act=f"role_{role}", target_id=target_id))


async def close_access(tx: Tx, host_id: int, target_id: int) -> None:
    """Close every session and app of somebody, who may come in again. Raises Forbidden, Missing."""
    await hosts.subject(tx, host_id, target_id)
    await accounts.close_everything(tx, target_id)
    await journal.note(tx, Act(host_id=host_id, act="close_access", target_id=target_id))
