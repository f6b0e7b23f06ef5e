"""Shortcodes replaced inside attributes stole passwords (PortSwigger 2022, Mastodon 3.5.4): markup is only ever ours.

What the scanner makes of any text is in `tests/kernel/test_text_properties.py`; here, all that the API shows as HTML.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.security.estate import Estate
from tests.support.house import House

ALLOWED = {"p": set(), "br": set(), "span": {"class", "translate"}, "a": {"href", "class", "rel", "target", "translate"}}
CLASSES = {"", "invisible", "ellipsis", "h-card", "u-url", "mention", "hashtag"}
_WORDS = """
    :x: :coeur: :a_b: @ben @ben@salle.test #linge https://a.fr/:x: https://a.fr/@ben https://a.fr/#linge @ben:x: #linge:x:
    https://a.fr/<:x:> https://a.fr/"onmouseover="alert(1) <b> </p> </span></a> &lt; &#60; &quot; " ' > <!-- ]]> ` \\
    javascript:alert(1) <svg/onload=alert(1)>
"""
PIECES = [
    *_WORDS.split(),
    '<a title=":x:">',
    "<a title='@ben'>",
    "<img src=x onerror=alert(1)>",
    "\n",
    "\u2028",
    "\x00",
    "\u202e",
]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from([" ", ""]), st.text(max_size=4)), max_size=10).map("".join)


class Markup(HTMLParser):
    """What a browser would find in some HTML that is not ours to write."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            fine = name in ALLOWED.get(tag, set()) and (name != "class" or set((value or "").split(" ")) <= CLASSES)
            if name == "href":
                fine = (value or "").startswith(("https://", "http://"))
            if not fine:
                self.wrong.append(f"{tag} {name}={value}")
        if tag not in ALLOWED:
            self.wrong.append(tag)

    def handle_comment(self, data: str) -> None:
        self.wrong.append(data)

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(decl)

    def unknown_decl(self, data: str) -> None:
        self.wrong.append(data)


def strange(html: str) -> list[str]:
    reader = Markup()
    reader.feed(html)
    reader.close()
    return reader.wrong


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(TEXTS, TEXTS)
async def test_no_text_becomes_markup_of_its_own(house: House, estate: Estate, text: str, other: str) -> None:
    made: Any = await house.call(
        "POST", "/api/v1/statuses", estate.ada, json={"status": f"x {text}", "spoiler_text": other, "visibility": "direct"}
    )
    fields = [{"name": "x", "value": other}]
    changes = {"note": text[:200], "display_name": other[:15], "fields_attributes": fields}
    me: Any = await house.call("PATCH", "/api/v1/accounts/update_credentials", estate.ada, json=changes)
    if made.status_code == 200:
        assert not strange(made.json()["content"])
        assert made.json()["emojis"] == []
    if me.status_code == 200:
        assert not strange(me.json()["note"])
        assert not [one for field in me.json()["fields"] for one in strange(field["value"])]
        assert me.json()["emojis"] == []


async def test_forms_may_only_come_home(house: House) -> None:
    for path in ("/", "/connexion", "/inscription", "/recuperation", "/local", "/charte"):
        policy = (await house.client.get(path, headers={"accept": "text/html"})).headers["content-security-policy"]
        assert "form-action 'self'" in policy, path
        assert "default-src 'none'" in policy or "default-src 'self'" in policy, path
        assert "unsafe-inline" not in policy, path
