"""Apps are let in through codes that work once, for what was granted, by whom it was granted to."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

import msgspec
import pytest

from salledepause.features import accounts
from salledepause.features.accounts import (
    HERE,
    AccessRevoked,
    App,
    AuthorizationRequest,
    Denial,
    Denied,
    Issued,
    Redemption,
    Registration,
)
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Forbidden, Missing
from tests.features.accounts_house import Told

BACK = "https://app.test/retour?de=salle"
VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Dance(msgspec.Struct):
    """An app, a person, and what they say to each other."""

    tx: Tx
    app: App
    secret: str
    person: int

    def request(self, **change: str) -> AuthorizationRequest:
        asked = {"client_id": self.app.client_id, "redirect_uri": BACK, "response_type": "code", "scope": "read write:statuses"}
        return AuthorizationRequest(**(asked | change))

    async def code(self, **change: str) -> str:
        return await accounts.authorize(self.tx, self.person, self.request(**change))

    async def exchange(self, code: str, /, **change: str) -> Issued | Denied:
        brought = Redemption(client_id=self.app.client_id, client_secret=self.secret, code=code, redirect_uri=BACK)
        return await accounts.exchange(self.tx, msgspec.structs.replace(brought, **change))

    async def token(self) -> str:
        made = await self.exchange(await self.code())
        assert isinstance(made, Issued)
        return made.token


async def registered(tx: Tx, scopes: str = "read write") -> tuple[App, str]:
    return await accounts.register_app(tx, Registration("Une app", [BACK, HERE], scopes, "https://app.test"))


@pytest.fixture
async def dance(tx: Tx) -> Dance:
    app, secret = await registered(tx)
    return Dance(tx, app, secret, await accounts.create(tx, "ginette", None))


def error(made: Issued | Denied | None) -> str:
    assert isinstance(made, Denied)
    return made.error


async def test_a_code_becomes_a_token_that_speaks_for_the_person(dance: Dance) -> None:
    made = await dance.exchange(await dance.code())
    assert isinstance(made, Issued)
    assert made.scopes == ["read", "write:statuses"]
    caller = await accounts.caller_of(dance.tx, made.token)
    assert caller is not None
    assert (caller.account_id, caller.app_id, caller.state) == (dance.person, dance.app.id, "active")
    assert caller.may("write:statuses")
    assert not caller.may("write:media")
    assert await accounts.caller_of(dance.tx, made.token + "x") is None


async def test_a_code_that_comes_back_takes_its_tokens_away(told: Told, dance: Dance) -> None:
    code = await dance.code()
    made = await dance.exchange(code)
    assert isinstance(made, Issued)
    other = await dance.token()
    assert error(await dance.exchange(code)) == "invalid_grant"
    assert await accounts.caller_of(dance.tx, made.token) is None
    assert await accounts.caller_of(dance.tx, other) is not None
    assert told.of(AccessRevoked) == [AccessRevoked(dance.person, None)]


async def test_a_code_expires(dance: Dance) -> None:
    code = await dance.code()
    left = await dance.tx.value("SELECT extract(epoch FROM expires_at - clock_timestamp())::float FROM grants")
    assert 55 < left <= 60
    await dance.tx.run("UPDATE grants SET expires_at = now() - interval '1 second'")
    assert error(await dance.exchange(code)) == "invalid_grant"


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"redirect_uri": HERE}, "invalid_grant"),
        ({"redirect_uri": BACK + "&x"}, "invalid_grant"),
        ({"redirect_uri": ""}, "invalid_grant"),
        ({"code_verifier": VERIFIER}, "invalid_grant"),
        ({"client_secret": "deviné"}, "invalid_client"),
        ({"client_secret": ""}, "invalid_client"),
        ({"client_id": "deviné"}, "invalid_client"),
        ({"client_id": ""}, "invalid_client"),
        ({"code": "deviné"}, "invalid_grant"),
        ({"code": ""}, "invalid_grant"),
    ],
)
async def test_an_exchange_that_does_not_fit_gives_nothing(dance: Dance, change: dict[str, str], wanted: str) -> None:
    code = await dance.code()
    assert error(await dance.exchange(code, **change)) == wanted
    assert await dance.tx.value("SELECT count(*) FROM tokens") == 0


async def test_the_code_of_another_app_gives_nothing_and_is_spent(dance: Dance) -> None:
    other, secret = await registered(dance.tx)
    code = await dance.code()
    assert error(await dance.exchange(code, client_id=other.client_id, client_secret=secret)) == "invalid_grant"
    assert error(await dance.exchange(code)) == "invalid_grant"


@pytest.mark.parametrize("verifier", ["", "w" * 43, VERIFIER[:-1], CHALLENGE, VERIFIER + "é"])
async def test_a_wrong_verifier_gives_nothing(dance: Dance, verifier: str) -> None:
    code = await dance.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    assert error(await dance.exchange(code, code_verifier=verifier)) == "invalid_grant"


async def test_the_right_verifier_gives_a_token(dance: Dance) -> None:
    code = await dance.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    assert isinstance(await dance.exchange(code, code_verifier=VERIFIER), Issued)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"client_id": "inconnue"}, "pas inscrite ici"),
        ({"client_id": ""}, "pas inscrite ici"),
        ({"redirect_uri": "https://app.test/retour"}, "adresse de retour"),
        ({"redirect_uri": BACK + "/"}, "adresse de retour"),
        ({"redirect_uri": BACK.upper()}, "adresse de retour"),
        ({"redirect_uri": ""}, "adresse de retour"),
        ({"state": "s" * 5000}, "« state »"),
        ({"response_type": "token"}, "sorte de réponse"),
        ({"scope": "read write follow"}, "Droit demandé"),
        ({"scope": "admin:read"}, "Droit demandé"),
        ({"scope": "tout"}, "Droit demandé"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "PKCE"),
        ({"code_challenge": CHALLENGE}, "PKCE"),
        ({"code_challenge_method": "S256"}, "PKCE"),
        ({"code_challenge": "court", "code_challenge_method": "S256"}, "PKCE"),
    ],
)
async def test_requests_that_are_denied(dance: Dance, change: dict[str, str], words: str) -> None:
    with pytest.raises(Denial, match=words) as denial:
        await dance.code(**change)
    assert denial.value.status == 400


async def test_an_address_registered_before_it_was_refused_is_refused_too(dance: Dance) -> None:
    await dance.tx.run("UPDATE apps SET redirect_uris = '{view-source:https://app.test/}' WHERE id = %s", [dance.app.id])
    with pytest.raises(Denial, match="adresse de retour"):
        await dance.code(redirect_uri="view-source:https://app.test/")


async def test_without_scope_an_app_gets_to_read(dance: Dance) -> None:
    app, scopes = await accounts.consider(dance.tx, dance.request(scope=""))
    assert (app.id, scopes) == (dance.app.id, ["read"])


async def test_nobody_suspended_or_waiting_lets_an_app_in(dance: Dance) -> None:
    waiting = await accounts.create(dance.tx, "attend", None)
    await dance.tx.run("UPDATE accounts SET state = 'pending' WHERE id = %s", [waiting])
    with pytest.raises(Forbidden):
        await accounts.authorize(dance.tx, waiting, dance.request())
    code = await dance.code()
    await accounts.suspend(dance.tx, dance.person)
    assert error(await dance.exchange(code)) == "invalid_grant"
    with pytest.raises(Forbidden):
        await dance.code()


def test_where_the_browser_lands() -> None:
    request = AuthorizationRequest(redirect_uri=BACK, state="a b&c")
    assert accounts.landing(request, "https://salle.test/", {"code": "x"}) == (
        "https://app.test/retour?de=salle&code=x&state=a+b%26c&iss=https%3A%2F%2Fsalle.test%2F"
    )
    custom = AuthorizationRequest(redirect_uri="com.app:/retour")
    assert accounts.landing(custom, "i", {"error": "access_denied"}) == "com.app:/retour?error=access_denied&iss=i"
    assert accounts.landing(AuthorizationRequest(redirect_uri=HERE), "i", {"code": "x"}) is None


# The app alone.


async def test_an_app_has_a_token_of_its_own(dance: Dance) -> None:
    made = await accounts.client_token(dance.tx, dance.app.client_id, dance.secret, "read:accounts write")
    assert isinstance(made, Issued)
    caller = await accounts.caller_of(dance.tx, made.token)
    assert caller is not None
    assert (caller.account_id, caller.app_id, caller.state) == (None, dance.app.id, "active")
    assert error(await accounts.client_token(dance.tx, dance.app.client_id, dance.secret, "follow")) == "invalid_scope"
    assert error(await accounts.client_token(dance.tx, dance.app.client_id, dance.secret, "tout")) == "invalid_scope"
    assert error(await accounts.client_token(dance.tx, dance.app.client_id, "x", "read")) == "invalid_client"


async def test_an_app_that_may_not_read_gets_what_it_may(tx: Tx) -> None:
    app, secret = await registered(tx, "profile")
    made = await accounts.client_token(tx, app.client_id, secret, "")
    assert isinstance(made, Issued)
    assert made.scopes == ["profile"]


# Taking back.


async def test_an_app_takes_its_own_token_back(told: Told, dance: Dance) -> None:
    token = await dance.token()
    assert await accounts.revoke(dance.tx, dance.app.client_id, dance.secret, token) is None
    assert await accounts.caller_of(dance.tx, token) is None
    assert await accounts.revoke(dance.tx, dance.app.client_id, dance.secret, token) is None
    assert told.of(AccessRevoked) == [AccessRevoked(dance.person, None)]


async def test_an_app_takes_no_other_token_back(dance: Dance) -> None:
    other, secret = await registered(dance.tx)
    token = await dance.token()
    assert error(await accounts.revoke(dance.tx, other.client_id, secret, token)) == "unauthorized_client"
    assert error(await accounts.revoke(dance.tx, dance.app.client_id, "x", token)) == "unauthorized_client"
    assert error(await accounts.revoke(dance.tx, dance.app.client_id, dance.secret, "")) == "unauthorized_client"
    assert await accounts.caller_of(dance.tx, token) is not None


async def test_a_person_sends_an_app_away(dance: Dance) -> None:
    token, code = await dance.token(), await dance.code()
    kept = await accounts.give_token(dance.tx, dance.person, ["read"])
    assert [one.id for one in await accounts.open_apps(dance.tx, dance.person)] == [dance.app.id]
    await accounts.revoke_app(dance.tx, dance.person, dance.app.id)
    assert await accounts.caller_of(dance.tx, token) is None
    assert error(await dance.exchange(code)) == "invalid_grant"
    assert await accounts.caller_of(dance.tx, kept) is not None
    assert await accounts.open_apps(dance.tx, dance.person) == []
    with pytest.raises(Missing):
        await accounts.revoke_app(dance.tx, dance.person, dance.app.id)


# Registering.
