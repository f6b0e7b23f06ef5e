"""SQL of the terms that administrators wrote."""

from __future__ import annotations

from typing import NamedTuple

from salledepause.features.glossary.model import Term
from salledepause.kernel.db import Tx


class Row(NamedTuple):
    """A term that an administrator wrote, or took out."""

    key: str
    term: str
    meaning: str
    source: str
    address: str
    gone: bool


async def rows(tx: Tx) -> list[Row]:
    """Return what administrators wrote."""
    return await tx.all(Row, "SELECT key, term, meaning, source, address, gone FROM glossary_terms", [])


async def write(tx: Tx, term: Term, *, gone: bool = False) -> None:
    """Write a term in the place of what its key named."""
    query = """INSERT INTO glossary_terms (key, term, meaning, source, address, gone)
        VALUES (%(key)s, %(term)s, %(meaning)s, %(source)s, %(address)s, %(gone)s)
        ON CONFLICT (key) DO UPDATE SET term = excluded.term, meaning = excluded.meaning, source = excluded.source,
            address = excluded.address, gone = excluded.gone"""
    await tx.run(query, term._asdict() | {"gone": gone})


async def erase(tx: Tx, key: str) -> None:
    """Erase what an administrator wrote."""
    await tx.run("DELETE FROM glossary_terms WHERE key = %s", [key])
