"""What the tests of accounts share: a wired database with what it told, and a transaction in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from salledepause.kernel.db import Tx
from tests.features.accounts_house import Told, opened


@pytest.fixture
async def told(database: str) -> AsyncIterator[Told]:
    async with opened(database) as kept:
        yield kept


@pytest.fixture
async def tx(told: Told) -> AsyncIterator[Tx]:
    async with told.db.transaction() as lent:
        yield lent
