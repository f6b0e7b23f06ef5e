"""The glossary: terms explained once in a post, outside links; found, changed by administrators, turned off by who wishes."""

from __future__ import annotations

import asyncio

from markupsafe import Markup

from salledepause.features import accounts, glossary
from salledepause.surfaces.web.glossing import gloss
from tests.support.house import House, Person
from tests.web.keepers import keeper
from tests.web.visitor import visiting

OURS, ADMIN = "/api/salledepause/v1/glossary", "/api/salledepause/v1/admin/glossary"


def test_the_house_comes_with_terms_told_in_a_sentence_with_their_source() -> None:
    known = glossary.defaults()
    assert len(known) >= 150
    assert {"eprd", "ght", "cpom", "ide", "as", "iade", "samu", "t2a", "cme"} <= known.keys()
    for one in known.values():
        assert one.source
        assert one.address.startswith("https://")
        assert one.meaning.endswith(".")
        assert len(one.meaning) <= glossary.MEANING_LENGTH
    assert next(iter(glossary.found(known.values(), "samu"))).term == "SAMU"
    assert "T2A" in {one.term for one in glossary.found(known.values(), "TARIFICATION")}


def test_a_term_is_explained_once_outside_links_handles_tags_and_shouting() -> None:
    terms = {"EPRD": 'Le "budget".', "DES": "Un diplôme.", "CME": "Une assemblée.", "PU-PH": "Un métier."}
    met: list[str] = []
    said = gloss(Markup("<p>L'EPRD, encore l'EPRD !</p>"), terms, met)
    assert said.count("<a ") == 1
    assert 'href="/glossaire#eprd"' in said
    assert "&#34;budget&#34;" in said
    assert gloss(Markup("EPRD"), terms, met) == "EPRD"
    for left in ('<a href="/tags/CME">#CME</a>', "@CME", "#CME", "MERCI DES BISOUS", "CMEs", "cme", "&CME;"):
        assert gloss(Markup(left), terms, []) == left  # noqa: S704 - safe HTML of ours
    assert "pu-ph" in gloss(Markup("une PU-PH"), terms, [])


async def test_terms_in_posts_are_links_that_one_may_turn_off_and_administrators_change(house: House) -> None:
    ada = await house.person("ada")
    said = await house.say(ada, "Voté : l'EPRD passe en CME, et ZZTOP aussi. #CME https://exemple.org/EPRD")
    assert "glossaire" not in said["content"]
    await glossary.refresh(house.site)
    async with visiting(house) as ben, keeper(house, "veilleuse", "admin") as host:
        page = await ben.get(f"/@ada/{said['id']}")
        links = page.all("a", class_="term")
        assert [one["href"] for one in links] == ["/glossaire#eprd", "/glossaire#cme"]
        assert "budget" in links[0]["title"]
        found = await ben.get("/glossaire?q=samu")
        assert found.all("div", id="samu")
        assert not found.all("div", id="eprd")
        for shown in ("", "1"):
            await ben.get("/glossaire")
            sent = ben.page.form("/glossaire/affichage").values | {"shown": shown}
            await ben.client.post(
                "/glossaire/affichage", data={name: value for name, value in sent.items() if name != "q" and value}
            )
            assert bool((await ben.get(f"/@ada/{said['id']}")).all("a", class_="term")) is bool(shown)
        await host.get("/maison/glossaire")
        await host.submit("/maison/glossaire", term="zz top", meaning="Un groupe.", status=422)
        await host.submit("/maison/glossaire", term="ZZTOP", meaning="Un groupe de barbus.", source="Leur pochette")
        assert "C'est écrit : ZZTOP." in host.page.text
        while len((await ben.get(f"/@ada/{said['id']}")).all("a", class_="term")) < 3:
            await asyncio.sleep(0.01)  # each process reads again by itself
        await host.get("/maison/glossaire?terme=zztop")
        assert "Un groupe de barbus." in host.page.form("/maison/glossaire").values["meaning"]
    assert (await house.get(OURS, None, q="barbus"))[0]["source"] == "Leur pochette"
    admin = await house.person("chef", role="admin")
    async with house.site.db.transaction() as tx:
        keys = Person(admin.id, "chef", await accounts.give_token(tx, admin.id, ["read", "write", "admin:read", "admin:write"]))
    assert (await house.call("PUT", ADMIN, ada, json={"term": "ABC", "meaning": "x"})).status_code == 403
    for term in ("ZZTOP", "SAMU"):
        await house.post(f"{ADMIN}/remove", keys, key=glossary.key_of(term))
        assert term not in {one["term"] for one in await house.get(OURS)}
    assert (await house.call("POST", f"{ADMIN}/remove", keys, json={"key": "zztop"})).status_code == 404
    again = await house.call("PUT", ADMIN, keys, json={"term": "SAMU", "meaning": "Le 15.", "source_url": "javascript:1"})
    assert again.status_code == 422
    assert (await house.call("PUT", ADMIN, keys, json={"term": "SAMU", "meaning": "Le 15."})).json()["ours"] is False
