"""Apps say where they are to be returned to and what they may ask for; the hosts have a token of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salledepause.features import accounts
from salledepause.features.accounts import (
    HERE,
    SCOPES,
    Registration,
)
from salledepause.features.accounts.apps import returnable, within
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing


@pytest.mark.parametrize(
    "uri",
    [
        HERE,
        "https://app.test/retour",
        "https://app.test:8443/a?b=c",
        "http://localhost:3000/",
        "http://127.0.0.1/x",
        "http://[::1]:8080/",
        "com.tapbots.ivory:/retour",
        "com.tapbots.Ivory.22883:/request_token/1",
        "icecubesapp://",
        "ivory://oauth",
        "tusky://oauth",
        "oauth2redirect://com.keylesspalace.tusky/",
        "mastodon://joinmastodon.org/oauth",
        "mastodon-android-auth://callback",
        "megalodon-android-auth://callback",
        "moshidon-android-auth://callback",
        "fedilab://backtofedilab",
        "subwaytooter://oauth/",
        "tootapp://oauth",
        "tooot://instance-auth",
        "metatext://oauth.callback",
        "feditext://oauth.callback",
        "mona://oauth",
        "mammoth://oauth",
        "tuba://auth_code",
        "dev.phanpy.social://",
        "https://dev.phanpy.social/",
        "https://elk.zone/api/mastodon.social/oauth/https%3A%2F%2Felk.zone",
        "web+ap://retour",
        "ms-app://s-1-15-2-1/",
    ],
)
def test_addresses_to_return_to(uri: str) -> None:
    assert returnable(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "retour",
        "/retour",
        "//app.test/",
        "http://app.test/",
        "http://localhost.app.test/",
        "http://localhost@app.test/",
        "https://app.test@mauvais.test/",
        "https://",
        "https:///x",
        "https://app.test/#fragment",
        "https://app.test/\\@mauvais.test",
        "https://app.test/ x",
        "https://app.test/\r\nSet-Cookie: a=b",
        "https://[::1",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://app.test/x",
        "about:blank",
        "mailto:a@b.test",
        "urn:autre",
        "urn:ietf:wg:oauth:2.0:oob:auto",
        "URN:ietf:wg:oauth:2.0:oob",
        "filesystem:https://app.test/temporary/x",
        "view-source:https://app.test/",
        "View-Source:javascript:alert(1)",
        "jar:https://app.test/a.jar!/x.html",
        "feed:javascript:alert(1)",
        "intent://app.test/#Intent;scheme=https;S.browser_fallback_url=https%3A%2F%2Fmauvais.test;end",
        "intent://app.test/x",
        "android-app://mauvais.app/https/x",
        "content://com.android.contacts/x",
        "chrome://settings",
        "chrome-extension://abc/x.html",
        "moz-extension://abc/x.html",
        "safari-web-extension://abc/x.html",
        "edge://flags",
        "resource://gre/x",
        "ms-msdt:/id",
        "ms-appinstaller:?source=https://mauvais.test/x",
        "search-ms:query=x",
        "itms-services://?action=download-manifest",
        "shortcuts://run-shortcut",
        "x-safari-https://mauvais.test/",
        "googlechromes://mauvais.test/",
        "microsoft-edge:https://mauvais.test/",
        "smb://mauvais.test/x",
        "ftp://mauvais.test/",
        "ws://mauvais.test/",
        "tel:15",
        "sms:15",
        "java%73cript:alert(1)",
        "javascript&colon;alert(1)",
        "app:",
        "https://app.test/" + "a" * 2000,
    ],
)
async def test_addresses_never_returned_to(tx: Tx, uri: str) -> None:
    assert not returnable(uri)
    with pytest.raises(BadInput):
        await accounts.register_app(tx, Registration("Une app", [HERE, uri]))


@pytest.mark.parametrize(
    "asked",
    [
        Registration("", [HERE]),
        Registration("a" * 61, [HERE]),
        Registration("Une app", []),
        Registration("Une app", [HERE], "read tout"),
        Registration("Une app", [HERE], "admin"),
        Registration("Une app", [HERE], "read", "javascript:alert(1)"),
        Registration("Une app", [f"https://app.test/{n}" for n in range(21)]),
    ],
)
async def test_registrations_that_are_refused(tx: Tx, asked: Registration) -> None:
    with pytest.raises(BadInput):
        await accounts.register_app(tx, asked)


async def test_an_app_may_ask_for_every_scope(tx: Tx) -> None:
    app, secret = await accounts.register_app(tx, Registration("Une app", [HERE], " ".join(SCOPES)))
    assert app.scopes == list(SCOPES)
    assert await accounts.app_of(tx, app.client_id) == app == await accounts.app(tx, app.id)
    assert secret not in "".join(await tx.values("SELECT a::text FROM apps a"))
    assert len({"read:statuses", "write:media", "admin:write:ip_blocks", "profile", "push", "follow"} & set(SCOPES)) == 6


@given(st.lists(st.sampled_from(SCOPES)), st.lists(st.sampled_from(SCOPES)))
def test_what_is_within_widens_nothing(wanted: list[str], held: list[str]) -> None:
    """A token made of scopes within an app's opens nothing that a token of all the app's scopes would not."""
    if within(wanted, held):
        small = accounts.Caller(1, 1, 1, frozenset(wanted))
        large = accounts.Caller(1, 1, 1, frozenset(held))
        assert all(large.may(scope) for scope in SCOPES if small.may(scope))


async def test_a_token_of_the_hosts_has_known_scopes_and_a_bearer(tx: Tx) -> None:
    person = await accounts.create(tx, "ginette", None)
    caller = await accounts.caller_of(tx, await accounts.give_token(tx, person, ["read", "follow"]))
    assert caller is not None
    assert (caller.app_id, caller.scopes) == (None, frozenset({"read", "follow"}))
    with pytest.raises(BadInput):
        await accounts.give_token(tx, person, ["tout"])
    with pytest.raises(Missing):
        await accounts.give_token(tx, 12, ["read"])
