"""The edge: one request in, one transaction, one answer out; the only place that commits and that turns refusals into answers.

A door gives a handler, who may enter, and how refusals look; `Door` identifies the caller, counts the request, reads the
parameters, lends a transaction (a plain reading for GET), and sends.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import msgspec
import structlog
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from salledepause.features.accounts import Caller
from salledepause.kernel import ids, words
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Forbidden, Missing, Refusal, TooMany, Unauthenticated
from salledepause.kernel.events import emit
from salledepause.kernel.page import CURSORS, Listed, Page, link_header, offset_header
from salledepause.kernel.site import Site
from salledepause.kernel.windows import POINTER, Stood
from salledepause.surfaces import bodies, metrics, params

T = TypeVar("T")
log = structlog.get_logger(__name__)
Header = tuple[bytes, bytes]

JSON: Header = (b"content-type", b"application/json; charset=utf-8")
HTML: Header = (b"content-type", b"text/html; charset=utf-8")
NOWHERE: Header = (b"cache-control", b"no-store")
"""What no device and no proxy is to keep a copy of."""
OK = 200


class Written(Protocol):
    """A body of which parts differ from one view to the next."""

    weight: int
    """Bytes in memory."""

    def of(self, call: Call) -> tuple[bytes, tuple[Header, ...]]:
        """Return the body for one view, and the headers that it needs."""
        ...


class Answer(msgspec.Struct, frozen=True):
    """What goes back: bytes, or pieces of them that other answers share; a status, headers (content-type included).

    `late` writes the pieces once the transaction ended, from what it answered last. A `file` is sent instead, then erased;
    what is `written` is a body that each view fills.
    """

    body: bytes = b""
    status: int = 200
    headers: tuple[Header, ...] = (JSON,)
    pieces: tuple[bytes, ...] = ()
    late: Callable[[], tuple[bytes, ...]] | None = None
    file: Path | None = None
    written: Written | None = None
    once: bool = False
    """Whether it is for this view alone, and never remembered."""

    @property
    def weight(self) -> int:
        """Bytes that it takes in memory, those that it shares apart."""
        return self.written.weight if self.written else len(self.body) + POINTER * len(self.pieces)

    @property
    def whole(self) -> bytes:
        """All of its bytes."""
        pieces = self.late() if self.late else self.pieces
        return b"".join(pieces) if pieces else self.body


class Call:
    """One request as a handler sees it."""

    __slots__ = ("caller", "counted", "given", "headers", "language", "manner", "scope", "site", "tx")

    def __init__(self, site: Site, scope: Scope, manner: Any) -> None:
        self.site = site
        self.scope = scope
        self.manner = manner
        self.caller: Caller | None = None
        self.counted: tuple[Header, ...] = ()
        """What the limiter says of what is left, as headers."""
        self.headers = Headers(scope=scope)
        self.language = "fr"
        self.given: dict[str, Any] = params.NOTHING
        self.tx: Tx

    @property
    def viewer(self) -> int | None:
        """Id of the account that looks, `None` for a visitor or an app of its own."""
        return self.caller.account_id if self.caller else None

    @property
    def me(self) -> int:
        """Id of the account that acts; only behind doors that require one."""
        if self.caller is None or self.caller.account_id is None:
            raise Unauthenticated
        return self.caller.account_id

    def id(self, name: str = "id") -> int:
        """Return an id of the path; raises Missing when it can be nobody's."""
        return ids.parse(self.scope["path_params"][name])

    def text(self, name: str) -> str:
        """Return a word of the path; raises Missing when the database could hold no such word."""
        word = str(self.scope["path_params"][name])
        if not params.storable(word):
            raise Missing
        return word

    def read(self, kind: type[T]) -> T:
        """Return the parameters as a record; raises BadInput."""
        return params.decode(self.given, kind)

    def page(self, default: int = 20, most: int = 40) -> Page:
        """Return which page is asked for; raises BadInput."""
        limit = params.whole(self.given, "limit")
        bounds = (params.whole(self.given, name) for name in CURSORS)
        return Page(default if limit is None else max(1, min(limit, most)), *bounds)

    def link(self, listing: Listed[Any]) -> tuple[Header, ...]:
        """Return the Link header of a page as headers."""
        query = self.scope["query_string"].decode("ascii", "ignore")
        value = link_header(self.site.url(quote(self.scope["path"])), query, listing)
        return ((b"link", value.encode()),) if value else ()

    def link_by_offset(self, found: int, limit: int, skipped: int) -> tuple[Header, ...]:
        """Return the Link header of a page of a ranked list, which has no cursors, as headers."""
        query = self.scope["query_string"].decode("ascii", "ignore")
        value = offset_header(self.site.url(quote(self.scope["path"])), query, (found, limit, skipped))
        return ((b"link", value.encode()),) if value else ()


def json(value: Any, status: int = 200, headers: tuple[Header, ...] = ()) -> Answer:
    """Return a JSON answer of anything msgspec encodes."""
    return Answer(msgspec.json.encode(value), status, (JSON, *headers))


Handler = Callable[[Call], Awaitable[Answer]]


class Manner(Protocol):
    """How one surface knows people and words its refusals."""

    language: str

    async def identify(self, site: Site, headers: Headers) -> Caller | None:
        """Return who calls; raises Unauthenticated for a token or session that is not valid."""
        ...

    def view(self, call: Call) -> Hashable | None:
        """Return what an answer depends on beside its address and what was read; `None` when it is for this request alone."""
        ...

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        """Return the answer that a refusal makes."""
        ...

    def limit(self, call: Call, rule: Rule) -> tuple[Header, ...]:
        """Count the request; return the headers to add; raises TooMany."""
        ...

    def hears(self, call: Call) -> bool:
        """Tell whether what a refused request holds is read even so, to be given back."""
        ...


PIECE = 256 * 1024
"""Bytes of a file that are read and sent at a time."""
LONGEST_QUESTION = 300
"""Bytes of a query whose answer is worth remembering."""
AS_SET = -1
"""A body as large as the host's `media_bytes`, with its other parameters."""


class Rule(msgspec.Struct, frozen=True):
    """Who may enter: `scope` wanted of a token; `user` a person, `app` at least an app, `anyone`."""

    who: str = "anyone"
    scope: str = ""
    files: int = 0
    """Bytes of a body with files, or `AS_SET`; 0: the route takes none."""
    budget: str = ""
    """Name of a dear door in `limits.DOORS`, counted apart."""
    remembered: bool = False
    """Whether answers are kept while nothing that they stand on changes (kernel/windows.py); its readings say what that is."""
    transaction: bool = True
    """Whether the handler is lent a transaction; without one, it opens its own short ones around slow work."""
    reading: bool = False
    """Whether it tells what people said: nothing for visitors of a house that keeps it to its people."""

    def admit(self, caller: Caller | None, *, visitors: bool = True) -> None:
        """Raise Unauthenticated or Forbidden when the caller may not enter; `visitors`: whether the house lets them read."""
        if self.reading and not visitors and (caller is None or caller.account_id is None):
            raise Unauthenticated
        if caller is None:
            if self.who != "anyone":
                raise Unauthenticated
            return
        if self.who == "user" and caller.account_id is None:
            raise Forbidden("Ce jeton n'est lié à aucun compte : connectez une personne.")
        if self.scope and not caller.may(self.scope):
            raise Forbidden("Cette action demande le droit « {scope} », que ce jeton n'a pas.", scope=self.scope)


FAULT = "Quelque chose s'est mal passé chez nous, pas chez vous. Réessayez dans un instant ; si cela dure, prévenez les hôtes."


class Broken(Refusal):
    """Something of ours failed; nothing was written."""

    status = 500

    def __init__(self) -> None:
        super().__init__(FAULT)


async def _hand_over(send: Send, answer: Answer, path: Path) -> None:
    """Send a file piece by piece, and erase it, sent whole or not."""
    try:
        size = (await asyncio.to_thread(path.stat)).st_size
        headers = [*answer.headers, (b"content-length", str(size).encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        with await asyncio.to_thread(path.open, "rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


def _headers(call: Call, answer: Answer) -> tuple[Header, ...]:
    """Return the headers of an answer: of words that end, no device and no proxy keeps a copy."""
    tx = getattr(call, "tx", None)
    if tx is None or not tx.fleeting:
        return answer.headers
    return (*(pair for pair in answer.headers if pair[0] != NOWHERE[0]), NOWHERE)


async def settle(site: Site, tx: Tx | None) -> None:
    """Tell what a reading left to be told, in a transaction of its own; most leave nothing."""
    if tx is not None and tx.owed:
        async with site.db.transaction() as writing:
            for event in tx.owed:
                await emit(writing, event)


class Door:
    """One route as an ASGI application."""

    def __init__(self, site: Site, handler: Handler, manner: Manner, rule: Rule, name: str) -> None:
        self._site = site
        self._handler = handler
        self._manner = manner
        self._rule = rule
        self._name = name
        self._seen = metrics.timer(name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        began = time.perf_counter()
        call = Call(self._site, scope, self._manner)
        try:
            answer = await self._serve(call, receive)
        except Refusal as refusal:
            answer = self._refuse(call, refusal)
        except Exception:  # the edge: whatever breaks is told loudly in the log and plainly to the person
            log.exception("request.failed", route=self._name)
            answer = self._refuse(call, Broken())
        if answer.file:
            await _hand_over(send, answer, answer.file)
            self._seen(answer.status, time.perf_counter() - began)
            return
        body, own = answer.written.of(call) if answer.written else (answer.whole, ())
        headers = [*_headers(call, answer), *own, *call.counted, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
        self._seen(answer.status, time.perf_counter() - began)

    async def _serve(self, call: Call, receive: Receive) -> Answer:
        if wished := call.headers.get("accept-language"):
            call.language = words.chosen(wished, self._manner.language)
        else:
            call.language = self._manner.language
        call.caller = await self._identify(call)
        try:
            call.counted = self._manner.limit(call, self._rule)
            self._rule.admit(call.caller, visitors=self._site.settings.visitors)
        except Refusal:
            if self._manner.hears(call):
                await self._hear(call, receive)
            raise
        return await (self._remembered(call) if self._rule.remembered else self._with_body(call, receive))

    async def _hear(self, call: Call, receive: Receive) -> None:
        """Read the form of who is refused, as far as a form without files goes; what cannot be read is let go."""
        with suppress(Refusal), TemporaryDirectory(prefix="salledepause-") as folder:
            call.given = await bodies.read(call.headers, receive, folder=Path(folder))

    async def _identify(self, call: Call) -> Caller | None:
        """Return who calls; whoever comes with a token that opens nothing is counted like anybody."""
        try:
            return await self._manner.identify(self._site, call.headers)
        except Refusal:
            self._manner.limit(call, self._rule)
            raise

    async def _remembered(self, call: Call) -> Answer:
        """Return the answer remembered for this very question and view, or read it and remember it."""
        scope, windows = call.scope, self._site.windows
        view = self._manner.view(call)
        key = (view, scope["path"], scope["query_string"])
        found: Answer | None = windows.recall(key) if view else None
        if found is not None:
            return found
        call.given = params.from_query(scope["query_string"])
        tick = windows.marks.tick()
        async with self._site.db.reading() as call.tx:
            answer = await self._handler(call)
        await settle(self._site, call.tx)
        if view and not (answer.once or call.tx.passing or call.tx.fleeting) and len(scope["query_string"]) < LONGEST_QUESTION:
            windows.keep(key, answer, answer.weight, Stood(call.tx.read, tick, call.tx.ends))
        return answer

    async def _with_body(self, call: Call, receive: Receive) -> Answer:
        scope = call.scope
        call.given = params.from_query(scope["query_string"])
        if scope["method"] in {"GET", "HEAD"}:
            if call.headers.get("content-length", "0") != "0":
                call.given |= await bodies.read(call.headers, receive)
            if not self._rule.transaction:
                return await self._alone(call)
            async with self._site.db.reading() as call.tx:
                answer = await self._handler(call)
            await settle(self._site, call.tx)
            return answer
        if not self._rule.files:
            call.given |= await bodies.read(call.headers, receive)
            return await self._write(call)
        most = self._site.settings.media_bytes + bodies.PLAIN_LIMIT if self._rule.files == AS_SET else self._rule.files
        with TemporaryDirectory(prefix="salledepause-") as folder:
            call.given |= await bodies.read(call.headers, receive, limit=most, folder=Path(folder))
            return await self._write(call)

    async def _alone(self, call: Call) -> Answer:
        """Return the answer of a handler that opens its own transactions."""
        answer = await self._handler(call)
        await settle(self._site, getattr(call, "tx", None))
        return answer

    async def _write(self, call: Call) -> Answer:
        if not self._rule.transaction:
            return await self._alone(call)
        async with self._site.db.transaction() as call.tx:
            answer = await self._handler(call)
            for event in call.tx.owed:
                await emit(call.tx, event)
            return answer

    def _refuse(self, call: Call, refusal: Refusal) -> Answer:
        answer = self._manner.refuse(call, refusal)
        if isinstance(refusal, TooMany):
            wait = (b"retry-after", str(refusal.retry_after).encode())
            return msgspec.structs.replace(answer, headers=(*answer.headers, wait))
        return answer
