"""What waits for a post has bounds, in files and in bytes, for each account."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import msgspec
import pytest

from salledepause.features.posts import media_room
from salledepause.kernel.config import Settings
from tests.kernel.media_samples import film
from tests.mastodon.pictures import png, sends, sent, stored
from tests.support.house import House, Person
from tests.support.recorder import Recorder


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let three files wait for a post."""
    monkeypatch.setattr(media_room, "MOST_LOOSE", 3)
    return 3


async def rows(house: House) -> int:
    async with house.site.db.reading() as tx:
        return int(await tx.value("SELECT count(*) FROM media"))


async def test_files_that_wait_are_counted_and_those_posted_or_erased_are_not(house: House, few: int) -> None:
    ide, leo = await house.person("ide"), await house.person("leo")
    held = [(await sent(house, ide))["id"] for _ in range(few)]
    refused = await sends(house, ide, png())
    assert refused.status_code == 422
    assert "3 at most" in refused.json()["error"]
    assert await rows(house) == few
    assert len(stored(house)) == 2 * few
    await sent(house, leo)
    await house.call("DELETE", f"/api/v1/media/{held[0]}", ide)
    await sent(house, ide)
    await house.say(ide, "Deux images", media_ids=held[1:3])
    for _ in range(2):
        await sent(house, ide)
    french = await house.call("POST", "/api/v1/media", ide, files={"file": ("a.png", png())}, headers={"accept-language": "fr"})
    assert french.status_code == 422
    assert french.json()["error"].startswith("Trop de fichiers attendent un message : 3 au plus")


async def test_files_that_come_together_pass_no_bound(house: House, few: int) -> None:
    ide = await house.person("ide")
    found = await asyncio.gather(*(sends(house, ide, png()) for _ in range(few + 4)))
    assert sorted(answer.status_code for answer in found) == [200] * few + [422] * 4
    assert await rows(house) == few
    assert len(stored(house)) == 2 * few, "those refused leave no file"


async def test_bytes_are_counted_those_to_decode_included(
    settings: Settings, recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = film(tmp_path / "film")
    monkeypatch.setattr(media_room, "LARGEST_ONES", 2)
    async with House.opened(msgspec.structs.replace(settings, media_bytes=len(data)), recorder) as house:
        ide = await house.person("ide")
        assert await _statuses(house, ide, data, 3) == [202, 202, 422]
        assert await rows(house) == 2
        async with house.site.db.reading() as tx:
            (first,) = await tx.values("SELECT min(id) FROM media")
        await house.call("DELETE", f"/api/v1/media/{first}", ide)
        assert await _statuses(house, ide, data, 2) == [202, 422]


async def test_what_could_not_be_decoded_takes_no_room(house: House, few: int) -> None:
    ide = await house.person("ide")
    for _ in range(few):
        await sent(house, ide)
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE media SET state = 'failed'")
    assert (await sent(house, ide))["url"]


async def _statuses(house: House, who: Person, data: bytes, number: int) -> list[int]:
    answers: list[httpx.Response] = [await sends(house, who, data) for _ in range(number)]
    return [one.status_code for one in answers]
