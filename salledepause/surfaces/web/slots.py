"""What differs from one view of a page to the next is written last: a page is kept with slots, and each view fills them.

Slots stand for the word that forms carry, for the key that makes two sendings of one form one message, for how long ago
something was, and in how long it is gone. They bear names drawn at random by the process, so that nobody can write one, and no
page leaves with one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from secrets import token_hex, token_urlsafe

from salledepause.kernel import clock
from salledepause.surfaces.edge import Call, Header
from salledepause.surfaces.web import guests, wording
from salledepause.surfaces.web.packing import Packed, welcome

WORD, KEY, _AGO, _LEFT = (token_hex(12) for _ in range(4))
_SLOT = re.compile(f"({WORD}|{KEY}|{_AGO}-?[0-9]+;|{_LEFT}-?[0-9]+;)")
_TOLD = {_AGO: wording.ago, _LEFT: wording.left}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
EACH = 60
"""Bytes that a piece of a page weighs in memory beside what it holds."""
LIGHT = 2000
"""Bytes below which a page is sent as it is."""
PACKED: tuple[Header, ...] = ((b"content-encoding", b"gzip"),)


def ago(instant: datetime) -> str:
    """Return the slot of how long ago an instant is."""
    return f"{_AGO}{(instant - _EPOCH) // _MICROSECOND};"


def left(instant: datetime) -> str:
    """Return the slot of in how long something is gone, at an instant."""
    return f"{_LEFT}{(instant - _EPOCH) // _MICROSECOND};"


def fresh_key() -> str:
    """Return a key of a form, never given before."""
    return token_urlsafe(12)


class Written:
    """A page with its slots; `of` fills them for a view."""

    __slots__ = ("_dated", "_keys", "_language", "_lengths", "_packed", "_pieces", "_words", "weight")

    def __init__(self, page: str, language: str) -> None:
        """Cut a page at its slots."""
        parts = _SLOT.split(page)
        cut = list(enumerate(parts))[1::2]
        self._language = language
        self._words = [at for at, slot in cut if slot == WORD]
        self._keys = [at for at, slot in cut if slot == KEY]
        self._dated = [
            (at, tell, _instant(slot, name)) for at, slot in cut for name, tell in _TOLD.items() if slot.startswith(name)
        ]
        self._pieces = [part.encode() for part in parts]
        self._packed: Packed | None = None
        self._lengths: list[int] = []
        self.weight = sum(len(one) + EACH for one in self._pieces) * 5 // 4  # packed, it takes a quarter of its size at most

    def of(self, call: Call) -> tuple[bytes, tuple[Header, ...]]:
        """Return the page for this view of it, compressed where the browser takes it so, and the headers that say so."""
        pieces, now = self._pieces.copy(), clock.now()
        word = call.caller.csrf.encode() if isinstance(call.caller, guests.Guest) else b""
        for at in self._words:
            pieces[at] = word
        for at in self._keys:
            pieces[at] = fresh_key().encode()
        for at, tell, instant in self._dated:
            pieces[at] = tell(instant, self._language, now).encode()
        if self.weight > LIGHT and welcome(call.headers.get("accept-encoding", "")):
            return self._squeezed(pieces), PACKED
        return b"".join(pieces), ()

    def _squeezed(self, pieces: list[bytes]) -> bytes:
        """Return the page compressed; squeezed anew when a slot is not as long as it was, as when 9 minutes become 10."""
        lengths = [len(one) for one in pieces[1::2]]
        if self._packed is None or lengths != self._lengths:
            self._packed, self._lengths = Packed(pieces), lengths
        return self._packed.filled(pieces)


def _instant(slot: str, name: str) -> datetime:
    return _EPOCH + int(slot.removeprefix(name)[:-1]) * _MICROSECOND
