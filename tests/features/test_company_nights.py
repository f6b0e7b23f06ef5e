"""Nobody who asks for a word at night waits long: thirty nights by a fixed seed, and the same figure failing without anybody."""

from __future__ import annotations

import pytest

from tests.features.company_nights import Nights, on_clock, report, settled
from tests.support.house import House

WANTED = 0.95


async def test_thirty_nights(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = await settled(house.site, volunteers=42, hosts=4)
    nights = Nights(house.site, cast, seed=2711)
    on_clock(monkeypatch, nights)
    await nights.habits()
    await nights.live(30)
    share, by_hour = await nights.figures()
    told = report(share, by_hour)
    print(told)  # noqa: T201 - the figures, by hour, with `pytest -s`
    soon, asked = by_hour[3]
    assert asked > 30, told
    assert share >= WANTED, told
    assert soon / asked >= WANTED, told


async def test_the_figure_fails_where_nobody_is_there(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = await settled(house.site, volunteers=0, hosts=0)
    nights = Nights(house.site, cast, seed=2711)
    on_clock(monkeypatch, nights)
    await nights.live(2)
    share, by_hour = await nights.figures()
    assert sum(asked for _, asked in by_hour.values()) > 10
    assert share < WANTED
