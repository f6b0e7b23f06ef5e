"""Give a suite the people, the app and the tokens that its tests take for granted, through our own public doors.

The command line makes the accounts; a browser's way through our pages lets the app in. Nothing is written beside the product.
"""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlsplit

import httpx

from conformance.server import Served, ServerError, settings_apart

USER = "read write follow push"
ADMIN = f"{USER} admin:read admin:write"
HERE = "urn:ietf:wg:oauth:2.0:oob"
_CSRF = re.compile(r'name="csrf" value="([^"]*)"')
_CODE = re.compile(r'<code class="secret"[^>]*>([^<]*)</code>')


def mastodon_py(served: Served) -> Mapping[str, str]:
    """Seed what the `tests/setup.sql` of Mastodon.py describes; return what its names of credentials stand for.

    Two admins, somebody who accepts followers one by one, somebody who agrees to be found, and an app that three of them let in.
    """
    password = secrets.token_urlsafe(16)
    people = {"admin": "admin", "admin2": "admin", "mastodonpy_test": "member", "mastodonpy_test_2": "member"}
    for handle, role in people.items():
        _admin(served, "create-account", handle, "--password", password, "--role", role)
    registration = {"client_name": "Mastodon.py test suite", "redirect_uris": HERE, "scopes": ADMIN}
    app = _json(httpx.post(f"{served.address}/api/v1/apps", data=registration))
    first, host, second = (
        _let_in(served, app, (handle, password), scopes)
        for handle, scopes in (("mastodonpy_test", USER), ("admin", ADMIN), ("mastodonpy_test_2", USER))
    )
    _describe(served, first, locked="true")
    _describe(served, second, locked="false", discoverable="true", indexable="true")
    return {
        "__MASTODON_PY_TEST_CLIENT_ID": app["client_id"],
        "__MASTODON_PY_TEST_CLIENT_SECRET": app["client_secret"],
        "__MASTODON_PY_TEST_ACCESS_TOKEN": first,
        "__MASTODON_PY_TEST_ACCESS_TOKEN_2": host,
        "__MASTODON_PY_TEST_ACCESS_TOKEN_3": second,
    }


SEEDED: Mapping[str, Callable[[Served], Mapping[str, str]]] = {"Mastodon.py": mastodon_py}
"""The suites that need something, by name."""


def _admin(served: Served, *arguments: str) -> None:
    """Run a command of the hosts, as they do while the server runs."""
    command = [sys.executable, "-m", "salledepause", "admin", *arguments, "--data", str(served.data)]
    done = subprocess.run(command, env=settings_apart(served.settings), capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServerError(f"admin {arguments[0]} failed:\n{done.stderr[-2000:]}")


def _let_in(served: Served, app: Mapping[str, str], person: tuple[str, str], scopes: str) -> str:
    """Sign somebody in, press the button that lets the app in, and turn the code into a token."""
    asked = {"client_id": app["client_id"], "redirect_uri": HERE, "response_type": "code", "scope": scopes}
    with httpx.Client(base_url=served.address, follow_redirects=True) as browser:
        page = browser.get("/oauth/authorize", params=asked)
        [back] = parse_qs(urlsplit(str(page.url)).query)["next"]
        handle, password = person
        entered = {"handle": handle, "password": password, "next": back, "csrf": _found(_CSRF, page)}
        page = browser.post("/connexion", data=entered)
        page = browser.post("/oauth/authorize", data=asked | {"decision": "allow", "csrf": _found(_CSRF, page)})
        brought = {key: app[key] for key in ("client_id", "client_secret")} | {"redirect_uri": HERE}
        code = {"grant_type": "authorization_code", "code": _found(_CODE, page)}
        return _json(browser.post("/oauth/token", data=brought | code))["access_token"]


def _describe(served: Served, token: str, **profile: str) -> None:
    address = f"{served.address}/api/v1/accounts/update_credentials"
    _json(httpx.patch(address, data=profile, headers={"authorization": f"Bearer {token}"}))


def _found(wanted: re.Pattern[str], page: httpx.Response) -> str:
    found = wanted.search(page.text)
    if found is None:
        raise ServerError(f"{page.url} answered {page.status_code}, without what was looked for:\n{page.text[-2000:]}")
    return found.group(1)


def _json(answer: httpx.Response) -> dict[str, str]:
    if answer.is_error:
        raise ServerError(f"{answer.url} answered {answer.status_code}:\n{answer.text[-2000:]}")
    read: dict[str, str] = answer.json()
    return read
