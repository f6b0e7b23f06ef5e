"""Reading a register: line by line, some hundreds in a transaction; interrupted, the next reading of the file continues."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator, Iterator
from enum import Enum, auto
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from salledepause.features.sources import store
from salledepause.features.sources.model import Hospital, HospitalsChanged, hospital_of
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Refusal
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site

AT_ONCE = 500
LARGEST = 64 * 1024 * 1024
NEEDED = {"id", "hospital_name", "postcode", "city"}
NOT_A_REGISTER = (
    "Ce fichier n'est pas un registre d'hôpitaux : attendu un CSV avec les colonnes id, hospital_name, postcode et city."
)


class Outcome(Enum):
    """What became of a line."""

    WRITTEN = auto()
    KNOWN = auto()
    BROKEN = auto()


class Line(NamedTuple):
    """A line that was read: its number in the file, what became of it and why not, the share of the file that is behind."""

    number: int
    outcome: Outcome
    why: Refusal | None
    part: float


class _Row(NamedTuple):
    number: int
    hospital: Hospital | None
    why: Refusal | None


async def read_hospitals(site: Site, file: Path) -> AsyncIterator[Line]:
    """Read a file of the register (CSV of Eurostat's `healthcare-services`); yield what became of each line.

    What another reading of the same file brought in before it was interrupted is not read again. Raises BadInput for what is no
    register at all.
    """
    whole = await asyncio.to_thread(_read_file, file)
    digest, text = sha256(whole).digest(), whole.decode("utf-8-sig", "replace")
    lines = max(len(text.splitlines()), 1)
    rows = _rows(text)
    async with site.db.reading() as tx:
        done = await store.lines_read(tx, digest)
    while batch := list(islice(rows, AT_ONCE)):
        if batch[-1].number <= done:
            continue
        async with site.db.transaction() as tx:
            changed = await _write(tx, [one.hospital for one in batch if one.hospital])
            await store.keep_place(tx, digest, batch[-1].number)
        for one in batch:
            yield Line(one.number, _outcome(one, changed), one.why, min(one.number / lines, 1.0))
    async with site.db.transaction() as tx:
        await store.forget_place(tx, digest)


def _read_file(file: Path) -> bytes:
    if file.stat().st_size > LARGEST:
        raise BadInput(NOT_A_REGISTER)
    return file.read_bytes()


async def write_register(tx: Tx, text: str) -> None:
    """Write the sites of a register, all or none, for a list that we ship; raises BadInput for a line that cannot be read."""
    rows = list(_rows(text))
    for row in rows:
        if row.why:
            raise row.why
    await _write(tx, [row.hospital for row in rows if row.hospital])


async def _write(tx: Tx, hospitals: list[Hospital]) -> set[str]:
    """Write sites of the register, the last of each number; return the numbers of those that are new or changed."""
    latest = list({one.finess: one for one in hospitals}.values())
    changed = await store.write(tx, latest) if latest else []
    if changed:
        await emit(tx, HospitalsChanged(tuple(changed)))
    return set(changed)


def _outcome(one: _Row, changed: set[str]) -> Outcome:
    if one.hospital is None:
        return Outcome.BROKEN
    return Outcome.WRITTEN if one.hospital.finess in changed else Outcome.KNOWN


def _rows(text: str) -> Iterator[_Row]:
    """Return the lines of a register, each read alone: what one of them breaks ends with it. Raises BadInput for no register."""
    lines = text.splitlines()
    header = _cells(lines[0]) if lines else []
    if not set(header) >= NEEDED:
        raise BadInput(NOT_A_REGISTER)
    return (_row(number, line, header) for number, line in enumerate(lines[1:], 2) if line.strip())


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return []


def _row(number: int, line: str, header: list[str]) -> _Row:
    cells = _cells(line)
    if len(cells) != len(header):
        return _Row(number, None, BadInput("La ligne n'a pas autant de colonnes que l'en-tête."))
    try:
        return _Row(number, hospital_of(dict(zip(header, cells, strict=True))), None)
    except BadInput as refusal:
        return _Row(number, None, refusal)
