"""The only way out: one HTTP client, which speaks to public addresses over TLS and to nobody else.

Names are resolved here and the addresses found are those connected to, so that a name cannot show one address and mean
another. Nothing is followed (no redirection), nothing is read of the answer but its status, and everything has its time.
`private` lifts the rule of addresses and of TLS, for tests and for houses whose services stand beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from socket import AddressFamily

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

LONGEST = 2000
"""Characters of an address."""
PATIENCE = aiohttp.ClientTimeout(total=8, connect=4)
NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as networks without IPv4 write them (RFC 6052)."""
AGENT = "SalledePause"


class Unreachable(OSError):
    """The other side did not answer, not in time, or not as HTTP."""


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
