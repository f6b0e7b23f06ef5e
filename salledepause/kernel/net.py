"""The only way out: one HTTP client, which speaks to public addresses over TLS and to nobody else.

Names are resolved here and the addresses found are those connected to, so that a name cannot show one address and mean
another. Nothing is followed (no redirection), and everything has its time. `post` reads nothing of the answer but its status;
`Talk` reads answers of one server, up to a size. `private` lifts the rule of addresses and of TLS, for tests and for houses whose
services stand beside them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from socket import AddressFamily
from typing import NamedTuple

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

LONGEST = 2000
"""Characters of an address."""
PATIENCE = aiohttp.ClientTimeout(total=8, connect=4)
NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as networks without IPv4 write them (RFC 6052)."""
LISTENING = aiohttp.ClientTimeout(total=None, connect=4, sock_read=90)
"""Of a stream: Mastodon's beats every fifteen seconds."""
AGENT = "SalledePause"
LARGEST = 8 << 20
"""Bytes of an answer."""
A_PART = 1 << 14


class Unreachable(OSError):
    """The other side did not answer, not in time, or not as HTTP."""


class Overlong(Unreachable):
    """The other side answered more than we read."""


class Shut(ValueError):
    """An address that we do not go to: not https, not public, not an address."""


def public(address: str) -> bool:
    """Tell whether an IP address is of the public internet, whatever form it hides in (mapped, 6to4, Teredo, NAT64)."""
    one = _bare(ip_address(address))
    return one.is_global and not (one.is_multicast or one.is_reserved)


def _bare(one: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(one, IPv4Address):
        return one
    if one in NAT64:
        return IPv4Address(int(one) & 0xFFFFFFFF)
    return one.ipv4_mapped or one.sixtofour or (one.teredo[1] if one.teredo else one)


def checked(text: str, *, private: bool = False) -> URL:
    """Return an address as we would go to it; raises Shut for what shows that it must not be. Names are judged when resolved."""
    if len(text) > LONGEST or not text.isascii() or not text.isprintable() or " " in text:
        raise Shut
    try:
        url = URL(text)
        port, host = url.port, url.host
    except ValueError as error:
        raise Shut from error
    if not host or ":" in host or not port or url.user is not None or url.password is not None:
        raise Shut
    if private and url.scheme in {"http", "https"}:
        return url
    if url.scheme != "https" or "." not in host or not _may_be_public(host):
        raise Shut
    return url


def origin(address: str) -> str:
    """Return the scheme, host and port of an address: `https://push.example`."""
    return str(URL(address).origin())


def _may_be_public(host: str) -> bool:
    try:
        return public(host)
    except ValueError:
        return True


class Resolver(AbstractResolver):
    """Names to public addresses; a name that has any other is refused."""

    def __init__(self) -> None:
        self._system = aiohttp.ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_INET) -> list[ResolveResult]:
        """Return the addresses of a name; raises Shut when one of them is not public."""
        found = await self._system.resolve(host, port, family)
        if not all(public(one["host"]) for one in found):
            raise Shut
        return found

    async def close(self) -> None:
        """Close nothing: the system's resolver holds nothing."""


async def post(address: str, body: bytes, headers: Mapping[str, str], *, private: bool = False) -> int:
    """Send bytes to an address; return the status of the answer. Raises Shut, Unreachable."""
    url = checked(address, private=private)
    resolver = None if private else Resolver()
    connector = aiohttp.TCPConnector(resolver=resolver, force_close=True, use_dns_cache=False)
    jar = aiohttp.DummyCookieJar()
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=PATIENCE, cookie_jar=jar) as session,
            session.post(url, data=body, headers={"User-Agent": AGENT, **headers}, allow_redirects=False) as answer,
        ):
            return answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unreachable from error


class Reply(NamedTuple):
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Talk:
    """Words with one server, and with nobody else: over TLS, unless it stands on this very machine."""

    def __init__(self, server: URL, session: aiohttp.ClientSession) -> None:
        """Talk with the server at an address that `talked_with` gave."""
        self._server = server
        self._session = session

    async def ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Return what it answers, whole; `path` begins with `/` and may bear a query. Raises Unreachable, Overlong."""
        url = self._server.join(URL(path, encoded=True))
        try:
            async with self._session.request(method, url, data=body, headers=headers, allow_redirects=False) as answer:
                return Reply(answer.status, answer.headers, await _whole(answer))
        except Overlong:
            raise
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable from error

    async def listen(self, address: str) -> AsyncIterator[bytes]:
        """Yield the parts of an endless answer as they come, of this server or one named below it. Raises Shut, Unreachable."""
        url = checked(address, private=alone_here(self._server))
        if url.scheme != self._server.scheme or not f".{url.host}".endswith(f".{self._server.host}"):
            raise Shut
        headers = {"Accept": "text/event-stream"}
        try:
            async with self._session.get(url, headers=headers, timeout=LISTENING, allow_redirects=False) as answer:
                if answer.status != 200:  # noqa: PLR2004 - HTTP's
                    raise Unreachable
                async for part in answer.content.iter_any():
                    yield part
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable from error
        raise Unreachable


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    read = bytearray()
    async for part in answer.content.iter_chunked(A_PART):
        read += part
        if len(read) > LARGEST:
            raise Overlong
    return bytes(read)


def alone_here(url: URL) -> bool:
    """Tell whether an address is of this very machine, where nobody listens between."""
    host = url.host or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def talked_with(server: str) -> URL:
    """Return the address of a server to talk with; raises Shut unless it is its bare origin, https, or http on this machine."""
    url = checked(server, private=True)
    if url.path not in {"", "/"} or url.query_string or url.fragment:
        raise Shut
    return url if alone_here(url) else checked(server)


@asynccontextmanager
async def talk(server: str, token: str) -> AsyncIterator[Talk]:
    """Talk with a server by a bearer token, for a block. Raises Shut."""
    url = talked_with(server)
    headers = {"User-Agent": AGENT, "Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    connector = aiohttp.TCPConnector(resolver=None if alone_here(url) else Resolver(), use_dns_cache=False)
    session = aiohttp.ClientSession(
        connector=connector, timeout=PATIENCE, cookie_jar=aiohttp.DummyCookieJar(), headers=headers, auto_decompress=False
    )
    async with session:
        yield Talk(url, session)
