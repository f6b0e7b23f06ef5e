"""SQL of what a policy makes of a notification about to be told: accepted, put aside or dropped.

Source: https://docs.joinmastodon.org/entities/NotificationPolicy/. Beside that page: a host's mention always passes, whom one
follows is no new and no limited account, and until somebody chooses, only limited strangers are put aside. Whoever somebody
limits themselves waits aside as long as they do, whatever the policy says; and so does a private mention with a picture of a
stranger, whatever the policy accepts: nobody sends an unasked picture to somebody's notifications.
"""

from __future__ import annotations

from salledepause.features.notifications.model import FILTERABLE, HOUSE, NEW_DAYS, Kind

FILTERABLE_KINDS = ", ".join(f"'{kind}'" for kind in FILTERABLE)

HOUSE_KINDS = ", ".join(f"'{kind}'" for kind in HOUSE)

FOLLOWED = "EXISTS (SELECT FROM follows f WHERE f.account_id = c.account_id AND f.target_id = c.from_id)"
FOLLOWER = "EXISTS (SELECT FROM follows f WHERE f.account_id = c.from_id AND f.target_id = c.account_id)"


def waits(row: str) -> str:
    """Return the condition that notification `row` waits aside: the policy said so, or its author is limited and not let in."""
    return f"""({row}.filtered OR {row}.kind NOT IN ({HOUSE_KINDS}) AND EXISTS (
        SELECT FROM limits l WHERE l.account_id = {row}.account_id AND l.target_id = {row}.from_id AND NOT EXISTS (
            SELECT FROM notification_permissions g WHERE g.account_id = l.account_id AND g.from_id = l.target_id)))"""


def covered(row: str) -> str:
    """Return the condition that what notification `row` is about is kept out of its person's lists, and so it out of theirs."""
    return f"EXISTS (SELECT FROM covers v WHERE v.account_id = {row}.account_id AND v.post_id = {row}.post_id)"


PRIVATE = f"""(c.kind = '{Kind.MENTION}' AND EXISTS (SELECT FROM posts s WHERE s.id = c.post_id AND s.audience = 'direct'
    AND NOT EXISTS (SELECT FROM posts mine JOIN mentions m ON m.post_id = mine.id AND m.account_id = c.from_id
        WHERE mine.conversation_id = s.conversation_id AND mine.account_id = c.account_id AND mine.audience = 'direct'
            AND mine.id < s.id)))"""
"""A private mention that answers none of one's own to its author."""
PICTURED = PRIVATE.replace("s.audience = 'direct'", "s.audience = 'direct' AND s.has_media", 1)

VERDICTS = f"""CASE WHEN c.kind NOT IN ({FILTERABLE_KINDS})
        OR (policy.account_id IS NULL AND NOT author.silenced AND NOT {PICTURED})
        OR c.account_id = c.from_id OR (c.kind = '{Kind.MENTION}' AND author.role IN ('host', 'admin'))
        OR EXISTS (SELECT FROM notification_permissions g WHERE g.account_id = c.account_id AND g.from_id = c.from_id)
    THEN ARRAY[]::text[]
    ELSE ARRAY[CASE WHEN NOT {FOLLOWER} THEN policy.for_not_followers END]
        || CASE WHEN {FOLLOWED} THEN ARRAY[]::text[] ELSE ARRAY[policy.for_not_following,
            CASE WHEN author.created_at > now() - interval '{NEW_DAYS} days' THEN policy.for_new_accounts END,
            CASE WHEN author.silenced THEN coalesce(policy.for_limited_accounts, 'filter') END,
            CASE WHEN {PRIVATE} THEN policy.for_private_mentions END, CASE WHEN {PICTURED} THEN 'filter' END] END END"""
"""What each part of `policy` says of cause `c`, whose `author` is known; the strictest word wins."""
