"""Which room something is said to, and whether its author may say it there: what publishing asks, and nobody else decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from salledepause.features.accounts import local_handle
from salledepause.features.rooms import store
from salledepause.features.rooms.model import In, Room, may_know, may_read, may_speak
from salledepause.features.rooms.store import Met
from salledepause.kernel import clock
from salledepause.kernel.db import Pending, Tx
from salledepause.kernel.errors import BadInput, Forbidden, Missing

UNKNOWN = "Personne ni pièce ne s'appelle « @{name} » ici, ou elle ne vous est pas ouverte. Rien n'a été publié."
CLOSED = "La pièce « {name} » est fermée : on la lit, on n'y parle plus. Rien n'a été publié."
EARLY = "On ne parle pas encore dans la pièce « {name} » : son heure n'est pas venue. Rien n'a été publié."
GONE = "Cette pièce n'existe pas, ou ne vous est pas ouverte. Rien n'a été publié."
SILENT = "Vous pouvez lire la pièce « {name} », pas y parler. Rien n'a été publié."
SEVERAL = "Un message va dans une seule pièce. Rien n'a été publié."
ELSEWHERE = "Une réponse reste là où l'on parle : écrivez un nouveau message pour cette pièce. Rien n'a été publié."


async def ask(tx: Tx, author_id: int, names: Sequence[str]) -> Pending | None:
    """Ask which rooms a text names (`name` or `name@domain`); the question travels with the next one that is waited for."""
    local = [one.lower() for name in names if (one := local_handle(name, tx.domain))]
    return await store.ask_named(tx, author_id, local) if local else None


async def destination(tx: Tx, author_id: int, named: Pending | None, given: tuple[int | None, int | None, bool]) -> Room | None:
    """Return the room that a post goes to, `None` for none: the one it names, is given, or answers in.

    `given`: (room asked for, room of what it answers, whether it answers). Raises BadInput, Forbidden: what was meant for a room
    that is unknown, not open or another one is published nowhere.
    """
    asked, answered, answers = given
    met = {room.id: (room, who) for room, who in (await store.named(named) if named else [])}
    wanted = {*met, *([asked] if asked else []), *([answered] if answered else [])}
    if not wanted:
        return None
    for room, who in met.values():
        _check_known((room, who), room.handle)
    if answers and wanted != {answered}:
        raise BadInput(ELSEWHERE)
    if len(wanted) > 1:
        raise BadInput(SEVERAL)
    return await _spoken(tx, author_id, wanted.pop(), met)


async def may_go_on(tx: Tx, author_id: int, room_id: int) -> Room:
    """Return the room of something already said, where its author wants to change it; raises BadInput, Forbidden."""
    return await _spoken(tx, author_id, room_id, {})


async def none_named(named: Pending | None, but: int | None) -> None:
    """Raise BadInput when a text that is changed names a room where it is not: it would be read elsewhere than it was meant."""
    if named and any(room.id != but for room, _ in await store.named(named)):
        raise BadInput("Modifier un message ne l'emmène pas dans une pièce : écrivez-en un nouveau.")


def check_leading(text: str, mentioned: Sequence[str], known: Collection[str], domain: str) -> None:
    """Raise BadInput for a text that begins by a name of here that nobody and no room bears: it may have been meant for a room.

    `mentioned`: what the text names, in its order; `known`: handles, in small letters, of people and rooms that are there.
    """
    if not text.startswith("@") or not mentioned:
        return
    first, at, host = mentioned[0].partition("@")
    if text[1:].lower().startswith(first) and (not at or host == domain.lower()) and first not in known:
        raise BadInput(UNKNOWN, name=first)


async def _spoken(tx: Tx, author_id: int, room_id: int, met: dict[int, Met]) -> Room:
    found = met.get(room_id)
    if found is None:
        asked = await store.met(tx, author_id, "r.id = %(room)s", room=room_id)
        found = asked[0] if asked else None
    room, who = _check_known(found)
    if not may_speak(room, who):
        raise Forbidden(CLOSED if room.closed else EARLY if room.early else SILENT, name=room.name)
    if room.rules.ends_at and not await store.hold_open(tx, room_id, clock.now()):
        raise Forbidden(CLOSED, name=room.name)
    return msgspec.structs.replace(room, brake_seconds=0) if who.host or who.standing is In.KEEPER else room


def _check_known(found: Met | None, named: str = "") -> Met:
    if found is None or not (may_read(found[0].rules, found[1]) or may_know(*found)):
        raise BadInput(UNKNOWN, name=named) if named else Missing(GONE)
    return found
