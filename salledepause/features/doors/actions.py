"""What one can do with open doors: announce one, agree to keep its diary, ask, answer, set aside, group, end."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from salledepause.features import accounts, moderation, posts, rooms
from salledepause.features.doors import store
from salledepause.features.doors.model import MOST_ASKED, SORT, Opening, QuestionAnswered, Stage, View, check, questioned, rules
from salledepause.features.doors.readings import one
from salledepause.features.moderation import Act
from salledepause.features.posts import Draft
from salledepause.features.rooms import In
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Forbidden, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.marks import Subject
from salledepause.kernel.text import clean

HOSTS = "Les hôtes ouvrent les portes : écrivez-leur si vous voulez en ouvrir une."
EARLY = "Cette porte n'est pas encore ouverte."
OVER = "Cette porte est refermée : on la relit, rien ne s'y ajoute."
READER = "Vous êtes en mode lecteur. Passez en mode contributeur dans votre profil pour poser une question."
OWN_DOOR = "Vous tenez un journal derrière cette porte : écrivez-y."
NOT_YOURS = "Seul·e répond qui tient un journal derrière cette porte."
TOO_MANY = "Vous avez déjà {most} questions en attente ici : retirez-en une d'abord."
TAKEN = "Cette question a déjà sa réponse, ou n'attend plus."
GRACE = timedelta(seconds=1)
"""After its time, when a door is ended: whichever clock the job goes by, its time is over."""


async def open_door(tx: Tx, me: int | None, opening: Opening) -> int:
    """Announce a door, and ask its diarists; return its id, its room's. By nobody (the demonstration) no right is asked.

    Raises Forbidden for who does not keep the house, BadInput, Missing for a diarist who is not there.
    """
    if me is not None and not (await accounts.one(tx, me)).keeps_house:
        raise Forbidden(HOSTS)
    titled = tuple((clean(title), handle) for title, handle in opening.diaries)
    check(msgspec.structs.replace(opening, diaries=titled), clock.now())
    diaries = [(title, await _diarist(tx, handle)) for title, handle in titled]
    if len({account_id for _, account_id in diaries}) < len(diaries):
        raise BadInput("Deux journaux sont tenus par deux personnes.")
    wanted = rooms.Opening(name=opening.topic, purpose=opening.about, sort=SORT, rules=rules(opening))
    room_id = (await rooms.create(tx, None, wanted)).id
    await store.insert(tx, room_id, diaries)
    for _, account_id in diaries:
        await rooms.seat(tx, room_id, account_id, In.INVITED)
        if not (await rooms.met(tx, account_id, [room_id]))[room_id].reads:
            raise BadInput("Qui tient un journal doit pouvoir lire la porte : choisissez d'autres lecteurs.")
    await tx.wiring.jobs.defer(tx, "doors.end", {"room_id": room_id}, opening.ends_at + GRACE)
    return room_id


async def _diarist(tx: Tx, handle: str) -> int:
    """Return who is to keep a diary; raises BadInput for nobody, and for who reads only."""
    try:
        found = await accounts.by_handle(tx, handle, tx.domain)
    except Missing as error:
        raise BadInput("Personne ne s'appelle « @{name} » ici.", name=handle.strip().lstrip("@")) from error
    if found.state != "active" or found.reads_only:
        raise BadInput("« @{name} » ne peut pas tenir de journal pour l'instant.", name=found.handle)
    return found.id


async def accept(tx: Tx, me: int, door_id: int) -> None:
    """Agree to keep the diary that one is asked for. Twice equals once. Raises Missing, Forbidden."""
    view = await one(tx, me, door_id)
    if view.diarist:
        return
    if view.who.standing is not In.INVITED:
        raise Missing
    if view.stage is Stage.AFTER:
        raise Forbidden(OVER)
    if not view.who.contributor:
        raise Forbidden("Vous êtes en mode lecteur. Passez en mode contributeur dans votre profil pour tenir un journal.")
    await rooms.enter(tx, me, door_id)


async def decline(tx: Tx, me: int, door_id: int) -> None:
    """Decline to keep a diary, or keep it no more: what was written stays. Raises Missing."""
    view = await one(tx, me, door_id)
    if not (view.diarist or view.who.standing is In.INVITED):
        raise Missing
    await rooms.leave(tx, me, door_id)


async def ask(tx: Tx, me: int, door_id: int, typed: str) -> int:
    """Ask the diarists a question; the same one again is asked once. Return its id. Raises Missing, Forbidden, BadInput."""
    view = await one(tx, me, door_id)
    if not view.reads:
        raise Missing
    if not view.who.contributor:
        raise Forbidden(READER)
    if view.diarist:
        raise Forbidden(OWN_DOOR)
    await _running(tx, view)
    text = questioned(typed)
    await accounts.hold(tx, [me])
    waiting = {said: known for known, said, answer in await store.asked_by(tx, door_id, me) if answer is None}
    if text in waiting:
        return waiting[text]
    if len(waiting) >= MOST_ASKED:
        raise BadInput(TOO_MANY, most=MOST_ASKED)
    made = await store.ask(tx, door_id, me, text)
    _moves(tx, view, me)
    return made


async def withdraw(tx: Tx, me: int, question_id: int) -> int:
    """Take back a question of one's own that has no answer; return its door. Raises Missing."""
    door_id = await store.withdraw(tx, question_id, me)
    if door_id is None:
        raise Missing
    _moves(tx, await one(tx, me, door_id), me)
    return door_id


async def set_aside(tx: Tx, me: int, question_id: int, *, aside: bool) -> int:
    """Set a question aside, or take it back; return its door. Raises Missing, Forbidden, Conflict."""
    view, leader_id = await _held(tx, me, question_id)
    await store.set_aside(tx, leader_id, aside=aside)
    _moves(tx, view, me)
    return view.room.id


async def group(tx: Tx, me: int, question_id: int, into_id: int) -> int:
    """Say that a question asks the same as another; return their door. Raises Missing, Forbidden, BadInput, Conflict."""
    view, leader_id = await _held(tx, me, question_id, into_id)
    if leader_id == into_id:
        raise BadInput("Choisissez une autre question : celle-ci est la même.")
    await store.follow(tx, leader_id, into_id)
    _moves(tx, view, me)
    return view.room.id


async def answer(tx: Tx, me: int, question_id: int, text: str) -> int:
    """Answer a question by a new entry of the diary; return the entry. Raises Missing, Forbidden, BadInput, Conflict."""
    view, leader_id = await _held(tx, me, question_id)
    entry_id = await posts.publish(tx, me, Draft(text=text, room_id=view.room.id))
    return await _answered(tx, view, leader_id, entry_id)


async def answer_by(tx: Tx, me: int, question_id: int, entry_id: int) -> int:
    """Say that an entry of one's own just written answers a question; return the entry. Raises as `answer`."""
    view, leader_id = await _held(tx, me, question_id)
    entry = (await posts.load(tx, [entry_id])).get(entry_id)
    if entry is None or entry.account_id != me or entry.room_id != view.room.id:
        raise BadInput("Une réponse s'écrit dans le journal de cette porte.")
    return await _answered(tx, view, leader_id, entry_id)


async def _answered(tx: Tx, view: View, question_id: int, entry_id: int) -> int:
    await store.answer(tx, question_id, entry_id)
    await emit(tx, QuestionAnswered(entry_id))
    _moves(tx, view, view.viewer or 0)
    return entry_id


async def _held(tx: Tx, me: int, question_id: int, *others: int) -> tuple[View, int]:
    """Return the running door of a question that waits there for who keeps its diary, and the question that stands for it.

    Both it and `others` are held until the commit. Raises Missing, Forbidden, Conflict.
    """
    place = await store.place_of(tx, question_id)
    view = await one(tx, me, place[0]) if place else None
    if place is None or view is None or not (view.diarist or await _asks_it(tx, me, question_id, place[0])):
        raise Missing
    if not view.diarist:
        raise Forbidden(NOT_YOURS)
    await _running(tx, view)
    wanted = {place[1], *others}
    if len(await store.hold(tx, list(wanted), view.room.id)) < len(wanted):
        raise Conflict(TAKEN)
    return view, place[1]


async def _asks_it(tx: Tx, me: int, question_id: int, door_id: int) -> bool:
    return question_id in [row[0] for row in await store.asked_by(tx, door_id, me)]


async def _running(tx: Tx, view: View) -> None:
    """Keep a door from being ended before this commit; raises Forbidden for one whose time is not, or no more."""
    if view.stage is Stage.BEFORE:
        raise Forbidden(EARLY)
    if view.stage is Stage.AFTER or not await rooms.hold_open(tx, view.room.id, clock.now()):
        raise Forbidden(OVER)


def _moves(tx: Tx, view: View, me: int) -> None:
    """Note that the questions of a door change, for its diarists and who acts."""
    tx.touches(Subject.ROOM, view.room.id)
    tx.touches(Subject.PERSON, me, *(diary.account_id for diary in view.diaries))


async def end(tx: Tx, me: int, door_id: int) -> None:
    """End a door before its time, as a host; of one that did not open yet nothing stays. Raises Missing, Forbidden."""
    view = await one(tx, me, door_id)
    if not view.who.host:
        raise Forbidden("Seuls les hôtes referment une porte avant son heure.")
    await moderation.note(tx, Act(host_id=me, act="end_door", subject=view.room.name))
    if view.stage is not Stage.BEFORE or not await rooms.call_off(tx, door_id):
        await finish(tx, door_id, clock.now())


async def finish(tx: Tx, room_id: int, at: datetime) -> bool:
    """Do the end of a door, once: whoever writes or asks in this moment is waited for; questions without an answer are erased.

    Return whether it is done here.
    """
    await rooms.hold(tx, room_id)
    if not await store.end(tx, room_id):
        return False
    diaries = (await store.diaries(tx, [room_id])).get(room_id, ())
    await store.forget_unanswered(tx, room_id)
    tx.touches(Subject.PERSON, *(one.account_id for one in diaries))
    await rooms.end(tx, room_id, at)
    return True
