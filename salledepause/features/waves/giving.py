"""Giving a clap: hundreds at once are one transaction, each by itself allowed or refused; the first one opens the wave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from salledepause.features import notifications, posts, rooms
from salledepause.features.waves import store
from salledepause.features.waves.model import A_DAY, LASTS, Clap, WaveMoved, voice
from salledepause.features.waves.store import Asker
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Forbidden, Missing, Refusal
from salledepause.kernel.events import emit
from salledepause.kernel.marks import Subject
from salledepause.kernel.site import Site
from salledepause.kernel.together import Together

NAME = "waves.clap"
GRACE = timedelta(seconds=1)
"""After its time, when a wave is ended: whichever clock the job goes by, its time is over."""


async def clap(site: Site, one: Clap) -> None:
    """Clap at a victory, once however often it is sent; the first clap opens its wave. Returns once it is on the disk.

    Raises Missing for what one may not read, BadInput for another kind of post, Forbidden for readers, one's own victory and who
    has nothing left to give today, Conflict once the wave is over. It opens transactions of its own.
    """
    work: Together[Clap, None] | None = site.together.get(NAME)
    if work is None:
        work = site.together[NAME] = Together(partial(_round, site), lambda asked: asked.account_id)
    await work.do(one)


async def _round(site: Site, claps: Sequence[Clap]) -> list[Refusal | None]:
    async with site.db.transaction() as tx:
        return await _written(tx, site.settings.secret, claps)


class Voiced(NamedTuple):
    """A clap with its voice."""

    clap: Clap
    voice: bytes


async def _written(tx: Tx, secret: str, claps: Sequence[Clap]) -> list[Refusal | None]:
    """Write what may be written of some claps, at most one of each account; return why each is refused, `None` where it is not.

    Where the wave is open already it takes four trips to the server.
    """
    now, day = clock.now(), clock.today()
    refused = await _refused(tx, claps)
    wanted = [Voiced(one, voice(secret, one.post_id, one.account_id)) for one in claps if one not in refused]
    if not wanted:
        return [refused[one] for one in claps]
    taking = await store.take(tx, [one.clap.account_id for one in wanted], day)
    running = await store.hold_open(tx, {one.clap.post_id for one in wanted}, now)
    able = {row[0] for row in await taking.rows()}
    affordable = [one for one in wanted if one.clap.account_id in able]
    if new := {one.clap.post_id for one in affordable} - running:
        for post_id in await begin(tx, new, now):
            await notifications.wave_opened(tx, post_id)
        running |= await store.hold_open(tx, new, now)
    written = await store.clap(tx, [one for one in affordable if one.clap.post_id in running]) if affordable else set()
    there = await store.clapping(tx, [one.voice for one in wanted]) if len(written) < len(wanted) else written
    idle = [one.clap.account_id for one in affordable if one.voice not in written]
    if idle:
        await store.give_back(tx, idle, day)
    for one in wanted:
        if one.voice not in there:
            refused[one.clap] = _too_late() if one.clap.account_id in able else _nothing_left()
    await _tell(tx, [one.clap for one in wanted if one.voice in written])
    return [refused.get(one) for one in claps]


async def begin(tx: Tx, post_ids: Collection[int], at: datetime) -> list[int]:
    """Open the waves that are not, and have each end in its time. Return the victories that have a new one."""
    begun = await store.begin(tx, post_ids, at) if post_ids else []
    for post_id in begun:
        await tx.wiring.jobs.defer(tx, "waves.end", {"post_id": post_id}, at + LASTS + GRACE)
    return begun


async def _refused(tx: Tx, claps: Sequence[Clap]) -> dict[Clap, Refusal]:
    """Return why claps are refused, whatever the wave and the day."""
    asking = await store.askers(tx, claps)
    readers: dict[int, set[int]] = {}
    for post_id in {one.post_id for one in claps}:
        readers[post_id] = await posts.readers(tx, post_id, [one.account_id for one in claps if one.post_id == post_id])
    known = {(row[0], row[1]): Asker(*row) for row in await asking.rows()}
    found = {}
    for one in claps:
        asker = known.get((one.post_id, one.account_id))
        may_read = one.account_id in readers[one.post_id]
        if refusal := _refusal(asker if may_read else None):
            found[one] = refusal
        elif asker and asker.closed and one.word:
            found[one] = Forbidden("Qui a écrit cette victoire l'a fermée aux réponses : félicitez sans un mot.")
        elif asker and asker.room_id and not await rooms.speaks(tx, asker.account_id, asker.room_id):
            found[one] = Forbidden("Dans cette pièce, seules félicitent les personnes qui y parlent.")
    return found


def _refusal(asker: Asker | None) -> Refusal | None:
    if asker is None:
        return Missing()
    if not asker.victory:
        return BadInput("Une ronde félicite une victoire.")
    if not asker.counts:
        return Forbidden("Dans cette pièce, rien ne se compte : il n'y a pas de ronde.")
    if asker.reads_only:
        return Forbidden("Les lectrices et lecteurs n'applaudissent pas : devenez contributeur ou contributrice d'abord.")
    return Forbidden("Une ronde vient des autres : on ne s'applaudit pas soi-même.") if asker.own else None


def _too_late() -> Refusal:
    return Conflict("Cette ronde est finie : elle reste en souvenir, et rien ne s'y ajoute.")


def _nothing_left() -> Refusal:
    return Forbidden("Vos {most} félicitations du jour sont données. Il y en aura {most} autres demain.", most=A_DAY)


async def _tell(tx: Tx, claps: Sequence[Clap]) -> None:
    for post_id in {one.post_id for one in claps}:
        tx.touches(Subject.WAVE, post_id)
        await emit(tx, WaveMoved(post_id))
    for one in claps:
        tx.touches(Subject.WAVE, one.account_id)
