"""Apps connect, and what is not theirs stays closed (https://docs.joinmastodon.org/methods/oauth/)."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import Any

import msgspec
import pytest

from salledepause.features import accounts
from salledepause.features.accounts import HERE, SCOPES, AuthorizationRequest
from salledepause.surfaces import limits
from tests.support.house import House, Person

BACK = "https://app.test/retour"


class Registered(msgspec.Struct):
    """An app, as its registration answered."""

    client_id: str
    client_secret: str
    scopes: list[str]
    redirect_uris: list[str]

    @property
    def keys(self) -> dict[str, str]:
        return {"client_id": self.client_id, "client_secret": self.client_secret}


async def register(house: House, **change: Any) -> Registered:
    asked = {"client_name": "Une app", "redirect_uris": BACK, "scopes": "read write follow", "website": "https://app.test"}
    return msgspec.convert(await house.post("/api/v1/apps", **(asked | change)), Registered)


async def code_of(house: House, app: Registered, person: Person, scope: str = "read write") -> str:
    request = AuthorizationRequest(client_id=app.client_id, redirect_uri=BACK, response_type="code", scope=scope)
    async with house.site.db.transaction() as tx:
        return await accounts.authorize(tx, person.id, request)


async def exchange(house: House, app: Registered, code: str, **change: str) -> Any:
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK} | app.keys
    return await house.call("POST", "/oauth/token", data=body | change)


async def token_of(house: House, app: Registered, person: Person, scope: str = "read write") -> str:
    answer = await exchange(house, app, await code_of(house, app, person, scope))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def refused(house: House, token: str, status: int) -> None:
    """Wait until a token is refused: every process hears of it in a moment."""
    for _ in range(400):
        answer = await house.call("GET", "/api/v1/accounts/verify_credentials", token)
        if answer.status_code == status:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{answer.status_code} {answer.text}")


async def test_an_app_registers_with_one_address_or_several(house: House) -> None:
    one = await house.post("/api/v1/apps", client_name="Une app", redirect_uris=HERE, scopes="read", website="")
    assert one["redirect_uris"] == [HERE]
    assert (one["redirect_uri"], one["website"], one["client_secret_expires_at"]) == (HERE, None, 0)
    several = await house.post("/api/v1/apps", client_name="Une app", redirect_uris=[BACK, "app:/x"])
    assert several["redirect_uri"] == f"{BACK}\napp:/x"
    assert several["scopes"] == ["read"]
    lines = await house.call("POST", "/api/v1/apps", data={"client_name": "Une app", "redirect_uris": f"{BACK}\r\napp:/x"})
    assert lines.json()["redirect_uris"] == [BACK, "app:/x"]
    assert one["client_id"] != several["client_id"]


@pytest.mark.parametrize(
    "change", [{"redirect_uris": "javascript:alert(1)"}, {"scopes": "tout"}, {"client_name": ""}, {"redirect_uris": []}]
)
async def test_a_bad_registration_is_refused(house: House, change: dict[str, Any]) -> None:
    body = {"client_name": "Une app", "redirect_uris": BACK} | change
    answer = await house.call("POST", "/api/v1/apps", json=body)
    assert answer.status_code == 422
    assert list(answer.json()) == ["error"]


async def test_an_app_checks_its_own_token(house: House) -> None:
    app = await register(house)
    made = await house.post("/oauth/token", grant_type="client_credentials", scope="read", **app.keys)
    shown = await house.get("/api/v1/apps/verify_credentials", made["access_token"])
    assert shown["name"] == "Une app"
    assert app.client_secret not in str(shown)
    assert app.client_id not in str(shown)
    assert (await house.call("GET", "/api/v1/apps/verify_credentials")).status_code == 401


@pytest.mark.parametrize("way", ["json", "data", "params", "basic", "multipart"])
async def test_an_app_proves_itself_in_every_way(house: House, way: str) -> None:
    app = await register(house)
    body = {"grant_type": "client_credentials", "scope": "read write", "redirect_uri": BACK}
    if way == "basic":
        encoded = b64encode(f"{app.client_id}:{app.client_secret}".encode()).decode()
        answer = await house.call("POST", "/oauth/token", data=body, headers={"authorization": f"Basic {encoded}"})
    elif way == "multipart":
        answer = await house.call("POST", "/oauth/token", files={key: (None, value) for key, value in (body | app.keys).items()})
    else:
        how: dict[str, Any] = {way: body | app.keys}
        answer = await house.call("POST", "/oauth/token", **how)
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert (made["token_type"], made["scope"], type(made["created_at"])) == ("Bearer", "read write", int)
    assert answer.headers["cache-control"] == "no-store"
    assert (await house.call("GET", "/api/v1/accounts/verify_credentials", made["access_token"])).status_code == 403


async def test_a_person_connects_an_app(house: House) -> None:
    person, app = await house.person("ginette"), await register(house)
    token = await token_of(house, app, person)
    assert (await house.get("/api/v1/accounts/verify_credentials", token))["username"] == "ginette"
    assert (await house.call("GET", "/oauth/userinfo", token)).status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"grant_type": "password", "username": "ginette", "password": "x"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, 400, "unsupported_grant_type"),
        ({}, 400, "invalid_request"),
        ({"grant_type": "client_credentials", "client_secret": "x"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": ["x"], "client_secret": {"a": 1}}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "scope": "read admin:read"}, 400, "invalid_scope"),
        ({"grant_type": "client_credentials", "scope": "tout"}, 400, "invalid_scope"),
        ({"grant_type": "authorization_code", "code": "x", "redirect_uri": BACK}, 400, "invalid_grant"),
        ({"grant_type": "authorization_code"}, 400, "invalid_grant"),
    ],
)
async def test_token_errors_are_those_of_the_standard(house: House, body: dict[str, Any], status: int, error: str) -> None:
    app = await register(house)
    answer = await house.call("POST", "/oauth/token", json=app.keys | body)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


async def test_a_bad_basic_header_is_challenged(house: House) -> None:
    headers = {"authorization": "Basic ??"}
    answer = await house.call("POST", "/oauth/token", data={"grant_type": "client_credentials"}, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic")


async def test_a_replayed_code_closes_the_token_it_gave(house: House) -> None:
    person, app = await house.person("ginette"), await register(house)
    code = await code_of(house, app, person)
    token = (await exchange(house, app, code)).json()["access_token"]
    await house.get("/api/v1/accounts/verify_credentials", token)
    again = await exchange(house, app, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    await refused(house, token, 401)


async def test_of_two_who_bring_one_code_none_keeps_a_token(house: House) -> None:
    person, app = await house.person("ginette"), await register(house)
    code = await code_of(house, app, person)
    answers = await asyncio.gather(*(exchange(house, app, code) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM tokens WHERE app_id IS NOT NULL AND account_id = %s", [person.id]) == 0


@pytest.mark.parametrize("change", [{"redirect_uri": BACK + "/"}, {"code_verifier": "v" * 43}, {"client_secret": "x"}])
async def test_a_code_with_the_wrong_companions_gives_nothing(house: House, change: dict[str, str]) -> None:
    person, app = await house.person("ginette"), await register(house)
    answer = await exchange(house, app, await code_of(house, app, person), **change)
    assert answer.status_code in {400, 401}
    assert "access_token" not in answer.text


async def test_a_token_never_gets_more_than_was_granted(house: House) -> None:
    person, app = await house.person("ginette"), await register(house)
    code = await code_of(house, app, person, "read:statuses")
    answer = await exchange(house, app, code, scope="read write admin:write")
    assert answer.json()["scope"] == "read:statuses"
    token = answer.json()["access_token"]
    assert (await house.call("GET", "/api/v1/accounts/verify_credentials", token)).status_code == 403


async def test_a_revoked_token_is_refused(house: House) -> None:
    person, app = await house.person("ginette"), await register(house)
    token, other = await token_of(house, app, person), await token_of(house, app, person)
    assert await house.post("/oauth/revoke", token=token, **app.keys) == {}
    await refused(house, token, 401)
    assert await house.post("/oauth/revoke", token=token, **app.keys) == {}
    await house.get("/api/v1/accounts/verify_credentials", other)


async def test_the_token_of_another_app_is_not_revoked(house: House) -> None:
    person, app, other = await house.person("ginette"), await register(house), await register(house)
    token = await token_of(house, app, person)
    for keys in (other.keys, {"client_id": app.client_id, "client_secret": "x"}, {}):
        answer = await house.call("POST", "/oauth/revoke", json={"token": token} | keys)
        assert (answer.status_code, answer.json()["error"]) == (403, "unauthorized_client")
    await house.get("/api/v1/accounts/verify_credentials", token)


async def test_a_suspended_account_is_refused_and_let_in_again(house: House) -> None:
    person = await house.person("ginette")
    await house.get("/api/v1/accounts/verify_credentials", person)
    async with house.site.db.transaction() as tx:
        await accounts.suspend(tx, person.id)
    await refused(house, person.token, 403)
    async with house.site.db.transaction() as tx:
        await accounts.restore(tx, person.id)
    await refused(house, person.token, 200)


async def test_an_erased_account_is_refused(house: House) -> None:
    person = await house.person("ginette")
    await house.get("/api/v1/accounts/verify_credentials", person)
    async with house.site.db.transaction() as tx:
        await accounts.erase(tx, person.id)
    await refused(house, person.token, 401)


async def test_an_unknown_token_is_refused(house: House) -> None:
    answer = await house.call("GET", "/api/v1/accounts/verify_credentials", "inconnu")
    assert (answer.status_code, list(answer.json())) == (401, ["error"])


async def test_userinfo_says_who_one_is(house: House) -> None:
    person = await house.person("ginette")
    told = await house.get("/oauth/userinfo", person)
    assert told == await house.post("/oauth/userinfo", person)
    assert (told["preferred_username"], told["sub"], told["iss"]) == (
        "ginette",
        "https://salle.test/@ginette",
        "https://salle.test/",
    )
    assert told["picture"].startswith("https://salle.test/")


async def test_the_server_describes_itself(house: House) -> None:
    told = await house.get("/.well-known/oauth-authorization-server")
    assert told["issuer"] == "https://salle.test/"
    assert told["token_endpoint"] == "https://salle.test/oauth/token"
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["scopes_supported"] == list(SCOPES)


def test_the_doors_of_secrets_are_counted_apart() -> None:
    assert limits.DOORS["auth"] < 100
    assert limits.DOORS["sign-up"] < 100
