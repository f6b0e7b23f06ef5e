"""A name written into a direct post later must not open it: an edit adds no reader to what is not open to all."""

from __future__ import annotations

from tests.security.estate import Estate
from tests.support.house import House


async def test_an_edit_adds_no_reader(house: House, estate: Estate) -> None:
    tries = [(name, text) for name in ("direct", "private") for text in ("@ben @eve venez voir", "@eve@salle.test", "cc @EVE")]
    for name, text in tries:
        post = f"/api/v1/statuses/{estate.things[name]}"
        assert (await house.call("PUT", post, estate.ada, json={"status": text})).status_code == 200
        assert (await house.call("GET", post, estate.eve)).status_code == 404
        told = await house.get("/api/v1/notifications", estate.eve)
        assert {one["type"] for one in told} == {"moderation_warning"}, "only of the picture that is held"
        assert await house.get("/api/v1/conversations", estate.eve) == []
        assert (await house.call("GET", post, estate.ben)).status_code == 200


async def test_an_answer_in_a_direct_thread_names_nobody_by_itself(house: House, estate: Estate) -> None:
    answer = await house.say(estate.ben, "d'accord", in_reply_to_id=estate.things["direct"])
    assert answer["visibility"] == "direct"
    assert (await house.call("GET", f"/api/v1/statuses/{answer['id']}", estate.eve)).status_code == 404


async def test_what_waits_is_nobodys_but_its_authors(house: House, estate: Estate) -> None:
    scheduled = f"/api/v1/scheduled_statuses/{estate.things['scheduled']}"
    for who in (estate.ben, estate.eve, None):
        assert (await house.call("GET", scheduled, who)).status_code in {401, 404}
