"""Clients that knock from addresses of their choice, at a house that counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

from salledepause.kernel.config import Settings
from tests.support.house import House
from tests.support.recorder import Recorder


@asynccontextmanager
async def counting(settings: Settings, recorder: Recorder, **change: Any) -> AsyncIterator[House]:
    """Open a house that counts requests, for a block."""
    async with House.opened(msgspec.structs.replace(settings, **{"rate_limit": 40} | change), recorder) as house:
        yield house


@asynccontextmanager
async def knocking(house: House, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client whose requests come from an address, for a block."""
    app = house.client._transport.app  # type: ignore[attr-defined]  # noqa: SLF001 - the same application, another peer
    transport = httpx.ASGITransport(app=app, client=(address, 5000))
    async with httpx.AsyncClient(transport=transport, base_url=house.site.settings.origin) as client:
        yield client


async def tried(client: httpx.AsyncClient, number: int, method: str, path: str, **given: Any) -> list[int]:
    """Send the same request many times; return the statuses."""
    return [(await client.request(method, path, **given)).status_code for _ in range(number)]
