"""Whom to meet: who agrees to be found, and whom those one follows follow. Readers are never shown."""

from __future__ import annotations

from typing import Literal, NamedTuple

from salledepause.features import graph
from salledepause.kernel.db import Tx

FINDABLE = f"""a.state = 'active' AND a.discoverable AND NOT a.silenced AND a.mode = 'contributor'
    AND a.id <> ALL({graph.HIDDEN_FROM})"""


class Suggestion(NamedTuple):
    """Somebody to follow, and why: `friends_of_friends` or `most_followed`."""

    account_id: int
    source: str


async def directory(tx: Tx, viewer: int | None, order: Literal["active", "new"], limit: int, skipped: int = 0) -> list[int]:
    """Return who agrees to be found: those who published last first, or those who joined last."""
    by = "a.last_post_on DESC NULLS LAST, a.id DESC" if order == "active" else "a.id DESC"
    query = f"SELECT a.id FROM accounts a WHERE {FINDABLE} ORDER BY {by} LIMIT %(limit)s OFFSET %(skipped)s"
    return await tx.values(query, {"viewer": viewer or 0, "limit": limit, "skipped": skipped})


async def suggestions(tx: Tx, me: int, limit: int) -> list[Suggestion]:
    """Return people one might follow: those that most of one's own follow, then those that most people do."""
    tx.passing = True
    return await tx.all(
        Suggestion,
        f"""WITH friends AS (SELECT f.target_id AS id, count(*) AS number FROM follows mine
            JOIN follows f ON f.account_id = mine.target_id JOIN accounts friend ON friend.id = mine.target_id
            WHERE mine.account_id = %(viewer)s AND NOT friend.hide_collections AND friend.mode = 'contributor'
                AND friend.state = 'active' GROUP BY f.target_id)
        SELECT a.id, CASE WHEN friends.id IS NULL THEN 'most_followed' ELSE 'friends_of_friends' END
        FROM accounts a LEFT JOIN friends ON friends.id = a.id
        WHERE {FINDABLE} AND a.id <> ALL({graph.LIMITED}) AND a.id <> %(viewer)s
            AND (friends.id IS NOT NULL OR a.followers_count > 0)
            AND NOT EXISTS (SELECT FROM follows WHERE account_id = %(viewer)s AND target_id = a.id)
            AND NOT EXISTS (SELECT FROM follow_requests WHERE account_id = %(viewer)s AND target_id = a.id)
            AND NOT EXISTS (SELECT FROM dismissed_suggestions WHERE account_id = %(viewer)s AND target_id = a.id)
        ORDER BY friends.number DESC NULLS LAST, a.followers_count DESC, a.id LIMIT %(limit)s""",
        {"viewer": me, "limit": limit},
    )


async def dismiss_suggestion(tx: Tx, me: int, account_id: int) -> None:
    """Propose somebody no more, whether they were proposed or not."""
    await tx.send(
        """INSERT INTO dismissed_suggestions (account_id, target_id) SELECT %s, id FROM accounts WHERE id = %s
        ON CONFLICT DO NOTHING""",
        [me, account_id],
    )
