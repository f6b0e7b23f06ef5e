"""One's own notebook, brought in again from the table that it left as: each note goes to its message, where that may be read.

Our table has notes of several lines, so that it is read as CSV from one end to the other; its titles are those of the language
in which it was carried away, its columns are always the same.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO

from salledepause.features import notebook
from salledepause.features.archives import addresses
from salledepause.features.archives.model import Line, Outcome, Told, uri_of
from salledepause.features.archives.reviving import ELSEWHERE
from salledepause.features.notebook import Past
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput
from salledepause.kernel.site import Site
from salledepause.kernel.words import LANGUAGES, catalogue

LEARNED, EDITED, MESSAGE, NOTE = notebook.COLUMNS[0], notebook.COLUMNS[1], notebook.COLUMNS[3], notebook.COLUMNS[6]
LONGEST_LINE = 64 * 1024
"""Bytes; what is longer is read as several lines."""


@cache
def titles() -> frozenset[str]:
    """Return how the table may begin: its first title in each language."""
    return frozenset(catalogue(language).gettext(LEARNED) for language in LANGUAGES)


def notes(path: Path) -> Iterator[Line]:
    """Yield the entries of a table, each at the line where it begins; what is no CSV any more is one line without cells."""
    size = path.stat().st_size or 1
    with path.open("rb") as file:
        rows, number = csv.reader(_texts(file)), 1
        try:
            for cells in rows:
                if any(cells) and cells[0] not in titles():
                    yield Line(number, dict(zip(notebook.COLUMNS, cells, strict=False)), file.tell() / size)
                number = rows.line_num + 1
        except csv.Error:
            yield Line(number, {}, 1.0)


def _texts(file: IO[bytes]) -> Iterator[str]:
    for number, raw in enumerate(iter(lambda: file.readline(LONGEST_LINE), b"")):
        yield raw.decode("utf-8" if number else "utf-8-sig", "replace").replace("\x00", "")


async def noted(tx: Tx, site: Site, me: int, cells: Mapping[str, str]) -> Told:
    """Put an entry back, where its message may be read or is in the notebook already; no note is replaced."""
    uri = uri_of(cells.get(MESSAGE, "").strip())
    past = Past(cells.get(NOTE, ""), _instant(cells.get(LEARNED, "")), _instant(cells.get(EDITED, "")))
    seen = await addresses.meant(tx, site, me, uri)
    post_id = seen.subject.id if seen else addresses.local(site, uri)
    if post_id is None or not (seen or await notebook.marked(tx, me, [post_id])):
        return Outcome.ABSENT, BadInput(ELSEWHERE)
    return (Outcome.DONE if await notebook.restore(tx, me, post_id, past) else Outcome.KNOWN), None


def _instant(text: str) -> datetime | None:
    """Return an instant of ISO 8601, of UTC where it does not say; raises BadInput."""
    if not text.strip():
        return None
    try:
        told = datetime.fromisoformat(text.strip())
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadInput("La date est illisible.") from error
