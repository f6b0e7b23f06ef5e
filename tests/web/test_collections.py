"""A collection by pages: one is told, reads it, and leaves it for good."""

from __future__ import annotations

from tests.mastodon.test_collections import ALL
from tests.support.house import House
from tests.web.visitor import Visitor


async def test_the_page_tells_it_and_leads_out_for_good(house: House, nurse: Visitor) -> None:
    ana = await house.person("ana")
    me = (await house.get("/api/v1/accounts/lookup", acct="nuit"))["id"]
    made = (await house.post(ALL, ana, name="Mes nuits", description="Qui veille", account_ids=[me], discoverable=True))[
        "collection"
    ]
    assert "du nouveau" in (await nurse.get("/")).text
    page = await nurse.get("/notifications?voir=personnes")
    assert "ana vous recommande dans une collection" in page.text
    assert "Mes nuits" in page.text
    here = f"/collections/{made['id']}"
    page = await nurse.get(here)
    assert "Vous êtes dans cette collection." in page.text
    await nurse.get(f"{here}/sortir")
    page = await nurse.submit(f"{here}/sortir")
    assert "Vous n'êtes plus dans cette collection." in page.text
    assert "@nuit" not in page.text
    assert "vous recommande" not in (await nurse.get("/notifications")).text
    assert "du nouveau" not in (await nurse.get("/")).text
    await nurse.get(f"{here}/sortir", 404)
    await nurse.get("/collections/12", 404)
    again = await house.call("POST", f"{ALL}/{made['id']}/items", ana, json={"account_id": me})
    assert again.status_code == 403
