"""The card of help lines in the API: in the answer to who writes of distress, and nowhere else, whoever looks and whenever."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from jsonschema import Draft202012Validator
from prometheus_client import REGISTRY, generate_latest

from salledepause.features import accounts, safety_net
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from tests.security.estate import rows, written
from tests.support.house import House
from tests.support.streams import events

SAID = "Je n'en peux plus, j'ai envie de mourir."
LINES, CALL = "/api/salledepause/v1/help", "/api/salledepause/v1/help/call"
ADMIN = "/api/salledepause/v1/admin/help"


def card(entity: dict[str, Any]) -> Any:
    return (entity.get("salledepause") or {}).get("help")


async def test_the_card_is_in_the_answer_to_its_author_and_nowhere_else(house: House) -> None:
    ada, ben = await house.person("ada"), await house.person("ben")
    await house.post(f"/api/v1/accounts/{ada.id}/follow", ben)
    async with events(house, "public", ben) as stream:
        calm = await house.say(ada, "Morte de rire, merci la nuit.")
        assert card(calm) is None
        assert card(json.loads((await stream.next()).payload)) is None
        answer = await house.call("POST", "/api/v1/statuses", ada, json={"status": SAID}, headers={"idempotency-key": "une"})
        said = answer.json()
        found = card(said)
        assert found is not None
        assert found["whose"] == "author"
        assert [one["number"] for one in found["lines"]] == ["0 805 23 23 36", "3114"]
        assert said["salledepause"]["kind"] == "opinion"
        heard = await stream.next()
        assert json.loads(heard.payload)["id"] == said["id"]
        assert "help" not in heard.payload
    again = await house.call("POST", "/api/v1/statuses", ada, json={"status": SAID}, headers={"idempotency-key": "une"})
    assert (again.json()["id"], card(again.json())) == (said["id"], found)
    for who in (ada, ben, None):
        for path in (
            f"statuses/{said['id']}",
            "timelines/public",
            f"accounts/{ada.id}/statuses",
            f"statuses/{said['id']}/context",
        ):
            assert "3114" not in json.dumps(await house.get(f"/api/v1/{path}", who))
    for who in (ada, ben):
        assert "3114" not in json.dumps(await house.get("/api/v1/timelines/home", who))
        assert "3114" not in json.dumps(await house.get("/api/v1/notifications", who))
    edited = await house.call("PUT", f"/api/v1/statuses/{said['id']}", ada, json={"status": SAID + " Vraiment."})
    assert card(edited.json()) is None, "it told of it before"
    edited = await house.call("PUT", f"/api/v1/statuses/{calm['id']}", ada, json={"status": SAID})
    assert card(edited.json()) == found
    assert "3114" not in json.dumps(await house.get(f"/api/v1/statuses/{calm['id']}", ada))


async def test_whatever_says_it_shows_it_and_nothing_of_it_is_kept(house: House) -> None:
    ada, ben, host = await house.person("ada"), await house.person("ben"), await house.person("hote", role="host")
    plain, hurt = "Bonsoir tout le monde ici", "Je ne veux plus vivre du tout"
    later = clock.iso(clock.now() + timedelta(days=1))
    kept = []
    for text in (plain, hurt):
        before = await rows(house)
        planned = await house.post("/api/v1/statuses", ada, status=text, scheduled_at=later)
        warned = await house.post("/api/v1/statuses", ada, status="Sans titre", spoiler_text=text)
        polled = await house.post(
            "/api/v1/statuses", ada, status="Et vous ?", poll={"options": ["Rien", text], "expires_in": 600}
        )
        filed = await house.post("/api/v1/reports", ada, account_id=str(ben.id), comment=text)
        kept.append(written(before, await rows(house)))
        assert [card(one) is not None for one in (planned, warned, polled, filed)] == [text == hurt] * 4
    assert kept[0] == kept[1], "no table knows which of the two was of distress"
    assert "3114" not in json.dumps(await house.get("/api/v1/notifications", host))
    assert b"safety" not in generate_latest(REGISTRY)
    told = await house.say(ada, "Mon patient veut mourir, que lui dire ?")
    assert (card(told) or {})["whose"] == "other"


async def test_lines_are_read_by_all_and_written_by_administrators(house: House) -> None:
    host, admin = await house.person("hote", role="host"), await house.person("admin", role="admin")
    async with house.site.db.transaction() as tx:
        scopes = ["read", "write", "admin:read", "admin:write"]
        keys = {one.handle: await _keys(tx, one.id, scopes) for one in (host, admin)}
    found = await house.get(LINES)
    assert {one["number"] for one in found} == {"0 805 23 23 36", "3114", "15", "114", "0 800 288 038"}
    assert all("verified_on" in one for one in found)
    sps = {"name": "SPS", "number": "0 805 23 23 36", "verified_on": clock.today().isoformat()}
    assert (await house.call("PUT", f"{ADMIN}/lines/1", keys["hote"], json=sps)).status_code == 403
    changed = (await house.call("PUT", f"{ADMIN}/lines/1", keys["admin"], json=sps)).json()
    assert [one["number"] for one in changed] == [one["number"] for one in found]
    assert changed[0]["name"] == "SPS"
    for wrong in (
        {"name": "", "number": "1"},
        {"name": "x", "number": "abc"},
        {"name": "x", "number": "1", "verified_on": "2099-01-01"},
    ):
        assert (await house.call("POST", f"{ADMIN}/lines", keys["admin"], json=wrong)).status_code in {400, 422}
    assert (await house.call("PUT", f"{ADMIN}/lines/424242", keys["admin"], json=sps)).status_code == 404
    for one in changed[1:]:
        left = await house.call("DELETE", f"{ADMIN}/lines/{one['id']}", keys["admin"])
    assert [one["name"] for one in left.json()] == ["SPS"]
    assert (await house.call("DELETE", f"{ADMIN}/lines/{changed[0]['id']}", keys["admin"])).status_code == 422
    said = await house.say(host, SAID)
    assert [one["name"] for one in (card(said) or {})["lines"]] == ["SPS"]


async def _keys(tx: Tx, account_id: int, scopes: list[str]) -> str:
    return await accounts.give_token(tx, account_id, scopes)


async def test_hosts_are_asked_only_by_who_wants_it_and_nothing_stays(house: House) -> None:
    ada, host = await house.person("ada"), await house.person("hote", role="host")
    async with house.site.db.transaction() as tx:
        keys = await _keys(tx, host.id, ["read", "write", "admin:read", "admin:write"])
    await house.say(ada, SAID)
    before = await rows(house)
    assert await house.get(f"{ADMIN}/calls", keys) == []
    asked = await house.post(CALL, ada, words="Je veux bien un mot.")
    assert asked == await house.get(CALL, ada) == {"asked": True, "words": "Je veux bien un mot.", "taken": False}
    assert await house.get(CALL, host) == {"asked": False, "words": "", "taken": False}
    (one,) = await house.get(f"{ADMIN}/calls", keys)
    assert (one["account"]["acct"], one["words"], one["taken_by"]) == ("ada", "Je veux bien un mot.", None)
    assert (await house.call("GET", f"{ADMIN}/calls", ada)).status_code == 403
    await house.post(f"{ADMIN}/calls/{one['id']}/take", keys)
    assert (await house.get(CALL, ada))["taken"]
    assert (await house.call("DELETE", f"{ADMIN}/calls/{one['id']}", keys)).json() == []
    assert not written(before, await rows(house))
    assert (await house.call("POST", CALL, ada, json={"words": "a" * 501})).status_code == 422
    await house.post(CALL, ada, words="")
    await house.call("DELETE", CALL, ada)
    assert not written(before, await rows(house))
    await house.post(CALL, ada, words="")
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE help_calls SET id = id - (31::bigint * 86400000 << 16)")
    await safety_net.forget_calls(house.site)
    assert not written(before, await rows(house))


async def test_our_own_routes_are_described_as_they_answer(house: House) -> None:
    described = await house.get("/api/salledepause/openapi.json")
    assert {f"{ADMIN}/lines", LINES, CALL, "/api/salledepause/v1/admin/refused_images"} <= described["paths"].keys()

    answered = described["paths"][LINES]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    schema = json.loads(
        json.dumps({"$defs": described["components"]["schemas"]} | answered).replace("#/components/schemas/", "#/$defs/")
    )
    Draft202012Validator(schema).validate(await house.get(LINES))
