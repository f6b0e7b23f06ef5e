"""SQL of the register: what it says, and how far its readings came."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features.sources.model import Hospital, asked, words_of
from salledepause.kernel.db import Tx

COLUMNS = "finess, name, town, postcode"
CHANGE = f"""INSERT INTO hospitals AS h ({COLUMNS}, words)
    SELECT f, n, t, p, array_to_tsvector(string_to_array(w, ' '))
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) AS said (f, n, t, p, w)
    ON CONFLICT (finess) DO UPDATE SET name = excluded.name, town = excluded.town, postcode = excluded.postcode,
        words = excluded.words
    WHERE (h.name, h.town, h.postcode, h.words) IS DISTINCT FROM (excluded.name, excluded.town, excluded.postcode, excluded.words)
    RETURNING finess"""


async def write(tx: Tx, hospitals: Sequence[Hospital]) -> list[str]:
    """Write sites, each once; return the numbers of those that are new or changed."""
    columns = [list(column) for column in zip(*hospitals, strict=True)]
    words = [" ".join(word for word in words_of(one) if word) for one in hospitals]
    return await tx.values(CHANGE, [*columns, words])


async def hospitals(tx: Tx, words: str, limit: int) -> list[Hospital]:
    """Return the sites that a question finds, those with the shortest names first, which are mostly the ones meant."""
    wanted = asked(words)
    if not wanted:
        return []
    query = f"""SELECT {COLUMNS} FROM hospitals WHERE words @@ to_tsquery('simple', %s)
        ORDER BY length(name), name, finess LIMIT %s"""
    return await tx.all(Hospital, query, [wanted, limit])


async def hospital(tx: Tx, finess: str) -> Hospital | None:
    """Return a site by its number."""
    return await tx.one(Hospital, f"SELECT {COLUMNS} FROM hospitals WHERE finess = %s", [finess])


async def lines_read(tx: Tx, digest: bytes) -> int:
    """Return how many lines of a file are in already, 0 when it was never begun or wholly read."""
    return int(await tx.value("SELECT line FROM register_readings WHERE digest = %s", [digest]) or 0)


async def keep_place(tx: Tx, digest: bytes, line: int) -> None:
    """Note how far the reading of a file came."""
    query = """INSERT INTO register_readings (digest, line) VALUES (%s, %s)
        ON CONFLICT (digest) DO UPDATE SET line = excluded.line"""
    await tx.send(query, [digest, line])


async def forget_place(tx: Tx, digest: bytes) -> None:
    """Note that a file is wholly read."""
    await tx.send("DELETE FROM register_readings WHERE digest = %s", [digest])
