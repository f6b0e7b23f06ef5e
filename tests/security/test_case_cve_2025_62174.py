"""CVE-2025-62174: sessions and tokens survived a change of password. Every way to change a secret closes every door."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from salledepause.features import accounts
from salledepause.kernel.site import Site
from tests.support.house import EVERYTHING, PASSWORD, House

Reset = Callable[[Site, int, tuple[str, ...]], Awaitable[object]]
NEW = "un matin sans réveil"


async def change(site: Site, account_id: int, words: tuple[str, ...]) -> None:
    del words
    await accounts.change_password(site, account_id, (PASSWORD, NEW))


async def by_the_hosts(site: Site, account_id: int, words: tuple[str, ...]) -> None:
    del words
    async with site.db.transaction() as tx:
        await accounts.set_password(tx, account_id, NEW)


async def by_words(site: Site, account_id: int, words: tuple[str, ...]) -> None:
    del account_id
    await accounts.recover(site, "ginette", " ".join(words), NEW)


async def by_erasing(site: Site, account_id: int, words: tuple[str, ...]) -> None:
    del words
    async with site.db.transaction() as tx:
        await accounts.erase(tx, account_id)


@pytest.mark.parametrize("reset", [change, by_the_hosts, by_words, by_erasing])
async def test_a_reset_closes_every_door(house: House, reset: Reset) -> None:
    account_id, words = await house.newcomer("ginette")
    async with house.site.db.transaction() as tx:
        tokens = [await accounts.give_token(tx, account_id, EVERYTHING) for _ in range(2)]
        cookie, _ = await accounts.open_session(tx, account_id)
    held = {"cookie": f"__Host-session={cookie}"}
    assert (await house.client.get("/reglages", headers=held)).status_code == 200
    for token in tokens:
        await house.get("/api/v1/accounts/verify_credentials", token)
    await reset(house.site, account_id, words)
    answer = await house.client.get("/reglages", headers=held)
    assert (answer.status_code, answer.headers.get("location", "")[:10]) == (303, "/connexion")
    async with asyncio.timeout(30):
        for token in tokens:
            while (await house.call("GET", "/api/v1/accounts/verify_credentials", token)).status_code != 401:
                await asyncio.sleep(0.01)
    async with house.site.db.reading() as tx:
        for table in ("tokens", "sessions", "grants"):
            assert await tx.value(f"SELECT count(*) FROM {table} WHERE account_id = %s", [account_id]) == 0
