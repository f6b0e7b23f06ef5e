"""A real installation wakes an app: the worker, in its own process, sends what a web process told."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from salledepause.features import accounts, notifications
from salledepause.features.notifications import Quiet
from salledepause.kernel.config import Settings
from salledepause.main import site_of
from tests.support.push import App, claims, push_service
from tests.support.server import Server, serving

PATIENCE = 60


async def awake_at_night(server: Server, handle: str) -> None:
    """Have somebody choose to have no quiet hours: the worker has the clock of everybody, and this is tested at night too."""
    site = site_of(Settings(data=server.data, database_url=server.database_url))
    async with site.db, site.db.transaction() as tx:
        await notifications.keep_quiet(tx, (await accounts.by_handle(tx, handle)).id, Quiet(on=False))


async def test_an_app_is_woken_by_the_worker(tmp_path: Path) -> None:
    async with push_service() as service, serving(tmp_path / "data", SALLEDEPAUSE_PRIVATE_ADDRESSES="true") as server:
        one, two = [await server.person(handle) for handle in ("une", "deux")]
        await awake_at_night(server, "une")
        app = App()
        async with server.client() as client:
            body = {
                "subscription": {"endpoint": service.url, "keys": app.keys, "standard": True},
                "data": {"alerts": {"mention": True}},
            }
            made = await client.post("/api/v1/push/subscription", json=body, headers={"authorization": f"Bearer {one}"})
            assert made.status_code == 200, made.text
            said = await client.post(
                "/api/v1/statuses", json={"status": "@une bonjour"}, headers={"authorization": f"Bearer {two}"}
            )
            assert said.status_code == 200, said.text
        last = time.monotonic() + PATIENCE
        while not service.arrived and time.monotonic() < last:
            await asyncio.sleep(0.05)
        (arrived,) = service.arrived
        told = app.read(arrived)
        assert (told["title"], told["body"], told["access_token"]) == ("deux vous mentionne", "@une bonjour", one)
        assert claims(arrived, made.json()["server_key"])["sub"] == server.url
        assert service.url not in server.log.read_text()
