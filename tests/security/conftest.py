"""A house in which Ada owns one of each thing."""

from __future__ import annotations

import pytest

from tests.security.estate import Estate, settled
from tests.support.house import House


@pytest.fixture
async def estate(house: House) -> Estate:
    """Give Ada's estate."""
    return await settled(house)
