"""La ronde in Chromium: the number comes while the page is open, what one types stays, the end is read by itself."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from playwright.async_api import expect

from tests.web.browsing import CHROMIUM, PHONE, Browsing
from tests.web.inspection import glance

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")

HURRY = "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'waves.end' AND args ->> 'post_id' = %s"


async def test_a_wave_is_heard_joined_and_seen_to_end(browsing: Browsing) -> None:
    author, one, other = [await browsing.server.person(f"{name}_de_la_ronde") for name in ("autrice", "une", "autre")]
    async with browsing.server.client() as client:

        async def post(token: str, path: str, **body: Any) -> Any:
            answer = await client.post(path, json=body, headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 200, answer.text
            return answer.json()

        won = (await post(author, "/api/v1/statuses", status="Le lit 12 a ri.", salledepause={"kind": "victory"}))["id"]
        async with browsing.page("contributor", PHONE, fresh=True) as phone:
            await phone.goto(f"/ronde/{won}")
            wave, count = phone.locator("#ronde"), phone.locator("[data-wave-count]")
            await expect(wave.get_by_role("heading")).to_have_text("La ronde")
            await post(one, f"/api/salledepause/v1/statuses/{won}/wave", anonymous=True)
            await expect(count).to_have_text("1 félicitation")
            await expect(wave.get_by_role("heading")).to_have_text("Une ronde est ouverte")
            await phone.get_by_label("Un mot, si vous voulez").fill("Je l'entends d'ici")
            await post(other, f"/api/salledepause/v1/statuses/{won}/wave", word="Encore !")
            await expect(count).to_have_text("2 félicitations")
            await expect(phone.locator("[data-wave-told]")).to_contain_text("2 félicitations")
            await expect(phone.get_by_label("Un mot, si vous voulez")).to_have_value("Je l'entends d'ici")
            await phone.get_by_label("Un café offert").check(force=True)
            await glance(phone, "ronde-vivante")
            await phone.get_by_role("button", name="Féliciter").click()
            await expect(count).to_have_text("3 félicitations")
            await expect(wave.locator(".wave-done")).to_be_visible()
            await expect(wave.locator(".wave-words li")).to_have_count(2)
            with psycopg.connect(browsing.server.database_url, autocommit=True) as connection:
                connection.execute("UPDATE waves SET ends_at = now() WHERE post_id = %s", [won])
                connection.execute(HURRY, [won])
            await expect(wave.get_by_text("Un souvenir du")).to_be_visible(timeout=60_000)  # the worker looks every five seconds
            await glance(phone, "ronde-souvenir")
