"""SQL of what is told in nobody's name: what hosts decided, a wave at one's victory, the weekly question, a digest."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features.notifications.model import Kind
from salledepause.features.notifications.store import Fresh, Written
from salledepause.kernel.db import Tx


async def warn(tx: Tx, account_id: int, act_id: int) -> Fresh:
    """Tell somebody of an act, whatever their policy; return nothing when they were told before."""
    return await tx.all(
        Written,
        """INSERT INTO notifications (id, account_id, kind, from_id, act_id, group_key)
        SELECT id, %(account)s, %(kind)s, %(account)s, %(act)s, 'ungrouped-' || id FROM (SELECT next_id() AS id) AS new
        ON CONFLICT (account_id, kind, from_id, post_id, report_id, act_id, collection_id) DO NOTHING
        RETURNING id, account_id, false, false, false, ARRAY[]::bigint[]""",
        {"account": account_id, "kind": Kind.WARNING, "act": act_id},
    )


async def acts(tx: Tx, ids: Sequence[int]) -> dict[int, int]:
    """Return the acts that notifications are about, by notification."""
    return dict(await tx.rows("SELECT id, act_id FROM notifications WHERE id = ANY(%s) AND act_id IS NOT NULL", [list(ids)]))


async def own(tx: Tx, kind: Kind, account_id: int, post_id: int | None = None) -> Fresh:
    """Tell somebody of something of their own, once; a question, or a digest, or what waits at a desk, replaces the last one."""
    return await tx.all(
        Written,
        f"""INSERT INTO notifications AS n (id, account_id, kind, from_id, post_id, group_key)
        SELECT id, %(account)s, %(kind)s, %(account)s, %(post)s, 'ungrouped-' || id FROM (SELECT next_id() AS id) AS new
        ON CONFLICT (account_id, kind, from_id, post_id, report_id, act_id, collection_id)
            DO UPDATE SET id = excluded.id, group_key = excluded.group_key, dismissed = false
            WHERE n.kind IN ('{Kind.PROMPT}', '{Kind.DIGEST}', '{Kind.DESK}', '{Kind.ROOM_RED}')
        RETURNING id, account_id, false, false, EXISTS (
                SELECT FROM notification_policies w WHERE w.account_id = n.account_id AND w.away_from IS NOT NULL),
            ARRAY(SELECT s.id FROM push_subscriptions s WHERE s.account_id = n.account_id AND n.kind = ANY(s.alerts))""",
        {"account": account_id, "kind": kind, "post": post_id},
    )
