"""Doors through which streams are opened."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.house import House
from tests.support.wires import side_door


@pytest.fixture(params=["main door", "side door"])
async def each_door(house: House, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Have every stream of a test go through the application in process, then through a side door and the network."""
    if request.param == "main door":
        yield
        return
    async with side_door(house) as port:
        house.side = port
        yield
