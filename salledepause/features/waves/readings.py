"""What one can read of waves: those of victories that one may see, those open now, the small victories of a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from salledepause.features import posts, rooms
from salledepause.features.posts import Seen, Source
from salledepause.features.rooms import Rings
from salledepause.features.waves import store
from salledepause.features.waves.model import Said, Wave, midnight, next_month, tomorrow, voice
from salledepause.kernel import clock, ids
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject
from salledepause.kernel.page import Listed, Page

MOST_SAID = 200
"""Claps that a page shows one by one."""
SHUFFLED = "('x' || left(md5(p.id::text || %(day)s::text), 15))::bit(60)::bigint"
"""The order of a day: of the day and of the victory's number, of nothing that says who wrote it or how it was received."""


async def of(tx: Tx, post_ids: Sequence[int]) -> dict[int, Wave]:
    """Return the waves of victories that one may see, by victory."""
    if not post_ids:
        return {}
    tx.stands_on(Subject.WAVE, *post_ids)
    found, now = await store.waves(tx, post_ids), clock.now()
    for one in found.values():
        tx.stands_on(Subject.ACCOUNT, *one.people)
        if one.is_open(now):
            tx.changes_at(one.ends_at)
    return found


async def heard(tx: Tx, post_id: int, viewer: int | None) -> list[Said]:
    """Return what the claps at a victory that one may see say, those with a word first, each by when it was given.

    An anonymous one says nothing of when, once the wave ended.
    """
    found = await store.heard(tx, post_id, viewer, MOST_SAID)
    tx.stands_on(Subject.WAVE, post_id)
    if viewer:
        tx.stands_on(Subject.PERSON, viewer)
    return found


async def claps_there(tx: Tx, secret: str, post_id: int, me: int) -> bool:
    """Tell whether one claps at a wave; of an anonymous clap nobody can tell once it ended, oneself included."""
    tx.stands_on(Subject.WAVE, post_id)
    return await store.claps_there(tx, post_id, me, voice(secret, post_id, me))


async def left(tx: Tx, me: int) -> int:
    """Return how many claps one still has to give today."""
    tx.stands_on(Subject.WAVE, me)
    tx.changes_at(tomorrow(clock.now()))
    return (await store.left(tx, [me], clock.today()))[me]


async def held_in(tx: Tx, room_id: int) -> bool:
    """Tell whether victories are congratulated in a room: where what is said is counted, told, and stays."""
    rules = await rooms.rules(tx, room_id)
    return rules.scores and rules.rings is not Rings.NEVER and not rules.expires_hours


async def open_now(tx: Tx, viewer: int | None) -> list[Seen]:
    """Return the victories that the viewer may see whose wave is open, the one that ends first before the others."""
    tx.passing = True  # which waves are open is nobody's in particular: no mark stands for it
    return await posts.visible(tx, await store.open_now(tx, clock.now()), viewer)


async def month(tx: Tx, first: date, page: Page, viewer: int | None) -> Listed[Seen]:
    """Return a page of the victories of a month in Paris that anybody may read, dealt anew each day like a pack of cards."""
    tx.passing = True  # another day deals them otherwise
    where = """p.kind = 'victory' AND p.boost_of_id IS NULL AND p.audience = 'public' AND NOT a.silenced
        AND p.id >= %(first)s AND p.id < %(last)s"""
    bounds = {"first": ids.floor(midnight(first)), "last": ids.floor(midnight(next_month(first)))}
    source = Source("posts p", SHUFFLED, where, comes=True)
    return await posts.listing(tx, source, page, viewer, day=clock.today().isoformat(), **bounds)
