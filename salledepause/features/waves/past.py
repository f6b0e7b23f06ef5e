"""A wave written as it was, for a community that is made at once: the same rules of who shows, nobody told, nothing taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from salledepause.features.waves import giving, store
from salledepause.features.waves.model import Clap, voice
from salledepause.kernel import clock
from salledepause.kernel.db import Tx


async def write(tx: Tx, secret: str, claps: Sequence[Clap], at: datetime) -> None:
    """Write the wave of one victory, opened at an instant, with its claps: a keepsake when that is long ago, else still open."""
    post_id = claps[0].post_id
    await giving.begin(tx, [post_id], at)
    await store.clap(tx, [(one, voice(secret, post_id, one.account_id)) for one in claps])
    await store.end(tx, post_id, clock.now())
