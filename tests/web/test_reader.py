"""Reader mode: every screen walked over, nothing that asks to write; everything else works, and nobody sees that one is there."""

from __future__ import annotations

import re

import pytest

from salledepause.features.posts import Kind
from salledepause.surfaces import web
from tests.support.house import House
from tests.web.test_home import said
from tests.web.test_lists import a_list, follow
from tests.web.visitor import Page, Visitor
from tests.web.visitor import posts as posts_of

WRITING = re.compile(r"^/(?:ecrire|brouillons|programmes)(?:[/?#]|$)")
"""Where one writes."""
INVITES = ("composer", "Publier", "Répondre", "Écrivez", "Comment se passe", "Partager", "Postez")
"""What invites to."""
CLOSED = {"/ecrire"}
"""Screens that tell a reader how to become a contributor, and nothing else."""


def paths(values: dict[str, str]) -> list[str]:
    """Return the address of every screen, its parts filled."""
    lines = [line for topic in web.TOPICS for line in topic.ROUTES if line.method == "GET"]
    return sorted({re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], "1"), line.path) for line in lines} - CLOSED)


def asks_to_write(page: Page) -> list[str]:
    """Return what on a page leads to writing."""
    forms = [form.action for form in page.forms if WRITING.match(form.action)]
    links = [link for link in page.links if WRITING.match(link)]
    shared = [one["value"] for one in page.all("button") if one.get("value") in {"share", "quote"}]
    return [*forms, *links, *shared, *page_texts(page), *[one["name"] for one in page.all("textarea", name="text")]]


def page_texts(page: Page) -> list[str]:
    return [word for word in INVITES if word in page.text]


async def test_no_screen_asks_a_reader_to_write(house: House, nurse: Visitor, reader: Visitor) -> None:
    post = (await said(house, *Kind))[-1]
    await nurse.answer(f"/@nuit/{post}", "une réponse")
    await follow(reader, "nuit")
    one = await a_list(reader)
    walked = 0
    for path in paths({"handle": "nuit", "id": str(post), "tag": "garde"}):
        at = path.replace(f"/listes/{post}", one)
        answer = await reader.client.get(at, follow_redirects=True)
        assert answer.status_code < 500, at
        if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"):
            walked += 1
            assert not asks_to_write(Page(answer)), at
    assert walked > 20
    assert asks_to_write(await nurse.get("/"))


async def test_a_closed_door_to_writing_says_how_to_open_it(reader: Visitor) -> None:
    page = await reader.get("/ecrire", status=403)
    assert "réglages" in page.text
    assert not page.all("textarea")


async def test_everything_public_is_read_without_an_account(house: House, nurse: Visitor, visitor: Visitor) -> None:
    post = (await said(house, *Kind))[-1]
    await nurse.write("Bonsoir #garde")
    for path in ("/local", "/tags/garde", "/@nuit", f"/@nuit/{post}", f"/@nuit/{post}/lire", "/annuaire", "/recherche?q=nuit"):
        page = await visitor.get(path)
        assert page.answer.url.path == path.partition("?")[0]
        assert not asks_to_write(page), path
    for kind in Kind:
        page = await visitor.get(f"/local?kind={kind}")
        assert all(f"kind-{kind}" in one["class"] for one in posts_of(page))
        assert list(posts_of(page))


async def test_what_a_reader_does_stays_their_own(house: House, nurse: Visitor, reader: Visitor, visitor: Visitor) -> None:
    post = (await said(house, Kind.STORY))[0]
    await follow(reader, "nuit")
    one = await a_list(reader, "Mes nuits")
    await reader.submit(f"{one}/personnes", handle="nuit")
    await reader.get(f"/@nuit/{post}")
    await reader.submit(f"/gestes/{post}", button=("gesture", "keep"))
    await reader.get("/")
    await reader.submit("/position")
    for path in ("/", "/local", "/@nuit", f"/@nuit/{post}", "/annuaire", "/annuaire?ordre=new", "/recherche?q=lec"):
        for browser in (nurse, visitor):
            assert "/@lectrice" not in (await browser.get(path)).links, path
    assert "Mes nuits" not in (await nurse.get("/listes")).text


@pytest.mark.parametrize("path", ["/signets", "/listes", "/mots", "/"])
async def test_one_click_changes_roles_and_loses_nothing(house: House, nurse: Visitor, reader: Visitor, path: str) -> None:
    await follow(reader, "nuit")
    before = (await reader.get(path)).links
    for _ in range(2):
        await reader.get("/reglages")
        await reader.submit("/reglages/mode")
    assert (await reader.get(path)).links == before
