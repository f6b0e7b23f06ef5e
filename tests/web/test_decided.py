"""Whatever hosts decide about somebody is told with its reason and looked at again by a person, for who is shut out too."""

from __future__ import annotations

from typing import Any

import pytest

from salledepause.features import moderation
from salledepause.features.moderation import Decision
from tests.mastodon.admin import keeper as hosting
from tests.support.house import House, Person
from tests.web.keepers import keeper
from tests.web.visitor import PASSWORD, Visitor, visiting

OURS, ADMIN = "/api/salledepause/v1/decisions", "/api/salledepause/v1/admin/appeals"


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
