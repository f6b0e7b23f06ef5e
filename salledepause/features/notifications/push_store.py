"""SQL of push subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from salledepause.features.notifications.model import Kind, PushPolicy, Subscription, Wish
from salledepause.features.notifications.sieve import covered, waits
from salledepause.kernel.db import Tx

MOST = 50
"""Subscriptions of one account; the oldest leave first."""
COLUMNS = ", ".join(f"s.{name}" for name in Subscription._fields)
"""What `Subscription` takes, in its order."""


Key = tuple[Literal["token_id", "session_id"], int]
"""What a subscription hangs on: the token of an app, or the session of a browser."""


async def write(tx: Tx, account_id: int, key: Key, wish: Wish) -> Subscription:
    """Write the subscription of a token or session over the one before, under a new id."""
    await drop_of(tx, key)
    query = f"""INSERT INTO push_subscriptions AS s
            (account_id, {key[0]}, token, endpoint, p256dh, auth, standard, alerts, policy)
        VALUES (%(account)s, %(key)s, %(token)s, %(endpoint)s, %(p256dh)s, %(auth)s, %(standard)s, %(alerts)s, %(policy)s)
        ON CONFLICT ({key[0]}) DO UPDATE SET id = excluded.id, token = excluded.token, endpoint = excluded.endpoint,
            p256dh = excluded.p256dh, auth = excluded.auth, standard = excluded.standard, alerts = excluded.alerts,
            policy = excluded.policy, failures = 0 RETURNING {COLUMNS}"""
    values = {name: getattr(wish, name) for name in wish.__struct_fields__} | {"alerts": list(wish.alerts)}
    rows = await tx.all(Subscription, query, values | {"account": account_id, "key": key[1]})
    await tx.send(
        f"""DELETE FROM push_subscriptions WHERE id IN (SELECT id FROM push_subscriptions WHERE account_id = %s
            ORDER BY id DESC OFFSET {MOST})""",
        [account_id],
    )
    return rows[0]


async def of_session(tx: Tx, session_id: int) -> Subscription | None:
    """Return the subscription of a session."""
    return await tx.one(Subscription, f"SELECT {COLUMNS} FROM push_subscriptions s WHERE s.session_id = %s", [session_id])


async def of_token(tx: Tx, token_id: int) -> Subscription | None:
    """Return the subscription of a token."""
    return await tx.one(Subscription, f"SELECT {COLUMNS} FROM push_subscriptions s WHERE s.token_id = %s", [token_id])


async def change(tx: Tx, token_id: int, alerts: Sequence[Kind], policy: PushPolicy) -> Subscription | None:
    """Change what wakes the app of a token."""
    query = f"UPDATE push_subscriptions s SET alerts = %s, policy = %s WHERE s.token_id = %s RETURNING {COLUMNS}"
    return await tx.one(Subscription, query, [list(alerts), policy, token_id])


async def drop_of(tx: Tx, key: Key) -> None:
    """Drop the subscription of a token or session."""
    await tx.send(f"DELETE FROM push_subscriptions WHERE {key[0]} = %s", [key[1]])


async def drop(tx: Tx, subscription_id: int) -> None:
    """Drop a subscription."""
    await tx.send("DELETE FROM push_subscriptions WHERE id = %s", [subscription_id])


async def reached(tx: Tx, subscription_id: int) -> None:
    """Forget the failures of a subscription."""
    await tx.send("UPDATE push_subscriptions SET failures = 0 WHERE id = %s", [subscription_id])


async def failed(tx: Tx, subscription_id: int, most: int) -> bool:
    """Count a failure of a subscription, and drop it at the last one allowed; return whether it is still there."""
    query = "UPDATE push_subscriptions SET failures = failures + 1 WHERE id = %s RETURNING failures"
    number = await tx.value(query, [subscription_id])
    if number is not None and number >= most:
        await drop(tx, subscription_id)
    return number is not None and number < most


NEWS = f"""NOT EXISTS (SELECT FROM notifications o WHERE o.account_id = n.account_id AND o.id > n.id AND NOT {waits("o")}
        AND NOT {covered("o")} AND NOT o.dismissed AND o.kind = ANY(s.alerts))
    AND NOT n.dismissed AND n.id > coalesce(
        (SELECT m.last_read_id FROM markers m WHERE m.account_id = n.account_id AND m.timeline = 'notifications'), 0)"""
"""What is still news in the morning: the newest, unread."""


async def wanted(tx: Tx, notification_id: int, subscription_id: int, *, held: bool) -> Subscription | None:
    """Return a subscription if its person is here, has that notification, not put aside, and wants to be woken for it."""
    query = f"""SELECT {COLUMNS} FROM push_subscriptions s JOIN notifications n ON n.account_id = s.account_id
        WHERE s.id = %(subscription)s AND n.id = %(notification)s AND NOT {waits("n")} AND NOT {covered("n")}
            AND n.kind = ANY(s.alerts)
            AND NOT EXISTS (SELECT FROM notification_policies w WHERE w.account_id = s.account_id AND w.away_from IS NOT NULL)
            AND {NEWS if held else "true"}
            AND CASE s.policy WHEN 'all' THEN true WHEN 'none' THEN false
                WHEN 'followed' THEN EXISTS (
                    SELECT FROM follows f WHERE f.account_id = n.account_id AND f.target_id = n.from_id)
                ELSE EXISTS (SELECT FROM follows f WHERE f.account_id = n.from_id AND f.target_id = n.account_id) END"""
    return await tx.one(Subscription, query, {"subscription": subscription_id, "notification": notification_id})
