"""Reading a request's body: bounded while it streams, files to disk, then into parameters."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Receive

from salledepause.kernel.errors import BadInput
from salledepause.surfaces import params

PLAIN_LIMIT = 1024 * 1024
"""Bytes of a body without files."""
LONGEST_LENGTH = 18
"""Digits of a Content-Length that is worth reading."""
PATIENCE, LONG_PATIENCE = 60, 1800
"""Seconds that a body has to come, without files and with them: a trickle keeps no request open for ever."""
CUT = "Envoi interrompu : recommencez."
UNREADABLE = "Formulaire illisible : attendu du multipart/form-data."


class Upload(msgspec.Struct, frozen=True):
    """A file that was sent, on disk until the request ends; its name and declared type are never trusted nor kept."""

    path: Path
    size: int


async def read(headers: Headers, receive: Receive, *, limit: int = PLAIN_LIMIT, folder: Path | None = None) -> dict[str, Any]:
    """Return the parameters of a body, by its Content-Type; files only where a folder is given for them.

    Raises Malformed (also when the body does not come in time), BadInput or TooLarge.
    """
    try:
        async with asyncio.timeout(PATIENCE if folder is None else LONG_PATIENCE):
            return await _read(headers, receive, limit, folder)
    except TimeoutError as error:
        raise params.Malformed(CUT) from error


async def _read(headers: Headers, receive: Receive, limit: int, folder: Path | None) -> dict[str, Any]:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    declared = headers.get("content-length", "")
    length = int(declared) if declared.isdecimal() and len(declared) <= LONGEST_LENGTH else None
    if (length or 0) > limit or (length is None and declared.isdecimal()):
        raise params.too_large(limit)
    if kind == "multipart/form-data":
        return await _multipart(headers, _chunks(receive, limit), folder)
    body, more = await _chunk(receive, limit)
    if more and len(body) != length:
        body = b"".join([body, *[chunk async for chunk in _chunks(receive, limit, len(body))]])
    if kind == "application/json" or (not kind and body[:1] == b"{"):
        return params.from_json(body)
    return params.from_query(body)


async def _chunks(receive: Receive, limit: int, size: int = 0) -> AsyncIterator[bytes]:
    more = True
    while more:
        chunk, more = await _chunk(receive, limit, size)
        size += len(chunk)
        yield chunk


async def _chunk(receive: Receive, limit: int, size: int = 0) -> tuple[bytes, bool]:
    """Return what comes next of a body of which `size` bytes came, and whether more will."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise params.Malformed(CUT)
    chunk: bytes = message.get("body", b"")
    if size + len(chunk) > limit:
        raise params.too_large(limit)
    return chunk, message.get("more_body", False)


async def _multipart(headers: Headers, chunks: AsyncIterator[bytes], folder: Path | None) -> dict[str, Any]:
    parser = MultiPartParser(headers, chunks, max_files=8, max_fields=1000, max_part_size=PLAIN_LIMIT)  # type: ignore[arg-type]
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise params.Malformed(UNREADABLE) from error
    try:
        return params.nest([(_word(key), await _value(value, folder)) for key, value in form.multi_items()])
    finally:
        await form.close()


def _word(text: str) -> str:
    """Return what a form says, whatever the charset that it names; raises Malformed when that is no Unicode."""
    if not params.encodable(text):
        raise params.Malformed(UNREADABLE)
    return text


async def _value(value: UploadFile | str, folder: Path | None) -> Any:
    if isinstance(value, str):
        return _word(value)
    if folder is None:
        raise BadInput("Cette adresse ne reçoit pas de fichier.")
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as target:
        size = 0
        while chunk := await value.read(1 << 20):
            size += target.write(chunk)
    return Upload(Path(target.name), size)
