"""Boosts spread what was for followers: only its author may share it again, and to the same followers only."""

from __future__ import annotations

from tests.security.estate import Estate
from tests.support.house import House


async def test_a_boost_never_widens(house: House, estate: Estate) -> None:
    private, direct = (f"/api/v1/statuses/{estate.things[name]}" for name in ("private", "direct"))
    for body in ({}, *({"visibility": one} for one in ("public", "unlisted", "private", "direct"))):
        assert (await house.call("POST", f"{private}/reblog", estate.ben, json=body)).status_code == 403
        for who in (estate.ada, estate.ben):
            assert (await house.call("POST", f"{direct}/reblog", who, json=body)).status_code == 403
        boost = await house.post(f"{private}/reblog", estate.ada, **body)
        assert boost["visibility"] == "private"
        for path in (f"/api/v1/statuses/{boost['id']}", private):
            assert (await house.call("GET", path, estate.eve)).status_code == 404
            assert (await house.call("GET", path)).status_code == 404
        assert await house.get(f"/api/v1/statuses/{boost['id']}", estate.ben)
        await house.post(f"{private}/unreblog", estate.ada)


async def test_no_edit_opens_a_post(house: House, estate: Estate) -> None:
    """An edit names no audience: what it says of one is not heard."""
    private = f"/api/v1/statuses/{estate.things['private']}"
    changed = await house.call("PUT", private, estate.ada, json={"status": "Toujours entre nous", "visibility": "public"})
    assert changed.json()["visibility"] == "private"
    assert (await house.call("GET", private)).status_code == 404
