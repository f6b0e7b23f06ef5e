"""Collections: people whom somebody recommends together, with a reason each, for all to read.

Whoever is in one may take themselves out for good, of that one or of all that its owner gathers.

Only who may be come upon is put in one: a contributor who agrees to be found and blocks not its owner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from salledepause.features import accounts
from salledepause.features.graph import collections_store as kept
from salledepause.features.graph import readings, store
from salledepause.features.graph.model import LANGUAGE, Collected, Collection, CollectionChange, Recommended, named_tag
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Forbidden, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.marks import Subject
from salledepause.kernel.text import clean, fits

MOST_COLLECTIONS, MOST_COLLECTED = 10, 25
NAME_LENGTH, DESCRIPTION_LENGTH, REASON_LENGTH = 40, 100, 280


async def collection(tx: Tx, collection_id: int, viewer: int | None) -> Collection:
    """Return a collection; raises Missing."""
    found = await kept.one(tx, collection_id, viewer or 0)
    if found is None:
        raise Missing
    return found


async def collected(tx: Tx, collection_ids: Sequence[int], viewer: int | None) -> Mapping[int, list[Collected]]:
    """Return who is in collections, by collection, as the viewer may see them."""
    return await kept.items(tx, collection_ids, viewer or 0) if collection_ids else {}


async def collections_of(tx: Tx, owner: int, viewer: int | None, limit: int, offset: int) -> list[Collection]:
    """Return somebody's collections, the latest first; nothing of who shows no tie to the viewer."""
    one = await accounts.one(tx, owner)
    if one.state == "pending" and owner != viewer:
        raise Missing
    open_to = await readings.shows_ties(tx, one, viewer)
    return await kept.of_owner(tx, owner, viewer or 0, limit, offset) if open_to else []


async def collections_with(tx: Tx, me: int, limit: int, offset: int) -> list[Collection]:
    """Return the collections that one is in oneself."""
    return await kept.holding(tx, me, limit, offset)


async def held_by(tx: Tx, me: int, collection_ids: Sequence[int]) -> Mapping[int, Collection]:
    """Return, of these collections, those that one is in oneself."""
    found = await kept.held_by(tx, me, collection_ids) if collection_ids else []
    return {one.id: one for one in found}


async def create_collection(tx: Tx, me: int, wanted: CollectionChange, account_ids: Sequence[int]) -> Collection:
    """Make a collection, of these people if any, all or none. Raises BadInput, Forbidden, Missing."""
    if (await accounts.one(tx, me)).reads_only:
        raise Forbidden("Vous êtes en mode lecteur. Passez en mode contributeur dans votre profil pour écrire.")
    if await kept.number(tx, me) >= MOST_COLLECTIONS:
        raise BadInput("Au plus {most} collections.", most=MOST_COLLECTIONS)
    made = await kept.insert(tx, me, _checked(msgspec.structs.asdict(wanted) | {"name": wanted.name or ""}))
    for account_id in dict.fromkeys(account_ids):
        await _put(tx, me, made.id, account_id)
    return made


async def change_collection(tx: Tx, me: int, collection_id: int, change: CollectionChange) -> Collection:
    """Change what is given of one's own collection. Raises Missing, BadInput."""
    await own_collection(tx, me, collection_id)
    return await kept.update(tx, collection_id, _checked(msgspec.structs.asdict(change)))


async def erase_collection(tx: Tx, me: int, collection_id: int) -> None:
    """Erase one's own collection. Raises Missing."""
    await own_collection(tx, me, collection_id)
    tx.touches(Subject.PERSON, *await kept.members(tx, collection_id))
    await kept.erase(tx, collection_id)


async def collect(tx: Tx, me: int, collection_id: int, account_id: int, reason: str | None = None) -> Collected:
    """Put somebody in one's own collection, or say another reason; twice equals once. Raises Missing, Forbidden, BadInput."""
    await own_collection(tx, me, collection_id)
    return await _put(tx, me, collection_id, account_id, reason)


async def take_out(tx: Tx, me: int, collection_id: int, item_id: int) -> None:
    """Take somebody out of one's own collection. Raises Missing."""
    await own_collection(tx, me, collection_id)
    gone = await kept.remove(tx, collection_id, item_id)
    if gone is None:
        raise Missing
    tx.touches(Subject.PERSON, gone)


async def leave_collection(tx: Tx, me: int, collection_id: int, item_id: int) -> None:
    """Take oneself out of somebody's collection for good. Raises Missing."""
    if not await kept.revoke(tx, me, collection_id, item_id):
        raise Missing
    tx.touches(Subject.PERSON, me)


async def refuse_recommendations(tx: Tx, me: int, collection_id: int, item_id: int) -> None:
    """Take oneself out of all that the owner of a collection gathers, now and later. Raises Missing."""
    if not await kept.refuse(tx, me, collection_id, item_id):
        raise Missing
    tx.touches(Subject.PERSON, me)


async def own_collection(tx: Tx, me: int, collection_id: int) -> Collection:
    """Return one's own collection, held until the commit; raises Missing."""
    found = await kept.lock(tx, me, collection_id)
    if found is None:
        raise Missing
    return found


async def _put(tx: Tx, me: int, collection_id: int, account_id: int, reason: str | None = None) -> Collected:
    said = None if reason is None else clean(reason)
    if said and not fits(said, REASON_LENGTH):
        raise BadInput("Texte trop long : {most} caractères au plus.", most=REASON_LENGTH)
    one = await accounts.one(tx, account_id)
    if one.state != "active" or await store.barred_by(tx, account_id, me):
        raise Missing
    if account_id != me and not one.findable:
        raise Forbidden("Cette personne ne souhaite pas être recommandée.")
    item = await kept.add(tx, collection_id, account_id, said)
    if item is None:
        raise Forbidden("Cette personne ne souhaite pas être recommandée.")
    if await kept.size(tx, collection_id) > MOST_COLLECTED:
        raise BadInput("Au plus {most} personnes par collection.", most=MOST_COLLECTED)
    if account_id != me:
        tx.touches(Subject.PERSON, account_id)
        await emit(tx, Recommended(collection_id, me, account_id))
    return item


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """Return the values as they are stored, without those that are not given; raises BadInput."""
    values = {name: value for name, value in given.items() if value is not None}
    for name, most in (("name", NAME_LENGTH), ("description", DESCRIPTION_LENGTH)):
        if name in values:
            values[name] = clean(values[name])
            if not fits(values[name], most):
                raise BadInput("Texte trop long : {most} caractères au plus.", most=most)
    if values.get("name") == "":
        raise BadInput("Donnez un nom à la collection.")
    if values.get("language") and not LANGUAGE.fullmatch(values["language"]):
        raise BadInput("Langue inconnue : donnez un code comme « fr ».")
    if values.get("tag"):
        values["tag"] = _tag(values["tag"])
    return values | {name: None for name in ("language", "tag") if values.get(name) == ""}


def _tag(name: str) -> str:
    try:
        return named_tag(name)
    except Missing as error:
        raise BadInput("Mot-dièse refusé : des lettres et des chiffres, sans espace.") from error
