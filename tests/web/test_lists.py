"""Lists, followed tags, the directory and search: every screen that gathers people and posts."""

from __future__ import annotations

from typing import Any

import pytest

from salledepause.features import accounts
from salledepause.features.accounts import ProfileChange
from salledepause.features.posts import Kind
from salledepause.surfaces.web import search
from tests.support.house import House
from tests.web.test_home import ids, said
from tests.web.visitor import Visitor
from tests.web.visitor import posts as posts_of


async def follow(who: Visitor, handle: str) -> None:
    page = await who.get(f"/@{handle}")
    action = next(form.action for form in page.forms if form.action.startswith("/personnes/"))
    await who.submit(action, button=("gesture", "follow"))


async def a_list(who: Visitor, title: str = "De nuit", **more: Any) -> str:
    """Make a list by the form; return its address."""
    await who.get("/listes")
    page = await who.submit("/listes", title=title, **more)
    return page.answer.url.path.removesuffix("/reglages")


async def test_a_list_is_made_filled_read_emptied_and_erased(house: House, nurse: Visitor, reader: Visitor) -> None:
    story, rant = await said(house, Kind.STORY, Kind.RANT)
    await follow(reader, "nuit")
    one = await a_list(reader)
    page = await reader.submit(f"{one}/personnes", handle=" @nuit ")
    assert "@nuit est dans la liste." in page.text
    await reader.get(one)
    assert sorted(ids(reader)) == sorted([story, rant])
    await reader.get(f"{one}?kind=rant")
    assert ids(reader) == [rant]
    await reader.get(f"{one}/reglages")
    await reader.submit(f"{one}/retirer")
    undo = reader.page.undo
    await reader.client.post(undo.action, data=undo.values)
    await reader.get(one)
    assert len(ids(reader)) == 2
    await reader.get(f"{one}/effacer")
    page = await reader.submit(f"{one}/effacer")
    assert "effacée" in page.text
    await reader.get(one, status=404)


async def test_a_list_is_renamed_and_keeps_its_manners(reader: Visitor) -> None:
    one = await a_list(reader, replies="none")
    form = (await reader.get(f"{one}/reglages")).form(f"{one}/reglages")
    assert form.values["replies"] == "none"
    assert "exclusive" not in form.values
    page = await reader.submit(f"{one}/reglages", title="De jour <b>", replies="followed", exclusive="1")
    assert "Liste « De jour <b> »" in page.text
    form = page.form(f"{one}/reglages")
    assert (form.values["replies"], form.values["exclusive"]) == ("followed", "1")


async def test_what_is_wrong_with_a_list_is_said_beside_its_field(nurse: Visitor, reader: Visitor) -> None:
    await reader.get("/listes")
    page = await reader.submit("/listes", title="  ", status=422)
    assert page.all("input", id="titre", aria_invalid="true")
    assert "Donnez un titre à la liste." in page.text
    one = await a_list(reader)
    for handle in ("personne", "nuit", "'; DROP TABLE lists; --", "é" * 300):
        page = await reader.submit(f"{one}/personnes", handle=handle, status=422)
        assert page.all("input", id="pseudonyme", aria_invalid="true")
    await reader.get(f"{one}/reglages")
    await reader.submit(f"{one}/reglages", title=" ", status=422)


async def test_a_list_is_nobody_elses(nurse: Visitor, reader: Visitor) -> None:
    one = await a_list(reader)
    for path in (one, f"{one}/reglages", f"{one}/effacer"):
        await nurse.get(path, status=404)
    word = (await nurse.get("/listes")).form("/listes").values["csrf"]
    for path in (f"{one}/reglages", f"{one}/personnes", f"{one}/retirer", f"{one}/effacer"):
        answer = await nurse.client.post(path, data={"csrf": word, "title": "à moi", "handle": "nuit", "account_id": "1"})
        assert answer.status_code in {404, 422}, path
    assert "De nuit" in (await reader.get(one)).text


async def test_a_tag_is_followed_from_its_page_and_unfollowed_from_the_list(
    house: House, nurse: Visitor, reader: Visitor, visitor: Visitor
) -> None:
    assert "/mots" not in [form.action for form in (await visitor.get("/tags/garde")).forms]
    await reader.get("/tags/garde")
    page = await reader.submit("/mots")
    assert "Vous suivez #garde." in page.text
    assert page.answer.url.path == "/tags/garde"
    await nurse.write("Bonsoir #garde")
    assert "Bonsoir" in (await reader.get("/")).text
    page = await reader.get("/mots")
    assert "/tags/garde" in page.links
    form = next(one for one in page.forms if one.values.get("tag") == "garde")
    await reader.client.post("/mots", data=form.values | {"gesture": "unfollow"})
    assert "/tags/garde" not in (await reader.get("/mots")).links
    await reader.submit("/mots", tag="pas un mot !", status=422)
    assert reader.page.all("input", id="mot", aria_invalid="true")


async def test_the_directory_shows_who_agrees_and_never_a_reader(
    house: House, nurse: Visitor, reader: Visitor, visitor: Visitor
) -> None:
    async with house.site.db.transaction() as tx:
        for handle in ("nuit", "lectrice"):
            change = ProfileChange(discoverable=True)
            await accounts.update_profile(tx, (await accounts.by_handle(tx, handle)).id, change)
    for path in ("/annuaire", "/annuaire?ordre=new"):
        page = await visitor.get(path)
        assert "/@nuit" in page.links
        assert "/@lectrice" not in page.links
    page = await reader.get("/annuaire")
    assert page.all("button", value="follow")
    for odd in ("suite=-5", "suite=999999999"):
        await visitor.get(f"/annuaire?{odd}")
    for wrong in ("suite=x", "ordre=autre"):
        await visitor.get(f"/annuaire?{wrong}", status=422)


async def test_an_empty_home_suggests_people(house: House, nurse: Visitor, director: Visitor, reader: Visitor) -> None:
    async with house.site.db.transaction() as tx:
        await accounts.update_profile(tx, (await accounts.by_handle(tx, "nuit")).id, ProfileChange(discoverable=True))
    await follow(director, "nuit")
    page = await reader.get("/")
    assert "/@nuit" in page.links
    action = next(form.action for form in page.forms if form.action.startswith("/personnes/"))
    page = await reader.submit(action, button=("gesture", "follow"))
    assert "Vous suivez @nuit" in page.text


async def test_search_finds_people_tags_and_posts(house: House, nurse: Visitor, reader: Visitor, visitor: Visitor) -> None:
    async with house.site.db.transaction() as tx:
        change = ProfileChange(discoverable=True, indexable=True)
        await accounts.update_profile(tx, (await accounts.by_handle(tx, "nuit")).id, change)
    post = await nurse.write("Les nuits sont longues #nuitee", kind="doubt")
    page = await reader.get("/recherche?q=nuit")
    assert "/@nuit" in page.links
    assert "/tags/nuitee" in page.links
    assert ids(reader) == [post]
    await reader.get("/recherche?q=nuit&dans=messages&kind=doubt")
    assert ids(reader) == [post]
    await reader.get("/recherche?q=nuit&dans=messages&kind=victory")
    assert ids(reader) == []
    assert "Rien de trouvé" in (await reader.get("/recherche?q=xyzzy")).text
    await reader.get("/recherche?q=de:nuit type:doute")
    assert ids(reader) == [post]
    page = await visitor.get("/recherche?q=nuit")
    assert "/@nuit" in page.links
    assert not list(posts_of(page))
    assert "/connexion" in page.links


async def test_found_posts_have_pages(house: House, nurse: Visitor) -> None:
    await said(house, *[Kind.STORY] * 25)
    await nurse.get("/recherche?q=numéro&dans=messages")
    first = ids(nurse)
    await nurse.get(nurse.page.all("a", rel="next")[0]["href"])
    assert len({*first, *ids(nurse)}) == 25
    assert "q=num" in nurse.page.all("a", rel="prev")[0]["href"]


@pytest.mark.parametrize("example", search.EXAMPLES, ids=lambda one: one.typed)
async def test_every_example_of_search_can_be_followed(nurse: Visitor, visitor: Visitor, example: search.Example) -> None:
    for who in (nurse, visitor):
        page = await who.get("/recherche", params={"q": example.typed})
        assert page.all("input", id="q", value=example.typed)
    assert any("q=" in link for link in (await visitor.get("/recherche")).links)


@pytest.mark.parametrize("typed", ["\x00", "a" * 2000, '"', "<script>alert(1)</script>", "%", "type:", "@", "#", "a:b:c"])
async def test_anything_may_be_typed(nurse: Visitor, typed: str) -> None:
    answer = await nurse.client.get("/recherche", params={"q": typed})
    assert answer.status_code in {200, 422}
    assert "<script>alert" not in answer.text
