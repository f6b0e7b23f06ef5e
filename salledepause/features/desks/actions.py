"""What one can do about desks: open, change, share, leave; be there at some hours; stop everything."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from salledepause.features import accounts, graph
from salledepause.features.desks import remarks_store, store
from salledepause.features.desks.model import MOST_DESKS, MOST_MEMBERS, MOST_PACE, Desk, Member, check_desk
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Forbidden, Missing

READER = "Vous êtes en mode lecteur. Passez en mode contributeur dans votre profil pour tenir un guichet."
DAYS, CLOCK = range(1, 8), range(24)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What changes of a desk; `None` leaves as it is."""

    name: str | None = None
    purpose: str | None = None
    asked: bool | None = None
    answers: bool | None = None
    pace: int | None = None


async def create(tx: Tx, me: int, name: str, purpose: str) -> int:
    """Open a desk, and own it; it answers nothing by itself. Raises BadInput, Forbidden for a reader."""
    name, purpose = check_desk(name, purpose)
    await _contributor(tx, me)
    await accounts.hold(tx, [me])
    if sum(joined for _, joined in await store.of_account(tx, me)) >= MOST_DESKS:
        raise BadInput("Vous tenez déjà {most} guichets.", most=MOST_DESKS)
    return await store.insert(tx, name, purpose, me)


async def _contributor(tx: Tx, me: int) -> None:
    account = await accounts.one(tx, me)
    if account.reads_only or account.bot:
        raise Forbidden(READER)


async def owned(tx: Tx, me: int, desk_id: int, *, held: bool = False) -> tuple[Desk, list[Member]]:
    """Return a desk that one owns, and who owns it or is invited to; raises Missing for anybody else."""
    desk = await store.one(tx, desk_id, held=held)
    if desk is None:
        raise Missing
    members = await store.members(tx, desk_id)
    if not any(one.account_id == me and one.joined for one in members):
        raise Missing
    return desk, members


async def change(tx: Tx, me: int, desk_id: int, change_: Change) -> None:
    """Change a desk; one that answers no more calls back what is not gone yet. Raises Missing, BadInput."""
    desk, _ = await owned(tx, me, desk_id, held=True)
    given = {name: value for name, value in msgspec.structs.asdict(change_).items() if value is not None}
    desk = msgspec.structs.replace(desk, **given)
    name, purpose = check_desk(desk.name, desk.purpose)
    if not 1 <= desk.pace <= MOST_PACE:
        raise BadInput("Un guichet répond tout seul de 1 à {most} fois par heure.", most=MOST_PACE)
    await store.change(tx, msgspec.structs.replace(desk, name=name, purpose=purpose))
    if change_.answers is False:
        await remarks_store.call_back(tx, desk_id)
    if change_.answers:
        await store.learned_anew(tx, desk_id)


async def close(tx: Tx, me: int, desk_id: int) -> None:
    """Close a desk that one owns alone: its cards go with it. Raises Missing, Conflict while others own it."""
    _, members = await owned(tx, me, desk_id, held=True)
    if sum(one.joined for one in members) > 1:
        raise Conflict("D'autres tiennent ce guichet avec vous : quittez-le, il leur reste.")
    await store.erase(tx, desk_id)


async def invite(tx: Tx, me: int, desk_id: int, handle: str) -> None:
    """Invite somebody to own a desk too; twice equals once. Raises Missing, BadInput, Forbidden where one blocks the other."""
    _, members = await owned(tx, me, desk_id, held=True)
    who = await accounts.by_handle(tx, handle.strip().removeprefix("@"), tx.domain)
    tie = await graph.relationship(tx, me, who.id)
    if tie.blocking or tie.blocked_by:
        raise Forbidden
    if who.reads_only or who.bot or who.state != "active":
        raise BadInput("Cette personne ne peut pas tenir un guichet : elle lit seulement, ou n'est pas là.")
    if len(members) >= MOST_MEMBERS:
        raise BadInput("Un guichet se tient à {most} au plus.", most=MOST_MEMBERS)
    await store.invite(tx, desk_id, who.id)


async def join(tx: Tx, me: int, desk_id: int) -> None:
    """Own a desk that one is invited to; twice equals once. Raises Missing, Forbidden for a reader."""
    members = await store.members(tx, desk_id)
    if not any(one.account_id == me for one in members):
        raise Missing
    await _contributor(tx, me)
    await store.join(tx, desk_id, me)


async def leave(tx: Tx, me: int, desk_id: int) -> None:
    """Own a desk no more, or decline; one's cards go to another owner. Raises Missing, Conflict for the last owner."""
    await store.one(tx, desk_id, held=True)
    members = await store.members(tx, desk_id)
    mine = next((one for one in members if one.account_id == me), None)
    if mine is None:
        raise Missing
    if mine.joined and sum(one.joined for one in members) == 1:
        raise Conflict("Vous êtes la dernière personne à tenir ce guichet : fermez-le plutôt.")
    await store.part(tx, desk_id, me)


async def take_in(tx: Tx, me: int, desk_id: int, *, wanted: bool) -> None:
    """Say whether what is said to oneself in the open goes to the desk too. Raises Missing."""
    await owned(tx, me, desk_id)
    await store.take_in(tx, desk_id, me, wanted=wanted)


async def be_there(tx: Tx, me: int, desk_id: int, weekday: int, hours: Sequence[int]) -> None:
    """Say at which hours of a day of the week one is there, as the clock of Paris shows them. Raises Missing, BadInput."""
    await owned(tx, me, desk_id)
    if weekday not in DAYS or len(hours) > len(CLOCK) or not set(hours) <= set(CLOCK):
        raise BadInput("Choisissez un jour de la semaine et des heures, de 0 à 23.")
    await store.set_hours(tx, desk_id, me, weekday, sorted(set(hours)))
