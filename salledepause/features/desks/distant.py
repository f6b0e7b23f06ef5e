"""Another server by Mastodon's client API, as a bot asks it: nothing that it says is trusted, and its pace is respected.

Source: https://docs.joinmastodon.org/methods/ (accounts, instance, notifications, statuses, streaming) and /api/rate-limits/.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

import msgspec

from salledepause.features.desks.elsewhere_store import Letter
from salledepause.kernel import clock
from salledepause.kernel.errors import Forbidden, Unauthenticated, Unavailable
from salledepause.kernel.net import Overlong, Reply, Shut, Talk, Unreachable
from salledepause.kernel.text import clean, plain_of_html

A_PAGE = 40
LONGEST_WAIT = 300.0
"""Seconds that one waits at most for a server that asks to, before one asks again."""
TRIES = 4
TOO_LARGE = 413
"""How an answer is told that is more than is read."""
USUAL_CHARACTERS, FEWEST_CHARACTERS = 500, 300
"""What Mastodon lets a post be, and what is taken for the least."""
LONGEST_CONTENT = 20_000
UNREACHABLE = "{server} ne répond pas, ou pas comme il faut : réessayez plus tard, ou vérifiez l'adresse."
NOT_MASTODON = "{server} ne parle pas l'API de Mastodon : rien n'y peut être suivi."
WRONG_TOKEN = "{server} refuse ce jeton. Il en faut un du compte automatisé, avec les droits read et write."  # noqa: S105 - a sentence
TOO_FEW_RIGHTS = "Ce jeton ne permet pas de publier sur {server} : donnez-lui aussi le droit write."

Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_-]{1,64}\Z")]
Address = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,58}[A-Za-z0-9_])?(?:@[\w.:-]{1,100})?\Z")]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Kind = TypeVar("Kind")


class Declined(Exception):
    """The server does not want this post, and would not another time."""


class Someone(msgspec.Struct, frozen=True):
    """An account there."""

    id: Id
    acct: Address
    bot: bool = False


class Status(msgspec.Struct, frozen=True):
    """A post there."""

    id: Id
    account: Someone
    created_at: Instant
    visibility: str
    content: str
    in_reply_to_id: Id | None = None

    @property
    def text(self) -> str:
        """What a reader sees of it."""
        return clean(plain_of_html(self.content[:LONGEST_CONTENT]))


class Notice(msgspec.Struct, frozen=True):
    """A notification; without a readable post, there is nothing to answer."""

    id: Id
    status: Status | None = None


class Mark(msgspec.Struct, frozen=True):
    """What is read of a notification that cannot be read whole."""

    id: Id


class Context(msgspec.Struct, frozen=True):
    """What stands around a post, the oldest first, each to be read apart."""

    ancestors: list[msgspec.Raw]
    descendants: list[msgspec.Raw]


class Posts(msgspec.Struct, frozen=True):
    """What a server lets be posted."""

    max_characters: int = USUAL_CHARACTERS


class Urls(msgspec.Struct, frozen=True):
    """Where a server streams: the second name is of the first version of the API."""

    streaming: str = ""
    streaming_api: str = ""


class Configuration(msgspec.Struct, frozen=True):
    """What a server says of itself to apps."""

    statuses: Posts = Posts()
    urls: Urls = Urls()


class Instance(msgspec.Struct, frozen=True):
    """A server, by either version of the API."""

    version: str
    configuration: Configuration = Configuration()
    urls: Urls = Urls()


class Distant:
    """A server, asked with the token of a bot; whatever is not as Mastodon's API says is refused."""

    def __init__(self, server: str, talk: Talk) -> None:
        """Ask `https://server` through an open talk."""
        self.server = server
        self._talk = talk
        self._rest = clock.now()
        self._streams = ""
        self.most = USUAL_CHARACTERS
        """Characters of a post there."""

    async def meet(self) -> Someone:
        """Return the account of the token; learn what the server lets be posted, and where it streams.

        Raises Unauthenticated, Unavailable, also for a server that is not as Mastodon.
        """
        reply = await self._ask("GET", "/api/v2/instance")
        if reply.status != 200:  # noqa: PLR2004 - HTTP's
            reply = await self._ask("GET", "/api/v1/instance")
        known = self._read(reply, Instance)
        self.most = max(FEWEST_CHARACTERS, known.configuration.statuses.max_characters)
        self._streams = known.configuration.urls.streaming or known.urls.streaming_api
        return self._read(await self._ask("GET", "/api/v1/accounts/verify_credentials"), Someone)

    async def notices(self, *, after: str = "", before: str = "") -> tuple[list[Notice], str, str]:
        """Return a page of mentions, the oldest first, with the ids of its oldest and its latest; empty ids at the end.

        After an id, those that followed it at once; else the latest, before an id or not. What cannot be read is left out.
        """
        more = f"&min_id={after}" if after else f"&max_id={before}" if before else ""
        reply = await self._ask("GET", f"/api/v1/notifications?types[]=mention&limit={A_PAGE}{more}")
        page = self._read(reply, list[msgspec.Raw])[: 2 * A_PAGE]
        ids = [mark.id for mark in _readable(page, Mark)]
        return _readable(page, Notice)[::-1], *((ids[-1], ids[0]) if ids else ("", ""))

    async def root(self, status: Status) -> str:
        """Return the post that began the conversation of a post, as far as the bot may see."""
        if status.in_reply_to_id is None:
            return status.id
        reply = await self._ask("GET", f"/api/v1/statuses/{status.id}/context")
        if reply.status != 200:  # noqa: PLR2004 - HTTP's
            return status.in_reply_to_id
        above = _readable(self._read(reply, Context).ancestors, Mark)
        return above[0].id if above else status.in_reply_to_id

    async def said_below(self, status_id: str, me: str) -> list[Status]:
        """Return what the bot said below a post, the oldest first. Raises Declined when the post is gone, or cannot be read."""
        reply = await self._ask("GET", f"/api/v1/statuses/{status_id}/context")
        if reply.status in {403, 404, 410, TOO_LARGE}:
            raise Declined
        return [one for one in _readable(self._read(reply, Context).descendants, Status) if one.account.id == me]

    async def post(self, letter: Letter, parent: str, key: str) -> str:
        """Post below a post; the same key twice is one post. Return its id. Raises Declined, Forbidden, Unavailable."""
        said = {"status": letter.text, "visibility": letter.visibility, "in_reply_to_id": parent, "language": "fr"}
        said |= {"spoiler_text": letter.warning} if letter.warning else {}
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        reply = await self._ask("POST", "/api/v1/statuses", msgspec.json.encode(said), headers)
        if reply.status == 403 and b"scope" in reply.body:  # noqa: PLR2004 - HTTP's
            raise Forbidden(TOO_FEW_RIGHTS, server=self.server)
        if 400 <= reply.status < 500 and reply.status not in {401, 408}:  # noqa: PLR2004 - HTTP's
            raise Declined
        return self._read(reply, Mark).id

    async def stirs(self) -> AsyncIterator[None]:
        """Yield whenever something comes for the bot, until the stream breaks. Raises Unreachable, Shut."""
        base = self._streams.replace("wss://", "https://").replace("ws://", "http://") or self.server
        tail = b""
        async for part in self._talk.listen(base.rstrip("/") + "/api/v1/streaming/user"):
            tail += part
            if b"event: notification" in tail:
                tail = b""
                yield
            tail = tail[-len(b"event: notification") :]

    async def _ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Return an answer; wait first where the server asked for it, and again where it asks. Raises Unavailable."""
        for _ in range(TRIES):
            await asyncio.sleep(min(max(0.0, (self._rest - clock.now()).total_seconds()), LONGEST_WAIT))
            try:
                reply = await self._talk.ask(method, path, body, headers)
            except Overlong:
                return Reply(TOO_LARGE, {}, b"")
            except (Unreachable, Shut) as error:
                raise Unavailable(UNREACHABLE, server=self.server) from error
            self._rest = rests_until(reply, clock.now())
            if reply.status != 429:  # noqa: PLR2004 - HTTP's
                return reply
        raise Unavailable(UNREACHABLE, server=self.server)

    def _read(self, reply: Reply, kind: type[Kind]) -> Kind:
        if reply.status in {401, 403}:
            raise Unauthenticated(WRONG_TOKEN, server=self.server)
        if reply.status >= 500:  # noqa: PLR2004 - HTTP's
            raise Unavailable(UNREACHABLE, server=self.server)
        try:
            return msgspec.json.decode(reply.body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Unavailable(NOT_MASTODON, server=self.server) from error


def rests_until(reply: Reply, now: datetime) -> datetime:
    """Return until when to ask nothing more: what a refusal says, or when no request is left, the end of the period."""
    spent = reply.status == 429 or reply.headers.get("X-RateLimit-Remaining", "") == "0"  # noqa: PLR2004 - HTTP's
    if not spent:
        return now
    try:
        return now + timedelta(seconds=float(reply.headers["Retry-After"]))
    except (KeyError, ValueError, OverflowError):
        pass
    try:
        return msgspec.convert(reply.headers.get("X-RateLimit-Reset"), Instant)
    except msgspec.ValidationError:
        return now + timedelta(seconds=1)


def _readable(page: list[msgspec.Raw], kind: type[Kind]) -> list[Kind]:
    found: list[Kind] = []
    for one in page:
        try:
            found.append(msgspec.json.decode(one, type=kind))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
    return found
