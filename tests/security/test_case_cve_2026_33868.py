"""CVE-2026-33868: `/web//evil` sent browsers elsewhere. No address that anybody may write leads off this site."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from tests.security.estate import Estate
from tests.support.house import House

HOSTS = ("evil.example", "evil.example/@ada", "salle.test@evil.example", "salle.test.evil.example")
BEGINNINGS = (
    "// /// /\\ \\\\ /%5c /%2f /%2f%2f /web// /@ada// /a-propos// /%09/ /%0a/ /%0d%0aLocation:%20// "
    "/. /.// //%20 /x/..// /https:// /https: /;//"
)
PARAMETERS = ("next", "redirect", "redirect_uri", "url", "return_to", "continue", "back", "r")


def wanders(location: str) -> bool:
    """Tell whether a browser that follows this header leaves the site; it drops tabs and line ends, and takes \\ for /."""
    as_read = location.replace("\\", "/").replace("\t", "").replace("\n", "").replace("\r", "").strip()
    return urlsplit(urljoin("https://salle.test/", as_read)).netloc != "salle.test"


async def test_no_path_leads_elsewhere(house: House, estate: Estate) -> None:
    paths = [beginning + host for beginning in BEGINNINGS.split() for host in HOSTS]
    paths += [f"/@ada/{estate.things['status']}//evil.example", f"/@eve/{estate.things['status']}", "/@ADA", "/@ada@evil.example"]
    for path in paths:
        for method in ("GET", "POST", "HEAD"):
            answer = await house.client.request(method, "https://salle.test" + path, headers={"accept": "text/html"})
            assert answer.status_code < 500, path
            assert not wanders(answer.headers.get("location", "/")), (path, answer.headers["location"])


async def test_no_parameter_leads_elsewhere(house: House, estate: Estate) -> None:
    for path in (
        "/",
        "/connexion",
        "/inscription",
        "/recuperation",
        "/a-propos",
        "/reglages",
        "/ecrire",
        "/deconnexion",
        "/oauth/authorize",
    ):
        for host in HOSTS:
            for value in (
                f"//{host}",
                f"https://{host}",
                f"/\\{host}",
                f"/\t/{host}",
                f"javascript://{host}/%0aalert(1)",
                f"///{host}",
            ):
                for method in ("GET", "POST"):
                    given = dict.fromkeys(PARAMETERS, value)
                    answer = await house.client.request(method, path, params=given, headers={"accept": "text/html"})
                    assert answer.status_code < 500, path
                    assert not wanders(answer.headers.get("location", "/")), (path, value)
