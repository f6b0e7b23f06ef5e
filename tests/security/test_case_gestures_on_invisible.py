"""Reports, bookmarks and the like on posts that one may not see: they confirmed and copied what was hidden (Mastodon 3.5.3)."""

from __future__ import annotations

from tests.security.estate import LINES, Estate, filled, name_of, rows, thing_of, written
from tests.support.house import House


async def test_every_route_of_a_post_is_closed_to_who_may_not_see_it(house: House, estate: Estate) -> None:
    before, wrong = await rows(house), []
    for line in (line for line in LINES if "{" in line.path and thing_of(line) == "status"):
        for hidden in ("private", "direct"):
            answer = await house.call(line.method, filled(line, estate.things[hidden]), estate.eve, json={"status": "vu"})
            nobody = await house.call(line.method, filled(line, "117662387889766401"), estate.eve, json={"status": "vu"})
            if (answer.status_code, answer.text) != (404, nobody.text):
                wrong.append(f"{name_of(line)} {hidden}: {answer.status_code} {answer.text[:80]}")
    assert not wrong, "what is hidden must look like what is not there"
    assert not written(before, await rows(house))
