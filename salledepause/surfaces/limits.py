"""How often one may knock: counts in windows of five minutes, in memory, by account or by trusted peer; nothing is written.

Wrong passwords and recovery words are counted beside that, by the handle they were tried on, from wherever they come.
Each web process counts what reaches it. The key of a visitor is the address of the peer, or the last hop that a trusted proxy
adds: a header that anyone can write never opens a new bucket.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address
from math import ceil

import msgspec
from starlette.datastructures import Headers
from starlette.types import Scope

from salledepause.kernel import clock
from salledepause.kernel.errors import BadInput, TooMany

WINDOW = 300
"""Seconds."""
MOST_KEYS = 200_000
"""Buckets kept in one window; past that, newcomers share one."""
DOORS = {"auth": 30, "media": 60, "portraits": 200, "sign-up": 5}
"""Requests in one window, for one peer, on doors that are dear: they count apart; of portraits, those still to be drawn."""
EVERYBODY = {"auth": 3000, "sign-up": 600}
"""Requests in one window for all peers together, on the same doors."""
MOST_GUESSES = 10
"""Wrong tries at one secret of one handle, before its next ones are refused unread…"""
GUESSES_LAST = timedelta(minutes=15)
"""… until this long after the first."""


class Counted(msgspec.Struct, frozen=True):
    """What a request leaves of its bucket: the allowance, the rest, when it fills again."""

    limit: int
    remaining: int
    reset: datetime


class Limiter:
    """The buckets of one process."""

    def __init__(self, limit: int) -> None:
        self.guesses = Guesses(MOST_GUESSES if limit else 0)
        self._limit = limit
        self._window = 0
        self._counts: Counter[str] = Counter()

    def count(self, who: str, door: str = "") -> Counted | None:
        """Count one request; return what is left, or `None` when no limit is set. Raises TooMany."""
        if not self._limit:
            return None
        window = int(clock.now().timestamp()) // WINDOW
        if window != self._window:
            self._window, self._counts = window, Counter()
        reset = datetime.fromtimestamp((window + 1) * WINDOW, UTC)
        limit = DOORS.get(door, self._limit)
        key = f"{door} {who}"
        used = self._add(key if key in self._counts or len(self._counts) < MOST_KEYS else f"{door} others")
        total = self._add(f"{door} all") if door in EVERYBODY and used <= limit else 0
        if used > limit or total > EVERYBODY.get(door, total):
            wait = max(1, int((reset - clock.now()).total_seconds()))
            raise TooMany("Trop de demandes. Réessayez dans {seconds} secondes.", retry_after=wait, seconds=wait)
        return Counted(limit, limit - used, reset)

    def _add(self, key: str) -> int:
        self._counts[key] += 1
        return self._counts[key]


class Guesses:
    """Tries at what opens an account; a handle that nobody bears is counted like any other, so that nothing tells them apart."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._tries: dict[bytes, tuple[datetime, int]] = {}

    @contextmanager
    def one(self, secret: str, handle: str) -> Iterator[None]:
        """Count the block as one try at this sort of secret of a handle; forget them all when it refuses nothing.

        Counted before the block runs: those that come together count together. BadInput says that the secret was right and
        something else was not. Raises TooMany, for the right secret too, without running the block.
        """
        if not self._most:
            yield
            return
        key = sha256(f"{secret} {handle.strip().casefold()}".encode("utf-8", "surrogatepass")).digest()
        self._count(key)
        try:
            yield
        except BadInput:
            self._tries.pop(key, None)
            raise
        self._tries.pop(key, None)

    def _count(self, key: bytes) -> None:
        now = clock.now()
        since, used = self._tries.get(key, (now, 0))
        if now - since >= GUESSES_LAST:
            since, used = now, 0
        if used >= self._most:
            wait = (since + GUESSES_LAST - now).total_seconds()
            told = "Trop d'essais pour ce pseudonyme : réessayez dans {minutes} min."
            raise TooMany(told, retry_after=ceil(wait), minutes=ceil(wait / 60))
        if key not in self._tries and len(self._tries) >= MOST_KEYS:
            self._tries = {old: tries for old, tries in self._tries.items() if now - tries[0] < GUESSES_LAST}
        self._tries[key] = since, used + 1


def peer(scope: Scope, headers: Headers, trusted: Sequence[str]) -> str:
    """Return whom a request comes from: the peer, or who a trusted proxy says it is, as `_subscriber` writes an address."""
    address = str((scope.get("client") or ("",))[0])
    if address in trusted:
        hops = [hop.strip() for line in headers.getlist("x-forwarded-for") for hop in line.split(",") if hop.strip()]
        address = next((hop for hop in reversed(hops) if hop not in trusted), address)
    return _subscriber(address)


def _subscriber(address: str) -> str:
    """Return what one subscriber holds: an IPv4 address, its port left out, or the first half of an IPv6 address.

    Counting each IPv6 address apart would give everybody 2**64 buckets (RFC 6177).
    """
    bare = address.removeprefix("[").partition("]")[0]
    if bare.count(":") <= 1:
        return bare.partition(":")[0]
    try:
        found = IPv6Address(bare.partition("%")[0])
    except ValueError:
        return address
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
