"""SQL of the policy towards other servers; `kind` is the record that a row becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Listed, Page, listed

T = TypeVar("T")
Kind = Callable[..., T]

BLOCK = "id, domain, severity, reject_media, reject_reports, private_comment, public_comment, obfuscate, created_at"
ALLOW = "id, domain, created_at"


async def blocks(tx: Tx, kind: Kind[T], page: Page) -> Listed[T]:
    """Return a page of rules, the latest first."""
    return await _page(tx, kind, f"SELECT {BLOCK} FROM domain_blocks", page)


async def public(tx: Tx, kind: Kind[T]) -> list[T]:
    """Return the rules that limit something, the severest first, then by name."""
    return await tx.all(
        kind, f"SELECT {BLOCK} FROM domain_blocks WHERE severity <> 'noop' ORDER BY severity = 'suspend' DESC, domain"
    )


async def block(tx: Tx, kind: Kind[T], block_id: int) -> T | None:
    """Return a rule."""
    return await tx.one(kind, f"SELECT {BLOCK} FROM domain_blocks WHERE id = %s", [block_id])


async def block_of(tx: Tx, kind: Kind[T], domain: str) -> T:
    """Return the rule for a server; raises Missing when it went a moment ago."""
    return _there(await tx.one(kind, f"SELECT {BLOCK} FROM domain_blocks WHERE domain = %s", [domain]))


async def insert_block(tx: Tx, kind: Kind[T], domain: str, values: Mapping[str, Any]) -> T | None:
    """Write a rule (names of columns are ours); `None` when there is one already."""
    names = ", ".join(values)
    places = ", ".join(f"%({name})s" for name in values)
    query = f"""INSERT INTO domain_blocks (domain, {names}) VALUES (%(domain)s, {places})
        ON CONFLICT (domain) DO NOTHING RETURNING {BLOCK}"""
    return await tx.one(kind, query, {**values, "domain": domain})


async def change_block(tx: Tx, block_id: int, values: Mapping[str, Any]) -> None:
    """Change a rule (names of columns are ours)."""
    settings = ", ".join(f"{name} = %({name})s" for name in values)
    await tx.run(f"UPDATE domain_blocks SET {settings} WHERE id = %(id)s", {**values, "id": block_id})


async def delete_block(tx: Tx, block_id: int) -> None:
    """Drop a rule."""
    await tx.run("DELETE FROM domain_blocks WHERE id = %s", [block_id])


async def allows(tx: Tx, kind: Kind[T], page: Page) -> Listed[T]:
    """Return a page of servers allowed, the latest first."""
    return await _page(tx, kind, f"SELECT {ALLOW} FROM domain_allows", page)


async def allow(tx: Tx, kind: Kind[T], allow_id: int) -> T | None:
    """Return a server allowed."""
    return await tx.one(kind, f"SELECT {ALLOW} FROM domain_allows WHERE id = %s", [allow_id])


async def allow_of(tx: Tx, kind: Kind[T], domain: str) -> T:
    """Return a server allowed, by its name; raises Missing when it went a moment ago."""
    return _there(await tx.one(kind, f"SELECT {ALLOW} FROM domain_allows WHERE domain = %s", [domain]))


async def insert_allow(tx: Tx, domain: str) -> bool:
    """Allow a server; return whether it was not before."""
    return await tx.run("INSERT INTO domain_allows (domain) VALUES (%s) ON CONFLICT DO NOTHING", [domain]) > 0


async def delete_allow(tx: Tx, allow_id: int) -> None:
    """Allow a server no more."""
    await tx.run("DELETE FROM domain_allows WHERE id = %s", [allow_id])


async def _page(tx: Tx, kind: Kind[T], select: str, page: Page) -> Listed[T]:
    rows = await tx.rows(f"{select} WHERE {page.where('id')} ORDER BY {page.order('id')}", page.params)
    return listed([kind(*row) for row in rows], [row[0] for row in rows], page)


def _there(found: T | None) -> T:
    if found is None:
        raise Missing
    return found
