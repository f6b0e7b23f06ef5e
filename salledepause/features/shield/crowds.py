"""Many strangers who answer one person at once: the thread is slowed, that person told first, then hosts; it ends by itself."""

from __future__ import annotations

from datetime import timedelta

from salledepause.features import notifications, posts
from salledepause.features.posts import PostPublished
from salledepause.features.shield import evidence
from salledepause.kernel import clock, ids
from salledepause.kernel.db import Tx
from salledepause.kernel.site import Site

CROWD = 20
WITHIN = timedelta(minutes=10)
"""So many strangers, within so long, are a crowd."""
SLOWED_FOR = timedelta(minutes=30)
"""After the last time that a crowd was seen."""
HOSTS_AFTER = timedelta(minutes=1)
"""Hosts are told after the one who is answered."""
MET_WITHIN = timedelta(days=30)
"""Whom somebody named so lately is no stranger to them."""
KEPT = timedelta(hours=1)
TELL_HOSTS = "shield.tell_hosts"

ARRIVED = """INSERT INTO newcomers (target_id, account_id, at)
    SELECT p.parent_account_id, p.account_id, %(now)s FROM posts p
    WHERE p.id = %(post)s AND p.parent_account_id <> p.account_id AND p.audience IN ('public', 'unlisted')
        AND NOT EXISTS (SELECT FROM follows f WHERE f.account_id = p.parent_account_id AND f.target_id = p.account_id)
        AND NOT EXISTS (SELECT FROM mentions m JOIN posts mine ON mine.id = m.post_id AND mine.account_id = p.parent_account_id
            WHERE m.account_id = p.account_id AND m.post_id > %(since)s AND m.post_id < p.id)
    ON CONFLICT (target_id, account_id) DO UPDATE SET at = greatest(newcomers.at, excluded.at) RETURNING target_id"""
"""Notes who answers somebody who neither follows them nor named them lately: what they chose themselves makes nobody known."""


async def gathered(tx: Tx, event: PostPublished) -> None:
    """Slow the thread of an answer that makes a crowd.

    Whoever counts waits for those who counted before them to commit: of any twenty, in any processes, the last one sees all.
    """
    if not event.answers or event.room_id:
        return
    now = clock.now()
    values = {"post": event.post_id, "now": now, "since": ids.floor(now - MET_WITHIN)}
    target_id = await tx.value(ARRIVED, values)
    if target_id is None:
        return
    await tx.send("SELECT pg_advisory_xact_lock(hashtextextended('newcomers', %s))", [target_id])
    query = "SELECT count(*) FROM newcomers WHERE target_id = %s AND at > %s"
    if await tx.value(query, [target_id, now - WITHIN]) >= CROWD:
        began = await posts.slowing.slow(tx, event.post_id, target_id, now + SLOWED_FOR)
        if began is not None:
            await _tell(tx, target_id, began)


async def _tell(tx: Tx, target_id: int, post_id: int) -> None:
    await notifications.pile_on(tx, target_id, post_id)
    if tx.wiring is not None:
        given = {"target_id": target_id, "post_id": post_id}
        await tx.wiring.jobs.defer(tx, TELL_HOSTS, given, at=clock.now() + HOSTS_AFTER)


async def tell_hosts(site: Site, target_id: int, post_id: int) -> None:
    """Tell the hosts where a crowd is, but the one whom it answers; twice equals once."""
    async with site.db.transaction() as tx:
        query = "SELECT id FROM accounts WHERE role IN ('host', 'admin') AND state = 'active' AND id <> %s ORDER BY id"
        for host_id in await tx.values(query, [target_id]):
            await notifications.pile_on(tx, host_id, post_id)


async def forget(site: Site) -> None:
    """Forget who answered whom an hour ago, threads that are slow no more, and evidence that proves nothing any more."""
    async with site.db.transaction() as tx:
        await tx.send("DELETE FROM newcomers WHERE at < %s", [clock.now() - KEPT])
        await posts.slowing.forget(tx)
        await evidence.forget(tx)
