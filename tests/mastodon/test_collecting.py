"""A collection beyond Mastodon's: reasons, followed some or all, a list, a table both ways; a refusal holds for its owner."""

from __future__ import annotations

from tests.mastodon.test_collections import ALL, gathers, held
from tests.support.house import House

OURS = "/api/salledepause/v1/collections"


async def test_reasons_are_said_and_read_by_all(house: House) -> None:
    ana, ben, eve = await house.person("ana"), await house.person("ben"), await house.person("eve")
    made = await gathers(house, ana, ben)
    here = f"{OURS}/{made['id']}"
    for reason in ("Il explique", None, "Il rit"):
        told = await house.post(f"{here}/reasons", ana, account_id=str(ben.id), **({"reason": reason} if reason else {}))
        assert told["people"][0]["reason"] == (reason or "Il explique")
    assert (await house.get(here))["people"] == told["people"]
    for who, body in ((eve, {"reason": "x"}), (ana, {"reason": "x" * 281})):
        refused = await house.call("POST", f"{here}/reasons", who, json={"account_id": str(ben.id), **body})
        assert refused.status_code in {404, 422}
    await house.post(f"/api/v1/accounts/{eve.id}/block", ana)
    for path in (here, f"{here}/export"):
        assert (await house.call("GET", path, eve)).status_code == 404
    for gesture in ("follow", "list"):
        assert (await house.call("POST", f"{here}/{gesture}", eve, json={})).status_code == 404


async def test_some_or_all_are_followed_and_listed(house: House) -> None:
    ana, ben, dan, eve = [await house.person(name) for name in ("ana", "ben", "dan", "eve")]
    locked = await house.person("verrou", locked=True)
    made = await gathers(house, ana, ben, dan, eve, locked)
    here = f"{OURS}/{made['id']}"
    assert (await house.call("POST", f"{here}/list", eve, json={})).status_code == 422
    assert await house.post(f"{here}/follow", eve, account_ids=[str(ben.id), "x", "7"]) == {"taken": 1, "refused": 0}
    await house.post(f"/api/v1/accounts/{dan.id}/block", eve)
    assert await house.post(f"{here}/follow", eve) == {"taken": 1, "refused": 1}
    listed = await house.post(f"{here}/list", eve)
    people = await house.get(f"/api/v1/lists/{listed['id']}/accounts", eve)
    assert ([one["username"] for one in people], listed["title"]) == (["ben"], "Mes nuits")
    assert [one["username"] for one in await house.get("/api/v1/follow_requests", locked)] == ["eve"]


async def test_a_table_goes_out_and_comes_in(house: House) -> None:
    ana, ben, dan = [await house.person(name) for name in ("ana", "ben", "dan")]
    made = await gathers(house, ana, ben)
    await house.post(f"{OURS}/{made['id']}/reasons", ana, account_id=str(ben.id), reason='Il dit "oui",\nparfois')
    table = (await house.call("GET", f"{OURS}/{made['id']}/export")).text
    assert table.startswith("List name,Account address,Reason\n")
    other = await gathers(house, dan)
    assert await house.post(f"{OURS}/{other['id']}/import", dan, table=table) == {"taken": 1, "refused": 0}
    assert (await house.get(f"{OURS}/{other['id']}"))["people"][0]["reason"] == 'Il dit "oui", parfois'
    for table in ("", "List name,Account address\n", "x" * 300_000):
        assert (await house.call("POST", f"{OURS}/{other['id']}/import", dan, json={"table": table})).status_code == 422
    assert await house.post(f"{OURS}/{other['id']}/import", dan, table='"\nana,,,,\n') == {"taken": 0, "refused": 1}
    assert (await house.call("POST", f"{OURS}/{other['id']}/import", ana, json={"table": "a,ana"})).status_code == 404


async def test_a_refusal_holds_for_all_its_owner_gathers(house: House) -> None:
    ana, ben, dan = [await house.person(name) for name in ("ana", "ben", "dan")]
    first, second = await gathers(house, ana, ben), await gathers(house, ana, ben)
    other = await gathers(house, dan, ben)
    await house.post(f"{ALL}/{first['id']}/items/{first['items'][0]['id']}/revoke", ben, everywhere=True)
    assert [await held(house, one, ana) for one in (first, second, other)] == [[], [], ["ben"]]
    assert (await house.call("DELETE", f"{ALL}/{first['id']}", ana)).status_code == 200
    again = await house.call("POST", ALL, ana, json={"name": "x", "account_ids": [str(ben.id)]})
    assert again.status_code == 403
