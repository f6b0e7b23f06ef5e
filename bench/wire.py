"""The little of HTTP/1.1 that a load generator needs, apart from sockets so that every cut of an answer can be tested."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

BLANK = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"
CHUNKED = b"\r\ntransfer-encoding: chunked"
STATUS = slice(9, 12)


class BadAnswer(ValueError):
    """The server's bytes are not an answer that this client reads; the message shows their beginning."""


class Answer(NamedTuple):
    """One complete answer at the start of a buffer."""

    status: int
    size: int
    """Bytes of the body, without the framing of chunks."""
    end: int
    """Offset of the first byte after the answer."""


def request(method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """Return a whole HTTP/1.1 request (RFC 9112, section 3); Content-Length is added when there is a body or a POST."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def answer(data: bytes) -> Answer | None:
    """Return the answer that `data` begins with, or `None` while bytes are missing.

    Framing is Content-Length or chunked (RFC 9112, section 6); an answer with neither has an empty body. Raises BadAnswer.
    """
    stop = data.find(BLANK)
    if stop < 0:
        return None
    start, head = stop + len(BLANK), data[: stop + 2].lower()
    status = _number(head[STATUS], 10)
    at = head.find(LENGTH)
    if at >= 0:
        value = at + len(LENGTH)
        size = _number(head[value : head.index(b"\r", value)], 10)
        return Answer(status, size, start + size) if len(data) >= start + size else None
    if CHUNKED in head:
        return _chunked(data, start, status)
    return Answer(status, 0, start)


def body(data: bytes) -> bytes:
    """Return the beginning of what follows the head, for a message about a wrong answer."""
    return data[data.find(BLANK) + len(BLANK) :][:200]


def _chunked(data: bytes, at: int, status: int) -> Answer | None:
    """Walk the chunks from offset `at` (RFC 9112, section 7.1; trailers are skipped)."""
    size = 0
    while (line := data.find(b"\r\n", at)) >= 0:
        chunk = _number(data[at:line].partition(b";")[0], 16)
        if chunk == 0:
            stop = data.find(BLANK, line)
            return Answer(status, size, stop + len(BLANK)) if stop >= 0 else None
        size += chunk
        at = line + 2 + chunk + 2
    return None


def _number(digits: bytes, base: int) -> int:
    try:
        return int(digits, base)
    except ValueError as error:
        message = f"not a number in an answer: {digits[:40]!r}"
        raise BadAnswer(message) from error
