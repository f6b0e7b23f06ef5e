"""CVE-2026-23961: posts of suspended people came back through boosts, old and new."""

from __future__ import annotations

from salledepause.features import accounts
from tests.security.estate import READING, Estate, probe
from tests.support.house import House


async def test_a_suspended_author_shows_nowhere_not_even_through_boosts(house: House, estate: Estate) -> None:
    said = await house.say(estate.eve, "mirabelle #mirabelle")
    post = f"/api/v1/statuses/{said['id']}"
    boost = await house.post(f"{post}/reblog", estate.ben)
    for gesture in ("favourite", "bookmark"):
        await house.post(f"{post}/{gesture}", estate.ben)
    await house.say(estate.ben, "une réponse", in_reply_to_id=said["id"])
    await house.post(f"/api/v1/accounts/{estate.ben.id}/follow", estate.ada)
    assert "mirabelle" in (await house.call("GET", "/api/v1/timelines/home", estate.ben)).text
    async with house.site.db.transaction() as tx:
        await accounts.suspend(tx, estate.eve.id)
    things = estate.things | {"status": said["id"], "account": str(estate.eve.id)}
    for line in READING:
        for status in (said["id"], boost["id"]):
            path = line.path.replace("{id}", things["account"] if "/accounts/" in line.path else status)
            for who in (estate.ada, estate.ben, None):
                assert "mirabelle" not in (await probe(house, "GET", path, who, params={"q": "mirabelle"})).text, (path, who)
    assert (await house.call("POST", f"{post}/reblog", estate.ada)).status_code == 404
    async with house.site.db.transaction() as tx:
        await accounts.restore(tx, estate.eve.id)
    assert "mirabelle" in (await house.call("GET", "/api/v1/timelines/home", estate.ben)).text
