"""What posts do when others act, or time passes: a departing account's posts go, their places in threads stay."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from salledepause.features import graph
from salledepause.features.accounts import AccountErased, Veiled
from salledepause.features.posts import placing_store, readings, store
from salledepause.features.posts.erase import erase_all, withdraw_gestures
from salledepause.features.rooms import RoomChanged
from salledepause.features.verification import VerificationChanged
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Conflict
from salledepause.kernel.site import Site

EXPIRED_AT_ONCE = 200
SAID_TO_FEWER = (
    "Ce qui s'est dit ici l'a été devant moins de monde : une pièce où l'on a parlé ne s'ouvre pas plus grand. "
    "Ouvrez-en une autre, et fermez celle-ci."
)

REMEMBERED = timedelta(hours=24)
"""How long a retry with the same idempotency key finds the first post."""


async def leave(tx: Tx, event: AccountErased) -> None:
    """Erase everything a departing account wrote or did; the sweeper of blobs takes the files."""
    await withdraw_gestures(tx, event.account_id)
    ids = await tx.values("SELECT id FROM posts WHERE account_id = %s", [event.account_id])
    await erase_all(tx, ids, await graph.tied(tx, event.account_id))


async def veiled(tx: Tx, event: Veiled) -> None:
    """Have the pictures of an account shown anew: veiled, or as it says."""
    await store.say_anew(tx, event.account_id)


async def said_of_family(tx: Tx, event: VerificationChanged) -> None:
    """Have what somebody said with their family shown bear the mark of a proven one, or bear it no more."""
    await store.say_family_anew(tx, event.account_id)


async def room_changed(tx: Tx, event: RoomChanged) -> None:
    """Have what was said in a room follow its new rules: shown anew, found by its words or no more.

    Raises Conflict where it would be read by others than those to whom it was said.
    """
    if event.wider and await placing_store.spoken_in(tx, event.room_id):
        raise Conflict(SAID_TO_FEWER)
    ids = await placing_store.say_room_anew(tx, event.room_id)
    if event.searching:
        await readings.index(tx, ids)


async def expire(site: Site) -> None:
    """Erase what was said in rooms and is over, some at a time, for good: rows first, then the keys of hours that are over.

    Killed anywhere, the next run goes on: a key goes only once nothing of its hour is left.
    """
    left = True
    while left:
        async with site.db.transaction() as tx:
            ids = await placing_store.expired(tx, EXPIRED_AT_ONCE)
            blobs = await erase_all(tx, ids) if ids else []
            tx.afterwards.extend(partial(site.blobs.drop, key) for key in blobs)
            left = len(ids) == EXPIRED_AT_ONCE
    async with site.db.transaction() as tx:
        first, seals = await placing_store.first_over(tx), tx.seals
    now = clock.now()
    seals.forget(min(first, now) if first else now)


async def forget_keys(site: Site) -> None:
    """Drop idempotency keys that no retry will bring any more."""
    async with site.db.transaction() as tx:
        await store.forget_keys(tx, clock.now() - REMEMBERED)


INDEXED_AT_ONCE = 500


async def index_older(site: Site) -> None:
    """Write what posts from before the search of today are found by, newest first, until none is left."""
    left = True
    while left:
        async with site.db.transaction() as tx:
            ids = await store.unfound(tx, INDEXED_AT_ONCE)
            await readings.index(tx, ids)
            left = bool(ids)
