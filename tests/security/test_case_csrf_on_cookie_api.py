"""APIs that take cookies can be used from any page: ours hears tokens only, and what it opens to web apps carries no cookie."""

from __future__ import annotations

from salledepause.features import accounts
from tests.security.estate import LINES, Estate, name_of, rows, written
from tests.support.house import House


async def test_no_route_of_the_api_hears_a_cookie(house: House, estate: Estate) -> None:
    async with house.site.db.transaction() as tx:
        cookie, _ = await accounts.open_session(tx, estate.ada.id)
    held = {"cookie": f"__Host-session={cookie}; session={cookie}"}
    assert (await house.client.get("/reglages", headers=held)).status_code == 200, "the cookie must be good"
    before = await rows(house)
    for line in LINES:
        if line.rule.who != "anyone":
            answer = await house.call(line.method, estate.path(line), headers=held)
            assert answer.status_code == 401, name_of(line)
    assert not written(before, await rows(house))
    seen = await house.call("GET", f"/api/v1/statuses/{estate.things['status']}", headers=held)
    assert "favourited" not in seen.json()
    assert (await house.call("GET", f"/api/v1/statuses/{estate.things['private']}", headers=held)).status_code == 404


async def test_no_page_hears_a_token(house: House, estate: Estate) -> None:
    """Else a page of another origin that may send tokens could read pages."""
    answer = await house.call("GET", "/reglages", estate.ada)
    assert answer.status_code == 303
    for path in ("/ecrire", "/deconnexion", f"/gestes/{estate.things['status']}", "/reglages/mode"):
        answer = await house.call("POST", path, estate.ada, data={"text": "x", "gesture": "like", "mode": "reader"})
        assert answer.status_code in {303, 403}, path


async def test_other_origins_read_without_cookies_and_pages_not_at_all(house: House, estate: Estate) -> None:
    origin = {"origin": "https://evil.example"}
    for path in ("/api/v1/timelines/public", "/api/v1/instance", "/oauth/token"):
        answer = await house.client.get(path, headers=origin)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    for path in ("/", "/connexion", "/oauth/authorize", "/reglages", "/@ada"):
        answer = await house.client.get(path, headers=origin | {"accept": "text/html"})
        assert "access-control-allow-origin" not in answer.headers
        preflight = await house.client.options(path, headers=origin | {"access-control-request-method": "POST"})
        assert "access-control-allow-origin" not in preflight.headers
