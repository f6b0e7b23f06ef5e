"""SQL of the terms that administrators wrote."""

from __future__ import annotations

from salledepause.features.glossary.model import Term
from salledepause.kernel.db import Tx


async def rows(tx: Tx) -> list[tuple[Term, bool]]:
    """Return what administrators wrote, and whether they took it out."""
    query = "SELECT gone, key, term, meaning, source, address FROM glossary_terms"
    return [(Term(*told), gone) for gone, *told in await tx.rows(query)]


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
