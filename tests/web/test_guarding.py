"""The guard of the secret: what lets somebody be recognised is shown first, said otherwise in one tap, and kept nowhere."""

from __future__ import annotations

from urllib.parse import urlsplit

from salledepause.features import accounts
from tests.mastodon.pictures import sent
from tests.security.estate import rows, written
from tests.support.house import House, Person
from tests.web.keepers import keeper
from tests.web.visitor import Page, Visitor, posts, visiting

TELLING = "Mme Delacourt, 58 ans, chambre 12, est entrée au CHU de Nantes. Appelez sa fille au 06 12 34 56 78."
PUBLISH = ("step", "publish")


def guarded(page: Page) -> bool:
    return "Publier quand même" in page.text


async def test_a_second_thought_then_as_one_wants(house: House) -> None:
    """At send: marked, said otherwise in one tap, undone in one, published as it is by a second press; nothing before that."""
    async with visiting(house) as ada:
        await ada.sign_up("ada")
        await ada.get("/ecrire")
        before = await rows(house)
        page = await ada.submit("/ecrire", button=PUBLISH, text=TELLING)
        assert guarded(page)
        assert set(written(before, await rows(house))) <= {"sessions"}
        assert [one for one in ("un nom", "un âge", "un téléphone", "un établissement") if one not in page.text] == []
        assert len(page.all("mark")) >= 4
        page = await ada.submit("/ecrire", button=("reword", "all"))
        said = page.form("/ecrire").values["text"]
        assert said.startswith("Une dame, la cinquantaine, une chambre, est entrée dans un grand hôpital.")
        assert "06 12" not in said
        page = await ada.submit("/ecrire", button=("reword", "undo"))
        assert page.form("/ecrire").values["text"] == TELLING
        place = TELLING.index("58 ans")
        page = await ada.submit("/ecrire", button=("reword", f"{place}-{place + len('58 ans')}"))
        assert page.form("/ecrire").values["text"] == TELLING.replace("58 ans", "la cinquantaine")
        assert guarded(await ada.submit("/ecrire", button=PUBLISH))
        page = await ada.submit("/ecrire", button=PUBLISH, text=ada.page.form("/ecrire").values["text"] + " Merci.")
        assert guarded(page)
        await ada.submit("/ecrire", button=PUBLISH)
        assert "En attente d'un regard : un hôte lit votre message avant les autres." in ada.page.text


async def test_what_waits_is_seen_by_its_author_and_hosts_alone_until_one_decides(house: House) -> None:
    async with visiting(house) as ada, visiting(house) as ben, keeper(house, "veilleuse", "admin") as host:
        await ada.sign_up("ada")
        await ada.get("/ecrire")
        await ada.submit("/ecrire", button=PUBLISH, text=TELLING)
        page = await ada.submit("/ecrire", button=PUBLISH)
        waits = str(page.answer.url).rpartition("/")[2]
        assert "quelqu'un qu'on peut reconnaître" in page.text
        assert "/retenus" in page.links
        assert list(posts(await ben.get("/@ada"))) == []
        await ben.get(f"/@ada/{waits}", status=404)
        await ada.submit(f"/retenus/{waits}", words="C'est un cas d'école.", button=("gesture", "contest"))
        assert "C'est un cas d'école." in (await host.get("/maison/retenus")).text
        assert "Delacourt" in host.page.text
        await host.submit(f"/maison/retenus/{waits}", button=("verdict", "refuse"), status=422)
        await host.submit(f"/maison/retenus/{waits}", button=("verdict", "restore"))
        assert "Aucun message n'est retenu." in host.page.text
        assert len(list(posts(await ben.get("/@ada")))) == 1
        assert "Publié" in (await ada.get("/retenus")).text
        await host.submit("/maison/retenus/reglages")
        assert "C'est réglé." in host.page.text


async def test_words_that_hurt_are_offered_milder_in_a_new_message_and_in_an_edit(house: House) -> None:
    async with visiting(house) as ada, visiting(house) as ben:
        await ada.sign_up("ada")
        await ada.get("/ecrire")
        page = await ada.submit("/ecrire", button=PUBLISH, text="Ce connard de chef a encore oublié la relève.")
        assert "Ces mots peuvent blesser." in page.text
        page = await ada.submit(
            "/ecrire", button=next(one for one in page.form("/ecrire").buttons if one[1].startswith("milder-"))
        )
        assert page.form("/ecrire").values["text"] == "Ce chef a encore oublié la relève."
        await ada.submit("/ecrire", button=PUBLISH)
        assert "Votre message est publié." in ada.page.text
        said = str(ada.page.answer.url).rpartition("#p")[2]
        await an_edit_is_guarded_as_well(ada, ben, said)
        async with keeper(house, "veilleuse", "admin") as host:
            await an_edit_waits(ada, ben, host, said)


async def an_edit_is_guarded_as_well(ada: Visitor, ben: Visitor, said: str) -> None:
    edit = f"/gestes/{said}/modifier"
    page = await ada.get(edit)
    assert (page.form(edit).buttons[0], guarded(page)) == (("", ""), False), "Enter in a line rewords nothing"
    age = "Le mari de ma patiente de 58 ans, chef de gare à Redon, a encore oublié la relève, ce connard."
    page = await ada.submit(edit, text=age)
    assert "Enregistrer quand même" in page.text
    assert [one for one in ("un âge", "Ces mots peuvent blesser.") if one not in page.text] == []
    assert "Ce chef a encore oublié la relève." in (await ben.get(f"/@ada/{said}")).text
    page = await ada.submit(edit, button=next(one for one in page.form(edit).buttons if one[1].startswith("milder-")))
    assert "connard" not in page.form(edit).values["text"]
    page = await ada.submit(edit, button=("reword", "undo"))
    assert page.form(edit).values["text"] == age
    await ada.submit(edit)
    page = await ada.submit(edit, button=("step", "publish"))
    assert "Votre message est modifié." in page.text
    assert "chef de gare à Redon" in (await ben.get(f"/@ada/{said}")).text
    await ada.get(edit)
    assert "Votre message est modifié." in (await ada.submit(edit)).text, "what says what it said is not asked about again"
    await ada.get(edit)
    page = await ada.submit(edit, text=TELLING)
    assert "cette modification attendra le regard d'un hôte" in page.text
    page = await ada.submit(edit, button=("reword", "all"))
    assert page.form(edit).values["text"].startswith("Une dame")
    page = await ada.submit(edit, button=("reword", "undo"))
    assert page.form(edit).values["text"] == TELLING
    await ada.submit(edit)
    page = await ada.submit(edit, button=("step", "publish"))
    assert "Votre modification retenue" in page.text
    assert "Delacourt" in page.text


async def an_edit_waits(ada: Visitor, ben: Visitor, host: Visitor, said: str) -> None:
    """It is its author's and the hosts' alone; taken back, replaced, refused with a reason, contested, published."""
    edit, waits, decide, shown = f"/gestes/{said}/modifier", f"/retenus/{said}", f"/maison/retenus/{said}", f"/@ada/{said}"
    assert waits in (await ada.get(shown)).links
    page = await ben.get(shown)
    assert "chef de gare à Redon" in page.text
    assert [one for one in ("Delacourt", "modification") if one in page.text] == []
    assert "Une modification." in (await ada.get("/retenus")).text
    await ada.get(waits)
    page = await ada.submit(waits, button=("gesture", "erase"))
    assert "le texte d'avant reste" in page.text
    assert waits not in (await ada.get(shown)).links
    assert "Rien n'attend" in (await host.get("/maison/retenus")).text
    for text in (TELLING, TELLING + " Merci."):
        await ada.get(edit)
        await ada.submit(edit, text=text)
        await ada.submit(edit, button=("step", "publish"))
    page = await ada.get(edit)
    assert "Une modification attend déjà" in page.text
    assert page.form(edit).values["text"] == TELLING + " Merci."
    page = await host.get("/maison/retenus")
    assert [one for one in ("Modification de @ada", "Delacourt", "Merci.", "chef de gare à Redon") if one not in page.text] == []
    await host.submit(decide, button=("verdict", "refuse"), reason="On la reconnaît.")
    page = await ada.get(waits)
    assert [one for one in ("Elle est refusée.", "On la reconnaît.", "Delacourt") if one not in page.text] == []
    assert waits not in (await ada.get(shown)).links
    await ada.get(waits)
    page = await ada.submit(waits, words="C'est un cas d'école.", button=("gesture", "contest"))
    assert waits in (await ada.get(shown)).links
    assert "C'est un cas d'école." in (await host.get("/maison/retenus")).text
    await host.submit(decide, button=("verdict", "restore"))
    assert "Delacourt" in (await ben.get(shown)).text
    assert "Elle est publiée." in (await ada.get(waits)).text
    assert waits not in (await ada.get(shown)).links


async def test_pictures_that_wait_with_an_edit_are_seen_by_hosts_and_stay_while_it_is_written_on(house: House) -> None:
    async with visiting(house) as ada, keeper(house, "veilleuse") as host:
        await ada.sign_up("ada")
        said = await ada.write("Bonne garde à toutes.")
        async with house.site.db.transaction() as tx:
            me = int(await tx.value("SELECT id FROM accounts WHERE handle = 'ada'"))
            person = Person(me, "ada", await accounts.give_token(tx, me, ["read", "write"]))
        media = await sent(house, person, description="Une aube rose")
        address = urlsplit(media["preview_url"]).path
        wanted = {"status": TELLING, "media_ids": [media["id"]]}
        assert (await house.call("PUT", f"/api/v1/statuses/{said}", person, json=wanted)).status_code == 200
        for who, path in ((ada, f"/retenus/{said}"), (host, "/maison/retenus"), (ada, f"/gestes/{said}/modifier")):
            page = await who.get(path)
            assert address in [urlsplit(one["src"]).path for one in page.all("img")], path
        assert "Elle attend avec votre modification" in page.text
        assert "Flouter une partie" not in page.text
        page = await ada.get(f"/@ada/{said}")
        assert address not in [urlsplit(one["src"]).path for one in page.all("img")]
        await ada.get(f"/gestes/{said}/modifier")
        await ada.submit(f"/gestes/{said}/modifier", text="Bonne garde à qui veille.")
        page = await ada.get(f"/@ada/{said}")
        assert "Bonne garde à qui veille." in page.text
        assert address in [urlsplit(one["src"]).path for one in page.all("img")], "softer words, same picture"
        assert "Rien n'attend" in (await host.get("/maison/retenus")).text


async def test_while_one_types_and_where_nothing_is_asked(house: House) -> None:
    other = await house.person("bea")
    async with visiting(house) as ada:
        await ada.sign_up("ada")
        word = (await ada.get("/plus")).forms[0].values["csrf"]
        sent = {"csrf": word, "text": TELLING}
        part = Page(await ada.client.post("/ecrire/relire", data=sent, headers={"x-fragment": "garde"}))
        assert "Garde du secret" in part.text
        assert not guarded(part)
        part = Page(await ada.client.post("/ecrire/relire", data=sent | {"reword": "all"}, headers={"x-fragment": "garde"}))
        (panel,) = part.all("div", id="garde")
        assert panel["data-text"].startswith("Une dame, la cinquantaine")
        assert part.all("input", name="was")[0]["value"] == TELLING
        part = Page(await ada.client.post("/ecrire/relire", data=sent | {"text": "Du cake en salle de pause."}))
        assert part.text == ""
        part = Page(await ada.client.post("/ecrire/relire", data=sent | {"editing": "1"}))
        assert "cette modification attendra" in part.text
        part = Page(await ada.client.post("/ecrire/relire", data=sent | {"audience": "direct"}))
        assert "Garde du secret" in part.text
        assert "regard d'un hôte" not in part.text, "nobody holds what is said to people named alone"
        await ada.get(f"/ecrire?dedicace={other.handle}")
        await ada.submit("/ecrire", button=PUBLISH, text=f"@{other.handle} {TELLING}")
        assert "Votre message est publié." in ada.page.text
        await ada.get("/ecrire")
        page = await ada.submit("/ecrire", button=PUBLISH, text="Une garde.", warning="Mme Delacourt, 06 12 34 56 78")
        assert "À relire aussi" in page.text
