"""To whom thanks go leaves with an archive and comes back with it; what is no longer here is left out."""

from __future__ import annotations

import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from salledepause.features import accounts, posts, sources, victories, waves
from salledepause.features.archives import Outcome
from salledepause.features.posts import Kind
from salledepause.kernel.config import Settings
from tests.features.archives_house import Importing, importing

REGISTER = "id,hospital_name,postcode,city\n660000092,CH DE THUIR,66301,THUIR\n"
WORDS = ["SAMU 66", "finess:660000092", "@amie", "@voisin"]


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[Importing]:
    async with importing(settings) as opened:
        yield opened


async def thanked(house: Importing, me: int) -> list[str]:
    (post,) = await house.said(me)
    async with house.site.db.reading() as tx:
        return [one.word for one in (await victories.of(tx, [post.id]))[post.id]]


def altered(path: Path, thanks: object) -> Path:
    """Write an archive again, its posts thanking somebody else."""
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(path.with_name("b.zip"), "w") as made:
        for name in given.namelist():
            body = given.read(name)
            if name == "outbox.json":
                outbox = json.loads(body)
                outbox["orderedItems"][0]["object"]["salledepause"]["thanks"] = thanks
                body = json.dumps(outbox).encode()
            made.writestr(name, body)
    return path.with_name("b.zip")


async def test_thanks_leave_and_come_back(house: Importing, tmp_path: Path) -> None:
    me, _, neighbour = [await house.person(name) for name in ("plume", "amie", "voisin")]
    await house.do(sources.write_register, REGISTER)
    post_id = await house.say(me, "Merci.", kind=Kind.THANKS)
    post = (await house.do(posts.load, [post_id]))[post_id]
    await house.do(victories.thank, post, WORDS)
    assert await thanked(house, me) == WORDS
    path = tmp_path / "a.zip"
    await house.export("plume", path)
    await house.do(accounts.erase, me)
    await house.do(accounts.erase, neighbour)
    steps = await house.bring(path)
    assert {one.outcome for one in steps} == {Outcome.DONE}
    back = (await house.who("plume")).id
    assert await thanked(house, back) == WORDS[:3]
    await house.do(accounts.erase, back)
    await house.bring(altered(path, ["SAMU 66", 3, None, {"a": 1}, "finess:999999999", "@personne"]))
    assert await thanked(house, (await house.who("plume")).id) == ["SAMU 66"]
    await house.do(accounts.erase, (await house.who("plume")).id)
    refused = [one.outcome for one in await house.bring(altered(path, [f"équipe {one}" for one in range(200)]))]
    assert Outcome.REFUSED in refused


async def test_the_keepsakes_of_victories_leave_and_words_of_others_do_not_come_back(house: Importing, tmp_path: Path) -> None:
    me, friend, shy = [await house.person(name) for name in ("plume", "amie", "discrete")]
    won, theirs = await house.say(me, "Café chaud.", kind=Kind.VICTORY), await house.say(friend, "Thé aussi.", kind=Kind.VICTORY)
    given = (waves.given(won, friend, ("heart", "Bravo", False), ()), waves.given(won, shy, ("", "Chut", True), ()))
    for one in (*given, waves.given(theirs, me, ("sun", "Encore", False), ())):
        await waves.clap(house.site, one)
    path = tmp_path / "a.zip"
    await house.export("plume", path)
    with zipfile.ZipFile(path) as archive:
        (activity,) = json.loads(archive.read("outbox.json"))["orderedItems"]
        claps = json.loads(archive.read("claps.json"))
    kept = activity["object"]["salledepause"]["wave"]
    assert (kept["count"], [one["word"] for one in kept["words"]]) == (2, ["Bravo", "Chut"])
    assert [one["by"] and one["by"].rpartition("/")[2] for one in kept["words"]] == ["@amie", None]
    (clap,) = claps["orderedItems"]
    assert (clap["object"].rpartition("/")[2], clap["sign"], clap["word"]) == (str(theirs), "sun", "Encore")
    await house.do(accounts.erase, me)
    assert {one.outcome for one in await house.bring(path)} <= {Outcome.DONE}
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM claps") == 0
