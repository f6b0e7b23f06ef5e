"""Erasing: a post leaves nothing but its place in the thread, so that the thread stays whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from salledepause.features import accounts, limits, rooms
from salledepause.features.posts import media, quotes, readings, store
from salledepause.features.posts.events import PostErased
from salledepause.features.posts.model import Gesture
from salledepause.kernel.db import Tx
from salledepause.kernel.events import emit
from salledepause.kernel.marks import Subject

HELD = """WITH near AS (SELECT id FROM posts WHERE id = ANY(%(ids)s)
    UNION SELECT parent_id FROM posts WHERE id = ANY(%(ids)s)
    UNION SELECT quoted_id FROM quotes WHERE post_id = ANY(%(ids)s)
    UNION SELECT r.id FROM posts p JOIN posts r ON r.conversation_id = p.conversation_id AND r.parent_id = p.id
        WHERE p.id = ANY(%(ids)s))
    SELECT p.id FROM posts p JOIN near ON near.id = p.id ORDER BY p.id FOR UPDATE OF p"""
"""The posts to erase, what they answer or quote and what answers them, always in the same order."""
GONE = """SELECT p.conversation_id, p.id, p.account_id, p.audience = 'public' AND p.boost_of_id IS NULL,
        p.audience NOT IN ('direct', 'room'),
        ARRAY(SELECT m.account_id FROM mentions m WHERE m.post_id = p.id AND p.room_id IS NULL), p.room_id, p.held
    FROM posts p WHERE p.id = ANY(%(ids)s) OR p.boost_of_id = ANY(%(ids)s)"""
"""These posts and their boosts, as `PostErased` tells of them."""

CONCERNED = "SELECT DISTINCT account_id FROM posts WHERE id = ANY(%(ids)s) OR boost_of_id = ANY(%(ids)s)"
"""Whose totals change: the authors of the posts, and who boosted them."""


async def erase(tx: Tx, author_id: int, post_id: int) -> list[str]:
    """Erase one's own post, its boosts and its media; return the keys of blobs to drop after the commit. Raises Missing."""
    await readings.own(tx, author_id, post_id)
    return await erase_all(tx, [post_id])


async def leave_room(tx: Tx, author_id: int, room_id: int, *, erasing: bool) -> list[str]:
    """Leave a room without a sign, what one said there staying or erased; return the keys of blobs to drop after the commit.

    Raises Conflict for its last keeper.
    """
    await rooms.leave(tx, author_id, room_id)
    if not erasing:
        return []
    said = await tx.values("SELECT id FROM posts WHERE account_id = %s AND room_id = %s", [author_id, room_id])
    return await erase_all(tx, said) if said else []


async def erase_all(tx: Tx, post_ids: Sequence[int], tied: Collection[int] = ()) -> list[str]:
    """Erase posts whoever wrote them (moderation, departures); return the keys of blobs to drop after the commit.

    Their rows are taken first, with those around them that change: of two who erase the same post at once, one finds nothing
    left to count; no boost and no answer comes between; a question and its answers are erased together without a deadlock.
    `tied` are accounts whose totals the same transaction changes afterwards: they are held together with those of here.
    """
    wanted = set(post_ids)
    await accounts.stay(tx, await tx.values(CONCERNED, {"ids": list(wanted)}))
    ids = [post_id for post_id in await tx.values(HELD, {"ids": list(wanted)}) if post_id in wanted]
    gone = await tx.rows(GONE, {"ids": ids})
    blobs = await media.keys(tx, ids)
    await _leave_places(tx, ids)
    await _uncount(tx, ids)
    await quotes.withdrawn(tx, ids)
    await tx.send("DELETE FROM posts WHERE id = ANY(%s)", [ids])
    totals = Counter(row[2] for row in gone if row[6] is None and not row[7])
    await limits.forget(tx, ids)
    await accounts.hold(tx, {*totals, *tied})
    for account_id, number in totals.items():
        await accounts.count(tx, account_id, posts=-number)
    for conversation_id, *what, _ in gone:
        event = PostErased(*what)
        tx.touches(Subject.POST, event.post_id)
        store.shown(tx, event.author_id, conversation_id, room_id=event.room_id)
        await emit(tx, event)
    return blobs


async def withdraw_gestures(tx: Tx, account_id: int) -> None:
    """Take back everything a departing account did to others' posts, counters included."""
    tx.touches_everything()
    await tx.send(
        """WITH gone AS (DELETE FROM gestures WHERE account_id = %s RETURNING post_id, kind),
        sums AS (SELECT post_id, count(*) FILTER (WHERE kind = %s) AS favourites, count(*) FILTER (WHERE kind = %s) AS boosts
            FROM gone GROUP BY post_id)
        UPDATE posts SET favourites_count = favourites_count - favourites, boosts_count = boosts_count - boosts,
            version = version + 1 FROM sums WHERE posts.id = sums.post_id AND favourites + boosts > 0""",
        [account_id, int(Gesture.FAVOURITE), int(Gesture.BOOST)],
    )


async def _leave_places(tx: Tx, ids: list[int]) -> None:
    await tx.send(
        """INSERT INTO tombstones (id, parent_id, conversation_id)
        SELECT p.id, p.parent_id, p.conversation_id FROM posts p WHERE p.id = ANY(%s) AND (p.replies_count > 0 OR EXISTS (
            SELECT FROM posts r WHERE r.conversation_id = p.conversation_id AND r.parent_id = p.id))
        ON CONFLICT DO NOTHING""",
        [ids],
    )
    orphans = await tx.values(
        """UPDATE posts SET parent_account_id = NULL, version = posts.version + 1 FROM posts p
        WHERE p.id = ANY(%s) AND posts.conversation_id = p.conversation_id AND posts.parent_id = p.id RETURNING posts.id""",
        [ids],
    )
    tx.touches(Subject.POST, *orphans)


async def _uncount(tx: Tx, ids: list[int]) -> None:
    parents = await tx.values(
        """UPDATE posts SET replies_count = posts.replies_count - gone.number, version = version + 1 FROM (
            SELECT parent_id, count(*) AS number FROM posts
            WHERE id = ANY(%(ids)s) AND parent_id IS NOT NULL AND audience <> 'direct' GROUP BY parent_id) AS gone
        WHERE posts.id = gone.parent_id AND posts.id <> ALL(%(ids)s) RETURNING posts.id""",
        {"ids": ids},
    )
    tx.touches(Subject.POST, *parents)
