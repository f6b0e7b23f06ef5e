"""Hosts of a test house, with the scopes of its administration, and a look at the journal."""

from __future__ import annotations

from typing import Any

import msgspec

from salledepause.features import accounts, moderation
from salledepause.kernel.page import Page
from tests.support.house import EVERYTHING, House, Person


async def keeper(house: House, handle: str, role: str = "host") -> Person:
    """Return somebody who keeps the house, with every scope."""
    person = await house.person(handle, role=role)
    async with house.site.db.transaction() as tx:
        token = await accounts.give_token(tx, person.id, [*EVERYTHING, "admin:read", "admin:write"])
    return msgspec.structs.replace(person, token=token)


async def armed(house: House, person: Person) -> Person:
    """Return somebody with the scopes of the administration, whatever their role."""
    async with house.site.db.transaction() as tx:
        token = await accounts.give_token(tx, person.id, [*EVERYTHING, "admin:read", "admin:write"])
    return msgspec.structs.replace(person, token=token)


async def journal(house: House) -> list[tuple[Any, ...]]:
    """Return who did what to whom and why, the latest last."""
    async with house.site.db.reading() as tx:
        noted = (await moderation.read_journal(tx, None, Page(100))).items
    return [(one.host, one.act, one.target or one.subject, one.reason) for one in reversed(noted)]
