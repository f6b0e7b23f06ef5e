"""Whatever hosts decide about somebody is told with its reason and looked at again by a person, for who is shut out too."""

from __future__ import annotations

from typing import Any

import pytest

from salledepause.features import moderation
from salledepause.features.moderation import Decision
from tests.mastodon.admin import keeper as hosting
from tests.support.house import House, Person
from tests.web.keepers import keeper, undo
from tests.web.visitor import PASSWORD, Page, Visitor, visiting

OURS, ADMIN = "/api/salledepause/v1/decisions", "/api/salledepause/v1/admin/appeals"
ROOMS = "/api/salledepause/v1/rooms"


async def decided(house: House, host: Person, handle: str, measure: Any) -> str:
    """Have a host take a measure; return its number."""
    async with house.site.db.transaction() as tx:
        target = int(await tx.value("SELECT id FROM accounts WHERE handle = %s", [handle]))
        await moderation.decide(tx, host.id, target, Decision(measure, "Trop de bruit la nuit."))
        return str(await tx.value("SELECT max(id) FROM moderation_acts WHERE target_id = %s", [target]))


@pytest.mark.parametrize("measure", ["silence", "suspend"])
async def test_a_measure_is_told_contested_once_and_lifted_by_another_host(house: House, measure: str) -> None:
    took = await hosting(house, "gardien")
    async with visiting(house) as ada, keeper(house, "relectrice") as again:
        await ada.sign_up("ada_de_nuit")
        assert "Aucune décision" in (await ada.get("/decisions")).text
        act = await decided(house, took, "ada_de_nuit", measure)
        if measure == "suspend":
            await shut_out(ada)
        else:
            assert f"/decisions/{act}" in (await ada.get("/notifications")).links
            assert "Trop de bruit la nuit." in (await ada.get(f"/decisions/{act}")).text
            await ada.submit(f"/decisions/{act}", words=" ", status=422)
            assert "une personne relira" in (await ada.submit(f"/decisions/{act}", words="Je chuchotais.")).text
        (waits,) = await house.get(ADMIN, took)
        assert (waits["account"]["acct"], waits["decision"]["contest"]) == ("ada_de_nuit", "Je chuchotais.")
        kept = await house.call("POST", f"{ADMIN}/{act}", took, json={"verdict": "kept", "reason": "Non."})
        assert kept.status_code == 403, "who decided does not look again"
        assert "Je chuchotais." in (await again.get("/maison/contestations")).text
        await again.submit(f"/maison/contestations/{act}", button=("verdict", "kept"), status=422)
        await again.submit(f"/maison/contestations/{act}", button=("verdict", "lifted"), reason="C'est vrai.")
        assert "Rien n'attend" in again.page.text
        if measure == "suspend":
            await ada.sign_in("ada_de_nuit")
        page = await ada.get(f"/decisions/{act}")
        assert "La décision est levée. C'est vrai." in page.text
        assert f"/decisions/{act}" not in [form.action for form in page.forms]
        assert "elle est levée" in (await ada.get("/notifications")).text
        assert await house.get(ADMIN, took) == []


async def shut_out(who: Visitor) -> None:
    """Be told why one cannot come in, by one's password alone, and answer; nothing is opened."""
    await who.get("/connexion")
    page = await who.submit("/connexion", handle="ada_de_nuit", password=PASSWORD, status=422)
    assert "/contester" in page.links
    await who.get("/contester")
    page = await who.submit("/contester", handle="ada_de_nuit", password="autre chose que cela", status=422)
    assert "Trop de bruit" not in page.text
    page = await who.submit("/contester", handle="ada_de_nuit", password=PASSWORD)
    assert "Trop de bruit la nuit." in page.text
    assert "Je chuchotais." not in page.answer.text
    page = await who.submit("/contester", handle="ada_de_nuit", password=PASSWORD, words="Je chuchotais.")
    assert "une personne relira" in page.text
    assert page.answer.headers["cache-control"] == "no-store"
    assert (await who.client.get("/decisions")).headers["location"].startswith("/connexion")


async def test_a_kept_decision_holds_and_apps_read_how_it_stands(house: House) -> None:
    took = await hosting(house, "gardienne")
    other = await hosting(house, "autre_hote")
    ada, eve = await house.person("ada_au_calme"), await house.person("eve_au_calme")
    act = await decided(house, took, "ada_au_calme", "silence")
    (one,) = await house.get(OURS, ada)
    assert (one["id"], one["measure"], one["may_contest"], one["contest"]) == (act, "silence", True, "")
    assert await house.get(OURS, eve) == []
    assert (await house.call("POST", f"{OURS}/{act}/contest", eve, json={"words": "Moi aussi."})).status_code == 404
    for words in ("Non.", "Je chuchotais."):
        assert (await house.post(f"{OURS}/{act}/contest", ada, words=words))["contest"] == words
    (told,) = await house.get("/api/v1/notifications", ada)
    assert told["moderation_warning"]["appeal"] == {"text": "Je chuchotais.", "state": "pending"}
    assert (await house.call("GET", ADMIN, ada)).status_code == 403
    assert (await house.call("POST", f"{ADMIN}/{act}", other, json={"verdict": "kept"})).status_code == 422
    assert await house.post(f"{ADMIN}/{act}", other, verdict="kept", reason="On vous entendait.") == []
    assert (await house.call("POST", f"{ADMIN}/{act}", other, json={"verdict": "lifted"})).status_code == 409
    assert (await house.call("POST", f"{OURS}/{act}/contest", ada, json={"words": "Encore."})).status_code == 409
    latest, first = await house.get("/api/v1/notifications", ada)
    assert (latest["moderation_warning"]["text"], latest["moderation_warning"]["appeal"]) == ("On vous entendait.", None)
    assert first["moderation_warning"]["appeal"]["state"] == "rejected"
    for measure in ("sensitive", "disable"):
        act = await decided(house, took, "eve_au_calme", measure)
        async with house.site.db.transaction() as tx:
            await moderation.appeals.contest(tx, eve.id, int(act), "Je n'y étais pas.")
        await house.post(f"{ADMIN}/{act}", other, verdict="lifted")
    found = await house.get(f"/api/v1/admin/accounts/{eve.id}", took)
    assert (found["disabled"], found["sensitized"]) == (False, False)


async def test_who_is_put_out_of_a_place_of_the_house_is_told_and_another_host_lets_them_back(house: House) -> None:
    other = await hosting(house, "autre_hote")
    async with visiting(house) as ada, keeper(house, "gardien") as host:
        await ada.sign_up("ada_de_nuit")
        await host.get("/pieces/ouvrir")
        await host.submit("/pieces/ouvrir", name="Le salon", handle="le_salon", sort="house")
        await ada.get("/pieces/le_salon")
        page = await put_out(host, "le_salon", "ada_de_nuit", " ")
        assert "Écrivez la raison" in page.text
        assert {"who": "ada_de_nuit", "gesture": "out"}.items() <= leaving(page).items(), "what was typed stays"
        assert "Cette personne ne lit plus rien ici." in (await put_out(host, "le_salon", "ada_de_nuit", "Trop de bruit.")).text
        await put_out(host, "le_salon", "ada_de_nuit", "Encore.")
        await undo(host)
        assert "Cette personne peut revenir." in host.page.text
        await ada.get("/pieces/le_salon")
        await put_out(host, "le_salon", "ada_de_nuit", "Encore. Trop de bruit.")
        await ada.get("/pieces/le_salon", 404)
        told = (await ada.get("/notifications")).text
        assert [one for one in ("On vous a mis dehors d'une pièce.", "Le salon", "Trop de bruit.") if one not in told] == []
        (link, _) = sorted({one for one in ada.page.links if one.startswith("/decisions/")}, reverse=True)
        page = await ada.get(link)
        assert [one for one in ("Le salon", "Trop de bruit.", "gardent la pièce") if one not in page.text] == []
        await ada.submit(link, words="Je chuchotais.")
        page = await host.get("/maison/contestations")
        assert [one for one in ("Le salon", "Je chuchotais.", "entrer dans la pièce") if one not in page.text] == []
        again = link.replace("/decisions", "/maison/contestations")
        page = await host.submit(again, button=("verdict", "kept"), reason="Non.", status=422)
        assert "une autre personne la relit" in page.text
        await house.post(f"{ADMIN}/{link.rpartition('/')[2]}", other, verdict="lifted", reason="C'est vrai.")
        assert "Vous pouvez de nouveau entrer dans la pièce. C'est vrai." in (await ada.get(link)).text
        assert "Vous pouvez de nouveau entrer dans la pièce." in (await ada.get("/notifications")).text
        await ada.get("/pieces/le_salon")
        page = await host.get("/maison/journal")
        assert [one for one in ("a mis dehors d'une pièce : @ada_de_nuit le_salon", "a rouvert") if one not in page.text] == []


def leaving(page: Page) -> dict[str, str]:
    """Return what the form holds by which somebody is put out."""
    (form,) = [one for one in page.forms if one.values.get("gesture") == "out"]
    return form.values


async def put_out(host: Visitor, room: str, handle: str, reason: str) -> Page:
    """Put somebody out of a room by its form; return where that leads."""
    values = leaving(await host.get(f"/pieces/{room}/garder")) | {"who": handle, "reason": reason}
    host.page = Page(await host.client.post(f"/pieces/{room}/garder", data=values, follow_redirects=True))
    return host.page


async def test_circles_and_rooms_that_one_could_not_know_of_tell_nothing_and_a_keeper_decides_like_hosts(house: House) -> None:
    host, other = await hosting(house, "gardien"), await hosting(house, "autre_hote")
    ben, eve = await house.person("ben"), await house.person("eve")
    circle = await house.post(ROOMS, ben, name="Entre nous")
    await house.post(f"{ROOMS}/enter", eve, code=circle["code"])
    await house.post(f"{ROOMS}/{circle['room']['id']}/out", ben, account_id=str(eve.id), reason="Dehors.")
    carers = {"reads": "verified", "speaks": "verified", "families": ["soignant-medical"], "entry": "free"}
    closed = await house.post(ROOMS, host, name="La garde", handle="la_garde", sort="room", listed=True, rules=carers)
    await house.post(f"{ROOMS}/{closed['room']['id']}/out", host, account_id=str(eve.id), reason="Dehors.")
    assert await house.get(OURS, eve) == await house.get("/api/v1/notifications", eve) == []
    open_to_all = {"reads": "signed_in", "speaks": "signed_in", "entry": "free"}
    made = await house.post(ROOMS, host, name="Le salon", handle="le_salon", sort="room", listed=True, rules=open_to_all)
    room, about = f"{ROOMS}/{made['room']['id']}", {"account_id": str(eve.id)}
    await house.post(f"{room}/enter", ben)
    await house.post(f"{room}/keepers", host, handle="ben")
    assert (await house.call("POST", f"{room}/out", ben, json=about)).status_code == 422
    await house.post(f"{room}/out", ben, **about, reason="Trop de bruit.")
    (one,) = await house.get(OURS, eve)
    assert (one["measure"], one["room"], one["reason"]) == ("put_out", "Le salon", "Trop de bruit.")
    (told,) = await house.get("/api/v1/notifications", eve)
    assert (told["moderation_warning"]["action"], "Le salon" in told["moderation_warning"]["text"]) == ("none", True)
    await house.post(f"{OURS}/{one['id']}/contest", eve, words="Je dormais.")
    assert (await house.call("POST", f"{ADMIN}/{one['id']}", ben, json={"verdict": "lifted"})).status_code == 403
    await house.post(f"{ADMIN}/{one['id']}", other, verdict="kept", reason="On vous entendait.")
    assert (await house.call("GET", room, eve)).status_code == 404
    await house.post(f"{room}/in", ben, **about)
    assert (await house.get(room, eve))["id"] == made["room"]["id"]
