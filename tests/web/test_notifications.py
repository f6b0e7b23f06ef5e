"""Notifications by pages: told together, marked as seen without a GET that writes, decided on the spot, kept aside, cleared."""

from __future__ import annotations

import pytest

from tests.mastodon.admin import keeper
from tests.support.house import House, Person
from tests.web.visitor import Visitor


async def crowd(house: House, *handles: str) -> list[Person]:
    return [await house.person(handle) for handle in handles]


async def test_who_likes_together_stands_together(house: House, nurse: Visitor) -> None:
    said = await nurse.write("Une nuit calme")
    for who in await crowd(house, "ana", "bob", "cleo", "dan"):
        await house.post(f"/api/v1/statuses/{said}/favourite", who)
    page = await nurse.get("/notifications")
    assert "dan et 3 autres ont aimé votre message" in page.text
    assert "Une nuit calme" in page.text
    assert f"/@nuit/{said}" in page.links
    assert "dan et 3 autres" in (await nurse.get("/notifications?voir=gestes")).text
    assert "Rien de cette sorte" in (await nurse.get("/notifications?voir=personnes")).text
    await nurse.get("/notifications?voir=ailleurs", 404)


async def test_each_kind_says_what_happened(house: House, nurse: Visitor) -> None:
    said = await nurse.write("Une nuit calme")
    ana, bob = await crowd(house, "ana", "bob")
    await house.post(f"/api/v1/statuses/{said}/reblog", ana)
    await house.say(bob, "@nuit bravo")
    page = await nurse.get("/@nuit")
    me = (await house.get("/api/v1/accounts/lookup", acct="nuit"))["id"]
    await house.post(f"/api/v1/accounts/{me}/follow", ana)
    page = await nurse.get("/notifications")
    for text in ("ana a partagé votre message", "bob vous parle", "ana vous suit", "@nuit bravo"):
        assert text in page.text


async def test_reading_writes_nothing_and_the_button_says_how_far_one_has_read(house: House, nurse: Visitor) -> None:
    (ana,) = await crowd(house, "ana")
    assert "du nouveau" not in (await nurse.get("/")).text
    await house.say(ana, "@nuit bonsoir")
    assert "du nouveau" in (await nurse.get("/")).text
    for _ in range(2):
        page = await nurse.get("/notifications")
        assert len(page.all("li", class_="fresh")) == 1
    old = page.form("/notifications/vu").values
    page = await nurse.submit("/notifications/vu")
    assert "Tout est vu." in page.text
    assert not page.all("li", class_="fresh")
    assert "du nouveau" not in (await nurse.get("/")).text
    await house.say(ana, "@nuit encore")
    page = await nurse.get("/notifications")
    assert len(page.all("li", class_="fresh")) == 1
    await nurse.submit("/notifications/vu")
    back = await nurse.client.post("/notifications/vu", data=old)
    assert back.status_code == 303
    assert "du nouveau" not in (await nurse.get("/")).text


@pytest.mark.parametrize(("up_to", "status"), [("9" * 40, 404), ("-1", 404), ("abc", 404), ("9223372036854775807", 303)])
async def test_nobody_reads_ahead_of_what_was_told(house: House, nurse: Visitor, up_to: str, status: int) -> None:
    (ana,) = await crowd(house, "ana")
    await house.say(ana, "@nuit bonsoir")
    values = (await nurse.get("/notifications")).form("/notifications/vu").values
    answer = await nurse.client.post("/notifications/vu", data=values | {"up_to": up_to})
    assert answer.status_code == status
    await house.say(ana, "@nuit encore")
    assert "du nouveau" in (await nurse.get("/")).text
    fragment = await nurse.client.post("/notifications/vu", data=values, headers={"x-fragment": "vu"})
    assert (fragment.status_code, "data-told" in fragment.text) == (200, True)


async def test_a_request_is_accepted_or_refused_on_the_spot_and_either_is_undone(house: House, nurse: Visitor) -> None:
    ana, bob = await crowd(house, "ana", "bob")
    me = (await house.get("/api/v1/accounts/lookup", acct="nuit"))["id"]
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET locked = true WHERE id = %s", [int(me)])
    for who in (ana, bob):
        await house.post(f"/api/v1/accounts/{me}/follow", who)

    async def tie(who: Person) -> tuple[bool, bool]:
        (found,) = await house.get("/api/v1/accounts/relationships", who, **{"id[]": me})
        return found["following"], found["requested"]

    await nurse.get("/notifications")
    page = await nurse.submit(f"/demandes/{ana.id}", button=("gesture", "authorize"))
    assert (await tie(ana), "@ana vous suit désormais." in page.text) == ((True, False), True)
    await nurse.client.post(page.undo.action, data=page.undo.values)
    assert await tie(ana) == (False, False)
    await nurse.get("/demandes")
    page = await nurse.submit(f"/demandes/{bob.id}", button=("gesture", "reject"))
    assert await tie(bob) == (False, False)
    again = page.undo.values
    forged = await nurse.client.post(f"/demandes/{ana.id}", data=again)
    assert forged.status_code == 404
    await nurse.client.post(page.undo.action, data=again | {"proof": "1.abc"})
    assert await tie(bob) == (False, False)
    await nurse.client.post(page.undo.action, data=again)
    assert await tie(bob) == (False, True)
    assert "@bob" in (await nurse.get("/demandes")).text


async def test_what_waits_aside_is_let_through_or_put_away(house: House, nurse: Visitor) -> None:
    ana, bob = [await house.person(handle, silenced=True) for handle in ("ana", "bob")]
    for who in (ana, bob):
        await house.say(who, "@nuit psst")
    page = await nurse.get("/notifications")
    assert "Les notifications de 2 personnes attendent à part" in page.text
    assert "psst" not in page.text
    page = await nurse.get("/notifications/a-part")
    paths = [form.action for form in page.forms if form.action.startswith("/notifications/a-part/")]
    assert len(paths) == 2
    await nurse.submit(paths[0], button=("gesture", "accept"))
    await nurse.submit(paths[1], button=("gesture", "dismiss"))
    assert "Rien n'attend à part" in nurse.page.text
    assert (await nurse.get("/notifications")).text.count("@nuit psst") == 1
    gone = await nurse.client.post(paths[0], data={"csrf": page.forms[-1].values["csrf"], "gesture": "accept"})
    assert gone.status_code == 404


async def test_all_is_cleared_once_asked(house: House, nurse: Visitor) -> None:
    (ana,) = await crowd(house, "ana")
    await house.say(ana, "@nuit bonsoir")
    page = await nurse.get("/notifications")
    assert "/notifications/vider" in page.links
    page = await nurse.get("/notifications/vider")
    assert "Vider vos notifications ?" in page.text
    page = await nurse.submit("/notifications/vider")
    assert "Personne ne vous attend" in page.text


async def test_a_word_of_the_hosts_is_told_plainly(house: House, nurse: Visitor) -> None:
    host = await keeper(house, "hote")
    me = (await house.get("/api/v1/accounts/lookup", acct="nuit"))["id"]
    answer = await house.call("POST", f"/api/v1/admin/accounts/{me}/action", host, json={"type": "none", "text": "Doucement."})
    assert answer.status_code == 200, answer.text
    page = await nurse.get("/notifications")
    for text in ("Un mot des hôtes", "Les hôtes vous adressent un rappel de la charte.", "Doucement.", "Vous seul·e lisez ceci."):
        assert text in page.text
    assert "@hote" not in page.text
