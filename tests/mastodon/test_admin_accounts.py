"""Accounts as hosts see them and decide about them: who may, what each measure does, what the journal keeps."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from salledepause.features import accounts, moderation, notifications
from salledepause.kernel.errors import Forbidden
from salledepause.kernel.page import Page
from tests.mastodon.admin import armed, journal, keeper
from tests.mastodon.pictures import png
from tests.support.house import House, Person
from tests.support.streams import events

V1, V2 = "/api/v1/admin/accounts", "/api/v2/admin/accounts"
ACTS = ("approve", "reject", "enable", "unsilence", "unsuspend", "unsensitive")
NAMES = ("membre", "attend", "parti", "gele", "muet", "voile", "hote", "chef")


async def crowd(house: House) -> Person:
    """Fill the house with one account of each standing; return a host."""
    await house.person("membre", name="Une Membre")
    await house.person("attend", state="pending", application="parce que")
    await house.person("parti", state="suspended")
    await house.person("gele", disabled=True)
    await house.person("muet", silenced=True)
    await house.person("voile", sensitized=True)
    host = await keeper(house, "hote")
    await keeper(house, "chef", "admin")
    return host


FILTERS: list[tuple[str, dict[str, Any], set[str]]] = [
    (V1, {}, set(NAMES)),
    (V1, {"local": "true"}, set(NAMES)),
    (V1, {"remote": "true"}, set()),
    (V1, {"pending": "true"}, {"attend"}),
    (V1, {"suspended": "true"}, {"parti"}),
    (V1, {"disabled": "true"}, {"gele"}),
    (V1, {"silenced": "true"}, {"muet"}),
    (V1, {"sensitized": "true"}, {"voile"}),
    (V1, {"staff": "true"}, {"hote", "chef"}),
    (V1, {"active": "true", "silenced": "true"}, {"muet"}),
    (V1, {"pending": "true", "suspended": "true"}, set()),
    (V1, {"username": "M"}, {"membre", "muet"}),
    (V1, {"username": "m%"}, set()),
    (V1, {"display_name": "une"}, {"membre"}),
    (V1, {"by_domain": "ailleurs.test"}, set()),
    (V1, {"by_domain": "SALLE.test"}, set(NAMES)),
    (V1, {"email": "a@b.c"}, set()),
    (V1, {"ip": "127.0.0.1"}, set()),
    (V2, {"origin": "remote"}, set()),
    (V2, {"origin": "local", "status": "pending"}, {"attend"}),
    (V2, {"status": "active"}, set(NAMES) - {"attend", "parti"}),
    (V2, {"status": "suspended"}, {"parti"}),
    (V2, {"status": "disabled"}, {"gele"}),
    (V2, {"status": "silenced"}, {"muet"}),
    (V2, {"permissions": "staff"}, {"hote", "chef"}),
    (V2, {"role_ids[]": "3"}, {"chef"}),
    (V2, {"role_ids[]": "77"}, set()),
    (V2, {"role_ids[]": "-99", "permissions": "staff"}, set()),
    (V2, {"invited_by": "1"}, set()),
]


async def test_lists_filter_by_standing_role_and_name(house: House) -> None:
    host = await crowd(house)
    for path, given, wanted in FILTERS:
        found = await house.get(path, host, **given)
        assert {one["username"] for one in found} == wanted, given


async def test_lists_are_paged_the_latest_first(house: House) -> None:
    host = await crowd(house)
    answer = await house.call("GET", V1, host, params={"limit": 3, "local": "true"})
    assert [one["username"] for one in answer.json()] == ["chef", "hote", "voile"]
    following = answer.links["next"]["url"]
    assert "local=true" in following
    assert [one["username"] for one in (await house.call("GET", following, host)).json()] == ["muet", "gele", "parti"]
    back = (await house.call("GET", following, host)).links["prev"]["url"]
    assert [one["username"] for one in (await house.call("GET", back, host)).json()] == ["chef", "hote", "voile"]


async def test_one_account_holds_no_email_and_no_address(house: House) -> None:
    host = await crowd(house)
    (waiting,) = await house.get(V1, host, pending="true")
    found = await house.get(f"{V1}/{waiting['id']}", host)
    assert found == waiting
    assert (found["email"], found["ip"], found["ips"], found["domain"]) == ("", None, [], None)
    assert (found["approved"], found["invite_request"], found["confirmed"]) == (False, "parce que", True)
    assert found["created_at"].endswith("T00:00:00.000Z")
    (chief,) = await house.get(V1, host, username="chef")
    assert (chief["role"]["id"], chief["role"]["permissions"]) == ("3", "1")
    assert (await house.call("GET", f"{V1}/404", host)).status_code == 404


async def test_a_person_waiting_is_let_in_or_turned_away(house: House) -> None:
    host = await keeper(house, "hote")
    one, two = await house.person("une", state="pending"), await house.person("deux", state="pending")
    let_in = await house.post(f"{V1}/{one.id}/approve", host)
    assert (let_in["approved"], let_in["invite_request"]) == (True, None)
    assert (await house.call("GET", "/api/v1/accounts/verify_credentials", one)).status_code == 200
    turned_away = await house.post(f"{V1}/{two.id}/reject", host)
    assert (turned_away["username"], turned_away["approved"]) == ("deux", False)
    assert (await house.call("GET", f"{V1}/{two.id}", host)).status_code == 404
    for act in ("approve", "reject"):
        answer = await house.call("POST", f"{V1}/{one.id}/{act}", host)
        assert (answer.status_code, answer.json()) == (403, {"error": "This action is not allowed"})
    assert await journal(house) == [("hote", "approve", "une", ""), ("hote", "reject", "", "")]


async def moderate(house: House, host: Person, who: Person, **given: Any) -> int:
    return (await house.call("POST", f"{V1}/{who.id}/action", host, json=given)).status_code


async def status_of(house: House, who: Person, wanted: int) -> None:
    """Wait until a token answers with a status: what was known of it is forgotten through the bus."""
    async with asyncio.timeout(10):
        while (await house.call("GET", "/api/v1/accounts/verify_credentials", who)).status_code != wanted:
            await asyncio.sleep(0.01)


async def test_disabling_closes_every_door_and_hides_nothing(house: House) -> None:
    host, one = await keeper(house, "hote"), await house.person("une")
    said = await house.say(one, "toujours là")
    assert (await house.call("GET", "/api/v1/accounts/verify_credentials", one)).status_code == 200
    assert await moderate(house, host, one, type="disable", text="compte volé") == 200
    await status_of(house, one, 403)
    assert (await house.get(f"/api/v1/statuses/{said['id']}"))["content"] == "<p>toujours là</p>"
    assert (await house.get(f"{V1}/{one.id}", host))["disabled"] is True
    async with house.site.db.transaction() as tx:
        assert await accounts.session(tx, (await accounts.open_session(tx, one.id))[0]) is not None
        session = await accounts.session(tx, (await accounts.open_session(tx, one.id))[0])
        assert session is not None
        assert session.state == "suspended", "pages take such a session for no session"
    assert (await house.post(f"{V1}/{one.id}/enable", host))["disabled"] is False
    await status_of(house, one, 200)
    assert await journal(house) == [("hote", "disable", "une", "compte volé"), ("hote", "enable", "une", "")]


async def test_silencing_and_suspending_and_back(house: House) -> None:
    host, one = await keeper(house, "hote"), await house.person("une")
    said = await house.say(one, "bruit")
    assert await moderate(house, host, one, type="silence") == 200
    assert await house.get("/api/v1/timelines/public", local="true") == []
    assert (await house.post(f"{V1}/{one.id}/unsilence", host))["silenced"] is False
    assert [post["id"] for post in await house.get("/api/v1/timelines/public")] == [said["id"]]
    assert await moderate(house, host, one, type="suspend") == 200
    assert (await house.call("GET", f"/api/v1/statuses/{said['id']}")).status_code == 404
    assert (await house.post(f"{V1}/{one.id}/unsuspend", host))["suspended"] is False
    assert (await house.call("GET", f"/api/v1/statuses/{said['id']}")).status_code == 200


async def test_pictures_are_veiled_and_shown_again(house: House) -> None:
    host, one = await keeper(house, "hote"), await house.person("une")
    made = (await house.call("POST", "/api/v1/media", one, files={"file": ("x.png", png())})).json()
    said = await house.say(one, "photo", media_ids=[made["id"]])
    words = await house.say(one, "mots")
    assert said["sensitive"] is False
    assert await moderate(house, host, one, type="sensitive") == 200
    assert (await house.get(f"/api/v1/statuses/{said['id']}"))["sensitive"] is True
    assert (await house.get(f"/api/v1/statuses/{words['id']}"))["sensitive"] is False
    assert (await house.post(f"{V1}/{one.id}/unsensitive", host))["sensitized"] is False
    assert (await house.get(f"/api/v1/statuses/{said['id']}"))["sensitive"] is False


async def test_a_measure_settles_reports_and_a_word_settles_one(house: House) -> None:
    host, one, two = await keeper(house, "hote"), await house.person("une"), await house.person("deux")
    first, second = [
        (await house.post("/api/v1/reports", two, account_id=str(one.id), comment=text))["id"] for text in ("a", "b")
    ]
    assert await moderate(house, host, one, type="none", report_id=first, text="attention") == 200
    assert [report["id"] for report in await house.get("/api/v1/admin/reports", host)] == [second]
    third = (await house.post("/api/v1/reports", one, account_id=str(two.id)))["id"]
    assert await moderate(house, host, one, type="silence", report_id=third) == 404, "it is about somebody else"
    assert await moderate(house, host, one, type="silence", report_id="404") == 404
    assert not (await house.get(f"{V1}/{one.id}", host))["silenced"]
    assert await moderate(house, host, one, type="silence") == 200
    assert [report["id"] for report in await house.get("/api/v1/admin/reports", host)] == [third]


@pytest.mark.parametrize(
    "given", [{}, {"type": "pendre"}, {"type": ""}, {"type": "silence", "text": "x" * 1001}, {"type": ["silence", "none"]}]
)
async def test_what_is_no_measure_is_refused(house: House, given: dict[str, Any]) -> None:
    host, one = await keeper(house, "hote"), await house.person("une")
    assert await moderate(house, host, one, **given) == 422
    assert await journal(house) == []


async def test_who_waits_is_decided_about_before_any_measure(house: House) -> None:
    host, one = await keeper(house, "hote"), await house.person("une", state="pending")
    assert await moderate(house, host, one, type="suspend") == 422
    assert (await house.get(f"{V1}/{one.id}", host))["approved"] is False


async def test_nobody_decides_about_themselves_nor_upwards(house: House) -> None:
    host, other, chief, second = [
        await keeper(house, handle, role)
        for handle, role in (("hote", "host"), ("autre", "host"), ("chef", "admin"), ("adjoint", "admin"))
    ]
    for who, whom in ((host, host), (host, other), (host, chief), (chief, chief), (chief, second)):
        for path, given in ((f"{V1}/{whom.id}/action", {"type": "suspend"}), *((f"{V1}/{whom.id}/{act}", {}) for act in ACTS)):
            assert (await house.call("POST", path, who, json=given)).status_code == 403, (who.handle, path)
        assert (await house.call("DELETE", f"{V1}/{whom.id}", who)).status_code == 403
    assert await moderate(house, chief, host, type="suspend") == 200
    assert await journal(house) == [("chef", "suspend", "hote", "")]


async def test_only_an_admin_erases_and_only_the_suspended(house: House) -> None:
    host, chief, one = await keeper(house, "hote"), await keeper(house, "chef", "admin"), await house.person("une")
    for who in (host, chief):
        assert (await house.call("DELETE", f"{V1}/{one.id}", who)).status_code == 403
    assert await moderate(house, host, one, type="suspend") == 200
    assert (await house.call("DELETE", f"{V1}/{one.id}", host)).status_code == 403
    answer = await house.call("DELETE", f"{V1}/{one.id}", chief)
    assert (answer.status_code, answer.json()["suspended"]) == (200, True)
    assert (await house.call("GET", f"{V1}/{one.id}", chief)).status_code == 404
    assert (await journal(house))[-1] == ("chef", "erase", "", "")


async def test_scopes_are_not_enough_and_a_role_is_not_enough(house: House) -> None:
    one, two = await armed(house, await house.person("une")), await house.person("deux", role="admin")
    for path in (V1, V2, f"{V1}/{one.id}"):
        assert (await house.call("GET", path, one)).status_code == 403
        assert (await house.call("GET", path, two)).status_code == 403
        assert (await house.call("GET", path)).status_code == 401
    assert (await house.call("GET", V2, one, params={"origin": "remote"})).status_code == 403
    assert await moderate(house, one, two, type="suspend") == await moderate(house, two, one, type="suspend") == 403
    async with house.site.db.transaction() as tx:
        with pytest.raises(Forbidden):
            await moderation.read_journal(tx, one.id, Page())
        await accounts.set_role(tx, two.id, "member")
        with pytest.raises(Forbidden):
            await moderation.read_journal(tx, two.id, Page())


async def test_who_is_decided_about_is_told_what_and_why_and_never_by_whom(house: House) -> None:
    host, one = await keeper(house, "hote"), await house.person("une")
    async with events(house, "user", one) as stream:
        assert await moderate(house, host, one, type="none", text="Moins fort, la nuit.") == 200
        heard = await stream.next()
        assert (heard.event, heard.body["type"]) == ("notification", "moderation_warning")
        assert heard.body["moderation_warning"]["text"] == "Moins fort, la nuit."
    assert await moderate(house, host, one, type="silence") == 200
    await house.post(f"{V1}/{one.id}/unsilence", host)
    silenced, warned = await house.get("/api/v1/notifications", one)
    assert (silenced["moderation_warning"]["action"], warned["moderation_warning"]["action"]) == ("silence", "none")
    assert warned["account"]["id"] == warned["moderation_warning"]["target_account"]["id"] == str(one.id)
    answer = await house.call("GET", "/api/v2/notifications", one)
    assert [group["moderation_warning"]["action"] for group in answer.json()["notification_groups"]] == ["silence", "none"]
    assert "hote" not in answer.text
    assert str(host.id) not in answer.text
    assert [told["type"] for told in await house.get("/api/v1/notifications", host)] == ["admin.sign_up"]
    async with house.site.db.transaction() as tx:
        act_id = int(warned["moderation_warning"]["id"])
        await notifications.warned(tx, moderation.Warned(act_id, one.id))
    assert len(await house.get("/api/v1/notifications", one)) == 2, "told once"


async def test_what_a_veiled_account_posts_is_veiled_at_once(house: House) -> None:
    host, one = await keeper(house, "hote"), await house.person("une")
    assert await moderate(house, host, one, type="sensitive") == 200
    made = (await house.call("POST", "/api/v1/media", one, files={"file": ("x.png", png())})).json()
    said = await house.say(one, "photo", media_ids=[made["id"]])
    assert said["sensitive"] is True
    assert (await house.get(f"/api/v1/statuses/{said['id']}", host))["sensitive"] is True
    assert (await house.post(f"{V1}/{one.id}/unsensitive", host))["sensitized"] is False
    assert (await house.get(f"/api/v1/statuses/{said['id']}"))["sensitive"] is False
