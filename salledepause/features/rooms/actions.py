"""What one can do with rooms: open, enter, leave, keep, change, close. Nothing of it is told to anybody else."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import datetime, timedelta

import msgspec

from salledepause.features import accounts
from salledepause.features.rooms import store
from salledepause.features.rooms.model import (
    CIRCLE,
    INSIDE,
    MOST_KEPT,
    OUR_SORTS,
    PRESENT_FOR,
    Entry,
    In,
    Reads,
    Room,
    RoomChanged,
    Rules,
    check_circle,
    check_sort,
    check_words,
    checked,
    may_enter,
    may_know,
    may_read,
    opens_wider,
)
from salledepause.features.rooms.readings import WRONG_CODE, one
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Forbidden, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site
from salledepause.kernel.text import clean

FULL = "Cette pièce est pleine."
ALONE = "Vous gardez cette pièce : confiez-la à quelqu'un d'autre, ou fermez-la, avant d'en sortir."
NOT_READER = "Vous êtes en mode lecteur. Passez en mode contributeur dans votre profil pour ouvrir une pièce."
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of the random end of a handle: nobody guesses the name of a circle."""


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """A room to open; a handle is the hosts' to choose, what is `None` is drawn."""

    name: str
    purpose: str = ""
    handle: str | None = None
    sort: str = "circle"
    listed: bool = False
    rules: Rules = CIRCLE


class Opened(msgspec.Struct, frozen=True):
    """A room just opened, and the code that opens it, shown this once."""

    id: int
    handle: str
    code: str | None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What its keeper changes of a room; `None` leaves as it is."""

    name: str | None = None
    purpose: str | None = None
    rules: Rules | None = None


async def create(tx: Tx, me: int | None, opening: Opening) -> Opened:
    """Open a room and keep it; hosts open any, contributors small ones. Raises BadInput, Conflict, Forbidden.

    By nobody (the hosts' own commands) any is opened, and nobody keeps it yet.
    """
    name, purpose, rules = clean(opening.name), clean(opening.purpose), checked(opening.rules)
    check_words(name, purpose)
    check_sort(opening.sort)
    if me is not None:
        await _check_may_open(tx, me, opening, rules)
    handle = await _handle(tx, opening.handle, name)
    values = {"handle": handle, "sort": opening.sort, "name": name, "purpose": purpose, "listed": opening.listed}
    room_id = await store.insert(tx, values | _columns(rules))
    if me is not None:
        await store.place(tx, room_id, me, In.KEEPER)
    return Opened(room_id, handle, await _code(tx, room_id) if rules.entry is Entry.CODE else None)


async def _check_may_open(tx: Tx, me: int, opening: Opening, rules: Rules) -> None:
    account = await accounts.one(tx, me)
    if account.reads_only:
        raise Forbidden(NOT_READER)
    if account.keeps_house:
        return
    if opening.listed or opening.handle or opening.sort not in OUR_SORTS:
        raise Forbidden("Seuls les hôtes ouvrent une pièce proposée à toute la maison, et en choisissent l'adresse et la sorte.")
    check_circle(rules)
    await accounts.hold(tx, [me])
    if await store.kept(tx, me) >= MOST_KEPT:
        raise BadInput("Vous gardez déjà {most} pièces : fermez-en une d'abord.", most=MOST_KEPT)


async def seat(tx: Tx, room_id: int, account_id: int, standing: In) -> None:
    """Say what somebody is to a room, as the hosts' own commands do: no rule is asked."""
    await store.place(tx, room_id, account_id, standing)


async def enter(tx: Tx, me: int, room_id: int, code: str = "") -> None:
    """Enter a room; twice equals once. Raises Missing, BadInput for a wrong code, Conflict for a full room."""
    await store.hold(tx, room_id)
    found = await store.met(tx, me, "r.id = %(room)s", room=room_id)
    opens = bool(code) and room_id in await store.opened_by(tx, code)
    if not found or not (opens or may_read(found[0][0].rules, found[0][1]) or may_know(*found[0])):
        raise Missing
    room, who = found[0]
    if who.standing in INSIDE:
        return
    if not may_enter(room, who):
        raise Forbidden("Cette pièce ne vous est pas ouverte : on y entre sur invitation, ou elle est fermée.")
    if room.rules.entry is Entry.CODE and not opens and who.standing is not In.INVITED:
        raise BadInput(WRONG_CODE)
    most = room.rules.most_members
    if most is not None and await store.inside(tx, room_id) >= most:
        raise Conflict(FULL)
    await store.place(tx, room_id, me, In.MEMBER)


async def enter_by_code(tx: Tx, me: int, code: str) -> int:
    """Enter the room that a code opens; return its id. Raises BadInput for a code that opens none to one, Conflict when full."""
    for room_id in await store.opened_by(tx, code):
        try:
            await enter(tx, me, room_id, code)
        except (Missing, Forbidden) as error:
            raise BadInput(WRONG_CODE) from error
        return room_id
    raise BadInput(WRONG_CODE)


async def leave(tx: Tx, me: int, room_id: int) -> None:
    """Leave a room, or decline to enter it: nobody is told. Twice equals once. Raises Conflict for its last keeper."""
    await store.hold(tx, room_id)
    if await store.standing(tx, room_id, me) is In.KEEPER and not await store.keepers(tx, room_id, me):
        if await store.inside(tx, room_id) > 1:
            raise Conflict(ALONE)
        await _close(tx, room_id)
    await store.leave(tx, room_id, me)


async def invite(tx: Tx, me: int, room_id: int, handle: str) -> None:
    """Ask somebody into a room that one keeps; one is not told whether they are there already. Raises Missing."""
    await kept(tx, me, room_id)
    other = await accounts.by_handle(tx, handle, tx.domain)
    if other.state == "active" and await store.standing(tx, room_id, other.id) is None:
        await store.place(tx, room_id, other.id, In.INVITED)


async def entrust(tx: Tx, me: int, room_id: int, handle: str) -> None:
    """Make somebody who is in it keep a room too. Raises Missing for who is not."""
    await kept(tx, me, room_id)
    other = await accounts.by_handle(tx, handle, tx.domain)
    if await store.standing(tx, room_id, other.id) not in INSIDE:
        raise Missing
    await store.place(tx, room_id, other.id, In.KEEPER)


async def put_out(tx: Tx, me: int, room_id: int, account_id: int) -> None:
    """Put somebody out of a room that one keeps, whether they were in it or not: they read and speak there no more.

    Of a place of the house they are told why: `moderation.exits` does both.
    """
    await kept(tx, me, room_id)
    if account_id == me:
        raise BadInput("Pour sortir vous-même, quittez la pièce.")
    await accounts.one(tx, account_id)
    await store.place(tx, room_id, account_id, In.OUT)


async def readmit(tx: Tx, room_id: int, account_id: int) -> bool:
    """Let somebody who was put out come back, no keeper being asked: they may enter as anybody. Return whether they were out."""
    out = await store.standing(tx, room_id, account_id) is In.OUT
    if out:
        await store.place(tx, room_id, account_id, In.INVITED)
    return out


async def change(tx: Tx, me: int, room_id: int, wanted: Change) -> None:
    """Change the words or the rules of a room that one keeps. Raises Missing, BadInput, Conflict.

    A room where something is said is opened no wider: whoever spoke there did so to fewer.
    """
    room = await kept(tx, me, room_id)
    name = room.name if wanted.name is None else clean(wanted.name)
    purpose = room.purpose if wanted.purpose is None else clean(wanted.purpose)
    check_words(name, purpose)
    rules = room.rules if wanted.rules is None else checked(wanted.rules)
    if not (await accounts.one(tx, me)).keeps_house:
        check_circle(rules)
    if {room.rules.reads, rules.reads} == {Reads.MEMBERS}:
        await store.changes_for_members(tx, room_id)
    else:
        tx.touches_everything()
    await store.change(tx, room_id, {"name": name, "purpose": purpose} | _columns(rules))
    searching, wider = rules.searchable is not room.rules.searchable, opens_wider(room.rules, rules)
    await emit(tx, RoomChanged(room_id, searching=searching, wider=wider))


async def new_code(tx: Tx, me: int, room_id: int) -> str:
    """Return a new code for a room that one keeps, shown this once; the one before opens nothing. Raises Missing, BadInput."""
    room = await kept(tx, me, room_id)
    if room.rules.entry is not Entry.CODE:
        raise BadInput("On n'entre pas par code dans cette pièce.")
    return await _code(tx, room_id)


async def close(tx: Tx, me: int, room_id: int) -> None:
    """Close a room that one keeps: what was said stays readable to its readers. Twice equals once. Raises Missing."""
    await kept(tx, me, room_id)
    await _close(tx, room_id)


async def end(tx: Tx, room_id: int, at: datetime) -> None:
    """Close a room whose time is over, or is to be from an instant on, as what it was opened for says: no keeper is asked."""
    await store.hold(tx, room_id)
    await store.ends(tx, room_id, at)
    await _close(tx, room_id)


async def call_off(tx: Tx, room_id: int) -> bool:
    """Remove a room whose time is still to come, held until the commit; return whether it was one."""
    await store.hold(tx, room_id)
    await store.changes_for_members(tx, room_id)
    return await store.remove(tx, room_id, clock.now())


async def glance(tx: Tx, me: int, room_id: int) -> None:
    """Note that one looks into a room, where presence is shown; raises Missing."""
    seen = await one(tx, me, room_id)
    if not seen.reads:
        raise Missing
    if seen.room.rules.presence:
        await store.glance(tx, room_id, me)


async def kept(tx: Tx, me: int, room_id: int) -> Room:
    """Return a room that one keeps, held until the commit; raises Missing for any other.

    The hosts keep together the rooms that the house proposes and nobody keeps, without reading there what is not for them.
    """
    await store.hold(tx, room_id)
    found = await store.met(tx, me, "r.id = %(room)s", room=room_id)
    if not found:
        raise Missing
    room, who = found[0]
    if who.standing is not In.KEEPER and (not (who.host and room.listed) or await store.keepers(tx, room_id, me)):
        raise Missing
    return room


async def sweep(site: Site) -> None:
    """Forget who looked into rooms a while ago."""
    async with site.db.transaction() as tx:
        await store.sweep(tx, clock.now() - PRESENT_FOR - timedelta(minutes=1))


async def _close(tx: Tx, room_id: int) -> None:
    await store.changes_for_members(tx, room_id)
    await store.close(tx, room_id)
    await emit(tx, RoomChanged(room_id))


async def _code(tx: Tx, room_id: int) -> str:
    code = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
    await store.set_code(tx, room_id, code)
    return code


async def _handle(tx: Tx, asked: str | None, name: str) -> str:
    """Return a handle taken for a room: what hosts ask for, or what its name becomes, with an end that nobody guesses."""
    if asked is not None:
        if not accounts.HANDLE.fullmatch(asked) or asked.lower() in accounts.RESERVED:
            raise BadInput("L'adresse d'une pièce a de 1 à 30 lettres sans accent, chiffres et tirets bas.")
        if not await accounts.hold_handle(tx, asked.lower()):
            raise Conflict("Ce nom est déjà pris.")
        return asked.lower()
    bare = re.sub(r"[^a-z0-9]+", "_", unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode())
    while True:
        handle = f"{bare.strip('_')[:20] or 'piece'}_" + "".join(secrets.choice(LETTERS) for _ in range(6))
        if await accounts.hold_handle(tx, handle):
            return handle


def _columns(rules: Rules) -> dict[str, object]:
    values = msgspec.structs.asdict(rules)
    return values | {"families": [str(one) for one in rules.families]}
