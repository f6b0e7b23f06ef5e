"""Being put out of a place of the house: a decision about somebody, told with its reason and contested as any other (`appeals`).

A circle is its people's own: who is put out of one is told nothing, and no host hears of it. Nor does this tell anybody of a room
that they could not know of.
"""

from __future__ import annotations

from salledepause.features import rooms
from salledepause.features.moderation import journal
from salledepause.features.moderation.journal import Act
from salledepause.features.moderation.model import Warned, reason_of
from salledepause.features.rooms import In
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import emit


async def put_out(tx: Tx, me: int, room_id: int, account_id: int, reason: str = "") -> None:
    """Put somebody out of a room that one keeps, and tell them why where it is a place of the house; twice equals once.

    Raises Missing, BadInput, also without a reason where one is told.
    """
    room = await rooms.kept(tx, me, room_id)
    said = reason_of(reason)
    if room.of_the_house and not said:
        raise BadInput("Écrivez la raison : la personne la lira.")
    before = (await rooms.met(tx, account_id, [room_id]))[room_id].who
    await rooms.put_out(tx, me, room_id, account_id)
    if room.of_the_house and before.standing is not In.OUT and rooms.may_know(room, before):
        act = Act(host_id=me, act="put_out", target_id=account_id, subject=room.handle, reason=said)
        await emit(tx, Warned(await journal.note(tx, act), account_id))


async def let_in(tx: Tx, me: int, room_id: int, account_id: int) -> None:
    """Let somebody who was put out of a room that one keeps come back: they may enter as anybody. Twice equals once."""
    room = await rooms.kept(tx, me, room_id)
    await come_back(tx, me, room, account_id)


async def come_back(tx: Tx, by: int, room: rooms.Room, account_id: int) -> None:
    """Let somebody who was put out come back, whoever decides it."""
    if await rooms.readmit(tx, room.id, account_id) and room.of_the_house:
        await journal.note(tx, Act(host_id=by, act="let_in", target_id=account_id, subject=room.handle))
