"""Media that found no post, that were decoded twice or not at all, and files that nobody names: what becomes of them."""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path
from typing import Any

import pytest

from salledepause.features import posts
from salledepause.kernel import media as decoder
from tests.kernel.media_samples import film
from tests.mastodon.pictures import age, age_rows, png, sends, sent, served, stored
from tests.support.house import House


async def test_loose_media_are_purged_after_a_day(house: House) -> None:
    ide = await house.person("ide")
    old, scheduled, posted = [await sent(house, ide) for _ in range(3)]
    await house.say(ide, "", media_ids=[posted["id"]])
    body = {"status": "demain", "media_ids": [scheduled["id"]], "scheduled_at": "2099-01-01T00:00:00Z"}
    assert (await house.call("POST", "/api/v1/statuses", ide, json=body)).status_code == 200
    await age_rows(house)
    young = await sent(house, ide)
    await posts.media.purge(house.site)
    assert (await served(house, old["url"])).status_code == 404
    for one in (scheduled, posted, young):
        assert (await served(house, one["url"])).status_code == 200
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM media") == 3


async def test_the_sweeper_takes_old_files_that_nobody_names(house: House, tmp_path: Path) -> None:
    ide = await house.person("ide")
    named = await sent(house, ide)
    waiting = await sends(house, ide, film(tmp_path / "film"))
    assert waiting.status_code == 202
    stray = tmp_path / "stray.png"
    stray.write_bytes(png())
    lost, held = house.site.blobs.put(stray, "image/png"), house.site.blobs.hold(stray)
    portrait = house.site.blobs.put(stray, "image/png")
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET avatar = %s WHERE id = %s", [portrait, ide.id])
    before = set(stored(house))
    await posts.media.sweep_blobs(house.site)
    assert set(stored(house)) == before
    age(house)
    await posts.media.sweep_blobs(house.site)
    assert before - set(stored(house)) == {house.site.blobs.folder / lost, house.site.blobs.folder / "incoming" / held}
    assert (await served(house, named["url"])).status_code == 200
    await house.site.jobs.run(wait=False)
    assert (await house.get(f"/api/v1/media/{waiting.json()['id']}", ide))["url"]


async def test_decoding_twice_equals_once(house: House, tmp_path: Path) -> None:
    ide = await house.person("ide")
    answer = await sends(house, ide, film(tmp_path / "film"))
    identifier = int(answer.json()["id"])
    await asyncio.gather(*(posts.media.decode(house.site, identifier) for _ in range(2)))
    await posts.media.decode(house.site, identifier)
    await house.site.jobs.run(wait=False)
    assert len(stored(house)) == 2


async def test_what_is_erased_while_it_is_decoded_leaves_nothing(house: House, tmp_path: Path) -> None:
    ide = await house.person("ide")
    answer = await sends(house, ide, film(tmp_path / "film"))
    erase = house.call("DELETE", f"/api/v1/media/{answer.json()['id']}", ide)
    await asyncio.gather(house.site.jobs.run(wait=False), erase)
    assert stored(house) == []


async def test_a_full_disk_is_said_and_leaves_nothing(house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ide = await house.person("ide")

    def full(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    data = film(tmp_path / "film")
    monkeypatch.setattr("shutil.copyfile", full)
    for sending in (png(), data):
        assert (await sends(house, ide, sending)).status_code == 503
        assert stored(house) == []
    monkeypatch.undo()
    await sent(house, ide)


async def test_no_transaction_is_held_while_decoding(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ide = await house.person("ide")
    decode, held = decoder.decode, []

    async def watched(*given: Any, **more: Any) -> decoder.Decoded:
        async with house.site.db.reading() as tx:
            query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE %s"
            held.append(await tx.value(query, ["idle in transaction%"]))
        return await decode(*given, **more)

    monkeypatch.setattr(decoder, "decode", watched)
    await sent(house, ide, thumbnail=png())
    assert held == [0, 0]
