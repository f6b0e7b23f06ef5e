"""Friends who tease: while both agree, the words of one to the other are read as a friend's. Either ends it, in one click.

It changes nothing else and holds for two: a third person in the same thread is read as before, by each of them.
"""

from __future__ import annotations

from typing import NamedTuple

from salledepause.features import notifications
from salledepause.features.graph import Blocked, Unfollowed
from salledepause.features.shield import trusted
from salledepause.kernel.db import Tx


class Duel(NamedTuple):
    """A duel as one of its two sees it."""

    other_id: int
    agreed: bool
    mine: bool
    """Whether one asked for it oneself."""


async def ask(tx: Tx, me: int, other: int) -> bool:
    """Ask a friend for a duel, or agree to theirs; twice equals once. Return whether it is agreed. Raises BadInput, Missing."""
    await trusted.friends(tx, me, other)
    query = """INSERT INTO duels AS d (low_id, high_id, asked_by) VALUES (%(low)s, %(high)s, %(me)s)
        ON CONFLICT (low_id, high_id) DO UPDATE SET agreed = d.agreed OR d.asked_by <> %(me)s RETURNING agreed, xmax = 0"""
    agreed, new = await tx.row(query, _pair(me, other) | {"me": me}) or (False, False)
    if new:
        await notifications.asked_by_friend(tx, me, other)
    if agreed:
        await notifications.asks_no_more(tx, other, me)
    return bool(agreed)


async def end(tx: Tx, me: int, other: int) -> None:
    """End a duel, decline it or ask for it no more; nothing when there is none."""
    await tx.send("DELETE FROM duels WHERE low_id = %(low)s AND high_id = %(high)s", _pair(me, other))
    await notifications.asks_no_more(tx, other, me)
    await notifications.asks_no_more(tx, me, other)


async def duels(tx: Tx, me: int) -> list[Duel]:
    """Return one's duels, agreed or asked for."""
    query = """SELECT CASE WHEN low_id = %(me)s THEN high_id ELSE low_id END AS other, agreed, asked_by = %(me)s FROM duels
        WHERE %(me)s IN (low_id, high_id) ORDER BY other"""
    return await tx.all(Duel, query, {"me": me})


async def blocked(tx: Tx, event: Blocked) -> None:
    """End what tied two people, when one blocks the other."""
    await _parted(tx, event.account_id, event.target_id)


async def unfollowed(tx: Tx, event: Unfollowed) -> None:
    """End what tied two people, when one no longer follows the other."""
    await _parted(tx, event.account_id, event.target_id)


async def _parted(tx: Tx, one: int, other: int) -> None:
    known = await tx.value(
        """SELECT EXISTS (SELECT FROM duels WHERE low_id = %(low)s AND high_id = %(high)s) OR EXISTS (
            SELECT FROM shield_helpers WHERE (account_id, helper_id) IN ((%(low)s, %(high)s), (%(high)s, %(low)s)))""",
        _pair(one, other),
    )
    if known:
        await end(tx, one, other)
        await trusted.part(tx, one, other)


def _pair(one: int, other: int) -> dict[str, int]:
    return {"low": min(one, other), "high": max(one, other)}
