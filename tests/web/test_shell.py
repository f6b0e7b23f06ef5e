"""What stands around every page: where one can go, what happened and how to undo it, day and night, shared files."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.datastructures import Headers

from salledepause.kernel import clock
from salledepause.kernel.config import Settings
from salledepause.surfaces import web
from salledepause.surfaces.web import assets, cookies, guests, messages, navigation
from salledepause.surfaces.web.navigation import Destination, Who
from tests.support.house import House
from tests.web.visitor import Page, Visitor

NAVIGATION = re.compile(r'<nav class="places".*?</nav>', re.DOTALL)
THE_DAY, THE_NIGHT = datetime(2026, 1, 5, 14, tzinfo=UTC), datetime(2026, 1, 5, 2, tzinfo=UTC)


def places(page: Page) -> list[str]:
    """Return where the navigation of a page leads."""
    found = NAVIGATION.search(page.answer.text)
    assert found is not None
    return re.findall(r'<a href="([^"]+)"', found[0])


async def test_everybody_sees_where_they_may_go(visitor: Visitor, reader: Visitor, nurse: Visitor) -> None:
    seen = places(await visitor.get("/local"))
    assert {"/", "/local", "/connexion", "/inscription", "/plus"} <= set(seen)
    assert not {"/ecrire", "/reglages"} & set(seen)
    seen = places(await reader.get("/local"))
    assert {"/", "/local", "/@lectrice", "/reglages", "/plus"} <= set(seen)
    assert not {"/ecrire", "/connexion", "/inscription"} & set(seen)
    assert {"/ecrire", "/@nuit"} <= set(places(await nurse.get("/local")))
    for browser in (visitor, reader, nurse):
        page = await browser.get("/plus")
        assert set(places(page)) <= set(page.links)


@pytest.mark.parametrize("path", ["/", "/local", "/ecrire", "/reglages", "/plus", "/@nuit"])
async def test_one_place_is_where_one_is(nurse: Visitor, path: str) -> None:
    page = await nurse.get(path)
    assert [one["href"] for one in page.all("a", aria_current="page") if one["href"] in places(page)][:1] == [path]


def test_the_nearest_place_above_is_current_and_a_host_sees_the_house() -> None:
    known = [
        Destination("Accueil", "/", "home", rank=10),
        Destination("Local", "/local", "room", Who.MEMBER, rank=20),
        Destination("Plus", "/plus", "more", Who.HOST, rank=5, group="house"),
    ]
    found = navigation.places(known, None, "/rien", {})
    assert [(one.path, one.current) for one in found] == [("/", False)]
    waits = [Destination("Demandes", "/demandes", "people", group="mine"), Destination("Comptes", "/c", "people", group="house")]
    for path, waiting, unfolded in (("/", {}, False), ("/c", {}, True), ("/", {"/c": 2}, True)):
        groups = navigation.grouped(navigation.places(waits, None, path, waiting))
        assert [(one.name, one.unfolded) for one in groups] == [("mine", True), ("house", unfolded)]
    assert not navigation.grouped(found), "a group that holds nothing does not show"
    assert navigation._nearest(["/", "/local", "/local/deux"], "/local/deux/trois") == "/local/deux"  # noqa: SLF001 - pure
    assert navigation._nearest(["/", "/local"], "/localement") == ""  # noqa: SLF001


def test_every_destination_has_its_drawing_and_its_screen() -> None:
    drawn = {path.stem for path in (assets.FOLDER / "icons").glob("*.svg")}
    served = {line.path for topic in web.TOPICS for line in topic.ROUTES if line.method == "GET"}
    found = web.destinations()
    assert {one.icon for one in found} <= drawn
    assert {one.path for one in found} <= served
    assert len({one.path for one in found}) == len(found)
    for who in (Who.VISITOR, Who.READER, Who.CONTRIBUTOR):
        assert 3 <= len([one for one in found if one.bar and one.who & who]) <= 5, who


async def test_what_waits_is_counted_where_a_destination_counts_it(house: House, nurse: Visitor, visitor: Visitor) -> None:
    async def three(tx: object, me: int) -> int:
        return 3 if tx and me else 0

    counted = [
        Destination("Local", "/local", "room", badge=three),
        Destination("La maison", "/maison", "house", Who.HOST, badge=three),
    ]
    cookie = nurse.client.cookies["__Host-session"]
    headers = (await nurse.client.get("/charte")).request.headers
    house.site.windows.marks.touch_all()
    guest = await guests.of(house.site, Headers({"cookie": headers["cookie"]}), counted)
    assert guest is not None
    assert (guest.cookie, guest.waiting) == (cookie, {"/local": 3})
    shown = navigation.places(web.destinations(), guest.account, "/", guest.waiting)
    assert [one.waiting for one in shown if one.path == "/local"] == [3]


async def test_what_happened_is_told_once_and_undone_in_one_click(nurse: Visitor, director: Visitor) -> None:
    await nurse.write("bonjour")
    await director.get("/@nuit")
    action = next(form.action for form in director.page.forms if form.action.startswith("/personnes/"))
    page = await director.submit(action, button=("gesture", "follow"))
    assert "Vous suivez @nuit" in page.text
    undo = page.undo
    assert (undo.action, undo.values["gesture"]) == (action, "unfollow")
    answer = await director.client.post(undo.action, data=undo.values, follow_redirects=True)
    assert "Vous ne suivez plus @nuit." in Page(answer).text
    assert "Vous ne suivez plus" not in (await director.get("/@nuit")).text


async def test_a_message_that_we_did_not_write_is_not_told(house: House, nurse: Visitor) -> None:
    secret = house.site.settings.secret
    for held in ("", ".", "abc.def", "e30=.00", "é", f"bm9u.{messages._signature(secret, 'bm9u')}"):  # noqa: SLF001
        nurse.client.cookies.set("__Host-message", held.encode("ascii", "replace").decode(), domain="salle.test", path="/")
        page = await nurse.get("/charte")
        assert not page.all("div", class_="message"), held
    assert "__Host-message" not in nurse.client.cookies


async def test_light_follows_the_hour_or_the_choice(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    for now, shown in ((THE_DAY, None), (THE_NIGHT, "dark")):
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        page = await visitor.get("/charte")
        assert page.all("html")[0].get("data-theme") == shown
    for theme in ("light", "dark"):
        await visitor.get("/apparence?back=/charte")
        page = await visitor.submit("/apparence", theme=theme)
        assert page.answer.url.path == "/charte"
        assert page.all("html")[0]["data-theme"] == theme
        assert page.all("meta", name="color-scheme")[0]["content"] == theme
    await visitor.get("/apparence?back=//ailleurs.example")
    page = await visitor.submit("/apparence", theme="auto")
    assert page.answer.url.path == "/"
    assert page.all("html")[0]["data-theme"] == "dark"
    await visitor.get("/apparence")
    form = visitor.page.form("/apparence")
    assert (await visitor.client.post("/apparence", data=form.values | {"theme": "rose"})).status_code == 422


def test_the_night_is_the_same_by_choice_and_by_device() -> None:
    sheet = (assets.FOLDER / "css" / "10-tokens.css").read_text("utf-8")
    chosen = re.search(r"\[data-theme=dark\] \{(.*?)\}", sheet, re.DOTALL)
    asked = re.search(r":not\(\[data-theme\]\) \{(.*?)\}", sheet, re.DOTALL)
    assert chosen is not None
    assert asked is not None
    assert chosen[1].split() == asked[1].split()


def test_styles_stay_in_their_layers_and_use_tokens() -> None:
    declared = re.search(r"@layer ([\w, ]+);", (assets.FOLDER / "css" / "00-layers.css").read_text("utf-8"))
    assert declared is not None
    layers = declared[1].split(", ")
    for path in sorted((assets.FOLDER / "css").glob("*.css"))[1:]:
        bare = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL).strip()
        found = re.match(r"@layer (\w+) \{", bare)
        assert found, path.name
        assert found[1] in layers
        assert bare.count("{") == bare.count("}")
        assert _outside(bare) == "", f"{path.name}: rules outside of their layer"
        assert "url(" not in bare
        assert path.read_text("utf-8").startswith("/* "), f"{path.name} says what it is"


def _outside(sheet: str) -> str:
    """Return what stands outside of every block, names of layers apart."""
    depth, kept = 0, []
    for character in sheet:
        depth += (character == "{") - (character == "}")
        if depth == 0 and character != "}":
            kept.append(character)
    return re.sub(r"@layer \w+", "", "".join(kept)).strip()


async def test_scripts_import_each_other_and_come_compressed(visitor: Visitor) -> None:
    page = await visitor.get("/charte")
    main = page.all("script")[0]["src"]
    names = {path.name for path in (assets.FOLDER / "js").glob("*.js")}
    for name in names:
        answer = await visitor.client.get(main.replace("main.js", name), headers={"accept-encoding": "gzip"})
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["content-encoding"] == "gzip"
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["vary"] == "accept-encoding"
        assert set(re.findall(r'from "\./([\w.]+)"|import "\./([\w.]+)"', answer.text)) <= {(n, "") for n in names} | {
            ("", n) for n in names
        }
        assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|outerHTML|insertAdjacentHTML", answer.text), name
    plain = await visitor.client.get(main, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert (await visitor.client.get(main.replace("/js-", "/js-0"))).status_code == 404


def test_a_drawing_without_a_frame_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "carre.svg"
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg"></svg>')
    with pytest.raises(ValueError, match="viewBox"):
        assets._symbol(path)  # noqa: SLF001 - told at the start of the house, never to people


def test_cookies_are_tied_to_the_host_and_out_of_reach() -> None:
    for settings, name in ((Settings(domain="salle.test"), "__Host-theme"), (Settings(), "theme")):
        _, value = cookies.give(settings, "theme", "dark", 9)
        parts = value.decode().split("; ")
        assert parts[0] == f"{name}=dark"
        assert {"Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=9"} <= set(parts)
        assert ("Secure" in parts) is settings.secure
        assert not any(part.startswith("Domain") for part in parts)


def test_every_form_asks_for_its_word() -> None:
    written = [line for topic in web.TOPICS for line in topic.ROUTES if line.method != "GET"]
    assert len(written) > 15
    assert not [line.path for line in written if "guarded" not in line.handler.__qualname__]
