"""What one person can do towards another: follow, let in, mute, limit, block, and take each back.

Each begins by keeping both accounts from being erased, then locks both, the lower id first: gestures between the same two people
happen one after the other, and counters cannot drift.
"""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features import accounts
from salledepause.features.graph import limits_store, store
from salledepause.features.graph.model import (
    Blocked,
    Follow,
    Followed,
    FollowRequested,
    Limited,
    Muted,
    RequestDecided,
    Side,
    Unblocked,
    Unfollowed,
    Unlimited,
    Unmuted,
    mute_of,
)
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Forbidden, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.marks import Subject


async def follow(tx: Tx, me: int, target_id: int, wish: Follow = Follow()) -> None:  # noqa: B008 - frozen
    """Follow somebody, or change how; a request when they are locked or when `me` is silenced.

    Raises Missing for nobody, Forbidden for oneself, across a block, or when `me` may not act.
    """
    asker, target = await _both(tx, me, target_id)
    if target.state != "active":
        raise Missing
    if asker.state != "active" or await store.barred(tx, me, target_id):
        raise Forbidden
    if await store.reshape(tx, me, target_id, wish):
        return
    if target.locked or asker.silenced:
        if await store.ask(tx, me, target_id, wish):
            await emit(tx, FollowRequested(me, target_id))
        return
    await _drop_request(tx, me, target_id)
    await store.follow(tx, me, target_id, wish)
    await _begun(tx, me, target_id)


async def follow_many(tx: Tx, me: int, target_ids: Sequence[int]) -> None:
    """Follow many at once, as an import does: whoever cannot be followed at once is left out.

    That is oneself, who is locked, asked already, gone or across a block; everybody when `me` may not act.
    """
    await accounts.stay(tx, [me, *target_ids])
    begun = await store.follow_many(tx, me, target_ids)
    tx.touches(Subject.PERSON, me, *begun)
    await accounts.count(tx, me, following=len(begun))
    await accounts.count_in_names(tx, begun, followers=1)
    for target_id in begun:
        await emit(tx, Followed(me, target_id))


async def unfollow(tx: Tx, me: int, target_id: int) -> None:
    """Stop following, or take a request back; nothing when there was neither. Raises Missing."""
    await _both(tx, me, target_id)
    await _part(tx, me, target_id)


async def remove_follower(tx: Tx, me: int, follower_id: int) -> None:
    """Make somebody no longer follow `me`. Raises Missing."""
    await _both(tx, me, follower_id)
    await _end(tx, follower_id, me)


async def authorize(tx: Tx, me: int, asker_id: int) -> None:
    """Let somebody who asked follow `me`. Raises Missing when they did not ask."""
    await _both(tx, me, asker_id)
    if not await store.accept(tx, asker_id, me):
        raise Missing
    await emit(tx, RequestDecided(asker_id, me))
    await _begun(tx, asker_id, me)


async def reject(tx: Tx, me: int, asker_id: int) -> None:
    """Refuse somebody who asked to follow `me`; they are not told. Raises Missing when they did not ask."""
    await _both(tx, me, asker_id)
    if not await _drop_request(tx, asker_id, me):
        raise Missing


async def block(tx: Tx, me: int, target_id: int) -> None:
    """Block somebody: neither follows, asks, lists nor sees the other any more. Raises Missing, Forbidden for oneself."""
    await _both(tx, me, target_id)
    if await store.block(tx, me, target_id):
        await _part(tx, me, target_id)
        await _part(tx, target_id, me)
        await emit(tx, Blocked(me, target_id))


async def unblock(tx: Tx, me: int, target_id: int) -> None:
    """Take a block back; the follows that it ended do not return. Raises Missing."""
    await _both(tx, me, target_id)
    if await store.unblock(tx, me, target_id):
        await emit(tx, Unblocked(me, target_id))


async def mute(tx: Tx, me: int, target_id: int, *, notifications: bool = True, seconds: int = 0) -> None:
    """Mute somebody, their notifications too or not, for some seconds or (0) for ever; takes the place of a limit.

    Raises Missing, Forbidden, BadInput.
    """
    await _both(tx, me, target_id)
    await _unlimit(tx, me, target_id)
    await store.mute(tx, me, target_id, notifications=notifications, seconds=mute_of(seconds))
    await emit(tx, Muted(me, target_id))


async def unmute(tx: Tx, me: int, target_id: int) -> None:
    """Take a mute back. Raises Missing."""
    await _both(tx, me, target_id)
    if await store.unmute(tx, me, target_id):
        await emit(tx, Unmuted(me, target_id))


async def limit(tx: Tx, me: int, target_id: int) -> None:
    """Meet somebody only where one goes to look; takes the place of a mute, and follows stay. Raises Missing, Forbidden."""
    await _both(tx, me, target_id)
    await store.unmute(tx, me, target_id)
    if await limits_store.limit(tx, me, target_id):
        await emit(tx, Limited(me, target_id))


async def unlimit(tx: Tx, me: int, target_id: int) -> None:
    """Take a limit back. Raises Missing, Forbidden."""
    await _both(tx, me, target_id)
    await _unlimit(tx, me, target_id)


async def _unlimit(tx: Tx, me: int, target_id: int) -> None:
    if await limits_store.unlimit(tx, me, target_id):
        await emit(tx, Unlimited(me, target_id))


async def _both(tx: Tx, me: int, other: int) -> tuple[Side, Side]:
    if me == other:
        raise Forbidden
    tx.touches(Subject.PERSON, me, other)
    found = await store.pair(tx, me, other)
    if me not in found or other not in found or found[other].state == "pending":
        raise Missing
    return found[me], found[other]


async def _begun(tx: Tx, follower: int, target: int) -> None:
    await _count(tx, follower, target, 1)
    await emit(tx, Followed(follower, target))


async def _part(tx: Tx, one: int, other: int) -> None:
    await _drop_request(tx, one, other)
    await _end(tx, one, other)


async def _end(tx: Tx, follower: int, target: int) -> None:
    if await store.unfollow(tx, follower, target):
        await _count(tx, follower, target, -1)
        await emit(tx, Unfollowed(follower, target))


async def _drop_request(tx: Tx, asker: int, target: int) -> bool:
    gone = await store.withdraw(tx, asker, target)
    if gone:
        await emit(tx, RequestDecided(asker, target))
    return gone


async def _count(tx: Tx, follower: int, target: int, by: int) -> None:
    await accounts.count(tx, follower, following=by)
    await accounts.count(tx, target, followers=by)
