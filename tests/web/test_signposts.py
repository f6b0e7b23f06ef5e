"""« Ce n'est pas le bon guichet »: proposed to who was asked, a reply to look over; a table that administrators write."""

from __future__ import annotations

from typing import Any

from salledepause.features import accounts, signposts
from tests.support.house import House, Person
from tests.web.keepers import keeper
from tests.web.visitor import Visitor, visiting

OURS, ADMIN = "/api/salledepause/v1/signposts", "/api/salledepause/v1/admin/signposts"
PASSWORD = "Mon mot de passe est bloqué, vous pouvez le réinitialiser ?"
KEY = "panne-informatique-mot-de-passe"
NEW: dict[str, Any] = {
    "name": "Doudou perdu",
    "desk": "La pédiatrie, troisième étage",
    "does": "Garde les doudous.",
    "reply": "Demandez au troisième étage, les doudous y attendent.",
    "words": "doudou*, « lapin bleu »",
    "hints": "peluche",
}


def test_the_house_comes_with_desks_told_with_a_reply_and_a_source() -> None:
    known = signposts.defaults()
    wanted = "dossier-medical reclamation paye-primes rendez-vous urgence-maintenant candidature-emploi presse-tournage"
    assert len(known) >= 25
    assert set(wanted.split()) <= known.keys()
    for one in known.values():
        assert one.ours
        assert one.does.endswith(".")
        assert one.words
        assert one.address.startswith("https://") == bool(one.source)
    assert "L. 1111-7" in known["dossier-medical"].source
    assert "R. 1112-79" in known["reclamation"].source
    assert signposts.found(known.values(), "RGPD")[0].key == "donnees-personnelles-rgpd"


async def test_who_is_asked_gets_a_desk_and_a_reply_in_one_tap_and_sends_it_oneself(house: House) -> None:
    ada = await house.person("ada")
    async with visiting(house) as ben, visiting(house) as cleo:
        await ben.sign_up("ben", "direction")
        await cleo.sign_up("cleo", "direction")
        lost = await house.say(ada, f"@ben {PASSWORD}")
        chat = await house.say(ada, "@ben Merci pour ce fil, il m'a fait du bien.")
        page = await ben.get(f"/@ada/{lost['id']}")
        assert "Pas le bon guichet ? Cela ressemble à : Panne informatique, mot de passe" in page.text
        way = f"/orienter/{lost['id']}/{KEY}"
        assert way in page.links
        assert way in (await ben.get("/notifications")).links
        page = await ben.get(f"/@ada/{chat['id']}")
        assert "Cela ressemble à" not in page.text
        assert f"/orienter/{chat['id']}" in page.links
        assert "Pas le bon guichet" not in (await cleo.get(f"/@ada/{lost['id']}")).text
        page = await ben.get(f"/orienter/{lost['id']}")
        assert "À cause de : Mon mot de passe, réinitialiser" in page.text
        assert len([link for link in page.links if link.startswith(f"/orienter/{lost['id']}/")]) == len(signposts.defaults())
        before = await house.get(f"/api/v1/statuses/{lost['id']}/context", ada)
        assert before["descendants"] == []
        await ben.get(way)
        text = ben.page.form("/ecrire").values["text"]
        assert text.startswith("@ada ")
        assert "direction des systèmes d'information" in text
        await ben.submit("/ecrire", text=f"{text} Bon courage !", button=("step", "publish"))
        (said,) = (await house.get(f"/api/v1/statuses/{lost['id']}/context", ada))["descendants"]
        assert said["content"].endswith("Bon courage !</p>")
        mine = await house.say(ada, "Et mon planning ?", in_reply_to_id=said["id"])
        assert "Pas le bon guichet ?" in (await ben.get(f"/@ada/{mine['id']}")).text, "an answer to oneself was said to oneself"
        await ben.get(f"/orienter/{said['id']}", status=404)
        await ben.get(f"/orienter/{lost['id']}/personne", status=404)
    read = await house.get(f"/api/salledepause/v1/statuses/{lost['id']}/signpost", ada)
    assert (read["proposed"]["key"], read["because"][0]) == (KEY, "Mon mot de passe")
    assert (await house.get(f"/api/salledepause/v1/statuses/{chat['id']}/signpost", ada))["proposed"] is None


async def test_not_that_one_is_heeded_for_the_message_and_learned_after_three(house: House) -> None:
    ada = await house.person("ada")
    async with visiting(house) as ben:
        await ben.sign_up("ben", "direction")
        lost = [await house.say(ada, f"@ben {PASSWORD} {time}") for time in ("Encore.", "Toujours.", "Ce soir.", "Ou demain.")]
        for place, one in enumerate(lost[:3]):
            assert "Cela ressemble à" in (await ben.get(f"/@ada/{one['id']}")).text
            page = await ben.submit(f"/orienter/{one['id']}", button=("gesture", "refuse"))
            assert ("ne vous sera plus proposé" in page.text) == (place == 2)
            assert "Cela ressemble à" not in page.text
            assert "Pas le bon guichet ?" in page.text, "one may still choose"
            undo = page.undo
            assert f"/orienter/{one['id']}/{KEY}" not in (await ben.get("/notifications")).links
        assert "Cela ressemble à" not in (await ben.get(f"/@ada/{lost[3]['id']}")).text, "three times are enough"
        assert f"/orienter/{lost[3]['id']}/{KEY}" in (await ben.get(f"/orienter/{lost[3]['id']}")).links
        await ben.client.post(undo.action, data=undo.values)
        assert "Cela ressemble à" in (await ben.get(f"/@ada/{lost[2]['id']}")).text
    ours = f"/api/salledepause/v1/statuses/{lost[0]['id']}/signpost"
    assert (await house.get(ours, ada))["proposed"]["key"] == KEY, "it is said to nobody else"
    for _ in range(2):
        said = await house.post(f"{ours}/refuse", ada, key=KEY)
        assert (said["proposed"], KEY in [one["key"] for one in said["near"]]) == (None, False)
    assert (await house.post(f"{ours}/unrefuse", ada))["proposed"]["key"] == KEY
    assert (await house.call("POST", f"{ours}/refuse", ada, json={"key": "nulle-part"})).status_code == 404


async def test_administrators_write_the_table_and_everybody_reads_it(house: House) -> None:
    ada = await house.person("ada")
    toy = await house.say(ada, "Où est le lapin bleu de ma fille, vous l'avez vu ?")
    ours = f"/api/salledepause/v1/statuses/{toy['id']}/signpost"
    assert (await house.get(ours, ada))["proposed"] is None
    async with visiting(house) as ben, keeper(house, "veilleuse", "admin") as host:
        await host.get("/maison/qui-fait-quoi")
        await host.submit("/maison/qui-fait-quoi", **NEW | {"words": "a b c d e f g"}, status=422)
        assert host.page.form("/maison/qui-fait-quoi").values["reply"] == NEW["reply"], "what was typed stays"
        await host.submit("/maison/qui-fait-quoi", **NEW)
        assert "C'est écrit : Doudou perdu." in host.page.text
        assert (await house.get(ours, ada))["proposed"]["reply"] == NEW["reply"]
        page = await ben.get("/qui-fait-quoi?q=doudou")
        assert "La pédiatrie, troisième étage" in page.text
        assert page.all("div", id="doudou-perdu")
        assert not page.all("div", id=KEY)
        await _drop(host, "doudou-perdu")
        assert (await house.get(ours, ada))["proposed"] is None
        await _drop(host, KEY)
        assert KEY not in {one["key"] for one in await house.get(OURS)}
    await _by_apps(house, ada)


async def _drop(host: Visitor, key: str) -> None:
    await host.get(f"/maison/qui-fait-quoi?guichet={key}")
    form = next(one for one in host.page.forms if one.values.get("key") == key)
    await host.client.post("/maison/qui-fait-quoi/retirer", data=form.values)


async def _by_apps(house: House, ada: Person) -> None:
    """Write the table as an app does: for administrators alone, and nothing bad."""
    admin = await house.person("chef", role="admin")
    async with house.site.db.transaction() as tx:
        keys = Person(admin.id, "chef", await accounts.give_token(tx, admin.id, ["read", "write", "admin:read", "admin:write"]))
    asked = {**NEW, "name": "Panne informatique, mot de passe"}
    assert (await house.call("PUT", ADMIN, ada, json=asked)).status_code == 403
    again = (await house.call("PUT", ADMIN, keys, json=asked)).json()
    assert (again["key"], again["ours"], again["words"]) == (KEY, False, ["doudou*", "lapin bleu"])
    bad = (
        {"name": ""},
        {"desk": ""},
        {"reply": "x" * 451},
        {"words": "*, a*"},
        {"source_url": "javascript:1"},
        {"name": "\u0000"},
    )
    for one in bad:
        assert (await house.call("PUT", ADMIN, keys, json=asked | one)).status_code == 422, one
    assert (await house.get(OURS, None, q="doudou"))[0]["key"] == KEY
    assert (await house.call("POST", f"{ADMIN}/remove", keys, json={"key": KEY})).status_code == 200
    assert (await house.call("POST", f"{ADMIN}/remove", keys, json={"key": KEY})).status_code == 404
