"""Push subscriptions: where an app wants to be woken, for what, and whether a notification is to be sent there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from salledepause.features import accounts
from salledepause.features.notifications import push_store as store
from salledepause.features.notifications import readings
from salledepause.features.notifications.model import Kind, Notification, PushPolicy, Subscription, Wish
from salledepause.kernel import clock, webpush
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing

FRESH = timedelta(seconds=webpush.LIFE)
"""What was told longer ago wakes nobody."""
MOST_FAILURES = 12
"""In a row: a service that never answers must not hold the workers."""


async def subscribe(tx: Tx, account_id: int, token_id: int, wish: Wish) -> Subscription:
    """Wake an app at an address already checked; the one before, of the same token, is forgotten. Raises BadInput."""
    if not webpush.keys_fit(wish.p256dh, wish.auth):
        raise BadInput("Clés d'abonnement refusées : attendu un point de la courbe P-256 et seize octets, en base64.")
    return await store.write(tx, account_id, ("token_id", token_id), wish)


async def subscription(tx: Tx, token_id: int) -> Subscription:
    """Return where the app of a token is woken; raises Missing."""
    found = await store.of_token(tx, token_id)
    if found is None:
        raise Missing
    return found


async def subscribe_browser(tx: Tx, account_id: int, cookie: str, wish: Wish) -> Subscription:
    """Wake the browser of a session, until that ends; as `subscribe`."""
    if not webpush.keys_fit(wish.p256dh, wish.auth):
        raise BadInput("Clés d'abonnement refusées : attendu un point de la courbe P-256 et seize octets, en base64.")
    session_id = await accounts.session_id(tx, account_id, cookie)
    return await store.write(tx, account_id, ("session_id", session_id), wish)


async def of_browser(tx: Tx, account_id: int, cookie: str) -> Subscription | None:
    """Return where the browser of a session is woken."""
    return await store.of_session(tx, await accounts.session_id(tx, account_id, cookie))


async def unsubscribe_browser(tx: Tx, account_id: int, cookie: str) -> None:
    """Wake the browser of a session no more."""
    await store.drop_of(tx, ("session_id", await accounts.session_id(tx, account_id, cookie)))


async def change(tx: Tx, token_id: int, alerts: Sequence[Kind], policy: PushPolicy) -> Subscription:
    """Change for what an app is woken; raises Missing."""
    found = await store.change(tx, token_id, alerts, policy)
    if found is None:
        raise Missing
    return found


async def unsubscribe(tx: Tx, token_id: int) -> None:
    """Wake an app no more; nothing when it was not."""
    await store.drop_of(tx, ("token_id", token_id))


async def due(
    tx: Tx, notification_id: int, subscription_id: int, *, held: bool = False
) -> tuple[Subscription, Notification] | None:
    """Return what to send where, or `None` when it is no longer so: undone, put aside, not wanted, stale, nobody there.

    What was `held` through the night is no longer so either when it was read, or when there is something newer to tell.
    """
    found = await store.wanted(tx, notification_id, subscription_id, held=held)
    if found is None or (await accounts.one(tx, found.account_id)).state != "active":
        return None
    try:
        told = await readings.one(tx, found.account_id, notification_id)
    except Missing:
        return None
    return (found, told) if clock.now() - told.created_at < FRESH else None


async def reached(tx: Tx, subscription_id: int) -> None:
    """Note that an app was reached again after failures."""
    await store.reached(tx, subscription_id)


async def failed(tx: Tx, subscription_id: int) -> bool:
    """Note that an app was not reached, and forget it after too many times in a row; return whether to try again."""
    return await store.failed(tx, subscription_id, MOST_FAILURES)


async def forget(tx: Tx, subscription_id: int) -> None:
    """Drop a subscription whose app is no longer there."""
    await store.drop(tx, subscription_id)
