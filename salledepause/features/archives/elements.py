"""The elements of a long JSON list, one at a time: the file is never read whole, and what is broken hides nothing else.

Source: https://www.w3.org/TR/activitystreams-core/#collections (`orderedItems`), as Mastodon's archive writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from mmap import mmap
from typing import NamedTuple

MOST_BYTES = 1 << 20
"""Of one element."""
MOST_DEPTH = 64
MOST_ELEMENTS = 500_000

Buffer = bytes | mmap

_LIST = re.compile(rb'"orderedItems"\s*+:\s*+\[')
_GAP = re.compile(rb"[\s,]*+")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["{}\[\]]', re.DOTALL)
_BARE = re.compile(rb'[^\s,\[\]{}"]++')
_ACTIVITY = re.compile(rb'\{\s*+"id"\s*+:\s*+"[^"\\]{1,2000}+"\s*+,\s*+"type"\s*+:\s*+"(?:Create|Announce)"')
_ADDRESS = re.compile(rb'"https?://[^"\\\s]{1,2000}+"(?=\s*+[,\]])')
"""How an activity, or an address, begins in an archive: where reading goes on after an element that never ends."""
_AFTER = re.compile(rb"\s*+(?:,|\]|\Z)")
_PAIRS = {b"}": b"{", b"]": b"["}


class Element(NamedTuple):
    """One element: its place (1 is the first) and its bytes, from `start` to `end`; `end` is `None` when it never ends."""

    place: int
    start: int
    end: int | None


def begins(data: Buffer) -> int | None:
    """Return where the list of a collection begins, `None` when there is none."""
    found = _LIST.search(data)
    return found.end() if found else None


def elements(data: Buffer, start: int) -> Iterator[Element]:
    """Yield the elements of the list that begins at `start`; after one that never ends, the next that looks like one.

    A list that stops in the middle, or goes on after its end, has one that never ends there.
    """
    start = _skip(data, start)
    likely = _ADDRESS if data[start : start + 1] == b'"' else _ACTIVITY
    for place in range(1, MOST_ELEMENTS + 1):
        over = data[start : start + 1] == b"]"
        end = None if over or place == MOST_ELEMENTS else _end(data, start)
        following = likely.search(data, start + 1) if end is None else None
        if over and following is None:
            return
        yield Element(place, start, end)
        if end is None and following is None:
            return
        start = following.start() if following else _skip(data, end or start)


def _skip(data: Buffer, start: int) -> int:
    gap = _GAP.match(data, start)
    return gap.end() if gap else start


def _end(data: Buffer, start: int) -> int | None:
    """Return where an element ends, which is where the next begins; `None` when it does not, is too long or too deep."""
    end = _close(data, start)
    return end if end is not None and _AFTER.match(data, end) else None


def _close(data: Buffer, start: int) -> int | None:
    limit = start + MOST_BYTES
    first = data[start : start + 1]
    if first not in {b"{", b"["}:
        found = (_STRING if first == b'"' else _BARE).match(data, start, limit)
        return found.end() if found else None
    open_ones: list[bytes] = []
    for token in _TOKEN.finditer(data, start, limit):
        sign = token[0]
        if sign in {b"{", b"["}:
            open_ones.append(sign)
            if len(open_ones) > MOST_DEPTH:
                return None
        elif sign == b'"':
            return None
        elif sign in _PAIRS:
            if open_ones.pop() != _PAIRS[sign]:
                return None
            if not open_ones:
                return token.end()
    return None
