"""Who listens to what: open streams, indexed by what they want to hear. Pure: it opens no connection and asks no database.

A `Listener` is one open stream with a bounded line of deliveries; one that does not keep up is closed, never waited for.
Streams and their names: https://docs.joinmastodon.org/methods/streaming/#streams
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from salledepause.features.accounts import Caller
from salledepause.kernel.errors import BadInput, Forbidden, Refusal

LONGEST_LINE = 200
"""Deliveries waiting for one client; one more and it is closed."""
MOST_SUBSCRIPTIONS = 50

PERSONAL = {"user", "user:notification", "direct"}
ROOMS = {"public", "public:local", "public:remote"}
OPEN = ROOMS | {f"{name}:media" for name in ROOMS} | {"hashtag", "hashtag:local"}
"""Where what is public shows."""
NAMES = PERSONAL | OPEN | {"list"}
SCOPES = {"user:notification": "read:notifications"}
"""Scope wanted of a token by stream, `read:statuses` for the others."""


class UnknownStream(Refusal):
    """No stream bears this name."""


class Topic(NamedTuple):
    """What is listened to: a stream's name and whose, which tag's or which list's it is (nothing for public ones)."""

    name: str
    of: int | str = ""


class Subscription(NamedTuple):
    """A topic as a client asked for it; `label` comes back with each event, `["hashtag", "Nuit"]` for instance."""

    topic: Topic
    label: tuple[str, ...]


class Delivery:
    """An event for clients: the stream it comes from, its name, its payload as JSON (or a bare id); written once for all."""

    __slots__ = ("_event", "_frame", "_label", "_lines", "_payload")

    def __init__(self, label: tuple[str, ...], event: str, payload: bytes) -> None:
        """Hold an event until it is first sent."""
        self._label = label
        self._event = event
        self._payload = payload
        self._frame = ""
        self._lines = b""

    def frame(self) -> str:
        """Return it as a WebSocket message: the payload is a string within the JSON."""
        if not self._frame:
            said = {"stream": self._label, "event": self._event, "payload": self._payload.decode()}
            self._frame = msgspec.json.encode(said).decode()
        return self._frame

    def lines(self) -> bytes:
        """Return it as a server-sent event (HTML standard, «Server-sent events»); JSON of ours holds no line break."""
        if not self._lines:
            self._lines = b"event: " + self._event.encode() + b"\ndata: " + self._payload + b"\n\n"
        return self._lines


class Problem(NamedTuple):
    """What is wrong with something that a client asked for on its open stream."""

    error: str
    status: int

    def frame(self) -> str:
        """Return it as a WebSocket message."""
        return msgspec.json.encode({"error": self.error, "status": self.status}).decode()

    def lines(self) -> bytes:
        """Return it as a comment: nothing is asked on server-sent events."""
        return b":" + str(self.status).encode() + b"\n"


class Beat:
    """A sign of life: a comment among server-sent events; on a WebSocket an event of no stream, as ASGI has no ping frame."""

    def frame(self) -> str:
        """Return it as a WebSocket message."""
        return '{"stream":[],"event":"heartbeat","payload":"{}"}'

    def lines(self) -> bytes:
        """Return it as a server-sent event's comment."""
        return b":thump\n"


BEAT = Beat()
Line = Delivery | Problem | Beat


class Listener:
    """One open stream of one account."""

    __slots__ = ("_line", "_wake", "caller", "closed", "subscriptions", "token", "viewer")

    def __init__(self, token: str, caller: Caller, viewer: int) -> None:
        """Open a stream that hears nothing yet."""
        self.token = token
        self.caller = caller
        self.viewer = viewer
        self.subscriptions: dict[Topic, Subscription] = {}
        self.closed = asyncio.Event()
        self._line: deque[Line] = deque()
        self._wake = asyncio.Event()

    def push(self, delivery: Line) -> None:
        """Put a delivery in line; close the stream when the line is full."""
        if len(self._line) >= LONGEST_LINE:
            self.close()
            return
        self._line.append(delivery)
        self._wake.set()

    async def next(self) -> Line:
        """Wait for the next delivery."""
        while not self._line:
            self._wake.clear()
            await self._wake.wait()
        return self._line.popleft()

    async def all(self) -> list[Line]:
        """Wait for the next delivery; return it with all that came meanwhile."""
        waiting = [await self.next(), *self._line]
        self._line.clear()
        return waiting

    def close(self) -> None:
        """End the stream; what waits in line is dropped."""
        self._line.clear()
        self.closed.set()


class Hub:
    """Every open stream of one process."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._listeners: dict[Listener, None] = {}
        self._by_topic: dict[Topic, dict[Listener, None]] = {}

    def __bool__(self) -> bool:
        """Tell whether anybody listens."""
        return bool(self._listeners)

    def join(self, listener: Listener) -> None:
        """Take in an open stream."""
        self._listeners[listener] = None

    def leave(self, listener: Listener) -> None:
        """Forget a stream that ended."""
        self._listeners.pop(listener, None)
        for topic in list(listener.subscriptions):
            self.unsubscribe(listener, topic)

    def subscribe(self, listener: Listener, subscription: Subscription) -> None:
        """Let a stream hear a topic; raises BadInput for one too many."""
        if subscription.topic not in listener.subscriptions and len(listener.subscriptions) >= MOST_SUBSCRIPTIONS:
            raise BadInput("Au plus {most} flux à la fois sur une connexion.", most=MOST_SUBSCRIPTIONS)
        listener.subscriptions[subscription.topic] = subscription
        self._by_topic.setdefault(subscription.topic, {})[listener] = None

    def unsubscribe(self, listener: Listener, topic: Topic) -> None:
        """Let a stream hear a topic no more."""
        listener.subscriptions.pop(topic, None)
        hearing = self._by_topic.get(topic, {})
        hearing.pop(listener, None)
        if not hearing:
            self._by_topic.pop(topic, None)

    def hearing(self, topics: Iterable[Topic]) -> dict[int, list[tuple[Listener, Subscription]]]:
        """Return who hears any of the topics, by account: each stream with the subscription that made it hear."""
        found: dict[int, list[tuple[Listener, Subscription]]] = {}
        for topic in topics:
            for listener in self._by_topic.get(topic, ()):
                found.setdefault(listener.viewer, []).append((listener, listener.subscriptions[topic]))
        return found

    def of(self, name: str) -> list[int | str]:
        """Return whose streams of this name are open: account ids, list ids or tags."""
        return [topic.of for topic in self._by_topic if topic.name == name]

    def listeners(self, account_id: int | None = None, app_id: int | None = None) -> list[Listener]:
        """Return the streams of an account or of an app; all of them when neither is given."""
        if account_id is None and app_id is None:
            return list(self._listeners)
        return [one for one in self._listeners if one.viewer == account_id or one.caller.app_id == app_id is not None]


def scope_of(name: str) -> str:
    """Return the scope that a stream wants; raises UnknownStream."""
    if name not in NAMES:
        raise UnknownStream("Flux inconnu.")
    return SCOPES.get(name, "read:statuses")


def admit(caller: Caller, name: str) -> None:
    """Raise UnknownStream, or Forbidden when the token's scopes do not open a stream."""
    if not caller.may(scope_of(name)):
        raise Forbidden("Ce jeton n'a pas les droits que ce flux demande.")
