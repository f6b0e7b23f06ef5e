"""Past answers brought in from a file, line by line: each is counted once, however often the file comes back.

A line says the remark that was answered, the answer, when and to whom. It belongs to the card that it names, else to the card
that its remark is a known wording of, else to a new one, which is not sent before somebody gives it a source.
"""

from __future__ import annotations

import asyncio
import csv
import io
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, date, datetime, time
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from salledepause.features.desks import actions, store
from salledepause.features.desks.model import LASTS, LONGEST_ANSWER, LONGEST_NUANCE, LONGEST_REMARK, Whole, check_words, key_of
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing, Refusal
from salledepause.kernel.site import Site
from salledepause.kernel.text import clean, length

AT_ONCE = 500
"""Lines that are written in one transaction."""
LONGEST_LINE = 1 << 16
MOST_LINES = 1_000_000
MOST_NEW = 200
"""Cards that one file makes at most."""
HEADER = ["remark", "answer", "date", "to"]


class Line(msgspec.Struct, frozen=True):
    """An answer that was given: the remark as it was said, the answer, the day (or the instant), to whom; all but `to` count."""

    remark: str
    answer: str
    date: str
    to: str = ""

    @property
    def at(self) -> datetime:
        """When it was said; raises ValueError."""
        if len(self.date) <= len("2026-11-30"):
            return datetime.combine(date.fromisoformat(self.date), time(12), clock.PARIS).astimezone(UTC)
        at = datetime.fromisoformat(self.date)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


class Read(NamedTuple):
    """A line of the file: its number, from 1, and what it says or why it cannot be taken; how far the file is read, 0 to 1."""

    number: int
    line: Line | None
    why: Refusal | None
    part: float


class Step(NamedTuple):
    """What became of a line: taken, there already (`known`), or why not."""

    number: int
    known: bool
    why: Refusal | None
    part: float


async def bring(site: Site, me: int, desk_id: int, file: Path, card_id: int | None = None) -> AsyncIterator[Step]:
    """Bring in past answers from a file (.csv with a header, else JSON lines) for somebody who owns the desk; tell each line.

    With a card, all are of it. Raises Missing, BadInput for a file that is no text.
    """
    async with site.db.reading() as tx:
        await actions.owned(tx, me, desk_id)
        if card_id is not None:
            card = await store.card(tx, card_id)
            if card is None or card.desk_id != desk_id:
                raise Missing
    seen: Counter[bytes] = Counter()
    lines = _lines(file, await asyncio.to_thread(_text, file))
    made = 0
    while batch := list(islice(lines, AT_ONCE)):
        async with site.db.transaction() as tx:
            steps, new = await _take(tx, (me, desk_id, card_id), batch, seen, MOST_NEW - made)
            made += new
        for step in steps:
            yield step


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("Fichier illisible : attendu un texte en UTF-8.") from error


def _lines(file: Path, text: str) -> Iterator[Read]:
    """Yield the lines of a file, those that are empty apart."""
    rows = _table(text) if file.suffix.lower() == ".csv" else _json(text)
    size = max(1, text.count("\n"))
    for number, given in islice(rows, MOST_LINES):
        try:
            line = (
                msgspec.convert(given, Line, strict=False) if isinstance(given, dict) else msgspec.json.decode(given, type=Line)
            )
            yield Read(number, _checked(line), None, min(1.0, number / size))
        except Refusal as refusal:
            yield Read(number, None, refusal, min(1.0, number / size))
        except (msgspec.MsgspecError, ValueError, OverflowError):
            why = BadInput("attendu remark, answer, date (2026-11-30) et to")
            yield Read(number, None, why, min(1.0, number / size))


def _json(text: str) -> Iterator[tuple[int, str | dict[str, str]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, line


def _table(text: str) -> Iterator[tuple[int, str | dict[str, str]]]:
    """Yield the rows of a table by the number of the line on which each ends. Raises BadInput for another header."""
    rows = csv.reader(io.StringIO(text))
    header = [name.strip().lower() for name in next(rows, [])]
    if not {"remark", "answer", "date"} <= set(header):
        raise BadInput("La première ligne du tableau nomme les colonnes : {names}.", names=", ".join(HEADER))
    for row in rows:
        if row:
            yield rows.line_num, {name: cell.strip() for name, cell in zip(header, row, strict=False) if name in HEADER}


def _checked(line: Line) -> Line:
    """Return a clean line; raises BadInput."""
    if len(line.remark) + len(line.answer) + len(line.to) > LONGEST_LINE:
        raise BadInput("ligne trop longue")
    at = line.at
    if not datetime(1970, 1, 2, tzinfo=UTC) < at <= clock.now():
        raise BadInput("date à venir, ou d'avant 1970")
    remark = check_words(line.remark, LONGEST_REMARK)
    return Line(remark, check_words(line.answer, LONGEST_ANSWER + LONGEST_NUANCE), at.isoformat(), clean(line.to))


def _key(desk_id: int, line: Line, seen: Counter[bytes]) -> bytes:
    """Return what a line is known by: what it says, and the how many-th such line of the file it is."""
    said = sha256(msgspec.json.encode([desk_id, line.remark, line.answer, line.date, line.to])).digest()
    seen[said] += 1
    return sha256(said + seen[said].to_bytes(8)).digest()


async def _take(
    tx: Tx, whose: tuple[int, int, int | None], batch: Sequence[Read], seen: Counter[bytes], most_new: int
) -> tuple[list[Step], int]:
    """Write some lines; return what became of each, and how many cards were made. `whose`: account, desk, card."""
    _, desk_id, _ = whose
    await store.one(tx, desk_id, held=True)
    keys = {key_of(read.line.remark): read.line for read in batch if read.line}
    cards, made = await _cards(tx, whose, keys, most_new)
    wanted = [(_key(desk_id, read.line, seen), cards.get(key_of(read.line.remark)), read.line.at) for read in batch if read.line]
    fresh = await store.import_sayings(tx, [(key, card, at) for key, card, at in wanted if card])
    words: dict[int, list[tuple[bytes, str]]] = {}
    for key, line in keys.items():
        if card := cards.get(key):
            words.setdefault(card, []).append((key, line.remark))
    for card, texts in words.items():
        await store.word(tx, card, texts, fits=True)
    if fresh:
        await store.learned_anew(tx, desk_id)
    ahead = iter(wanted)
    return [_step(read, next(ahead) if read.line else None, fresh) for read in batch], made


def _step(read: Read, wanted: tuple[bytes, int | None, datetime] | None, fresh: set[bytes]) -> Step:
    if wanted is None:
        return Step(read.number, known=False, why=read.why, part=read.part)
    if wanted[1] is None:
        why = BadInput("trop de fiches nouvelles : nommez la fiche avec --card")
        return Step(read.number, known=False, why=why, part=read.part)
    return Step(read.number, known=wanted[0] not in fresh, why=None, part=read.part)


async def _cards(
    tx: Tx, whose: tuple[int, int, int | None], keys: dict[bytes, Line], most_new: int
) -> tuple[dict[bytes, int], int]:
    """Return the card of each remark, known or made; and how many were made."""
    me, desk_id, card_id = whose
    if card_id is not None:
        return dict.fromkeys(keys, card_id), 0
    found = {key_of(card.remark): card.id for card in await store.cards(tx, desk_id)}
    found |= await store.known(tx, desk_id, list(keys))
    made = 0
    for key, line in keys.items():
        if key not in found and made < most_new:
            found[key] = await store.add_card(tx, desk_id, me, _draft(line), clock.now())
            made += 1
    return found, made


def _draft(line: Line) -> Whole:
    """Return a card made of an answer: what is too long for it is its nuance; no source yet, so that it is not sent."""
    answer, nuance = line.answer, ""
    if length(answer) > LONGEST_ANSWER:
        cut = answer[:LONGEST_ANSWER].rfind(" ")
        cut = cut if cut > 0 else LONGEST_ANSWER
        answer, nuance = answer[:cut].rstrip(), answer[cut:].strip()
    today = clock.today()
    return Whole(
        remark=line.remark,
        answer=answer,
        nuance=nuance[:LONGEST_NUANCE],
        as_of=min(today, line.at.date()),
        expires_on=today + LASTS,
    )
