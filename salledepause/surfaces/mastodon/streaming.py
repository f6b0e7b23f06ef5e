"""Streams of the API, over WebSocket and as server-sent events (https://docs.joinmastodon.org/methods/streaming/).

A stream is opened by a person's token and closed within a second of its revocation; a client that does not keep up is closed.
The token comes in the Authorization header, in the query or as the WebSocket's subprotocol, which is then echoed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import msgspec
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from salledepause.features import graph, rooms
from salledepause.kernel import ids, words
from salledepause.kernel.errors import Forbidden, Missing, Refusal, TooMany, Unauthenticated
from salledepause.kernel.site import Site
from salledepause.kernel.text import tag_key
from salledepause.surfaces import limits, params
from salledepause.surfaces.edge import JSON, Header
from salledepause.surfaces.mastodon import streams
from salledepause.surfaces.mastodon.herald import Herald
from salledepause.surfaces.mastodon.manner import Callers
from salledepause.surfaces.mastodon.shelf import Presenter
from salledepause.surfaces.mastodon.streams import Listener, Problem, Subscription, Topic

FAREWELL = 1
"""Seconds that a client has to take the end of its stream."""
MOST_OPEN = 30
"""Streams of one account in one process, where there are rate limits at all."""
LONGEST_FRAME = 4096
"""Characters of what a client asks on its WebSocket."""
POLICY, TRY_LATER = 1008, 1013
"""Why a WebSocket is closed (RFC 6455 §7.4.1 and the registry it opens)."""

PATHS = {
    "user": "user",
    "user/notification": "user:notification",
    "public": "public",
    "public/local": "public:local",
    "public/remote": "public:remote",
    "hashtag": "hashtag",
    "hashtag/local": "hashtag:local",
    "list": "list",
    "direct": "direct",
}
"""Streams by their address as server-sent events."""
EVENTS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"private, no-store"),
    (b"x-accel-buffering", b"no"),
]


class Asked(msgspec.Struct):
    """What a client wants to hear, in a query or in a frame of its WebSocket."""

    stream: str = ""
    list: str | int = ""
    tag: str = ""
    only_media: bool = False
    type: str = ""
    access_token: str = ""


class Desk:
    """Where streams are opened: who asks, what they may hear."""

    def __init__(self, site: Site, callers: Callers, herald: Herald, limiter: limits.Limiter) -> None:
        """Take what tells who calls, what makes streams heard and what counts who knocks in vain."""
        self._site = site
        self._callers = callers
        self._limiter = limiter
        self.herald = herald

    async def listener(self, scope: Scope, asked: Asked) -> Listener:
        """Return a new stream of whom a token speaks for. Raises Unauthenticated, Forbidden, TooMany.

        Whoever comes with a token that opens nothing is counted by peer, as at every other door of the API.
        """
        try:
            return await self._listener(token_of(scope, asked))
        except (Unauthenticated, Forbidden):
            self._limiter.count(limits.peer(scope, Headers(scope=scope), self._site.settings.trusted_proxies))
            raise

    async def _listener(self, token: str) -> Listener:
        if not token:
            raise Unauthenticated("Ce flux demande un jeton d'accès.")
        caller = await self._callers.of(token)
        if caller.account_id is None:
            raise Unauthenticated("Ce flux demande le jeton d'une personne.")
        if caller.state != "active":
            raise Forbidden("Ce compte attend encore d'être accueilli.")
        if self._site.settings.rate_limit and len(self.herald.hub.listeners(caller.account_id)) >= MOST_OPEN:
            raise TooMany("Trop de flux ouverts à la fois : fermez-en un.")
        return Listener(token, caller, caller.account_id)

    async def subscription(self, listener: Listener, asked: Asked) -> Subscription:
        """Return what a stream wants to hear, if it may. Raises UnknownStream, Forbidden, Unauthenticated, Refusal."""
        streams.admit(listener.caller, asked.stream)
        wanted = topic(listener, asked)
        if asked.stream == "list":
            await self._own(listener, wanted)
        return wanted

    @contextmanager
    def seat(self, listener: Listener) -> Iterator[None]:
        """Let a stream be heard for a block."""
        self.herald.open(listener)
        try:
            yield
        finally:
            self.herald.close(listener)

    async def _own(self, listener: Listener, wanted: Subscription) -> None:
        try:
            async with self._site.db.reading() as tx:
                if not await rooms.one_of_mine(tx, listener.viewer, int(wanted.topic.of)):
                    await graph.one_list(tx, listener.viewer, int(wanted.topic.of))
        except Missing as error:
            raise Unauthenticated("Cette liste ne vous est pas ouverte.") from error


def topic(listener: Listener, asked: Asked) -> Subscription:
    """Return the topic that a client names; raises Refusal when it names no tag or no list."""
    name = asked.stream
    if name in streams.PERSONAL:
        return Subscription(Topic(name, listener.viewer), (name,))
    if name.startswith("hashtag"):
        if not (key := tag_key(asked.tag.removeprefix("#"))):
            raise Refusal("Dites de quel mot-dièse (paramètre tag).")
        return Subscription(Topic(name, key), (name, asked.tag))
    if name == "list":
        return Subscription(Topic(name, _list_id(asked.list)), (name, str(asked.list)))
    return Subscription(Topic(name), (name,))


def _list_id(text: str | int) -> int:
    try:
        return ids.parse(str(text))
    except Missing as error:
        raise Unauthenticated("Cette liste ne vous est pas ouverte.") from error


def told(scope: Scope, refusal: Refusal) -> bytes:
    """Return a refusal as the JSON of the API, in the language that the client asks for."""
    language = words.chosen(Headers(scope=scope).get("accept-language", ""), "en")
    return msgspec.json.encode({"error": words.told(refusal, language)})


def token_of(scope: Scope, asked: Asked) -> str:
    """Return the token that comes with a request, by header, query or subprotocol."""
    kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    return asked.access_token or next(iter(scope.get("subprotocols", ())), "")


async def _together(listener: Listener, *work: Coroutine[Any, Any, None]) -> None:
    """Run a stream's two sides until one ends or the stream is closed."""
    tasks = [asyncio.create_task(one) for one in work]
    for task in tasks:
        task.add_done_callback(lambda _: listener.close())
    try:
        await listener.closed.wait()
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception) and not isinstance(end, OSError | WebSocketDisconnect):
            raise end


class EventSource:
    """One stream as server-sent events."""

    def __init__(self, desk: Desk, name: str) -> None:
        """Serve the stream of this name."""
        self._desk = desk
        self._name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one stream until either side ends it."""
        try:
            asked = params.decode(params.from_query(scope["query_string"]), Asked)
            suffix = ":media" if asked.only_media and self._name in streams.ROOMS else ""
            asked.stream = self._name + suffix
            listener = await self._desk.listener(scope, asked)
            subscription = await self._desk.subscription(listener, asked)
        except Refusal as refusal:
            await _answer(send, refusal.status, [JSON, *_wait(refusal)], told(scope, refusal))
            return
        with self._desk.seat(listener):
            self._desk.herald.hub.subscribe(listener, subscription)
            await send({"type": "http.response.start", "status": 200, "headers": EVENTS})
            await send(_chunk(b":)\n"))
            await _together(listener, _pour(listener, send), _until_gone(receive))
        with suppress(OSError):
            async with asyncio.timeout(FAREWELL):
                await send({"type": "http.response.body", "body": b""})


async def _pour(listener: Listener, send: Send) -> None:
    while True:
        await send(_chunk(b"".join(one.lines() for one in await listener.all())))


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _chunk(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True}


class Socket:
    """Several streams over one WebSocket."""

    def __init__(self, desk: Desk) -> None:
        """Open streams at this desk."""
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one WebSocket until either side ends it."""
        socket = WebSocket(scope, receive, send)
        try:
            asked = params.decode(params.from_query(scope["query_string"]), Asked)
            listener = await self._desk.listener(scope, asked)
        except Refusal as refusal:
            await _deny(socket, refusal)
            return
        with self._desk.seat(listener):
            if asked.stream:  # before the client knows that it is in: it then misses nothing that it knows to come after
                asked.type = "subscribe"
                await self._change(scope, listener, asked)
            await socket.accept(subprotocol=next(iter(scope.get("subprotocols", ())), None))
            await _together(listener, _speak(listener, socket), self._obey(scope, listener, socket))
        with suppress(RuntimeError, OSError, WebSocketDisconnect):  # the client had gone first
            async with asyncio.timeout(FAREWELL):
                await socket.close(TRY_LATER)

    async def _obey(self, scope: Scope, listener: Listener, socket: WebSocket) -> None:
        """Do what the client's frames ask; a frame that is no JSON object is ignored, as Mastodon does."""
        while (message := await socket.receive())["type"] == "websocket.receive":
            text = message.get("text") or ""
            if not text or len(text) > LONGEST_FRAME:
                continue
            try:
                asked = msgspec.json.decode(text, type=Asked)
            except msgspec.MsgspecError:
                continue
            await self._change(scope, listener, asked)

    async def _change(self, scope: Scope, listener: Listener, asked: Asked) -> None:
        hub = self._desk.herald.hub
        try:
            if asked.type == "subscribe":
                hub.subscribe(listener, await self._desk.subscription(listener, asked))
            elif asked.type == "unsubscribe":
                streams.scope_of(asked.stream)
                hub.unsubscribe(listener, topic(listener, asked).topic)
        except Refusal as refusal:
            error = msgspec.json.decode(told(scope, refusal))["error"]
            listener.push(Problem(error, refusal.status))


async def _speak(listener: Listener, socket: WebSocket) -> None:
    while True:
        await socket.send_text((await listener.next()).frame())


async def _deny(socket: WebSocket, refusal: Refusal) -> None:
    """Refuse a WebSocket with the API's own error where the server can, else by closing before accepting (403)."""
    if "websocket.http.response" in socket.scope.get("extensions", {}):
        headers = {name.decode(): value.decode() for name, value in (JSON, *_wait(refusal))}
        await socket.send_denial_response(Response(told(socket.scope, refusal), refusal.status, headers))
    else:
        await socket.close(POLICY)


def _wait(refusal: Refusal) -> tuple[Header, ...]:
    return ((b"retry-after", str(refusal.retry_after).encode()),) if isinstance(refusal, TooMany) else ()


class Plain:
    """A fixed answer."""

    def __init__(self, status: int, body: bytes, kind: bytes = JSON[1]) -> None:
        """Answer this, always."""
        self._status, self._body, self._kind = status, body, kind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        del receive
        body = b"" if scope["method"] == "HEAD" else self._body
        await _answer(send, self._status, [(b"content-type", self._kind)], body)


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    sized = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": sized})
    await send({"type": "http.response.body", "body": body})


ROOT = "/api/v1/streaming"


def routes(site: Site, callers: Callers, presenter: Presenter, limiter: limits.Limiter) -> list[BaseRoute]:
    """Return every stream: `/health`, one address a stream for server-sent events, and the WebSocket."""
    desk = Desk(site, callers, Herald(site, callers, presenter), limiter)
    socket = Socket(desk)
    return [
        Route(ROOT + "/health", endpoint=Plain(200, b"OK", b"text/plain; charset=utf-8")),
        *[Route(f"{ROOT}/{path}", endpoint=EventSource(desk, name), methods=["GET"]) for path, name in PATHS.items()],
        WebSocketRoute(ROOT, endpoint=socket),
        WebSocketRoute(ROOT + "/", endpoint=socket),
        Route(ROOT, endpoint=Plain(404, b'{"error":"Record not found"}')),
        Route(ROOT + "/{rest:path}", endpoint=Plain(400, b'{"error":"Unknown channel requested"}')),
    ]
