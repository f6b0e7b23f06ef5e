"""Pictures on the web: described or said to be decorative before they leave; held ones, seen by their author and hosts alone."""

from __future__ import annotations

from typing import Any

from salledepause.features import accounts
from tests.mastodon.pictures import held_picture, png
from tests.support.house import House, Person
from tests.web.keepers import keeper, press
from tests.web.visitor import Page, Visitor, visiting


async def attached(who: Visitor, text: str = "") -> str:
    """Join a picture to the form of a message; return its id."""
    word = (await who.get("/ecrire")).form("/ecrire").values["csrf"]
    files = {"files[]": ("x.png", png((320, 240)), "image/png")}
    who.page = Page(await who.client.post("/ecrire/medias", data={"csrf": word, "text": text}, files=files))
    (field,) = [name for name in who.page.form("/ecrire").values if name.endswith("[description]")]
    return field.removeprefix("media[").partition("]")[0]


async def test_no_picture_leaves_the_web_without_words_or_being_said_decorative(house: House) -> None:
    async with visiting(house) as ada:
        await ada.sign_up("ada")
        media_id = await attached(ada, "Une vue")
        for _ in range(3):  # asked again and again, whatever button is pressed
            page = await ada.submit("/ecrire", text="Une vue", button=("step", "publish"))
            assert "dites qu'elle est décorative" in page.text
        sure = page.form("/ecrire").values | {"sure": "1", "step": "publish"}
        assert (await ada.client.post("/ecrire", data=sure)).status_code == 200
        assert not (await house.get("/api/v1/timelines/public"))
        ticked: dict[str, Any] = {f"media[{media_id}][decorative]": "1"}
        page = await ada.submit("/ecrire", button=("step", "publish"), **ticked)
        assert "Votre message est publié." in page.text
        (post,) = await house.get("/api/v1/timelines/public")
        assert post["media_attachments"][0]["description"] is None
        assert 'alt=""' in (await ada.client.get(f"/@ada/{post['id']}")).text
        media_id = await attached(ada, "Une autre")
        described: dict[str, Any] = {f"media[{media_id}][description]": "Des toits."}
        page = await ada.submit("/ecrire", button=("step", "publish"), **described)
        assert "Votre message est publié." in page.text
        (post, _) = await house.get("/api/v1/timelines/public")
        edit = f"/gestes/{post['id']}/modifier"
        await ada.get(edit)
        blank: dict[str, Any] = {f"media[{media_id}][description]": " "}
        assert "qui ne la voit pas en a besoin" in (await ada.submit(edit, status=422, **blank)).text
        described = {f"media[{media_id}][description]": "Des toits, à l'aube."}
        assert "est modifié" in (await ada.submit(edit, **described)).text
    person = await house.person("app")
    sent = await house.call("POST", "/api/v2/media", person, files={"file": ("x.png", png())})
    assert (await house.say(person, "D'une app", media_ids=[sent.json()["id"]]))["media_attachments"]


async def test_a_held_picture_is_seen_by_its_author_and_hosts_who_decide(house: House) -> None:
    ben = await house.person("ben")
    async with visiting(house) as ada, visiting(house) as eve, keeper(house, "veilleuse") as host:
        await ada.sign_up("ada")
        await eve.sign_up("eve")
        author = await _person(house, "ada")
        media_id = await held_picture(house, author, ben)
        page = await ada.get(f"/images/{media_id}")
        assert "Quelqu'un l'a signalée aux hôtes." in page.text
        assert "humour" in page.text
        assert "ben" not in page.text
        file = f"/images/{media_id}/fichier"
        answer = await ada.client.get(file)
        assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("image/png", "no-store")
        for path, status in ((f"/images/{media_id}", 404), (file, 404)):
            assert (await eve.client.get(path)).status_code == status
        assert (await host.client.get(file)).status_code == (await host.client.get(f"{file}?entier=1")).status_code == 200
        assert "Dites en quelques mots" in (await ada.submit(f"/images/{media_id}", words=" ", status=422)).text
        assert "une personne relira" in (await ada.submit(f"/images/{media_id}", words="Ma façade.")).text
        (post,) = await house.get(f"/api/v1/accounts/{author.id}/statuses")
        assert f"/images/{media_id}" in (await ada.get(f"/@ada/{post['id']}")).links
        assert f"/images/{media_id}" not in (await eve.get(f"/@ada/{post['id']}")).links
        page = await host.get("/maison/images")
        assert "Ma façade." in page.text
        assert "contestée" in page.text
        assert "est rendue" in (await host.submit(f"/maison/images/{media_id}", button=("verdict", "restore"))).text
        assert "de nouveau visible" in (await ada.get(f"/images/{media_id}")).text
        assert (await ada.client.get(file)).status_code == 404
        assert "a rendu une image à" in (await host.get("/maison/journal")).text
        assert "rendue" in (await ada.get("/notifications")).text


async def test_hosts_refuse_a_picture_and_keep_the_list(house: House) -> None:
    ada, ben = await house.person("ada"), await house.person("ben")
    async with keeper(house, "veilleuse") as host:
        media_id = await held_picture(house, ada, ben)
        mine = await held_picture(house, await _person(house, "veilleuse"), ben, png((300, 300)))
        await host.get("/maison/images")
        gone = await host.submit(f"/maison/images/{media_id}", again="1", reason="Non.", button=("verdict", "refuse"))
        assert "refusée et effacée" in gone.text
        assert "comparaison en cours" in (await host.get("/maison/images/refusees")).text
        await house.site.jobs.run(wait=False)
        assert "comparée à" in (await host.get("/maison/images/refusees")).text
        word = host.page.form("/maison/images/refusees").values["csrf"]
        wrong = await host.client.post("/maison/images/refusees", data={"csrf": word, "rule": "5"})
        assert (wrong.status_code, "Joignez une image." in Page(wrong).text) == (422, True)
        listed = next(one.action for one in host.page.forms if one.action.endswith("/retirer"))
        assert "n'est plus refusée" in (await host.submit(listed)).text
        files = {"file": ("x.png", png((320, 240)), "image/png")}
        added = await host.client.post("/maison/images/refusees", data={"csrf": word, "rule": "5"}, files=files)
        assert added.status_code == 303
        assert f"/maison/images/{mine}" not in [form.action for form in (await host.get("/maison/images")).forms]
        assert (await press(host, f"/maison/images/{mine}", verdict="restore")).answer.status_code == 403


async def test_a_refusal_is_contested_from_the_picture_and_another_host_lifts_it(house: House) -> None:
    ben = await house.person("ben")
    async with visiting(house) as ada, keeper(house, "veilleuse") as host, keeper(house, "relectrice") as other:
        await ada.sign_up("ada")
        media_id = await held_picture(house, await _person(house, "ada"), ben)
        await host.get("/maison/images")
        await host.submit(f"/maison/images/{media_id}", again="1", reason="Non.", button=("verdict", "refuse"))
        page = await ada.get(f"/images/{media_id}")
        (link,) = [one for one in page.links if one.startswith("/decisions/")]
        page = await ada.get(link)
        assert [
            one for one in ("Les hôtes ont refusé une image de vous.", "Elle est effacée.", "Non.") if one not in page.text
        ] == []
        await ada.submit(link, words="C'est la façade.")
        page = await other.get("/maison/contestations")
        assert [
            one for one in ("Image refusée", "C'est la façade.", "n'est plus refusé à personne") if one not in page.text
        ] == []
        await other.submit(link.replace("/decisions", "/maison/contestations"), button=("verdict", "lifted"))
        assert "Vous pouvez envoyer l'image à nouveau" in (await ada.get(link)).text
        assert "le refus est levé" in (await ada.get(f"/images/{media_id}")).text
        assert "Image effacée par erreur." in (await ada.get("/@ada")).text
        assert "Rien n'est refusé" in (await other.get("/maison/images/refusees")).text


async def _person(house: House, handle: str) -> Person:

    async with house.site.db.transaction() as tx:
        account_id = int(await tx.value("SELECT id FROM accounts WHERE handle = %s", [handle]))
        return Person(account_id, handle, await accounts.give_token(tx, account_id, ("read", "write")))
