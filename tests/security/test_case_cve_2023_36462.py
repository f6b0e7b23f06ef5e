"""CVE-2023-36462: a link whose text hid where it leads. What is shown of an address is its real host, wherever it stands."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from tests.security.estate import Estate
from tests.support.house import House

DECEITS = [
    "https://banque.fr@evil.example/",
    "https://banque.fr:443@evil.example/x",
    "https://evil.example/https://banque.fr",
    "https://www.banque.fr.evil.example/connexion",
    "https://banque.fr\u200b.evil.example/",
    "https://\u202eelpmaxe.live/",
    "https://b\u0430nque.fr/",
    "https://banque\u3002fr.evil.example/",
    "https://banque.fr\u2044x.evil.example/",
    "https://banque.fr%2eevil.example/",
    "https://banque.fr\\@evil.example/",
    "https:banque.fr@evil.example",
    "https://xn--bnque-3ve.fr/",
    "http://0x7f000001/",
    "http://2130706433/",
    "https://" + "a" * 60 + ".banque.fr.evil.example/x",
    "https://evil.example/" + "a" * 300 + "banque.fr",
]
HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\x00-\x08]")


class Links(HTMLParser):
    """The links of some HTML: where each leads, and what a reader sees of it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._hidden = False
        self._href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self._href = given.get("href") or ""
            self.found.append((self._href, ""))
        elif tag == "span":
            self._hidden = given.get("class") == "invisible"

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False
        if tag == "a":
            self._href = ""

    def handle_data(self, data: str) -> None:
        if self._href and not self._hidden:
            href, seen = self.found.pop()
            self.found.append((href, seen + data))


def lies(html: str) -> list[tuple[str, str]]:
    """Return the links whose visible text does not begin with the host that they lead to."""
    real = [(href, seen) for href, seen in links(html) if not href.startswith("https://salle.test/")]
    return [(href, seen) for href, seen in real if not seen.startswith(_host(href, seen))]


def links(html: str) -> list[tuple[str, str]]:
    reader = Links()
    reader.feed(html)
    return reader.found


def _host(href: str, seen: str) -> str:
    host = (urlsplit(href).hostname or "?").removeprefix("www.")
    spelled = seen.split("/", maxsplit=1)[0].removeprefix("www.")
    return spelled if spelled and not spelled.isascii() and spelled.encode("idna").decode() == host else host


@pytest.mark.parametrize("deceit", DECEITS)
async def test_what_is_seen_of_a_link_is_where_it_leads(house: House, deceit: str) -> None:
    person = await house.person("ada")
    said = await house.say(person, f"Voyez {deceit} vite")
    fields = [{"name": "Mon site", "value": deceit}]
    me = await house.call(
        "PATCH", "/api/v1/accounts/update_credentials", person, json={"note": deceit[:200], "fields_attributes": fields}
    )
    shown = (
        [said["content"], me.json()["note"], *(one["value"] for one in me.json()["fields"])]
        if me.status_code == 200
        else [said["content"]]
    )
    for html in shown:
        assert not lies(html)
        assert not HIDDEN.search(html)
        assert not [href for href, _ in links(html) if "@" in href.partition("://")[2].partition("/")[0]]
    assert all(one["verified_at"] is None for one in me.json().get("fields", []))


def test_a_lie_is_seen() -> None:
    """Else the test above would prove nothing."""
    assert lies('<a href="https://evil.example/"><span class="">banque.fr</span></a>')
    assert lies('<a href="https://evil.example/"><span class="invisible">https://evil.example/</span>banque.fr</a>')
    assert not lies('<a href="https://www.a.fr/x"><span class="invisible">https://www.</span><span class="">a.fr/x</span></a>')


async def test_names_hide_nothing(house: House, estate: Estate) -> None:
    """Names of people and of apps stand beside what one must trust: no letter of theirs reverses or hides the rest."""
    trick = "Mastodon\u202egnidart \u2066\u0000\x07\n\n officiel"
    me = await house.call(
        "PATCH", "/api/v1/accounts/update_credentials", estate.ada, json={"display_name": trick.replace("\0", "")[:30]}
    )
    app = await house.call("POST", "/api/v1/apps", json={"client_name": trick.replace("\0", ""), "redirect_uris": "app:/x"})
    made = await house.post("/api/v1/lists", estate.ada, title=trick.replace("\0", ""))
    for name in (me.json()["display_name"], app.json()["name"], made["title"]):
        assert not HIDDEN.search(name)
    assert "\n" not in me.json()["display_name"] + app.json()["name"]
    for blank in ("\u202e", " \n ", "\u2066\u2069"):
        assert (
            await house.call("POST", "/api/v1/apps", json={"client_name": blank, "redirect_uris": "app:/x"})
        ).status_code == 422
