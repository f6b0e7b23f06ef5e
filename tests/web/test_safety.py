"""What no page does: run a script, sit in a frame, obey another site, say more to one than another may read."""

from __future__ import annotations

import re

import msgspec
import pytest

from salledepause.kernel.config import Settings
from salledepause.surfaces import web
from salledepause.surfaces.web.safety import PERMISSIONS, POLICY
from tests.security.estate import rows
from tests.support.house import House
from tests.support.recorder import Recorder
from tests.web.visitor import Form, Page, Visitor, visiting

PAGES = ["/", "/local", "/charte", "/inscription", "/connexion", "/recuperation", "/tags/nuit", "/@nuit", "/@personne", "/rien"]
SCRIPT = re.compile(r'<script type="module" src="/static/js-[0-9a-f]{12}/\w+\.js"></script>')
"""The only form that a script has in a page: a file of ours, named after what it holds."""
CORPUS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}<b>",
    'javascript:alert(1) https://exemple.org/"onclick=alert(1)',
    '<a href="javascript:alert(1)">x</a>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<math><mtext></p><style><img src=x onerror=alert(1)>",
    "%(name)s %s %% {name}",
]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_refuses_scripts_frames_and_foreign_styles(nurse: Visitor, visitor: Visitor, path: str) -> None:
    for browser in (nurse, visitor):
        answer = await browser.client.get(path, follow_redirects=True)
        headers = answer.headers
        policy = headers["content-security-policy"]
        assert policy == POLICY.format(forms="'self'")
        assert set(policy.split("; ")) >= {
            *("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"),
            *("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"),
        }
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert {"cookie", "accept-language", "x-fragment"} <= set(headers["vary"].split(", "))
        assert "private" in headers["cache-control"]
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["permissions-policy"] == PERMISSIONS
        assert SCRIPT.sub("", answer.text).count("<script") == 0
        assert not re.search(r"\sstyle=|\son\w+=|javascript:", answer.text)


async def test_an_address_that_leads_nowhere_is_a_page_to_people_and_json_to_apps(visitor: Visitor, nurse: Visitor) -> None:
    page = await visitor.get("/rien/du/tout", status=404)
    assert "Il n'y a personne derrière cette porte" in page.text
    assert "Mon profil" in (await nurse.get("/rien", status=404)).text
    assert (await visitor.client.get("/api/v1/rien")).json() == {"error": "Record not found"}
    assert (await visitor.client.get("/rien", headers={"accept": "*/*"})).json() == {"error": "Record not found"}


async def test_a_fault_of_ours_is_a_page_to_people_and_json_to_apps(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("salledepause.features.timelines.public", broken)
    page = await house.client.get("/local", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert "Le courant a sauté" in page.text
    answer = await house.client.get("/api/v1/timelines/public")
    assert answer.status_code == 500
    assert answer.json()["error"]


async def test_too_many_attempts_are_slowed_down_by_a_page(settings: Settings, recorder: Recorder) -> None:
    async with House.opened(msgspec.structs.replace(settings, rate_limit=1000), recorder) as house, visiting(house) as visitor:
        await visitor.get("/connexion")
        for number in range(30):
            assert (await visitor.post("/connexion", handle=f"a{number}", password="x")).status_code == 422
        page = await visitor.submit("/connexion", handle="a" * 31, password="x", status=429)
        assert "Doucement" in page.text
        assert int(page.answer.headers["retry-after"]) > 0
        assert (await visitor.client.get("/local")).status_code == 200


FORMS = [line.path for topic in web.TOPICS for line in topic.ROUTES if line.method == "POST"]
"""Where pages send forms: all of them."""


async def test_a_form_of_another_site_does_nothing(house: House, nurse: Visitor) -> None:
    await nurse.get("/")
    before = await rows(house)
    nurse.client.headers["sec-fetch-site"] = "cross-site"
    for path in FORMS:
        for word in (None, "", "faux", "é", "\udcff".encode("utf-8", "surrogateescape").hex()):
            sent = {"gesture": "like", "text": "volé", "decision": "allow"}
            answer = await nurse.client.post(re.sub(r"\{\w+\}", "1", path), data=sent if word is None else sent | {"csrf": word})
            assert answer.status_code == 403, path
            assert "n’est plus valable" in answer.text, path
    assert len(FORMS) > 60
    assert await rows(house) == before


@pytest.mark.parametrize(
    "action", ["/connexion", "/inscription", "/recuperation", "/inscription/entree", "/deconnexion", "/apparence"]
)
async def test_a_visitors_form_needs_the_cookie_that_came_with_it(house: House, visitor: Visitor, action: str) -> None:
    await visitor.get("/connexion")
    word = visitor.page.form("/connexion").values["csrf"]
    async with visiting(house) as stranger:
        for values in ({}, {"csrf": word}, {"csrf": ""}):
            answer = await stranger.client.post(action, data=values)
            assert answer.status_code == 403, values
    visitor.client.cookies.clear()
    assert (await visitor.client.post(action, data={"csrf": word})).status_code == 403


async def test_the_word_of_one_session_opens_no_other(nurse: Visitor, director: Visitor) -> None:
    await nurse.get("/ecrire")
    stolen = nurse.page.form("/ecrire").values
    answer = await director.client.post("/ecrire", data=stolen | {"text": "à sa place"})
    assert answer.status_code == 403


@pytest.mark.parametrize("nasty", CORPUS)
async def test_what_people_type_is_never_markup(house: House, nurse: Visitor, visitor: Visitor, nasty: str) -> None:
    await nurse.get("/")
    async with house.site.db.transaction() as tx:
        columns = {"name": nasty[:60], "note": nasty, "fields": msgspec.json.encode([[nasty, nasty]]).decode()}
        for column, value in columns.items():
            await tx.run(f"UPDATE accounts SET {column} = %s WHERE handle = 'nuit'", [value])
    post = await nurse.write(nasty + " #" + "x" + nasty, warning=nasty, kind="rant")
    for path in ("/", "/local", "/@nuit", f"/@nuit/{post}", "/ecrire"):
        for browser in (nurse, visitor):
            page = Page(await browser.client.get(path, follow_redirects=True))
            assert not SCRIPT.sub("", page.answer.text).count("<script")
            assert not [one for tag, one in page.tags if any(name.startswith("on") for name in one)]
            assert not [link for link in page.links if link.lower().startswith("javascript")]
            assert {tag for tag, _ in page.tags} <= KNOWN
    assert Page(await visitor.client.get(f"/@nuit/{post}")).all("title")


KNOWN = {
    *("html", "head", "meta", "title", "link", "body", "header", "nav", "main", "footer", "section", "article", "aside"),
    *(
        "figure",
        "figcaption",
        "a",
        "p",
        "div",
        "span",
        "b",
        "i",
        "small",
        "strong",
        "br",
        "time",
        "h1",
        "h2",
        "h3",
        "ul",
        "ol",
        "li",
    ),
    *("dl", "dt", "dd", "form", "input", "button", "textarea", "label", "fieldset", "legend", "select", "option", "details"),
    *("summary", "meter", "svg", "use", "img", "video", "script", "abbr", "blockquote", "progress", "template"),
}
"""Every tag that our own templates write."""


async def test_a_refused_message_comes_back_escaped_in_its_form(nurse: Visitor) -> None:
    await nurse.get("/ecrire")
    nasty = "</textarea><script>alert(1)</script>" + "a" * 5000
    page = await nurse.submit("/ecrire", text=nasty, warning='"><b>', status=422)
    assert not SCRIPT.sub("", page.answer.text).count("<script")
    form: Form = page.form("/ecrire")
    assert form.values["text"] == nasty
    assert form.values["warning"] == '"><b>'


async def test_shared_files_are_kept_for_good_under_a_name_that_changes(visitor: Visitor) -> None:
    page = await visitor.get("/")
    sheet = next(one["href"] for one in page.all("link", rel="stylesheet"))
    answer = await visitor.client.get(sheet)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert (await visitor.client.get(sheet.replace(".css", "0.css"))).status_code == 404
    assert (await visitor.client.get("/static/../manner.py")).status_code == 404
    assert (await visitor.client.get("/static/%2e%2e%2fmanner.py")).status_code == 404
    icon = await visitor.client.get("/favicon.svg")
    assert icon.headers["content-type"].startswith("image/svg+xml")
    assert "sandbox" in icon.headers["content-security-policy"]
    robots = (await visitor.client.get("/robots.txt")).text
    assert "Disallow: /oauth/" in robots
    assert "Disallow: /\n" not in robots
