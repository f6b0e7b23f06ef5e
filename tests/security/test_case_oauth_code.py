"""Codes stolen through loose redirect addresses, missing state or PKCE: over HTTP, as an attacker's app would try.

The rules themselves are tried in `tests/features/test_accounts_oauth.py`, `tests/mastodon/test_oauth.py` and
`tests/web/test_consent.py`.
"""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

import pytest

from salledepause.features import accounts
from salledepause.features.accounts import AuthorizationRequest
from tests.security.estate import broken
from tests.support.house import House, Person

BACK = "https://app.test/retour"
VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Apps:
    """The app of a victim, the app of an attacker, and codes."""

    def __init__(self, house: House, person: Person, keys: list[dict[str, str]]) -> None:
        self.house = house
        self.person = person
        self.good, self.evil = keys

    async def code(self, **more: str) -> str:
        request = AuthorizationRequest(
            client_id=self.good["client_id"], redirect_uri=BACK, response_type="code", scope="read", **more
        )
        async with self.house.site.db.transaction() as tx:
            return await accounts.authorize(tx, self.person.id, request)

    async def redeem(self, code: Any, keys: dict[str, str], **more: Any) -> Any:
        body = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK} | keys | more
        answer = await self.house.call("POST", "/oauth/token", json=body)
        assert not broken(answer)
        return answer


@pytest.fixture
async def apps(house: House) -> Apps:
    keys = []
    for name in ("bonne", "mauvaise"):
        made = await house.post("/api/v1/apps", client_name=name, redirect_uris=[BACK], scopes="read write")
        keys.append({"client_id": made["client_id"], "client_secret": made["client_secret"]})
    return Apps(house, await house.person("ada"), keys)


async def test_a_stolen_code_opens_nothing_to_another_app(apps: Apps) -> None:
    mixed = {"client_id": apps.good["client_id"], "client_secret": apps.evil["client_secret"]}
    for keys in (apps.evil, mixed, {"client_id": apps.good["client_id"]}, {}):
        answer = await apps.redeem(await apps.code(), keys)
        assert answer.status_code in {400, 401}
        assert "access_token" not in answer.text


async def test_one_proof_is_heard_when_two_are_given(apps: Apps) -> None:
    """The header speaks first: an attacker's own proof in it does not ride on the victim's in the body."""
    mine = b64encode(f"{apps.evil['client_id']}:{apps.evil['client_secret']}".encode()).decode()
    body = {"grant_type": "authorization_code", "code": await apps.code(), "redirect_uri": BACK} | apps.good
    answer = await apps.house.call("POST", "/oauth/token", json=body, headers={"authorization": f"Basic {mine}"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "verifier", [None, "", "w" * 43, VERIFIER[:-1], CHALLENGE, [VERIFIER], {"0": VERIFIER}, "v" * 10_000, "é" * 43, "\0" * 43, 1]
)
async def test_proof_is_never_optional_once_announced(apps: Apps, verifier: Any) -> None:
    code = await apps.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    answer = await apps.redeem(code, apps.good, **({} if verifier is None else {"code_verifier": verifier}))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    again = await apps.redeem(code, apps.good, code_verifier=VERIFIER)
    assert again.status_code == 400, "whoever guesses has one guess"


async def test_proof_is_not_accepted_where_none_was_announced(apps: Apps) -> None:
    """Else a code injected into somebody's app would pass (RFC 9700 section 4.8.2)."""
    assert (await apps.redeem(await apps.code(), apps.good, code_verifier=VERIFIER)).status_code == 400


async def test_addresses_are_compared_letter_by_letter(apps: Apps) -> None:
    others = [
        BACK + "/",
        BACK + "?a=b",
        BACK.upper(),
        "https://app.test/retour/../x",
        "https://app.test//retour",
        BACK + "#",
        BACK + " ",
        "",
        [BACK],
    ]
    others += [
        "https://app.test:443/retour",
        "http://app.test/retour",
        "https://app.test.evil.example/retour",
        "https://evil@app.test/retour",
    ]
    for other in others:
        answer = await apps.redeem(await apps.code(), apps.good, redirect_uri=other)
        assert answer.status_code == 400, other
        asked = {"client_id": apps.good["client_id"], "redirect_uri": str(other), "response_type": "code", "scope": "read"}
        page = await apps.house.client.get("/oauth/authorize", params=asked, headers={"accept": "text/html"})
        assert (page.status_code, "location" in page.headers) == (400, False), other


async def test_odd_values_break_no_door_of_secrets(apps: Apps) -> None:
    odd: list[Any] = ["\0", "é", "", [], {}, ["x"], {"a": 1}, 1, True, None, "x" * 100_000, "%00", "' OR 1=1 --"]
    for name in ("code", "client_id", "client_secret", "redirect_uri", "code_verifier", "grant_type", "scope", "token"):
        for value in odd:
            body = {"grant_type": "authorization_code", "code": "x", "redirect_uri": BACK} | apps.good | {name: value}
            for path in ("/oauth/token", "/oauth/revoke"):
                answer = await apps.house.call("POST", path, json=body)
                assert not broken(answer), (path, name, value)
                assert "access_token" not in answer.text
    for value in ("\0:\0", "é:é", ":", "a", "%00:%00", "%ff:%ff", "a:b:c"):
        sent = {"authorization": "Basic " + b64encode(value.encode()).decode()}
        assert (
            await apps.house.call("POST", "/oauth/token", data={"grant_type": "client_credentials"}, headers=sent)
        ).status_code == 401


async def test_who_left_between_code_and_token_gets_none(apps: Apps) -> None:
    for act in (accounts.suspend, accounts.close_everything):
        code = await apps.code()
        async with apps.house.site.db.transaction() as tx:
            await act(tx, apps.person.id)
        assert (await apps.redeem(code, apps.good)).status_code == 400
        async with apps.house.site.db.transaction() as tx:
            await accounts.restore(tx, apps.person.id)
