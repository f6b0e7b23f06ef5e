"""Portraits are drawn for people who exist, once, and not without end for whoever asks."""

from __future__ import annotations

import asyncio

import pytest

from salledepause.features import accounts
from salledepause.kernel.config import Settings
from salledepause.surfaces.limits import DOORS
from salledepause.surfaces.mastodon import blobs
from tests.security.crowd import counting, knocking, tried
from tests.support.house import House
from tests.support.recorder import Recorder


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep the names that are drawn for, instead of drawing."""
    kept: list[str] = []

    def draw(seed: str) -> bytes:
        kept.append(seed)
        return b"\x89PNG" + seed.encode()

    for name in blobs.DRAWERS:
        monkeypatch.setitem(blobs.DRAWERS, name, draw)
    return kept


async def test_nothing_is_drawn_for_nobody(house: House, drawn: list[str]) -> None:
    ide = await house.person("ide")
    gone = await house.person("partie")
    async with house.site.db.transaction() as tx:
        await accounts.erase(tx, gone.id)
    for written in (gone.id, ide.id + 1, 1, "-1", "x", "1e3", 2**63, 10**30, "٣"):
        for name in ("avatar.png", "header.png"):
            answer = await house.client.get(f"/portraits/{written}/{name}")
            assert (answer.status_code, answer.content) == (404, b""), written
            assert "immutable" not in answer.headers.get("cache-control", "")
    assert not drawn
    for person in (0, ide.id):
        answer = await house.client.get(f"/portraits/{person}/avatar.png")
        assert answer.content == b"\x89PNG%d" % person
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert drawn == ["0", str(ide.id)]


async def test_a_portrait_asked_for_many_times_at_once_is_drawn_once(house: House, drawn: list[str]) -> None:
    ide = await house.person("ide")
    asked = [house.client.get(f"/portraits/{way}{ide.id}/avatar.png") for way in ("", "0", "00") for _ in range(5)]
    found = await asyncio.gather(*asked)
    assert {answer.status_code for answer in found} <= {200, 404}
    assert drawn == [str(ide.id)]


async def test_the_oldest_drawing_gives_way(house: House, drawn: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "MOST_PORTRAITS", 2)
    people = [(await house.person(handle)).id for handle in ("un", "deux", "trois")]
    for person in (*people, people[1], people[2], people[0], people[2]):
        await house.client.get(f"/portraits/{person}/header.png")
    assert drawn == [str(person) for person in (*people, people[0])]


async def test_what_is_still_to_draw_is_counted_and_what_is_drawn_is_not(
    settings: Settings, recorder: Recorder, drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DOORS, "portraits", 20)
    async with counting(settings, recorder) as house, knocking(house, "192.0.2.7") as client:
        ide, late = await house.person("ide"), await house.person("tard")
        assert await tried(client, 60, "GET", f"/portraits/{ide.id}/avatar.png") == [200] * 60
        found = [(await client.get(f"/portraits/{number}/avatar.png")).status_code for number in range(1, 25)]
        assert found == [404] * 19 + [429] * 5
        refused = await client.get(f"/portraits/{late.id}/avatar.png", headers={"accept-language": "fr"})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert refused.text.startswith("Trop de demandes.")
        assert await tried(client, 1, "GET", f"/portraits/{ide.id}/avatar.png") == [200]
        assert await tried(client, 1, "GET", "/local") == [200], "pages have their own bucket"
        async with knocking(house, "192.0.2.8") as other:
            assert await tried(other, 1, "GET", f"/portraits/{late.id}/avatar.png") == [200]
    assert drawn == [str(ide.id), str(late.id)]
