"""SQL of the notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from salledepause.features.notebook.model import Entry
from salledepause.features.posts import roots
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Page

COLUMNS = "l.id, l.post_id, l.handle, l.note, l.edited_at"
"""What `Entry` takes, in its order."""
FOUND_BY = "to_tsvector('salledepause', %(roots)s)"


async def of_posts(tx: Tx, me: int, post_ids: Sequence[int]) -> list[Entry]:
    """Return somebody's entries about these posts."""
    query = f"SELECT {COLUMNS} FROM learned l WHERE l.account_id = %s AND l.post_id = ANY(%s)"
    return await tx.all(Entry, query, [me, list(post_ids)])


async def of_ids(tx: Tx, me: int, entry_ids: Sequence[int]) -> list[Entry]:
    """Return these entries of somebody's."""
    query = f"SELECT {COLUMNS} FROM learned l WHERE l.account_id = %s AND l.id = ANY(%s)"
    return await tx.all(Entry, query, [me, list(entry_ids)])


async def page_of(tx: Tx, me: int, page: Page, where: str, values: Mapping[str, Any]) -> list[Entry]:
    """Return one page of somebody's entries that meet a condition, in the order of the page."""
    query = f"""SELECT {COLUMNS} FROM learned l WHERE l.account_id = %(viewer)s AND {where} AND {page.where("l.id")}
        ORDER BY {page.order("l.id")}"""
    return await tx.all(Entry, query, {**values, **page.params, "viewer": me})


async def number(tx: Tx, me: int) -> int:
    """Return how many entries somebody has; whoever asks next waits for this commit."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended('learned', %s))", [me])
    return int(await tx.value("SELECT count(*) FROM learned WHERE account_id = %s", [me]))


async def insert(tx: Tx, entry_id: int, me: int, post_id: int, handle: str) -> None:
    """Mark a post as learned, unless it is."""
    query = """INSERT INTO learned (id, account_id, post_id, handle) VALUES (%s, %s, %s, %s)
        ON CONFLICT (account_id, post_id) DO NOTHING"""
    await tx.run(query, [entry_id, me, post_id, handle])


async def write(tx: Tx, me: int, post_id: int, note: str, edited_at: datetime | None = None) -> None:
    """Change the note about a post; what had a note already says since when it is another, a first note what is given."""
    query = f"""UPDATE learned SET note = %(note)s, words = {FOUND_BY},
            edited_at = CASE WHEN note = '' THEN %(edited)s::timestamptz ELSE now() END
        WHERE account_id = %(me)s AND post_id = %(post)s AND note <> %(note)s"""
    await tx.run(query, {"me": me, "post": post_id, "note": note, "roots": " ".join(roots(note)), "edited": edited_at})


async def remove(tx: Tx, me: int, post_id: int) -> bool:
    """Take an entry away; return whether there was one."""
    return await tx.run("DELETE FROM learned WHERE account_id = %s AND post_id = %s", [me, post_id]) > 0
