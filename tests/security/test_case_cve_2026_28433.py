"""CVE-2026-28433, CVE-2026-22246, CVE-2026-23964: things of others reached by their ids, here the ids inside of bodies.

Ids in addresses are tried by `test_bad_input.test_what_is_anothers_is_missing`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from salledepause.kernel import clock
from tests.security.estate import Estate, png, rows, written
from tests.support.house import House


@pytest.fixture
async def own(house: House, estate: Estate) -> dict[str, str]:
    """Eve has things too: an attack goes through one's own."""
    said = await house.say(estate.eve, "À moi")
    kept = await house.post("/api/v1/lists", estate.eve, title="À moi")
    one = await house.post("/api/v2/filters", estate.eve, title="À moi", context=["home"], keywords_attributes=[{"keyword": "x"}])
    sent = await house.call("POST", "/api/v1/media", estate.eve, files={"file": ("x.png", png())})
    return {"status": said["id"], "list": kept["id"], "filter": one["id"], "media": sent.json()["id"]}


def attacks(estate: Estate, own: dict[str, str]) -> list[tuple[str, str, dict[str, Any]]]:
    """Every place of a body where an id may stand, with the id of something of Ada's."""
    ada, its = str(estate.ada.id), estate.things
    later = clock.iso(clock.now() + timedelta(days=1))
    answer = {"status": "oui", "in_reply_to_id": its["private"]}
    stolen = {"status": "oui", "media_ids": [its["media"]]}
    return [
        ("POST", "/api/v1/statuses", answer),
        ("POST", "/api/v1/statuses", answer | {"scheduled_at": later}),
        ("POST", "/api/v1/statuses", stolen),
        ("POST", "/api/v1/statuses", stolen | {"scheduled_at": later}),
        ("POST", "/api/v1/statuses", stolen | {"media_ids": [own["media"], its["media"]]}),
        ("PUT", f"/api/v1/statuses/{own['status']}", stolen),
        ("POST", f"/api/v1/lists/{own['list']}/accounts", {"account_ids": [ada]}),
        ("POST", f"/api/v2/filters/{own['filter']}/statuses", {"status_id": its["private"]}),
        ("PUT", f"/api/v2/filters/{own['filter']}", {"keywords_attributes": [{"id": its["keyword"], "keyword": "volé"}]}),
        ("PUT", f"/api/v2/filters/{own['filter']}", {"keywords_attributes": [{"id": its["keyword"], "_destroy": True}]}),
        ("POST", "/api/v1/reports", {"account_id": ada, "status_ids": [its["private"]]}),
        ("POST", "/api/v1/reports", {"account_id": ada, "status_ids": [own["status"]]}),
        ("POST", "/api/v1/notifications/dismiss", {"id": its["notification"]}),
    ]


async def test_ids_of_others_in_bodies_are_refused_and_write_nothing(house: House, estate: Estate, own: dict[str, str]) -> None:
    before = await rows(house)
    for method, path, body in attacks(estate, own):
        answer = await house.call(method, path, estate.eve, json=body)
        assert answer.status_code in {403, 404, 422}, (path, body, answer.text)
        assert not written(before, await rows(house)), (path, body)


async def test_words_of_anothers_picture_do_not_change(house: House, estate: Estate, own: dict[str, str]) -> None:
    words = [{"id": estate.things["media"], "description": "volé"}]
    await house.call("PUT", f"/api/v1/statuses/{own['status']}", estate.eve, json={"status": "oui", "media_attributes": words})
    assert (await house.get(f"/api/v1/media/{estate.things['media']}", estate.ada))["description"] is None


async def test_ids_of_others_in_queries_show_nothing(house: House, estate: Estate) -> None:
    ids = [estate.things[name] for name in ("private", "direct", "scheduled")]
    assert await house.get("/api/v1/statuses", estate.eve, **{"id[]": ids}) == []
    assert await house.get("/api/v1/statuses", None, **{"id[]": ids}) == []
    told = await house.get("/api/v1/notifications", estate.eve, account_id=str(estate.ben.id))
    assert told == []
    assert (await house.get("/api/v1/lists", estate.eve)) == []
