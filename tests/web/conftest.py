"""Browsers for the tests of pages."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.house import House
from tests.web.visitor import Visitor, visiting


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Visitor]:
    """Give a browser that nobody has signed in with."""
    async with visiting(house) as opened:
        yield opened


@pytest.fixture
async def nurse(house: House) -> AsyncIterator[Visitor]:
    """Give the browser of somebody who writes: `nuit`."""
    async with visiting(house) as opened:
        await opened.sign_up("nuit")
        yield opened


@pytest.fixture
async def director(house: House) -> AsyncIterator[Visitor]:
    """Give the browser of somebody else who writes, from another family: `garde`."""
    async with visiting(house) as opened:
        await opened.sign_up("garde", "direction")
        yield opened


@pytest.fixture
async def reader(house: House) -> AsyncIterator[Visitor]:
    """Give the browser of somebody who only reads: `lectrice`."""
    async with visiting(house) as opened:
        await opened.sign_up("lectrice", "patient-proche", "reader")
        yield opened
