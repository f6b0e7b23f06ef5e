"""Browsers for the tests of pages."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page

from tests.support.house import House
from tests.web.browsing import DESKTOP, PHONE, Browsing, opened
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


@pytest.fixture(scope="session")
async def browsing() -> AsyncIterator[Browsing]:
    """Give the server, the people and the browser that all tests of screens share."""
    async with opened() as started:
        yield started


@pytest.fixture
async def phone(browsing: Browsing) -> AsyncIterator[Page]:
    """Give a phone in the hand of somebody who writes."""
    async with browsing.page("contributor", PHONE) as page:
        yield page


@pytest.fixture
async def desktop(browsing: Browsing) -> AsyncIterator[Page]:
    """Give a large screen before somebody who writes."""
    async with browsing.page("contributor", DESKTOP) as page:
        yield page
