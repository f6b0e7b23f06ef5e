"""A cast of everybody who may come to a room, and rooms made for them in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from salledepause.features import rooms
from salledepause.features.accounts import Family
from salledepause.features.rooms import In, Opening, Room, Rules, Who
from tests.support.house import House, Person

CARER, PATIENT = Family.PARAMEDICAL, Family.PATIENT
CAST: Mapping[str, tuple[Family | None, str, bool, In | None]] = {
    "visitor": (None, "", False, None),
    "stranger": (Family.OTHER, "contributor", False, None),
    "patient": (PATIENT, "contributor", True, None),
    "unproven": (CARER, "contributor", False, None),
    "carer": (CARER, "contributor", True, None),
    "carer_reader": (CARER, "reader", True, None),
    "invited": (Family.OTHER, "contributor", False, In.INVITED),
    "member": (Family.OTHER, "contributor", False, In.MEMBER),
    "member_reader": (CARER, "reader", True, In.MEMBER),
    "keeper": (Family.OTHER, "contributor", False, In.KEEPER),
    "put_out": (CARER, "contributor", True, In.OUT),
    "host": (Family.OTHER, "contributor", False, None),
}
"""(family, mode, whether it is proven, standing in every room)"""
CIRCLE = [name for name, (*_, standing) in CAST.items() if standing]


async def gather(house: House) -> dict[str, Person | None]:
    """Bring the cast in."""
    cast: dict[str, Person | None] = {"visitor": None}
    for name, (family, mode, proven, _) in list(CAST.items())[1:]:
        assert family
        more: dict[str, Any] = {"role": "host"} if name == "host" else {}
        cast[name] = person = await house.person(name, family=family, **more)
        if proven:
            await prove(house, person, family)
        if mode == "reader":
            async with house.site.db.transaction() as tx:
                await tx.run("UPDATE accounts SET mode = 'reader' WHERE id = %s", [person.id])
    return cast


async def prove(house: House, person: Person, family: Family) -> None:
    """Have a family proven, as a code would."""
    async with house.site.db.transaction() as tx:
        query = "INSERT INTO verifications (account_id, family, method) VALUES (%s, %s, 'code')"
        await tx.run(query, [person.id, family])
        tx.touches_everything()


async def room(house: House, cast: Mapping[str, Person | None], handle: str, rules: Rules, **more: Any) -> Room:
    """Open a room kept by the keeper, everybody of the circle in their place."""
    async with house.site.db.transaction() as tx:
        host, keeper = cast["host"], cast["keeper"]
        assert host
        assert keeper
        opening = Opening(name=handle.capitalize(), handle=handle, sort="room", rules=rules, **more)
        made = await rooms.create(tx, host.id, opening)
        await tx.run("DELETE FROM room_members WHERE room_id = %s", [made.id])
        for name in CIRCLE:
            person, standing = cast[name], CAST[name][3]
            assert person
            assert standing
            await tx.run(
                "INSERT INTO room_members (room_id, account_id, standing) VALUES (%s, %s, %s)", [made.id, person.id, standing]
            )
        tx.touches_everything()
        return (await rooms.one(tx, keeper.id, made.id)).room


def who(name: str) -> Who:
    """Return what decides of one of the cast in a room, for the pure rules."""
    family, mode, proven, standing = CAST[name]
    return Who(family is not None, mode == "contributor", family, family if proven else None, standing, name == "host")
