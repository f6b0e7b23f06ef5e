"""Killed while what is over is erased: nothing is lost that stays, nothing stays that goes, and the next run completes."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import Any

import pytest

from salledepause.features import rooms
from salledepause.features.accounts import Family
from tests.support.house import House
from tests.support.rooms import prove

EXPIRE = """import asyncio, os, signal, sys
from datetime import timedelta
from pathlib import Path
from salledepause.features import posts
from salledepause.features.posts import reactions
from salledepause.kernel import clock
from salledepause.kernel.config import Settings
from salledepause.main import site_of

def killed(*words, **more):
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    later = clock.now() + timedelta(hours=2)
    clock.now = lambda: later
    if sys.argv[3] == "rows":
        erase_all = reactions.erase_all
        async def half(tx, ids):
            await erase_all(tx, ids)
            await tx.settle()
            killed()
        reactions.erase_all = half
    elif sys.argv[3] == "keys":
        os.unlink = killed
    settings = Settings(data=Path(sys.argv[1]), database_url=sys.argv[2], domain="salle.test", secret="s" * 64)
    site = site_of(settings)
    async with site.db:
        await posts.expire(site)

asyncio.run(main())
"""


async def expiring(house: House, killed: str) -> int:
    """Run the job of expiry two hours later in a process of its own, killed at a point or not; return how it ended."""
    settings = house.site.settings
    words = [sys.executable, "-c", EXPIRE, str(settings.data), settings.database_url, killed]
    process = await asyncio.create_subprocess_exec(*words)
    return await process.wait()


@pytest.mark.parametrize("where", ["rows", "keys"])
async def test_the_next_run_completes(house: House, where: str) -> None:
    lea = await house.person("lea", family=Family.PARAMEDICAL)
    await prove(house, lea, Family.PARAMEDICAL)
    async with house.site.db.transaction() as tx:
        opening = rooms.Opening(name="La soupape", handle="la_soupape", sort="vent", listed=True, rules=rooms.VENT)
        await rooms.create(tx, None, opening)
    said: dict[int, Any] = {}
    for hours in (1, 1, 72):
        body = {"status": f"@la_soupape pour {hours} h", "salledepause": {"expires_hours": hours}}
        one = (await house.call("POST", "/api/v1/statuses", lea, json=body)).json()
        said[int(one["id"])] = hours
    ended = [one for one, hours in said.items() if hours == 1]
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE posts SET expires_at = now() WHERE id = ANY(%s)", [ended])
        tx.touches_everything()
    assert await expiring(house, where) == -signal.SIGKILL
    async with house.site.db.transaction() as tx:
        left = await tx.values("SELECT id FROM posts ORDER BY id")
    assert left == (sorted(said) if where == "rows" else [one for one in sorted(said) if one not in ended])
    assert await expiring(house, "") == 0
    async with house.site.db.transaction() as tx:
        assert await tx.values("SELECT id FROM posts") == [one for one in said if one not in ended]
    (key,) = house.site.settings.seals.iterdir()
    stays = await house.get(f"/api/v1/statuses/{max(said)}", lea)
    assert "pour 72 h" in stays["content"]
    assert key.name.startswith(stays["salledepause"]["expires_at"][:13])
