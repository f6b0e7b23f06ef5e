"""Reading open doors: those one may read, what is written in their diaries, what is asked of whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from salledepause.features import posts, rooms
from salledepause.features.doors import store
from salledepause.features.doors.model import Asked, Diary, Own, Question, View
from salledepause.features.posts import Seen
from salledepause.features.rooms import In
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Forbidden, Missing
from salledepause.kernel.marks import Subject

MOST_LISTED, MOST_WAITING = 100, 200


class Written(NamedTuple):
    """What is written behind a door that somebody may read, in the order of time, and the questions that entries answer."""

    entries: Sequence[Seen]
    asked: dict[int, list[Asked]]


class Mine(NamedTuple):
    """What one asked oneself; `answer_id` is the entry that answers it, `None` while there is none."""

    id: int
    text: str
    answer_id: int | None


async def known(tx: Tx, viewer: int | None) -> list[View]:
    """Return the doors that somebody may read, or is asked behind, or ends as a host: by when they open, the latest first."""
    tx.passing = True  # which doors there are is nobody's in particular: no mark stands for it
    found = await _views(tx, viewer, await store.latest(tx, MOST_LISTED))
    return sorted(found, key=lambda one: (one.opens_at, one.room.id), reverse=True)


async def one(tx: Tx, viewer: int | None, door_id: int) -> View:
    """Return a door as somebody meets it; raises Missing."""
    found = await _views(tx, viewer, [door_id])
    if not found:
        raise Missing
    return found[0]


async def _views(tx: Tx, viewer: int | None, ids: Sequence[int]) -> list[View]:
    diaries = await store.diaries(tx, ids)
    met = await rooms.met(tx, viewer, list(diaries))
    tx.stands_on(Subject.ROOM, *ids)
    return [one for room_id, of_it in diaries.items() if room_id in met and _may_know(one := _view(met[room_id], of_it, viewer))]


def _view(met: rooms.View, diaries: tuple[Diary, ...], viewer: int | None) -> View:
    return View(room=met.room, diaries=diaries, who=met.who, viewer=viewer, reads=met.reads, speaks=met.speaks)


def _may_know(one: View) -> bool:
    return one.reads or one.who.standing is In.INVITED or one.who.host


async def written(tx: Tx, view: View) -> Written:
    """Return what is written behind a door; nothing to who may not read it."""
    if not view.reads:
        return Written((), {})
    seen = await posts.visible(tx, await store.entries(tx, view.room.id), view.viewer)
    return Written(seen, await store.answered(tx, view.room.id))


async def queue(tx: Tx, me: int, door_id: int) -> list[Question]:
    """Return the questions that wait behind a door whose diary one keeps. Raises Missing, Forbidden."""
    view = await one(tx, me, door_id)
    if not view.diarist:
        raise Forbidden("Les questions en attente se lisent par qui tient le journal.")
    return await store.waiting(tx, door_id, me, MOST_WAITING)


async def question(tx: Tx, me: int, question_id: int) -> tuple[View, Question]:
    """Return a question that waits behind a door whose diary one keeps. Raises Missing."""
    place = await store.place_of(tx, question_id)
    if place is None or not (view := await one(tx, me, place[0])).diarist:
        raise Missing
    found = [one for one in await store.waiting(tx, place[0], me, MOST_WAITING) if one.id == place[1]]
    if not found:
        raise Missing
    return view, found[0]


async def mine(tx: Tx, me: int, door_id: int) -> list[Mine]:
    """Return what one asked behind a door that one may read."""
    tx.stands_on(Subject.PERSON, me)
    return [Mine(*row) for row in await store.asked_by(tx, door_id, me)]


async def own(tx: Tx, me: int) -> list[Own]:
    """Return all that one asked behind doors, the oldest first, for who leaves with what is theirs."""
    return await store.own(tx, me)


async def answering(tx: Tx, me: int, entry_ids: Sequence[int]) -> set[int]:
    """Return which of some entries answer something that one asked oneself. It asks no gate: ids come from `posts`."""
    return await store.answering(tx, me, entry_ids) if entry_ids else set()


async def waiting(tx: Tx, me: int) -> int:
    """Return how much waits for somebody behind doors: diaries they are asked to keep, questions to answer."""
    now = clock.now()
    tx.stands_on(Subject.PERSON, me)
    waiting, ends = await store.waits_for(tx, me, now)
    tx.changes_at(ends)
    return waiting
