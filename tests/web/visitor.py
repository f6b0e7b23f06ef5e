"""A browser without scripts: it keeps cookies, follows redirections, and sends only forms that a page holds."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx

from tests.support.house import House

PASSWORD = "une longue nuit tranquille"
HTML = {"accept": "text/html", "accept-language": "fr"}


class Form:
    """A form of a page: where it goes, what it holds, its buttons."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self.action = attributes.get("action", "")
        self.method = attributes.get("method", "get").upper()
        self.values: dict[str, str] = {}
        self.choices: dict[str, list[str]] = {}
        self.buttons: list[tuple[str, str]] = []
        self.required: set[str] = set()
        self.undoes = "data-undo" in attributes

    def __contains__(self, name: str) -> bool:
        return name in self.values or name in self.choices or any(name == button for button, _ in self.buttons)


class Page(HTMLParser):
    """What a page holds that tests look at: forms, links, identifiers, tags with their attributes."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(convert_charrefs=True)
        self.answer = answer
        self.forms: list[Form] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._open: Form | None = None
        self._area = ""
        self._select = ""
        self.feed(answer.text)

    @property
    def text(self) -> str:
        """All the text, spaces made plain."""
        return " ".join("".join(self.words).replace("\u202f", " ").replace("\u00a0", " ").replace("’", "'").split())

    @property
    def secrets(self) -> list[str]:
        """The recovery words that it shows."""
        listed = self.answer.text.partition('<ol class="secret" translate="no">')[2].partition("</ol>")[0]
        return re.findall(r"<li>(\w+)</li>", listed)

    @property
    def links(self) -> list[str]:
        return [attributes["href"] for tag, attributes in self.tags if tag == "a" and "href" in attributes]

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """Return the attributes of the tags that have these values (`class_`: one of the classes)."""
        return [one for name, one in self.tags if name == tag and all(_has(one, *pair) for pair in wanted.items())]

    def form(self, action: str) -> Form:
        """Return the only form that goes to an address, those that undo something apart."""
        found = [one for one in self.forms if one.action == action and not one.undoes]
        assert len(found) == 1, [one.action for one in self.forms]
        return found[0]

    @property
    def undo(self) -> Form:
        """The form that takes back what was just done."""
        (found,) = [one for one in self.forms if one.undoes]
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        if tag == "form":
            assert self._open is None, "a form inside a form"
            self._open = Form(attributes)
            self.forms.append(self._open)
        elif self._open is not None:
            self._field(self._open, tag, attributes)

    def _field(self, form: Form, tag: str, attributes: dict[str, str]) -> None:
        name = attributes.get("name", "")
        if "required" in attributes:
            form.required.add(name)
        if tag == "input" and attributes.get("type") in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append(attributes.get("value", "on"))
            if "checked" in attributes:
                form.values[name] = attributes.get("value", "on")
        elif tag == "input":
            form.values[name] = attributes.get("value", "")
        elif tag == "textarea":
            form.values[name] = ""
            self._area = name
        elif tag == "select":
            self._select = name
        elif tag == "option":
            form.choices.setdefault(self._select, []).append(attributes.get("value", ""))
            if "selected" in attributes:
                form.values[self._select] = attributes.get("value", "")
        elif tag == "button":
            form.buttons.append((name, attributes.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = ""
        elif tag in {"p", "li", "h1", "h2", "div", "button", "summary", "a", "span"}:
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if self._area and self._open is not None:
            self._open.values[self._area] += data
        else:
            self.words.append(data)


def _has(attributes: dict[str, str], name: str, value: str) -> bool:
    if name == "class_":
        return value in attributes.get("class", "").split()
    return attributes.get(name.replace("_", "-")) == value


class Visitor:
    """Somebody with a browser."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page: Page

    async def get(self, path: str, status: int = 200, **given: Any) -> Page:
        """Read a page, wherever it leads."""
        answer = await self.client.get(path, follow_redirects=True, **given)
        assert answer.status_code == status, (answer.status_code, answer.text[-600:])
        self.page = Page(answer)
        return self.page

    async def submit(self, action: str, *, button: tuple[str, str] | None = None, status: int = 200, **values: str) -> Page:
        """Fill a form of the page that is open and send it, then read where it leads."""
        answer = await self.post(action, button=button, **values)
        while answer.is_redirect:
            answer = await self.client.get(urljoin(str(answer.url), answer.headers["location"]))
        assert answer.status_code == status, (answer.status_code, Page(answer).text[-600:])
        self.page = Page(answer)
        return self.page

    async def post(self, action: str, *, button: tuple[str, str] | None = None, **values: str) -> httpx.Response:
        """Fill a form and send it; return the very first answer."""
        form = self.page.form(action)
        for name, value in values.items():
            assert name in form, f"no field {name} in {form.values}"
            assert name not in form.choices or value in form.choices[name], form.choices[name]
        if button:
            assert button in form.buttons, form.buttons
        elif form.buttons and form.buttons[0][0]:
            button = form.buttons[0]
        sent = form.values | values | (dict([button]) if button and button[0] else {})
        return await self.client.request(form.method, action, data=sent)

    async def sign_up(self, handle: str, family: str = "soignant-paramedical", mode: str = "contributor", **more: Any) -> Page:
        """Come in by the forms; return the first page after the words."""
        await self.present(handle, family=family, mode=mode, **more)
        return await self.submit("/inscription/fin", **await self.noted())

    async def present(self, handle: str, path: str = "/inscription", status: int = 200, **who: Any) -> Page:
        """Go through the first two steps of the sign-up; return the page of the words."""
        await self.get(path)
        await self.submit("/inscription", handle=handle, password=PASSWORD)
        return await self.submit("/inscription/qui", status=status, **({"family": "autre"} | who))

    async def noted(self) -> dict[str, Any]:
        """Note the words that are shown, go on, and return the answers to what is asked."""
        words = self.page.secrets
        asked = await self.submit("/inscription/mots")
        places = [int(label) - 1 for label in re.findall(r"Mot n° (\d)", asked.text)]
        return {name: words[place] for name, place in zip(("one", "two", "three"), places, strict=True)}

    async def sign_in(self, handle: str, password: str = PASSWORD) -> Page:
        """Open one's session by the form."""
        await self.get("/connexion")
        return await self.submit("/connexion", handle=handle, password=password)

    async def write(self, text: str, **more: str) -> int:
        """Publish by the form; return the id of the post."""
        await self.get("/ecrire")
        return await self.send(text, **more)

    async def answer(self, path: str, text: str, **more: str) -> int:
        """Answer a post by the form of its page; return the id of the answer."""
        await self.get(path)
        return await self.send(text, **more)

    async def send(self, text: str, **more: Any) -> int:
        answer = await self.post("/ecrire", text=text, **more)
        if answer.status_code == 200:  # a long text is looked at before it is sent
            self.page = Page(answer)
            answer = await self.post("/ecrire")
        assert answer.status_code == 303, Page(answer).text
        return int(answer.headers["location"].rpartition("#p")[2])


@asynccontextmanager
async def visiting(house: House) -> AsyncIterator[Visitor]:
    """Open a browser of its own on the house."""
    transport = house.client._transport  # noqa: SLF001 - the same application, other cookies
    async with httpx.AsyncClient(transport=_Shared(transport), base_url=house.client.base_url, headers=HTML) as client:
        yield Visitor(client)


class _Shared(httpx.AsyncBaseTransport):
    """The application's transport, left open when one browser closes."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._inner.handle_async_request(request)


def posts(page: Page) -> Iterator[dict[str, str]]:
    """Yield the attributes of each post of a page."""
    yield from page.all("article", class_="post")
