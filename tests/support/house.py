"""The application as tests use it: people in one call, requests as them, every answer recorded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import httpx
import msgspec
from starlette.types import ASGIApp

from salledepause.features import accounts
from salledepause.features.accounts import Family, SignUp
from salledepause.kernel.config import Settings
from salledepause.kernel.events import Event, tell
from salledepause.kernel.marks import Marks
from salledepause.kernel.site import Site
from salledepause.main import application, with_doors_open
from tests.support.recorder import Recorder

PASSWORD = "une longue nuit tranquille"
LATEST = 30.0
"""Seconds within which the bus has brought what was said."""
EVERYTHING = ("read", "write", "follow", "push", "profile")


class Person(msgspec.Struct, frozen=True):
    """Somebody with an account and an app that may do everything for them."""

    id: int
    handle: str
    token: str


class Echo(Event, frozen=True):
    """What a test says to hear when all that was said before has been heard."""

    number: int


class House:
    """A running application, its site, and a client to talk to it."""

    def __init__(self, app: ASGIApp, site: Site, client: httpx.AsyncClient, recorder: Recorder) -> None:
        self.app = app
        self.site = site
        self.side = 0
        """Port of its side door, where streams are to go through it."""
        self.client = client
        self._recorder = recorder
        self._echoes: dict[int, asyncio.Event] = {}
        site.bus.on(Echo, lambda echo: self._echoes[echo.number].set() if echo.number in self._echoes else None)

    async def heard(self) -> None:
        """Wait until the bus has brought all that was said: a stream opened then hears what comes, and nothing older."""
        number = len(self._echoes)
        self._echoes[number] = asyncio.Event()
        async with self.site.db.transaction() as tx:
            tell(tx, Echo(number))
        async with asyncio.timeout(LATEST):
            await self._echoes[number].wait()

    @classmethod
    @asynccontextmanager
    async def opened(cls, settings: Settings, recorder: Recorder, marks: Marks | None = None) -> AsyncIterator[House]:
        """Open the application for a block, as one of the processes that share `marks`."""
        app = application(settings, marks)
        async with app.lifespan_context(app):
            await app.site.bus.ready.wait()
            doors = with_doors_open(app)
            transport = httpx.ASGITransport(app=doors, raise_app_exceptions=True)
            async with httpx.AsyncClient(transport=transport, base_url=settings.origin) as client:
                yield cls(doors, app.site, client, recorder)

    async def person(
        self, handle: str, *, family: Family = Family.OTHER, mode: Literal["contributor", "reader"] = "contributor", **more: Any
    ) -> Person:
        """Sign somebody up and give them a token; `more` changes columns of the account (locked, role, state…)."""
        async with self.site.db.transaction() as tx:
            account_id = await accounts.create(tx, handle, None, family=family, mode=mode)
            for column, value in more.items():
                await tx.run(f"UPDATE accounts SET {column} = %s WHERE id = %s", [value, account_id])
            token = await accounts.give_token(tx, account_id, EVERYTHING)
        return Person(account_id, handle, token)

    async def newcomer(self, handle: str) -> tuple[int, tuple[str, ...]]:
        """Sign somebody up with `PASSWORD`; return their id and recovery words."""
        keys = await accounts.draw_keys(self.site, PASSWORD)
        async with self.site.db.transaction() as tx:
            return await accounts.sign_up(tx, "open", SignUp(handle=handle, password=PASSWORD), keys), keys.words

    async def call(self, method: str, path: str, who: Person | str | None = None, **given: Any) -> httpx.Response:
        """Send a request as somebody (or with a bare token) and record the answer."""
        token = who.token if isinstance(who, Person) else who
        headers = {"authorization": f"Bearer {token}"} if token else {}
        headers |= given.pop("headers", {})
        answer = await self.client.request(method, path, headers=headers, **given)
        kind = answer.headers.get("content-type", "")
        self._recorder.record(method, answer.request.url.path, answer.status_code, answer.content, kind)
        return answer

    async def get(self, path: str, who: Person | str | None = None, **params: Any) -> Any:
        """GET as somebody; return the JSON of a 200 answer."""
        answer = await self.call("GET", path, who, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, who: Person | str | None = None, **body: Any) -> Any:
        """POST JSON as somebody; return the JSON of a 200 answer."""
        answer = await self.call("POST", path, who, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def say(self, who: Person, text: str, **body: Any) -> Any:
        """Publish a status as somebody; return it."""
        return await self.post("/api/v1/statuses", who, status=text, **body)
