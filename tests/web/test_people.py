"""People by pages: manners of following, notes to oneself, recommendations, followers as far as they may be read, reports."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mastodon.admin import keeper
from tests.support.house import House
from tests.web.visitor import Visitor


async def follow(browser: Visitor, handle: str) -> str:
    page = await browser.get(f"/@{handle}")
    path = next(form.action for form in page.forms if form.action.startswith("/personnes/"))
    await browser.submit(path, button=("gesture", "follow"))
    return path


async def test_how_one_follows_is_chosen(house: House, nurse: Visitor) -> None:
    ana = await house.person("ana")
    path = await follow(nurse, "ana")
    await nurse.get(path)
    form = nurse.page.form(f"{path}/suivi")
    assert form.values == {"csrf": form.values["csrf"], "boosts": "1"}
    sent = {"csrf": form.values["csrf"], "notify": "1", "languages[]": ["fr", "en"]}
    assert (await nurse.client.post(f"{path}/suivi", data=sent)).status_code == 303
    page = await nurse.get(path)
    assert (page.form(f"{path}/suivi").values["notify"], "boosts" in page.form(f"{path}/suivi").values) == ("1", False)
    assert "Sans leurs partages" in (await nurse.get("/distance?voir=partages")).text
    assert "@ana" in nurse.page.text
    wrong = await nurse.client.post(f"{path}/suivi", data=sent | {"languages[]": ["<b>"]})
    assert wrong.status_code == 422
    await house.say(ana, "Bonne nuit")
    assert "ana vient d'écrire" in (await nurse.get("/notifications")).text


async def test_a_note_is_for_oneself_and_a_recommendation_for_all(house: House, nurse: Visitor, director: Visitor) -> None:
    await house.person("ana")
    path = await follow(nurse, "ana")
    await nurse.get(path)
    await nurse.submit(f"{path}/note", note="Vue au congrès <b>")
    assert "Vue au congrès <b>" in (await nurse.get("/@ana")).text
    await nurse.get(path)
    page = await nurse.submit(f"{path}/recommandation", button=("gesture", "endorse"))
    assert page.undo.values["gesture"] == "unendorse"
    assert "@ana" in (await director.get("/@nuit/recommandations")).text
    assert "congrès" not in (await director.get("/@ana")).text
    assert (await director.client.post(f"{path}/recommandation", data={"gesture": "endorse"})).status_code == 403


async def test_followers_name_no_reader_and_respect_who_hides_them(
    house: House, nurse: Visitor, reader: Visitor, visitor: Visitor
) -> None:
    ana = await house.person("ana")
    await follow(nurse, "ana")
    await follow(reader, "ana")
    page = await visitor.get("/@ana/abonnes")
    assert ("@nuit" in page.text, "@lectrice" in page.text) == (True, False)
    assert "@ana" in (await visitor.get("/@nuit/abonnements")).text
    assert "Cette liste n'est pas montrée" in (await visitor.get("/@lectrice/abonnements")).text
    assert "@ana" in (await reader.get("/@lectrice/abonnements")).text
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET hide_collections = true WHERE id = %s", [ana.id])
    assert "@nuit" not in (await visitor.get("/@ana/abonnes")).text
    await visitor.get("/@personne/abonnes", 404)


async def test_familiar_people_are_named(house: House, nurse: Visitor) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    await house.post(f"/api/v1/accounts/{bob.id}/follow", ana)
    await follow(nurse, "ana")
    page = await nurse.get(f"/personnes/{bob.id}")
    assert "Vous connaissez des gens en commun" in page.text
    assert "/@ana" in page.links


async def test_requests_sent_are_listed_and_taken_back(house: House, nurse: Visitor) -> None:
    await house.person("ana", locked=True)
    path = await follow(nurse, "ana")
    page = await nurse.get("/demandes")
    assert "@ana" in page.text
    page = await nurse.submit(path, button=("gesture", "unfollow"))
    assert "Vous n'attendez de réponse de personne." in page.text


async def test_a_report_is_read_again_before_it_leaves(house: House, nurse: Visitor) -> None:
    ana, host = await house.person("ana"), await keeper(house, "hote")
    said = await house.say(ana, "Une insulte")
    page = await nurse.get(f"/gestes/{said['id']}?back=/local")
    link = next(link for link in page.links if link.startswith("/signaler"))
    page = await nurse.get(link)
    assert "Une insulte" in page.text
    page = await nurse.submit("/signaler", status=422)
    assert "Choisissez une règle de la charte" in page.text
    chosen: Any = {"rules[]": "2", "comment": "Pour la troisième fois"}
    page = await nurse.submit("/signaler", **chosen)
    assert "Envoyer ce signalement ?" in page.text
    assert "jamais aux personnes" in page.text
    assert await house.get("/api/v1/admin/reports", host) == []
    page = await nurse.submit("/signaler")
    assert "Merci, c'est aux hôtes" in page.text
    (report,) = await house.get("/api/v1/admin/reports", host)
    assert (report["comment"], report["category"], [one["id"] for one in report["rules"]]) == (
        "Pour la troisième fois",
        "violation",
        ["2"],
    )
    assert [one["id"] for one in report["statuses"]] == [said["id"]]
    assert f"/distance/{ana.id}?back=/local" in page.links


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"compte": "1"}, 404),
        ({"compte": "abc"}, 404),
        ({"message": "1"}, 404),
        ({"rules[]": "9"}, 422),
        ({"rules[]": "-1"}, 422),
        ({"rules[]": "²"}, 422),
        ({"comment": "x" * 1001, "sure": "1"}, 422),
        ({"compte": "{me}"}, 404),
    ],
)
async def test_hostile_reports_are_refused(house: House, nurse: Visitor, data: dict[str, str], status: int) -> None:
    ana = await house.person("ana")
    me = (await house.get("/api/v1/accounts/lookup", acct="nuit"))["id"]
    page = await nurse.get(f"/signaler?compte={ana.id}")
    sent = {"csrf": page.form("/signaler").values["csrf"], "compte": str(ana.id), "comment": "aïe"} | data
    answer = await nurse.client.post("/signaler", data={name: value.format(me=me) for name, value in sent.items()})
    assert answer.status_code == status
