"""How often one may knock: counts over five minutes from the first time, by account or by trusted peer; nothing is written.

Wrong passwords and recovery words are counted beside that. All web processes of a host count together (kernel/tallies.py).
The key of a visitor is the address of the peer, or the last hop that a trusted proxy adds: a header that anyone can write
never opens a new bucket.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import IPv6Address
from math import ceil

import msgspec
from starlette.datastructures import Headers
from starlette.types import Scope

from salledepause.kernel import clock
from salledepause.kernel.errors import BadInput, TooMany
from salledepause.kernel.tallies import Tallies

WINDOW = 300
"""Seconds."""
DOORS = {"auth": 30, "media": 60, "portraits": 200, "postcards": 60, "sign-up": 5, "glance": 600}
"""Requests in one window, for one peer, on doors that are dear: they count apart; of portraits, those still to be drawn;
a glance at what is being written is none of the others."""
EVERYBODY = {"auth": 3000, "sign-up": 600}
"""Requests in one window for all peers together, on the same doors."""
MOST_GUESSES = 10
"""Wrong tries of one peer at one secret of one handle, before its next ones are refused unread…"""
MOST_FROM_ALL = {"password": 100}
"""… and of all peers together, where a secret is weak enough to be guessed: more than who forgot theirs need, fewer than would
open anything (NIST SP 800-63B section 5.2.2). Recovery words, which nobody guesses, open a handle that others' guesses closed."""
GUESSES_LAST = 900
"""Seconds, from the first of them, that guesses count."""


class Counted(msgspec.Struct, frozen=True):
    """What a request leaves of its bucket: the allowance, the rest, when it fills again."""

    limit: int
    remaining: int
    reset: datetime


class Limiter:
    """The buckets of a host."""

    def __init__(self, limit: int, tallies: Tallies) -> None:
        """Allow `limit` requests in a window; 0: no limit of any sort."""
        self.guesses = Guesses(tallies if limit else None)
        self._limit = limit
        self._tallies = tallies

    def count(self, who: str, door: str = "") -> Counted | None:
        """Count one request; return what is left, or `None` when no limit is set. Raises TooMany."""
        if not self._limit:
            return None
        now, limit = int(clock.now().timestamp()), DOORS.get(door, self._limit)
        used = self._tallies.add(f"door {door} {who}", now - WINDOW + 1, now)
        if used.times > limit:
            raise _wait(used.since + WINDOW - now)
        if door in EVERYBODY:
            total = self._tallies.add(f"all {door}", now - WINDOW + 1, now)
            if total.times > EVERYBODY[door]:
                raise _wait(total.since + WINDOW - now)
        return Counted(limit, limit - used.times, datetime.fromtimestamp(used.since + WINDOW, UTC))


def _wait(seconds: int) -> TooMany:
    return TooMany("Trop de demandes. Réessayez dans {seconds} secondes.", retry_after=seconds, seconds=seconds)


class Guesses:
    """Tries at what opens an account; a handle that nobody bears is counted like any other, so that nothing tells them apart."""

    def __init__(self, tallies: Tallies | None) -> None:
        """Count in these; `None`: no limit."""
        self._tallies = tallies

    @contextmanager
    def one(self, secret: str, handle: str, who: str) -> Iterator[None]:
        """Count the block as one try of a peer at this sort of secret of a handle; forget its tries when it refuses nothing.

        Counted before the block runs: those that come together count together. BadInput says that the secret was right and
        something else was not. Raises TooMany, for the right secret too, without running the block.
        """
        if self._tallies is None:
            yield
            return
        folded = f"{secret} {handle.strip().casefold()}"
        self._count(self._tallies, f"guess {folded} {who}", MOST_GUESSES)
        if secret in MOST_FROM_ALL:
            self._count(self._tallies, f"guesses {folded}", MOST_FROM_ALL[secret])
        try:
            yield
        except BadInput:
            self._tallies.forget(f"guess {folded} {who}")
            raise
        self._tallies.forget(f"guess {folded} {who}")

    def _count(self, tallies: Tallies, key: str, most: int) -> None:
        now = int(clock.now().timestamp())
        used, since = tallies.add(key, now - GUESSES_LAST + 1, now)
        if used > most:
            wait = since + GUESSES_LAST - now
            told = "Trop d'essais pour ce pseudonyme : réessayez dans {minutes} min."
            raise TooMany(told, retry_after=wait, minutes=ceil(wait / 60))


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
