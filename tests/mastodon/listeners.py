"""People who listen to streams, and what their tokens open."""

from __future__ import annotations

from salledepause.features import accounts
from tests.support.house import House, Person


async def people(house: House, *handles: str) -> list[Person]:
    return [await house.person(handle) for handle in handles]


async def follow(house: House, who: Person, whom: Person) -> None:
    await house.post(f"/api/v1/accounts/{whom.id}/follow", who)


async def with_scopes(house: House, who: Person, *scopes: str) -> str:
    async with house.site.db.transaction() as tx:
        return await accounts.give_token(tx, who.id, scopes)
