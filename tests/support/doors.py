"""A door for tests: opened by a host, its diaries agreed to, moved to any moment of its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from salledepause.kernel import clock
from tests.support.house import House, Person

OURS = "/api/salledepause/v1/doors"
A_MINUTE = timedelta(minutes=1)


def term(begins: int, lasts: int = 600) -> dict[str, str]:
    """Return a term that begins so many minutes from now."""
    opens = clock.now() + begins * A_MINUTE
    return {"opens_at": opens.isoformat(), "ends_at": (opens + lasts * A_MINUTE).isoformat()}


async def announced(house: House, host: Person, *diarists: Person, **more: Any) -> Any:
    """Announce a door that opens in an hour, each diary under a title of its own; return it."""
    asked = [{"title": f"Le journal de {one.handle}", "acct": one.handle} for one in diarists]
    return await house.post(OURS, host, **{"topic": "Une nuit", "diaries": asked} | term(60) | more)


async def moved(house: House, door: str, begins: int, lasts: int = 600) -> None:
    """Move the term of a door to so many minutes from now, as time would."""
    async with house.site.db.transaction() as tx:
        opens = clock.now() + begins * A_MINUTE
        await tx.run("UPDATE rooms SET opens_at = %s, ends_at = %s WHERE id = %s", [opens, opens + lasts * A_MINUTE, int(door)])
        tx.touches_everything()


async def opened(house: House, host: Person, *diarists: Person, **more: Any) -> str:
    """Open a door now, its diaries agreed to; return its id."""
    door = await announced(house, host, *diarists, **more)
    for one in diarists:
        await house.post(f"{OURS}/{door['id']}/accept", one)
    await moved(house, door["id"], -30)
    return str(door["id"])


async def write(house: House, who: Person, door: str, text: str) -> str:
    """Write an entry; return its id."""
    return str((await house.say(who, text, salledepause={"room": door}))["id"])


async def ask(house: House, who: Person, door: str, text: str) -> str:
    """Ask a question; return its id."""
    return str((await house.post(f"{OURS}/{door}/questions", who, text=text))["id"])
