"""Whose archive it is, and what their profile fills here of what is still empty."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from salledepause.features import accounts
from salledepause.features.accounts import FIELDS, Account, Family, ProfileChange
from salledepause.features.archives import store
from salledepause.features.archives.container import Archive
from salledepause.features.archives.model import MEBIBYTE, Owner, host_of, uri_of
from salledepause.features.archives.notes import instant, text_of
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Forbidden, Missing
from salledepause.kernel.site import Site

ACTOR = "actor.json"
ACTOR_BYTES = MEBIBYTE
NOBODY = "actor.json manque ou ne se lit pas : dites pour qui est cette archive (--to)."
TAKEN = "Ce pseudonyme est déjà pris ici : si c'est la même personne, dites-le (--to {handle})."


class Actor(msgspec.Struct, rename="camel"):
    """What an archive says of its owner (https://www.w3.org/TR/activitypub/#actor-objects)."""

    id: Any
    preferred_username: str = ""
    name: str | None = None
    summary: str | None = None
    attachment: Any = None
    icon: Any = None
    image: Any = None
    published: Any = None
    manually_approves_followers: bool | None = None
    discoverable: bool | None = None
    indexable: bool | None = None
    type: str = "Person"
    source: Any = None
    salledepause: Any = None


class Guest(NamedTuple):
    """The account that an archive goes into, whose it is, and what it says of them."""

    account_id: int
    owner: Owner
    actor: Actor


def actor_of(archive: Archive) -> Actor:
    """Return what an archive says of its owner; raises BadInput when that is missing or unreadable."""
    if ACTOR not in archive:
        raise BadInput(NOBODY)
    with archive.copied(ACTOR, ACTOR_BYTES) as path:
        try:
            return msgspec.json.decode(path.read_bytes(), type=Actor)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            raise BadInput(NOBODY) from error


def owner_of(site: Site, actor: Actor) -> Owner:
    """Return whose an archive is. Raises BadInput."""
    uri = uri_of(actor.id)
    return Owner(uri, host_of(uri), host_of(uri) == site.settings.domain.lower())


async def welcome(tx: Tx, site: Site, actor: Actor, to: str, family: Family) -> Guest:
    """Return the account that an archive goes into: `to`, else the one that it already went into, else a new one of its name.

    Raises Conflict when that name is somebody's, Missing, Forbidden for who may not write, BadInput, Refused.
    """
    owner = owner_of(site, actor)
    found = await _here(tx, to or actor.preferred_username)
    if found is None and to:
        raise Missing
    if found and not to and not await _same(tx, found, owner):
        raise Conflict(TAKEN, handle=found.handle)
    account_id = found.id if found else await _new(tx, actor, owner, family)
    if found and (found.state != "active" or found.reads_only):
        raise Forbidden("Ce compte ne peut pas écrire : il est suspendu, en attente ou en mode lecteur.")
    await store.recognise(tx, account_id, owner.uri)
    return Guest(account_id, owner, actor)


async def _here(tx: Tx, handle: str) -> Account | None:
    with suppress(Missing):
        return await accounts.by_handle(tx, handle, tx.domain)
    return None


async def _same(tx: Tx, account: Account, owner: Owner) -> bool:
    return await store.was(tx, account.id, owner.uri)


async def _new(tx: Tx, actor: Actor, owner: Owner, family: Family) -> int:
    ours = actor.salledepause if isinstance(actor.salledepause, dict) and owner.ours else {}
    told = next((one for one in Family if one == ours.get("family")), family)
    at: datetime | None = None
    with suppress(BadInput):
        at = instant(actor.published, clock.now())
    account_id = await accounts.create(tx, actor.preferred_username, None, family=told, at=at)
    manners = {
        "locked": actor.manually_approves_followers,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "shows_family": ours.get("shows_family"),
        "bot": True if actor.type == "Service" else None,
    }
    given = {name: value for name, value in manners.items() if isinstance(value, bool)}
    await accounts.update_profile(tx, account_id, msgspec.convert(given, ProfileChange))
    return account_id


def words(account: Account, guest: Guest) -> ProfileChange:
    """Return what fills the empty words of a profile."""
    actor, owner = guest.actor, guest.owner
    typed = actor.source if isinstance(actor.source, dict) and owner.ours else {}
    note = typed.get("content") if typed.get("mediaType") == "text/plain" else None
    note = note if isinstance(note, str) else text_of(actor.summary or "", None, owner)
    lines = [one for one in actor.attachment if isinstance(one, dict)] if isinstance(actor.attachment, list) else []
    fields = [(str(one.get("name") or ""), text_of(str(one.get("value") or ""), None, owner)) for one in lines[:FIELDS]]
    return ProfileChange(
        name=actor.name or UNSET if not account.name else UNSET,
        note=note or UNSET if not account.note else UNSET,
        fields=fields or UNSET if not account.fields else UNSET,
    )


def picture(archive: Archive, name: str, told: Any) -> tuple[str, str] | None:
    """Return the member that is a profile's picture (`avatar` or `header`) and its description, if it has one."""
    member = archive.beginning(f"{name}.")
    described = told.get("name") if isinstance(told, dict) else None
    return (member, described if isinstance(described, str) else "") if member else None


async def put_up(site: Site, account_id: int, name: str, path: Path, description: str) -> None:
    """Make a file the picture of a profile. Raises BadInput."""
    key = await accounts.prepare_picture(site, account_id, name, path)
    change = msgspec.convert({name: key, f"{name}_description": description}, ProfileChange)
    async with site.db.transaction() as tx:
        await accounts.update_profile(tx, account_id, change)
