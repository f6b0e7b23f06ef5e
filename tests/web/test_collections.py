"""A collection by pages: one is told, reads it, and leaves it for good."""

from __future__ import annotations

from tests.mastodon.test_collections import ALL
from tests.support.house import House
from tests.web.visitor import Page, Visitor


async def test_the_page_tells_it_and_leads_out_for_good(house: House, nurse: Visitor) -> None:
    ana = await house.person("ana")
    me = (await house.get("/api/v1/accounts/lookup", acct="nuit"))["id"]
    made = (await house.post(ALL, ana, name="Mes nuits", description="Qui veille", account_ids=[me], discoverable=True))[
        "collection"
    ]
    assert "du nouveau" in (await nurse.get("/")).text
    page = await nurse.get("/notifications?voir=personnes")
    assert "ana vous recommande dans une collection" in page.text
    assert "Mes nuits" in page.text
    here = f"/collections/{made['id']}"
    page = await nurse.get(here)
    assert "Vous êtes dans cette collection." in page.text
    await nurse.get(f"{here}/sortir")
    page = await nurse.submit(f"{here}/sortir")
    assert "Vous n'êtes plus dans cette collection." in page.text
    assert "@nuit" not in page.text
    assert "vous recommande" not in (await nurse.get("/notifications")).text
    assert "du nouveau" not in (await nurse.get("/")).text
    await nurse.get(f"{here}/sortir", 404)
    await nurse.get("/collections/12", 404)
    again = await house.call("POST", f"{ALL}/{made['id']}/items", ana, json={"account_id": me})
    assert again.status_code == 403


async def test_one_is_made_shown_followed_and_refused(house: House, nurse: Visitor, director: Visitor, visitor: Visitor) -> None:
    ana = await house.person("ana")
    await nurse.get("/collections")
    page = await nurse.submit("/collections", name="Mes préférés", description="Qui j'aime lire", discoverable="1")
    here = str(page.answer.url.path)
    for handle, reason in (("ana", "Elle <b>explique</b>"), ("@garde", "")):
        page = await nurse.submit(f"{here}/personnes", handle=handle, reason=reason)
    assert "@garde est dans votre collection, et l'apprendra." in page.text
    page = await nurse.submit(f"{here}/personnes", handle="personne", reason="x", status=422)
    assert "Personne ici ne s'appelle @personne." in page.text
    await nurse.submit(f"{here}/personnes", handle="ana", reason="x" * 281, status=422)
    page = await visitor.get(here)
    assert "Elle <b>explique</b>" in page.text
    assert here in (await visitor.get("/@nuit/recommandations")).links
    table = (await visitor.client.get(f"{here}.csv")).text
    assert table.splitlines()[1] == f"Mes préférés,ana@{house.site.settings.domain},Elle <b>explique</b>"
    page = await director.get(here)
    ticks = [one for one in page.all("input", name="account_ids[]") if one["form"] == "suivre" and "checked" in one]
    assert [one["value"] for one in ticks] == [str(ana.id)], "nobody is asked to follow themselves"
    page = await director.submit(f"{here}/suivre", button=("gesture", "follow"), status=422)
    assert "Cochez au moins une personne." in page.text
    assert (await house.get(f"/api/v1/accounts/{ana.id}"))["followers_count"] == 0
    sent = {"csrf": page.form(f"{here}/suivre").values["csrf"], "gesture": "list", "account_ids[]": [str(ana.id)]}
    answer = await director.client.post(f"{here}/suivre", data=sent, follow_redirects=True)
    page = Page(answer)
    assert "@ana" in page.text or "Mes préférés" in page.text
    assert (await house.get(f"/api/v1/accounts/{ana.id}"))["followers_count"] == 1
    await director.get(f"{here}/sortir")
    await director.submit(f"{here}/sortir")
    await nurse.get("/collections")
    page = await nurse.submit("/collections", name="Encore")
    page = await nurse.submit(f"{page.answer.url.path}/personnes", handle="garde", reason="", status=422)
    assert "ne souhaite pas être recommandée" in page.text


async def test_a_table_comes_in_and_a_collection_goes(house: House, nurse: Visitor, director: Visitor) -> None:
    for name in ("ana", "ben"):
        await house.person(name)
    await nurse.get("/collections")
    page = await nurse.submit("/collections", name="De là-bas")
    here = str(page.answer.url.path)
    table = f"Amies,ana@{house.site.settings.domain}\nAmies,ben,Il rit\nAmies,personne@ailleurs.test\n".encode()
    word = page.form(f"{here}/reprise").values["csrf"]
    answer = await nurse.client.post(f"{here}/reprise", data={"csrf": word}, files={"file": ("l.csv", table)})
    assert answer.status_code == 303
    page = await nurse.get(here)
    assert "Reprises : 2. Pas reprises : 1." in page.text
    assert "Il rit" in page.text
    for empty in (b"", b"\n\n", b"\x00" * 9):
        answer = await nurse.client.post(f"{here}/reprise", data={"csrf": word}, files={"file": ("l.csv", empty)})
        assert answer.status_code == 422
    word = (await director.get("/collections")).form("/collections").values["csrf"]
    for path in ("", "/personnes", "/effacer"):
        answer = await director.client.post(here + path, data={"csrf": word, "name": "À moi", "handle": "ana"})
        assert answer.status_code == 404
    out = page.all("button", name="place")[0]["value"]
    await nurse.client.post(f"{here}/retirer", data={"csrf": page.form(here).values["csrf"], "place": out})
    page = await nurse.get(here)
    assert "@ana" not in page.text.partition("Recommander quelqu'un")[0].partition("De là-bas")[2].replace("@ana n'est", "")
    await nurse.submit(here, name="Un autre nom")
    await nurse.get(f"{here}/effacer")
    await nurse.submit(f"{here}/effacer")
    await nurse.get(here, 404)
