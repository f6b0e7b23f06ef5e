"""Invitations as hosts look through them: who made them, what is left of them; their codes are known to nobody any more."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing

MOST = 200
"""Invitations shown, those that end last first."""


class Invitation(NamedTuple):
    """An invitation that still opens: `by` is a handle, `None` for the command line."""

    id: int
    by: str | None
    uses_left: int
    expires_at: datetime


async def invitations(tx: Tx) -> list[Invitation]:
    """Return the invitations that still open the house."""
    return await tx.all(
        Invitation,
        """SELECT i.id, a.handle, i.uses_left, i.expires_at FROM invitations i LEFT JOIN accounts a ON a.id = i.account_id
        WHERE i.uses_left > 0 AND i.expires_at > now() ORDER BY i.expires_at DESC, i.id DESC LIMIT %s""",
        [MOST],
    )


async def revoke_invitation(tx: Tx, invitation_id: int) -> None:
    """Have an invitation open nothing any more. Raises Missing."""
    if not await tx.run("DELETE FROM invitations WHERE id = %s", [invitation_id]):
        raise Missing
