"""Opening and closing one's door: password, recovery words, sign-out, and where one is sent after."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salledepause.features import accounts
from salledepause.surfaces.web import addresses
from tests.support.house import House
from tests.web.visitor import PASSWORD, Visitor, visiting

EVIL = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
    " /local",
    "/local\r\nSet-Cookie: a=b",
]


async def test_one_comes_back_to_the_page_that_was_asked(house: House, nurse: Visitor) -> None:
    async with visiting(house) as other:
        page = await other.get("/reglages")
        assert page.answer.url.path == "/connexion"
        page = await other.submit("/connexion", handle="@nuit", password=PASSWORD)
        assert page.answer.url.path == "/reglages"


@pytest.mark.parametrize(("handle", "password"), [("nuit", "un autre mot de passe"), ("personne", PASSWORD)])
async def test_a_wrong_password_and_an_unknown_handle_are_told_alike(
    nurse: Visitor, visitor: Visitor, handle: str, password: str
) -> None:
    await visitor.get("/connexion")
    page = await visitor.submit("/connexion", handle=handle, password=password, status=422)
    assert page.all("p", role="alert")
    assert "Pseudonyme ou mot de passe incorrect." in page.text
    assert page.form("/connexion").values == page.form("/connexion").values | {"handle": handle, "password": ""}


@pytest.mark.parametrize("address", EVIL)
async def test_no_form_sends_anybody_elsewhere(nurse: Visitor, house: House, address: str) -> None:
    async with visiting(house) as other:
        await other.get("/connexion")
        other.page.form("/connexion").values["next"] = address
        answer = await other.post("/connexion", handle="nuit", password=PASSWORD)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
        assert "a=b" not in str(answer.headers.get_list("set-cookie"))
        answer = await other.client.get("/connexion", params={"next": address})
        assert answer.headers["location"] == "/"


@given(st.text(max_size=40) | st.text("/\\.:@ \t\nabc%", max_size=12))
def test_an_own_path_has_one_slash_first_and_nothing_that_browsers_drop(path: str) -> None:
    kept = addresses.own(path)
    assert kept.startswith("/")
    assert not kept.startswith(("//", "/\\"))
    assert not set(kept) & set("\\\t\r\n\0")
    assert addresses.header_value(kept).isascii()
    assert kept in {path, "/"}


async def test_leaving_closes_the_session_in_the_browser_and_on_the_server(nurse: Visitor) -> None:
    cookie = nurse.client.cookies["__Host-session"]
    await nurse.get("/reglages")
    answer = await nurse.post("/deconnexion")
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert "__Host-session=; Max-Age=0" in answer.headers.get_list("set-cookie")[0]
    assert "__Host-session" not in nurse.client.cookies
    nurse.client.cookies.set("__Host-session", cookie, domain="salle.test", path="/")
    assert (await nurse.get("/reglages")).answer.url.path == "/connexion"


async def test_session_cookies_are_closed_to_scripts_and_to_other_sites(visitor: Visitor) -> None:
    await visitor.present("nuit")
    answer = await visitor.post("/inscription/fin", **await visitor.noted())
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-session="))
    assert {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"} <= set(cookie.split("; "))


async def test_the_words_open_the_account_again_and_close_every_door(house: House, visitor: Visitor) -> None:
    _, words = await house.newcomer("nuit")
    async with visiting(house) as elsewhere:
        await elsewhere.sign_in("nuit")
        await visitor.get("/recuperation")
        wrong = "un deux trois quatre"
        page = await visitor.submit("/recuperation", handle="nuit", words=wrong, password="autre phrase secrète", status=422)
        assert "ne vont pas ensemble" in page.text
        page = await visitor.submit("/recuperation", words=" ".join(words).upper(), password="autre phrase secrète")
        assert len(page.all("li")) == 8
        assert page.answer.headers["cache-control"] == "no-store"
        page = await visitor.submit("/inscription/entree", noted="1")
        assert page.answer.url.path == "/connexion"
        page = await visitor.submit("/connexion", handle="nuit", password="autre phrase secrète")
        assert "Mon profil" in page.text
        assert (await elsewhere.get("/reglages")).answer.url.path == "/connexion"


async def test_a_suspended_account_does_not_open(house: House, nurse: Visitor, visitor: Visitor) -> None:
    async with house.site.db.transaction() as tx:
        await accounts.suspend(tx, (await accounts.by_handle(tx, "nuit")).id)
    assert "À l'instant, dans la salle" in (await nurse.get("/")).text
    await visitor.get("/@nuit", status=404)
    await visitor.get("/connexion")
    page = await visitor.submit("/connexion", handle="nuit", password=PASSWORD, status=422)
    assert "suspendu" in page.text


async def test_a_session_opened_while_its_account_was_suspended_is_a_visitors(house: House, visitor: Visitor) -> None:
    account_id, _ = await house.newcomer("nuit")
    async with house.site.db.transaction() as tx:
        await accounts.suspend(tx, account_id)
        cookie, _ = await accounts.open_session(tx, account_id)
    visitor.client.cookies.set("__Host-session", cookie)
    page = await visitor.get("/")
    assert {"/inscription", "/connexion"} <= set(page.links)
    assert (await visitor.get("/reglages")).answer.url.path == "/connexion"
