"""Letting an app in, from its registration to its first request, and every way in which that must not happen."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.house import House
from tests.web.visitor import PASSWORD, Visitor, visiting

BACK = "https://app.example/back?kept=1"
OOB = "urn:ietf:wg:oauth:2.0:oob"
VERIFIER = "v" * 64
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


async def register(house: House, uri: str = BACK, scopes: str = "read write:favourites") -> dict[str, Any]:
    body = {"client_name": "Carnet <b>", "redirect_uris": uri, "scopes": scopes, "website": "https://app.example"}
    app: dict[str, Any] = await house.post("/api/v1/apps", **body)
    return app


def asked(app: dict[str, Any], **more: str) -> dict[str, str]:
    given = {"client_id": app["client_id"], "redirect_uri": BACK, "response_type": "code", "scope": "read", "state": "é tat&x=1"}
    return given | {"code_challenge": CHALLENGE, "code_challenge_method": "S256"} | more


def query(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


async def redeem(house: House, app: dict[str, Any], code: str, uri: str = BACK, verifier: str = VERIFIER) -> Any:
    body = {"grant_type": "authorization_code", "client_id": app["client_id"], "client_secret": app["client_secret"]}
    proof = {"code_verifier": verifier} if verifier else {}
    return await house.call("POST", "/oauth/token", json=body | {"code": code, "redirect_uri": uri} | proof)


async def test_an_app_is_let_in_from_the_first_click_to_its_first_request(house: House, nurse: Visitor) -> None:
    app = await register(house)
    async with visiting(house) as phone:
        page = await phone.get("/oauth/authorize", params=asked(app, scope="read write:favourites"))
        assert page.answer.url.path == "/connexion"
        assert "Une application demande" in page.text
        page = await phone.submit("/connexion", handle="nuit", password=PASSWORD)
        assert page.answer.url.path == "/oauth/authorize"
        assert "Laisser entrer Carnet <b> ?" in page.text
        assert "@nuit" in page.text
        assert "aimer des messages" in page.text
        assert "Lire tout ce que vous pouvez lire" in page.text
        assert "renvoyé·e vers app.example." in page.text
        assert "form-action 'self' https://app.example;" in page.answer.headers["content-security-policy"]
        assert page.answer.headers["cache-control"] == "no-store"
        answer = await phone.post("/oauth/authorize", button=("decision", "allow"))
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(BACK + "&")
    found = query(answer.headers["location"])
    assert found["state"] == "é tat&x=1"
    assert found["iss"] == (await house.get("/.well-known/oauth-authorization-server"))["issuer"]
    assert found["kept"] == "1"
    assert (await redeem(house, app, found["code"], verifier="w" * 64)).status_code == 400


async def test_the_code_becomes_a_token_that_works_and_can_be_taken_back(house: House, nurse: Visitor) -> None:
    app = await register(house)
    await nurse.get("/oauth/authorize", params=asked(app))
    answer = await nurse.post("/oauth/authorize", button=("decision", "allow"))
    token = (await redeem(house, app, query(answer.headers["location"])["code"])).json()["access_token"]
    assert (await house.get("/api/v1/accounts/verify_credentials", token))["username"] == "nuit"
    assert (await house.call("POST", "/api/v1/statuses", token, json={"status": "non"})).status_code == 403
    page = await nurse.get("/reglages/securite")
    assert "Carnet <b>" in page.text
    action = next(form.action for form in page.forms if form.action.startswith("/reglages/applications/"))
    page = await nurse.submit(action)
    assert "Carnet" not in page.text
    assert (await house.call("GET", "/api/v1/accounts/verify_credentials", token)).status_code == 401


async def test_refusing_tells_the_app_and_gives_nothing(house: House, nurse: Visitor) -> None:
    app = await register(house)
    await nurse.get("/oauth/authorize", params=asked(app))
    answer = await nurse.post("/oauth/authorize", button=("decision", "refuse"))
    assert answer.status_code == 302
    found = query(answer.headers["location"])
    assert found == {"kept": "1", "error": "access_denied", "state": "é tat&x=1", "iss": "https://salle.test/"}


async def test_an_app_without_an_address_gets_its_code_from_the_page(house: House, nurse: Visitor) -> None:
    app = await register(house, OOB)
    page = await nurse.get("/oauth/authorize", params=asked(app, redirect_uri=OOB, code_challenge="", code_challenge_method=""))
    assert "un code, à recopier" in page.text
    assert "form-action 'self';" in page.answer.headers["content-security-policy"]
    page = await nurse.submit("/oauth/authorize", button=("decision", "allow"))
    assert page.answer.headers["cache-control"] == "no-store"
    code = page.answer.text.partition('<code class="secret" translate="no">')[2].partition("<")[0]
    assert (await redeem(house, app, code, OOB, "")).status_code == 200
    await nurse.get("/oauth/authorize", params=asked(app, redirect_uri=OOB))
    page = await nurse.submit("/oauth/authorize", button=("decision", "refuse"), status=400)
    assert "Vous avez refusé" in page.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "inconnue"},
        {"client_id": ""},
        {"redirect_uri": "https://app.example/back"},
        {"redirect_uri": BACK + "/.."},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": ""},
        {"state": "s" * 5000},
    ],
)
async def test_while_the_app_or_its_address_is_in_doubt_nobody_is_sent_anywhere(
    house: House, nurse: Visitor, wrong: dict[str, str]
) -> None:
    app = await register(house)
    answer = await nurse.client.get("/oauth/authorize", params=asked(app, **wrong))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    await nurse.get("/oauth/authorize", params=asked(app))
    forged = nurse.page.form("/oauth/authorize").values | wrong | {"decision": "allow"}
    answer = await nurse.client.post("/oauth/authorize", data=forged)
    assert answer.status_code == 400
    assert "location" not in answer.headers


WRONG = [
    ({"response_type": "token"}, "une sorte de réponse qui n'existe pas"),
    ({"response_type": ""}, "une sorte de réponse qui n'existe pas"),
    ({"scope": "read write"}, "Droit demandé inconnu"),
    ({"scope": "everything"}, "Droit demandé inconnu"),
    ({"code_challenge_method": "plain"}, "Preuve PKCE refusée"),
    ({"code_challenge": "court"}, "Preuve PKCE refusée"),
    ({"code_challenge": ""}, "Preuve PKCE refusée"),
]


@pytest.mark.parametrize(("wrong", "told"), WRONG)
async def test_an_app_that_asks_wrongly_sends_nobody_to_its_address(
    house: House, nurse: Visitor, visitor: Visitor, wrong: dict[str, str], told: str
) -> None:
    app = await register(house)
    for browser in (visitor, nurse):
        page = await browser.get("/oauth/authorize", 400, params=asked(app, **wrong))
        assert not page.answer.history
        assert told in page.text
        assert not any(BACK in link for link in page.links)
    await nurse.get("/oauth/authorize", params=asked(app))
    for decision in ("allow", "refuse"):
        forged = nurse.page.form("/oauth/authorize").values | wrong | {"decision": decision}
        answer = await nurse.client.post("/oauth/authorize", data=forged)
        assert (answer.status_code, "location" in answer.headers) == (400, False)


async def test_only_a_button_pressed_by_who_is_signed_in_leads_to_the_app(house: House, nurse: Visitor, visitor: Visitor) -> None:
    app = await register(house)
    await visitor.get("/connexion")
    word = visitor.page.form("/connexion").values["csrf"]
    for decision in ("refuse", "allow"):
        answer = await visitor.client.post("/oauth/authorize", data=asked(app, decision=decision, csrf=word))
        assert answer.headers.get("location", "/").startswith("/")
    await nurse.get("/oauth/authorize", params=asked(app))
    form = nurse.page.form("/oauth/authorize").values
    for data, status in ((form, 422), (form | {"decision": "refuse", "csrf": "x"}, 403), (asked(app, decision="refuse"), 403)):
        answer = await nurse.client.post("/oauth/authorize", data=data)
        assert (answer.status_code, "location" in answer.headers) == (status, False)


@pytest.mark.parametrize(
    ("uri", "allowed", "told"),
    [
        ("monapp://retour/ici", "monapp:", "l'application, sur cet appareil"),
        ("http://127.0.0.1:4321/cb", "http://127.0.0.1:4321", "renvoyé·e vers 127.0.0.1:4321"),
        ("https://web.app.example:8443/x", "https://web.app.example:8443", "renvoyé·e vers web.app.example:8443"),
        ("com.app:/oauth", "com.app:", "l'application, sur cet appareil"),
    ],
)
async def test_the_answer_of_the_form_may_only_go_to_the_app_which_is_said(
    house: House, nurse: Visitor, uri: str, allowed: str, told: str
) -> None:
    app = await register(house, uri)
    page = await nurse.get("/oauth/authorize", params=asked(app, redirect_uri=uri))
    assert told in page.text
    assert f"form-action 'self' {allowed};" in page.answer.headers["content-security-policy"]
    answer = await nurse.post("/oauth/authorize", button=("decision", "allow"))
    assert answer.headers["location"].startswith(uri + "?code=")


async def test_changing_account_keeps_the_request(house: House, nurse: Visitor, director: Visitor) -> None:
    app = await register(house)
    await nurse.get("/oauth/authorize", params=asked(app))
    page = await nurse.submit("/deconnexion")
    assert page.answer.url.path == "/connexion"
    page = await nurse.submit("/connexion", handle="garde", password=PASSWORD)
    assert page.answer.url.path == "/oauth/authorize"
    assert "@garde" in page.text
