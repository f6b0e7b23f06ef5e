"""`/auth.json` was not limited where `/auth` was (Mastodon 3.5.4): no way to write an address leads past its bucket."""

from __future__ import annotations

from urllib.parse import quote

from salledepause.kernel.config import Settings
from salledepause.surfaces.limits import DOORS
from tests.security.crowd import counting, knocking, tried
from tests.support.recorder import Recorder

AUTH = DOORS["auth"]
TOKEN = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}


def variants(path: str) -> list[str]:
    """Return the other ways to write an address that servers have confused."""
    made = [
        f"{path}.json",
        f"{path}.html",
        f"{path}/",
        f"/{path}",
        f"{path}//",
        path.replace("/", "//"),
        path.upper(),
        path.title(),
    ]
    made += [
        path.replace("/", "%2f"),
        "/" + path[1:].replace("/", "%2F"),
        f"/.{path}",
        f"/x/..{path}",
        f"{path}%20",
        f"{path}%00",
    ]
    made += [
        f"{path};a=b",
        f"{path}?a=b",
        f"{path}#a",
        f"{path}%3Fa",
        path.replace("o", "%6f"),
        quote(path, safe=""),
        f"{path}/.",
        f"{path}%2e",
    ]
    return made


async def test_no_spelling_of_an_address_leads_past_its_bucket(settings: Settings, recorder: Recorder) -> None:
    async with counting(settings, recorder) as house, knocking(house, "192.0.2.7") as client:
        await tried(client, AUTH, "POST", "/oauth/token", data=TOKEN)
        for path in variants("/oauth/token"):
            answer = await client.post(path, data=TOKEN)
            assert answer.status_code in {404, 405, 429}, path
            assert "invalid_client" not in answer.text, path
        for method in ("GET", "PUT", "PATCH", "DELETE", "HEAD"):
            assert (await client.request(method, "/oauth/token")).status_code in {404, 405}


async def test_twins_of_a_door_share_its_bucket(settings: Settings, recorder: Recorder) -> None:
    """Signing in, entering and recovering are one budget: using up one is using up all."""
    async with counting(settings, recorder) as house, knocking(house, "192.0.2.7") as client:
        found = await tried(client, AUTH // 2, "POST", "/oauth/token", data=TOKEN)
        found += await tried(client, AUTH // 2, "POST", "/oauth/revoke", data=TOKEN)
        assert set(found) == {401, 403}
        for path in ("/oauth/token", "/oauth/revoke", "/connexion", "/recuperation"):
            assert await tried(client, 1, "POST", path, data=TOKEN) == [429], path
