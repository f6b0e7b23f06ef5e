"""What homes do when others act: a post spreads to its readers, a new follow brings the past, an unfollow takes it away."""

from __future__ import annotations

import asyncio
import time

from salledepause.features.accounts import AccountErased
from salledepause.features.graph import Followed, Unfollowed
from salledepause.features.posts import PostErased, PostPublished
from salledepause.kernel.db import Tx
from salledepause.kernel.events import Event, emit, tell
from salledepause.kernel.marks import Subject
from salledepause.kernel.site import Site

PAST = 40
"""Posts that a new follow brings into a home."""
NEAR = 5000
"""Followers up to which a post reaches them in its own transaction."""
CHUNK = 10_000
"""Followers whose homes one transaction of the far spread writes."""
REST = 1.0
"""Seconds that the far spread leaves to others."""


class ManyReaders(Event, frozen=True):
    """A post has more readers than its own transaction should write."""

    post_id: int


class HomesReached(Event, frozen=True):
    """A post is now in the homes of many."""

    post_id: int


READERS = """SELECT f.account_id FROM follows f JOIN posts p ON p.account_id = f.target_id
    WHERE p.id = %(post)s AND (f.boosts OR p.boost_of_id IS NULL)
        AND (f.languages IS NULL OR p.language IS NULL OR p.language = ANY(f.languages))
        AND (p.parent_account_id IS NULL OR p.parent_account_id IN (p.account_id, f.account_id) OR EXISTS (
            SELECT FROM follows g WHERE g.account_id = f.account_id AND g.target_id = p.parent_account_id))
        AND p.room_id IS NULL
        AND (p.audience <> 'direct' OR EXISTS (SELECT FROM mentions m WHERE m.post_id = p.id AND m.account_id = f.account_id))"""
"""Followers who get a post: boosts and languages they want, answers only to people they know, direct ones only when named."""


TAG_READERS = """SELECT ft.account_id FROM posts p JOIN post_tags t ON t.post_id = p.id JOIN followed_tags ft ON ft.tag = t.tag
    WHERE p.id = %(post)s AND p.audience = 'public'"""
"""Who follows a tag of a public post."""


async def spread(tx: Tx, event: PostPublished) -> None:
    """Write a post into its author's home and into its followers', or leave the followers to a job when they are many.

    A post that is in its author's home was spread before. Rows come sorted, and without a look for conflicts, which would double
    the work: who begins to follow meanwhile sees the post, or the post sees them, never both. What is said in a room comes home
    to nobody, its author included.
    """
    if event.room_id:
        return
    followers = event.followers
    if followers is None:
        followers = await tx.value("SELECT followers_count FROM accounts WHERE id = %s", [event.author_id]) or 0
    if followers > NEAR:
        await emit(tx, ManyReaders(event.post_id))
    await tx.send(
        f"""INSERT INTO home (reader_id, post_id) SELECT reader, %(post)s FROM (
            SELECT %(author)s::bigint{"" if followers > NEAR else f" UNION {READERS}"} UNION {TAG_READERS}) AS readers (reader)
        WHERE EXISTS (SELECT FROM posts WHERE id = %(post)s)
            AND NOT EXISTS (SELECT FROM home WHERE reader_id = %(author)s AND post_id = %(post)s) ORDER BY reader""",
        {"post": event.post_id, "author": event.author_id},
    )


NEXT = """SELECT max(account_id) FROM (SELECT account_id FROM follows
    WHERE target_id = (SELECT account_id FROM posts WHERE id = %(post)s) AND account_id > %(after)s
    ORDER BY account_id LIMIT %(chunk)s) AS ahead"""
"""The last of the followers after one."""


async def spread_far(site: Site, post_id: int) -> None:
    """Write a post into the homes of many followers, a chunk a transaction; doing it twice equals once.

    It rests between two chunks, `REST` seconds at most in all, so that others are served meanwhile. A home remembered without the
    post is right until all are reached, which is said once, in the end.
    """
    after, rest = 0, REST
    while True:
        began = time.monotonic()
        async with site.db.transaction() as tx:
            last = await tx.value(NEXT, {"post": post_id, "after": after, "chunk": CHUNK})
            if last is None:
                tx.touches(Subject.POSTS_OF, await tx.value("SELECT account_id FROM posts WHERE id = %s", [post_id]) or 0)
                tell(tx, HomesReached(post_id))
                return
            await tx.send(
                f"""INSERT INTO home (reader_id, post_id) SELECT account_id, %(post)s FROM (
                    {READERS} AND f.account_id > %(after)s AND f.account_id <= %(last)s) AS ahead ON CONFLICT DO NOTHING""",
                {"post": post_id, "after": after, "last": last},
            )
        after, pause = last, min(rest, time.monotonic() - began)
        rest -= pause
        await asyncio.sleep(pause)


async def retract(tx: Tx, event: PostErased) -> None:
    """Take an erased post out of its author's home; elsewhere the reading joins what exists and `sweep` takes the row."""
    await tx.send("DELETE FROM home WHERE reader_id = %s AND post_id = %s", [event.author_id, event.post_id])


async def follow_up(tx: Tx, event: Followed) -> None:
    """Bring the latest posts of whom one begins to follow into one's home."""
    await tx.send(
        """INSERT INTO home (reader_id, post_id) SELECT %(reader)s, id FROM posts
        WHERE account_id = %(target)s AND audience NOT IN ('direct', 'room')
            AND (parent_account_id IS NULL OR parent_account_id = account_id) ORDER BY id DESC LIMIT %(past)s
        ON CONFLICT DO NOTHING""",
        {"reader": event.account_id, "target": event.target_id, "past": PAST},
    )


async def part(tx: Tx, event: Unfollowed) -> None:
    """Take the posts of whom one no longer follows out of one's home."""
    await tx.send(
        """DELETE FROM home h USING posts p WHERE h.reader_id = %s AND p.id = h.post_id AND p.account_id = %s""",
        [event.account_id, event.target_id],
    )


async def forget_account(tx: Tx, event: AccountErased) -> None:
    """Drop the home of a departing account."""
    await tx.send("DELETE FROM home WHERE reader_id = %s", [event.account_id])


async def sweep(site: Site) -> None:
    """Drop home rows whose post is gone."""
    async with site.db.transaction() as tx:
        await tx.send("DELETE FROM home h WHERE NOT EXISTS (SELECT FROM posts p WHERE p.id = h.post_id)")
